/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The packet as it leaves: TTL, MSS, outer headers from the tunnel's template, Ethernet rewrite from
 * the adjacency. Next is tx, or punt where the next hop's MAC is not known.
 * RFC 2003 section 3.1, RFC 1812 section 5.3.1, tunnels.md sections 1 and 6.
 */
#include "encap/outer.h"
#include "stage/mss.h"
#include "stage/stage.h"

/* Where a packet to be sent begins and how long it is, in registers: stores of octets into packets
 * would have the compiler read it from the view again and again. */
struct packet {
	uint8_t *ip;
	uint32_t len;
};

static inline struct packet push(struct worker *w, struct pkt_view *pkt,
				 const struct tunnel_entry *entry, uint16_t id)
{
	struct packet packet = {pkt->ip, pkt->len};

	if (unlikely(mss_is_syn(pkt)) && (entry->flags & TUNNEL_CLAMP_MSS))
		w->stats.sums.mss_clamped += mss_clamp(
			pkt, (uint16_t)(__atomic_load_n(&entry->mtu, __ATOMIC_RELAXED) - 40));
	packet.len += entry->overhead;
	packet.ip = outer_push(entry, packet.ip, (uint16_t)packet.len, id);
	return packet;
}

/* In front of the block are octets that nobody sends: of the frame as it came, or headroom. */
static inline void rewrite(struct rte_mbuf *mbuf, struct packet packet, const uint8_t *block)
{
	uint32_t len = packet.len + ADJACENCY_REWRITE_SIZE;
	uint8_t *frame = packet.ip - ADJACENCY_REWRITE_SIZE;

	memcpy(packet.ip - ADJACENCY_BLOCK_SIZE, block, ADJACENCY_BLOCK_SIZE);
	mbuf->data_off = (uint16_t)(frame - (uint8_t *)mbuf->buf_addr);
	mbuf->data_len = (uint16_t)len;
	mbuf->pkt_len = len;
}

static void refuse(struct worker *w, struct pkt_view *pkt)
{
	worker_refuse(w, pkt, pkt->tunnel_out != FWD_NONE ? DROP_NO_UNDERLAY : DROP_NO_NEIGHBOUR);
}

void stage_encap(struct worker *w, struct vector *in)
{
	const struct adjacency_table *adjacencies = w->tables->adjacencies;
	const struct tunnel_table *tunnels = w->tables->tunnels;
	struct tunnel_counters_line *counters = tunnel_counters_of(tunnels, w->index);
	struct vector *onward = &w->vectors[STAGE_TX];
	uint32_t n = onward->n;
	uint16_t id = w->ip_id;

	for (uint32_t i = 0; i < in->n; i++) {
		struct pkt_view *pkt = in->pkts[i];
		const struct adjacency_entry *adjacency = adjacency_at(adjacencies, pkt->adjacency);
		uint8_t kind = adjacency->kind;
		struct packet packet = {pkt->ip, pkt->len};
		uint32_t tunnel = pkt->tunnel_out;

		if (unlikely(kind != ADJACENCY_FORWARD) && kind == ADJACENCY_DOWN) {
			refuse(w, pkt);
			continue;
		}
		pkt->out_port = adjacency->port;
		if (likely(!(pkt->flags & PKT_OURS)))
			ipv4_decrement_ttl(packet.ip);
		if (tunnel != FWD_NONE) {
			counters[tunnel].counters.sent.packets++;
			counters[tunnel].counters.sent.bytes += packet.len;
			packet = push(w, pkt, tunnel_at(tunnels, tunnel), id++);
		}
		if (likely(kind == ADJACENCY_FORWARD)) {
			rewrite(pkt->mbuf, packet, adjacency->block);
			onward->pkts[n++] = pkt;
		} else {
			pkt->ip = packet.ip;
			pkt->len = (uint16_t)packet.len;
			worker_punt(w, pkt, PUNT_RESOLVE);
		}
	}
	w->ip_id = id;
	onward->n = n;
	in->n = 0;
}
