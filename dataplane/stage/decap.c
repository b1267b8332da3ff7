/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Tunnel packets to us: which tunnel, take the outer headers off, check what was inside. Whether the
 * tunnel may carry that packet is for the lookup stage, which knows the routes.
 * RFC 2003 section 3, RFC 3519 section 4.3, RFC 6040 section 4.2, tunnels.md section 8.
 */
#include "encap/ecn.h"
#include "encap/encap.h"
#include "stage/ipv4_view.h"
#include "stage/mss.h"
#include "stage/stage.h"

static const struct ipv4_reasons reasons = {
	.size = DROP_INNER_SHORT,
	.version = DROP_INNER_VERSION,
	.header_length = DROP_INNER_HEADER_LENGTH,
	.length = DROP_INNER_LENGTH,
	.checksum = DROP_INNER_CHECKSUM,
	.ttl = DROP_INNER_TTL_ZERO,
	.source = DROP_INNER_SOURCE,
	.destination = DROP_INNER_DESTINATION,
};

static inline void key_of(const struct pkt_view *pkt, struct binding_key *key)
{
	const uint8_t *udp = pkt->ip + pkt->header_len;

	*key = (struct binding_key){
		.remote = pkt->source,
		.local = pkt->destination,
		.encap = pkt->encap,
	};
	if (pkt->encap == ENCAP_UDP) {
		memcpy(&key->remote_port, udp, 2);
		memcpy(&key->local_port, udp + 2, 2);
	}
}

/* UDP data may go to any port that a binding names; to another one it is like any stray UDP. */
static void decap_unknown(struct worker *w, struct pkt_view *pkt, const struct binding_key *key)
{
	if (pkt->encap == ENCAP_UDP && ntohs(key->local_port) != w->signalling_port)
		worker_refuse(w, pkt, DROP_PORT_UNKNOWN);
	else
		worker_drop(w, pkt, DROP_TUNNEL_UNKNOWN);
}

static enum drop_reason decap_ecn(struct worker *w, struct pkt_view *pkt, uint8_t outer_tos)
{
	uint8_t inner_tos = pkt->ip[IPV4_TOS];
	uint8_t leaves = ecn_exit(inner_tos, outer_tos);

	if (unlikely(leaves & ECN_WARN))
		w->stats.sums.ecn_warnings++;
	if (unlikely(leaves & ECN_DROP))
		return DROP_ECN_CONGESTION;
	if (unlikely((leaves & ECN_MASK) != (inner_tos & ECN_MASK)))
		ipv4_set_tos(pkt->ip, (uint8_t)((inner_tos & ~ECN_MASK) | (leaves & ECN_MASK)));
	return DROP_NONE;
}

static inline enum drop_reason decap(struct worker *w, struct pkt_view *pkt,
				     const struct tunnel_entry *entry)
{
	uint8_t *payload = pkt->ip + pkt->header_len;
	uint8_t outer_tos = pkt->ip[IPV4_TOS];
	be32 outer_source = pkt->source;
	const struct encap_ops *ops = encap_table[entry->key_encap];
	enum drop_reason reason;
	uint16_t offset = 0;

	if (ops->pop != NULL) {
		reason = ops->pop(entry, payload, pkt->payload_len, &offset);
		if (unlikely(reason != DROP_NONE))
			return reason;
	}
	pkt->outer_port = entry->key_encap == ENCAP_UDP ? load16(payload) : 0;
	reason = ipv4_view(pkt, payload + offset, (uint32_t)pkt->payload_len - offset, &reasons);
	if (unlikely(reason != DROP_NONE))
		return reason;
	pkt->outer_source = outer_source;
	pkt->flags = entry->source != FWD_SOURCE_ANY ? PKT_CHECK_SOURCE : 0;
	if (unlikely(mss_is_syn(pkt)) && (entry->flags & TUNNEL_CLAMP_MSS))
		w->stats.sums.mss_clamped += mss_clamp(
			pkt, (uint16_t)(__atomic_load_n(&entry->mtu, __ATOMIC_RELAXED) - 40));
	return decap_ecn(w, pkt, outer_tos);
}

void stage_decap(struct worker *w, struct vector *in)
{
	struct binding_key keys[BURST_SIZE];
	uint32_t tunnels[BURST_SIZE];
	const struct tunnel_counters_line *counters =
		tunnel_counters_of(w->tables->tunnels, w->index);
	struct vector *onward = &w->vectors[STAGE_LOOKUP];
	uint32_t n = onward->n;

	for (uint32_t i = 0; i < in->n; i++)
		key_of(in->pkts[i], &keys[i]);
	binding_lookup_bulk(w->tables->bindings, w->tables->tunnels, keys, tunnels, in->n);
	for (uint32_t i = 0; i < in->n; i++) {
		struct pkt_view *pkt = in->pkts[i];
		enum drop_reason reason;

		if (unlikely(tunnels[i] == FWD_NONE)) {
			decap_unknown(w, pkt, &keys[i]);
			continue;
		}
		pkt->tunnel_in = tunnels[i];
		__builtin_prefetch(&counters[tunnels[i]], 1);
		if (unlikely(pkt->depth++ == TUNNEL_DEPTH_MAX))
			reason = DROP_TUNNEL_DEPTH;
		else
			reason = decap(w, pkt, tunnel_at(w->tables->tunnels, tunnels[i]));
		if (unlikely(reason != DROP_NONE))
			worker_drop(w, pkt, reason);
		else
			onward->pkts[n++] = pkt;
	}
	onward->n = n;
	in->n = 0;
}
