/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Does it fit? The MTU is the tunnel's (of the inner packet) or the port's. What does not fit is
 * refused with Fragmentation Needed when DF is set (RFC 1191), else it is cut before encapsulation
 * (RFC 791 section 3.2, tunnels.md section 7.2), so that the far end never reassembles.
 */
#include "stage/ipv4_view.h"
#include "stage/stage.h"

enum {
	OPTION_END = 0,
	OPTION_NOP = 1,
	OPTION_COPIED = 0x80, /* belongs into every fragment (RFC 791, section 3.1) */
};

/* Copies the header with those options that later fragments carry; returns its length. */
static uint8_t copy_header(uint8_t *to, const struct pkt_view *pkt)
{
	const uint8_t *from = pkt->ip;
	uint32_t at = IPV4_SIZE, len = IPV4_SIZE, size;

	memcpy(to, from, IPV4_SIZE);
	while (at < pkt->header_len && from[at] != OPTION_END) {
		size = 1;
		if (from[at] != OPTION_NOP) {
			size = at + 1u < pkt->header_len ? from[at + 1] : 0;
			if (size < 2 || size > pkt->header_len - at)
				break; /* malformed: nobody can tell what follows */
			if (from[at] & OPTION_COPIED) {
				memcpy(to + len, from + at, size);
				len += size;
			}
		}
		at += size;
	}
	while (len % 4 != 0)
		to[len++] = OPTION_END;
	to[0] = (uint8_t)(0x40 | len / 4);
	return (uint8_t)len;
}

struct piece {
	uint32_t from; /* octets of the payload */
	uint32_t len;
	bool is_last;
};

/* One fragment as a packet of its own. NULL: no buffer. */
static struct pkt_view *make_piece(struct worker *w, const struct pkt_view *pkt,
				   const struct piece *piece)
{
	struct rte_mbuf *mbuf = rte_pktmbuf_alloc(w->pool);
	struct pkt_view *made;
	uint16_t fragment;

	if (unlikely(mbuf == NULL))
		return NULL;
	made = &w->made[w->n_made++];
	*made = *pkt;
	made->mbuf = mbuf;
	made->ip = rte_pktmbuf_mtod(mbuf, uint8_t *);
	if (piece->from == 0)
		memcpy(made->ip, pkt->ip, pkt->header_len);
	else
		made->header_len = copy_header(made->ip, pkt);
	made->len = (uint16_t)(made->header_len + piece->len);
	memcpy(made->ip + made->header_len, pkt->ip + pkt->header_len + piece->from, piece->len);
	fragment = (uint16_t)(ipv4_fragment(pkt->ip) +
			      piece->from / 8); /* it may be a fragment already */
	if (!piece->is_last)
		fragment |= IPV4_MF;
	store16(made->ip + IPV4_LENGTH, made->len);
	store16(made->ip + IPV4_FRAGMENT, fragment);
	ipv4_set_checksum(made->ip, made->header_len);
	return made;
}

/* Octets of payload in all fragments but the last; the longest header is the first one's. */
static uint32_t piece_size(const struct pkt_view *pkt, uint16_t mtu)
{
	return mtu > pkt->header_len ? (mtu - (uint32_t)pkt->header_len) & ~7u : 0;
}

static void cut(struct worker *w, struct pkt_view *pkt, uint16_t mtu)
{
	struct vector *out = &w->vectors[STAGE_ENCAP];
	uint32_t size = piece_size(pkt, mtu), payload = (uint32_t)pkt->len - pkt->header_len;
	uint32_t n = 0;

	for (uint32_t at = 0; at < payload; at += size) {
		struct piece piece = {.from = at, .len = size};

		piece.is_last = at + size >= payload;
		if (piece.is_last)
			piece.len = payload - at;
		out->pkts[out->n + n] = make_piece(w, pkt, &piece);
		if (unlikely(out->pkts[out->n + n] == NULL)) { /* all or nothing */
			while (n-- > 0)
				worker_discard(w, out->pkts[out->n + n]);
			worker_drop(w, pkt, DROP_NO_BUFFER);
			return;
		}
		n++;
	}
	out->n += n;
	w->stats.sums.fragments_made += n;
	worker_discard(w, pkt);
}

/* The MTU ahead; sets the adjacency of packets that leave by a tunnel. */
static inline uint16_t next_mtu(const struct worker *w, struct pkt_view *pkt,
				enum drop_reason *reason)
{
	const struct tunnel_entry *entry;

	*reason = DROP_NONE;
	if (pkt->tunnel_out == FWD_NONE)
		return adjacency_at(w->tables->adjacencies, pkt->adjacency)->mtu;
	entry = tunnel_at(w->tables->tunnels, pkt->tunnel_out);
	pkt->adjacency = __atomic_load_n(&entry->adjacency, __ATOMIC_RELAXED);
	if (unlikely(pkt->adjacency == FWD_NONE))
		*reason = DROP_NO_UNDERLAY;
	else if (unlikely(pkt->source == entry->remote && !(pkt->flags & PKT_OURS)))
		*reason = DROP_LOOP_TUNNEL_EXIT;
	return __atomic_load_n(&entry->mtu, __ATOMIC_RELAXED);
}

/* False: there is no room for its fragments in this turn of the stage. */
static bool too_long(struct worker *w, struct pkt_view *pkt, uint16_t mtu)
{
	uint32_t size = piece_size(pkt, mtu);

	if ((ipv4_fragment(pkt->ip) & IPV4_DF) || size == 0) {
		pkt->mtu = mtu;
		worker_refuse(w, pkt, DROP_TOO_BIG);
		return true;
	}
	if (w->n_made + pkt->len / size + 1 > MADE_SIZE && w->n_made != 0)
		return false;
	if (pkt->len / size + 1 > MADE_SIZE)
		worker_drop(w, pkt, DROP_NO_BUFFER);
	else
		cut(w, pkt, mtu);
	return true;
}

/* Stops when there is no room for more fragments; the worker sends those and calls again. */
void stage_fragment(struct worker *w, struct vector *in)
{
	struct vector *onward = &w->vectors[STAGE_ENCAP];
	uint32_t i, n = onward->n;

	w->n_made = 0;
	for (i = 0; i < in->n; i++) {
		struct pkt_view *pkt = in->pkts[i];
		enum drop_reason reason;
		uint16_t mtu = next_mtu(w, pkt, &reason);

		if (unlikely(reason == DROP_NO_UNDERLAY)) {
			worker_refuse(w, pkt, reason);
		} else if (unlikely(reason != DROP_NONE)) {
			worker_drop(w, pkt, reason);
		} else if (likely(pkt->len <= mtu)) {
			onward->pkts[n++] = pkt;
		} else {
			onward->n = n;
			if (!too_long(w, pkt, mtu))
				break;
			n = onward->n;
		}
	}
	onward->n = n;
	in->n -= i;
	memmove(in->pkts, in->pkts + i, in->n * sizeof(*in->pkts));
}
