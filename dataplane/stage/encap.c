/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The packet as it leaves: TTL, MSS, outer headers from the tunnel's template, Ethernet rewrite from
 * the adjacency. Next is tx, or punt where the next hop's MAC is not known.
 * RFC 2003 section 3.1, RFC 1812 section 5.3.1, tunnels.md sections 1 and 6.
 */
#include "encap/encap.h"

#include "encap/ipv4.h"
#include "stage/mss.h"
#include "stage/stage.h"

/* Copies the whole block, of constant size: what lies before the headers is overwritten by the
 * Ethernet rewrite or is headroom. */
static inline void push(struct worker *w, struct pkt_view *pkt)
{
	const struct tunnel_entry *entry = tunnel_at(w->tables->tunnels, pkt->tunnel_out);
	struct tunnel_counters *counters =
		tunnel_counters_at(w->tables->tunnels, w->index, pkt->tunnel_out);
	uint8_t *inner = pkt->ip;

	if (unlikely(mss_is_syn(pkt)) && (entry->flags & TUNNEL_CLAMP_MSS))
		w->stats.sums.mss_clamped += mss_clamp(
			pkt, (uint16_t)(__atomic_load_n(&entry->mtu, __ATOMIC_RELAXED) - 40));
	memcpy(inner - TUNNEL_TEMPLATE_SIZE, entry->template, TUNNEL_TEMPLATE_SIZE);
	pkt->ip = inner - entry->overhead;
	encap_table[entry->encap]->push(entry, pkt->ip, inner, pkt->len, w->ip_id++);
	counters->sent.packets++;
	counters->sent.bytes += pkt->len;
	pkt->len = (uint16_t)(pkt->len + entry->overhead);
}

static inline void rewrite(struct pkt_view *pkt, const struct adjacency_entry *adjacency)
{
	struct rte_mbuf *mbuf = pkt->mbuf;
	uint8_t *frame = pkt->ip - ADJACENCY_REWRITE_SIZE;

	memcpy(frame, adjacency->rewrite, ADJACENCY_REWRITE_SIZE);
	mbuf->data_off = (uint16_t)(frame - (uint8_t *)mbuf->buf_addr);
	mbuf->data_len = (uint16_t)(pkt->len + ADJACENCY_REWRITE_SIZE);
	mbuf->pkt_len = mbuf->data_len;
	pkt->out_port = adjacency->port;
}

void stage_encap(struct worker *w, struct vector *in)
{
	struct vector *onward = &w->vectors[STAGE_TX];
	uint32_t n = onward->n;

	for (uint32_t i = 0; i < in->n; i++) {
		struct pkt_view *pkt = in->pkts[i];
		const struct adjacency_entry *adjacency =
			adjacency_at(w->tables->adjacencies, pkt->adjacency);

		if (unlikely(adjacency->kind == ADJACENCY_DOWN)) {
			worker_refuse(w, pkt,
				      pkt->tunnel_out != FWD_NONE ? DROP_NO_UNDERLAY
								  : DROP_NO_NEIGHBOUR);
			continue;
		}
		if (likely(!(pkt->flags & PKT_OURS)))
			ipv4_decrement_ttl(pkt->ip);
		if (pkt->tunnel_out != FWD_NONE)
			push(w, pkt);
		if (unlikely(adjacency->kind != ADJACENCY_FORWARD)) {
			worker_punt(w, pkt, PUNT_RESOLVE);
			continue;
		}
		rewrite(pkt, adjacency);
		onward->pkts[n++] = pkt;
	}
	onward->n = n;
	in->n = 0;
}
