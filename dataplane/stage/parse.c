/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * First stage: the frame and its IPv4 header, every length checked once (struct pkt_view). ARP goes
 * up; next is classify. RFC 894 (framing), RFC 1812 section 5.2.2 (what to check).
 */
#include "stage/ipv4_view.h"
#include "stage/stage.h"

enum {
	ETH_SIZE = 14,
	ETH_TYPE = 12,
	ETH_TYPE_IPV4 = 0x0800,
	ETH_TYPE_ARP = 0x0806,
	ARP_SIZE = 28,
	ARP_SENDER = 14, /* protocol address of the sender */
};

static const struct ipv4_reasons reasons = {
	.size = DROP_IP_SHORT,
	.version = DROP_IP_VERSION,
	.header_length = DROP_IP_HEADER_LENGTH,
	.length = DROP_IP_LENGTH,
	.checksum = DROP_IP_CHECKSUM,
	.ttl = DROP_IP_TTL_ZERO,
	.source = DROP_IP_SOURCE,
	.destination = DROP_IP_DESTINATION,
};

/* RFC 826: Ethernet, IPv4, six and four octets of address. */
static enum drop_reason parse_arp(struct pkt_view *pkt, const uint8_t *frame, uint16_t frame_len)
{
	static const uint8_t kind[] = {0, 1, 8, 0, 6, 4};
	const uint8_t *arp = frame + ETH_SIZE;

	if (frame_len < ETH_SIZE + ARP_SIZE || memcmp(arp, kind, sizeof(kind)) != 0)
		return DROP_ARP_MALFORMED;
	pkt->source = load_be32(arp + ARP_SENDER);
	return DROP_NONE;
}

/* A MAC address and the two octets behind it, as a word without those: one load, one comparison. */
static inline uint64_t mac_word(const uint8_t *bytes)
{
	static const uint8_t mask[8] = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0, 0};
	uint64_t word, keep;

	memcpy(&word, bytes, sizeof(word));
	memcpy(&keep, mask, sizeof(keep));
	return word & keep;
}

static inline enum drop_reason parse(struct pkt_view *pkt, uint64_t our_mac, bool *is_arp)
{
	static const uint8_t broadcast[6] = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff};
	const struct rte_mbuf *mbuf = pkt->mbuf;
	uint8_t *frame = rte_pktmbuf_mtod(mbuf, uint8_t *);
	bool is_ours;
	uint16_t type;

	if (unlikely(mbuf->nb_segs != 1))
		return DROP_SEGMENTED;
	if (unlikely(mbuf->data_len < ETH_SIZE))
		return DROP_ETH_SHORT;
	type = load16(frame + ETH_TYPE);
	is_ours = mac_word(frame) == our_mac;
	if (likely(is_ours && type == ETH_TYPE_IPV4))
		return ipv4_view(pkt, frame + ETH_SIZE, mbuf->data_len - (uint32_t)ETH_SIZE,
				 &reasons);
	*is_arp = type == ETH_TYPE_ARP;
	if (!is_ours && !(*is_arp && memcmp(frame, broadcast, 6) == 0))
		return DROP_ETH_NOT_US;
	return *is_arp ? parse_arp(pkt, frame, mbuf->data_len) : DROP_ETH_TYPE;
}

void stage_parse(struct worker *w, struct vector *in)
{
	struct vector *onward = &w->vectors[STAGE_CLASSIFY];
	uint32_t n = onward->n;
	uint8_t mac[8] = {0};
	uint64_t our_mac;

	/* one burst is of one port */
	memcpy(mac, w->ports[in->pkts[0]->port].mac.bytes, 6);
	our_mac = mac_word(mac);
	for (uint32_t i = 0; i < in->n; i++) {
		struct pkt_view *pkt = in->pkts[i];
		bool is_arp = false;
		enum drop_reason reason = parse(pkt, our_mac, &is_arp);

		if (unlikely(reason != DROP_NONE))
			worker_drop(w, pkt, reason);
		else if (unlikely(is_arp))
			worker_punt(w, pkt, PUNT_ARP);
		else
			onward->pkts[n++] = pkt;
	}
	onward->n = n;
	in->n = 0;
}
