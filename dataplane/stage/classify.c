/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Second stage: to us or to be forwarded. To us is tunnel data (to decap), signalling, ICMP or a
 * fragment (to the control core), or nothing that we serve. What a branch's uplink receives is
 * forwarded never: only a tunnel brings packets for the networks behind us.
 */
#include "stage/ipv4_view.h"
#include "stage/stage.h"

/* Tunnel data of RFC 3519 is UDP whose first octet is 4; signalling has a message type there. */
static bool is_tunnel_data(const struct pkt_view *pkt, uint32_t len)
{
	return len > UDP_SIZE && pkt->ip[pkt->header_len + UDP_SIZE] == MIP_TUNNEL_DATA;
}

/*
 * Fragments of tunnel packets are not reassembled. Only a first fragment of UDP shows its ports, and
 * later ones may be of signalling: those go up, where reassembly is bounded.
 */
static void classify_fragment(struct worker *w, struct pkt_view *pkt)
{
	bool is_first = (ipv4_fragment(pkt->ip) & IPV4_OFFSET) == 0;

	if (pkt->ip[IPV4_PROTOCOL] == PROTOCOL_IPIP ||
	    (pkt->ip[IPV4_PROTOCOL] == PROTOCOL_UDP && is_first &&
	     is_tunnel_data(pkt, pkt->payload_len)))
		worker_drop(w, pkt, DROP_OUTER_FRAGMENT);
	else if (pkt->ip[IPV4_PROTOCOL] == PROTOCOL_UDP || pkt->ip[IPV4_PROTOCOL] == PROTOCOL_ICMP)
		worker_punt(w, pkt, PUNT_FRAGMENT);
	else
		worker_refuse(w, pkt, DROP_PROTOCOL_UNKNOWN);
}

static void classify_udp(struct worker *w, struct pkt_view *pkt)
{
	const uint8_t *udp = pkt->ip + pkt->header_len;
	uint16_t len;

	len = pkt->payload_len >= UDP_SIZE ? load16(udp + 4) : 0;
	if (len < UDP_SIZE || len > pkt->payload_len) {
		worker_drop(w, pkt, DROP_UDP_LENGTH);
		return;
	}
	pkt->payload_len = len;
	if (is_tunnel_data(pkt, len)) {
		pkt->encap = ENCAP_UDP;
		worker_pass(w, pkt, STAGE_DECAP);
	} else if (load16(udp + 2) == w->signalling_port) {
		worker_punt(w, pkt, PUNT_SIGNALLING);
	} else {
		worker_refuse(w, pkt, DROP_PORT_UNKNOWN);
	}
}

void classify_local(struct worker *w, struct pkt_view *pkt)
{
	pkt->payload_len = (uint16_t)(pkt->len - pkt->header_len);
	if (pkt_is_fragment(pkt)) {
		classify_fragment(w, pkt);
		return;
	}
	switch (pkt->ip[IPV4_PROTOCOL]) {
	case PROTOCOL_IPIP:
		pkt->encap = ENCAP_IPIP;
		worker_pass(w, pkt, STAGE_DECAP);
		break;
	case PROTOCOL_UDP:
		classify_udp(w, pkt);
		break;
	case PROTOCOL_ICMP:
		worker_punt(w, pkt, PUNT_ICMP);
		break;
	default:
		worker_refuse(w, pkt, DROP_PROTOCOL_UNKNOWN);
	}
}

void stage_classify(struct worker *w, struct vector *in)
{
	const struct local_table *locals = w->tables->locals;
	struct vector *onward = &w->vectors[STAGE_LOOKUP];
	uint32_t n = onward->n;

	for (uint32_t i = 0; i < in->n; i++) {
		struct pkt_view *pkt = in->pkts[i];

		if (local_flags(locals, pkt->destination) & LOCAL_NATIVE)
			classify_local(w, pkt);
		else if (unlikely(pkt->flags & PKT_UPLINK))
			worker_drop(w, pkt, DROP_NOT_FOR_US);
		else
			onward->pkts[n++] = pkt;
	}
	onward->n = n;
	in->n = 0;
}
