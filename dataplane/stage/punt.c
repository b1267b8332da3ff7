/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Up to the control core: the class, its policer, then the copy. Signalling from live bindings has a
 * class of its own, so that a flood of strangers cannot starve the routers that are bound.
 */
#include "stage/ipv4_view.h"
#include "stage/stage.h"

enum {
	QUOTE_MAX = 548
}; /* of a packet in an ICMP error of at most 576 octets (RFC 1812, 4.3.2.3) */

/* Natively: whether the sender's address (and port) is the far end of a live tunnel. */
static bool is_bound(const struct worker *w, const struct pkt_view *pkt)
{
	const uint8_t *udp = pkt->ip + pkt->header_len;
	struct binding_key keys[2] = {
		{.remote = pkt->source, .local = pkt->destination, .encap = ENCAP_UDP},
		{.remote = pkt->source, .local = pkt->destination, .encap = ENCAP_IPIP},
	};
	uint32_t tunnels[2];

	memcpy(&keys[0].remote_port, udp, 2);
	memcpy(&keys[0].local_port, udp + 2, 2);
	binding_lookup_bulk(w->tables->bindings, w->tables->tunnels, keys, tunnels, 2);
	return tunnels[0] != FWD_NONE || tunnels[1] != FWD_NONE;
}

/*
 * Signalling that a router bound here sent. What a branch's hub passes on comes from anybody: it must
 * not spend the share by which the branch stays registered.
 */
static bool is_known(const struct worker *w, const struct pkt_view *pkt)
{
	if (pkt->tunnel_in == FWD_NONE)
		return is_bound(w, pkt);
	return tunnel_at(w->tables->tunnels, pkt->tunnel_in)->source == FWD_SOURCE_PATH;
}

static enum punt_class class_of(const struct worker *w, const struct pkt_view *pkt)
{
	bool by_tunnel = pkt->tunnel_in != FWD_NONE;

	switch ((enum punt_reason)pkt->punt) {
	case PUNT_SIGNALLING:
		return is_known(w, pkt) ? PUNT_CLASS_BOUND : PUNT_CLASS_UNKNOWN;
	case PUNT_FRAGMENT:
		return PUNT_CLASS_UNKNOWN;
	case PUNT_ICMP:
		return by_tunnel ? PUNT_CLASS_KEEPALIVE : PUNT_CLASS_LOCAL;
	case PUNT_ARP:
		return PUNT_CLASS_ARP;
	case PUNT_RESOLVE:
		return PUNT_CLASS_RESOLVE;
	case PUNT_NOTIFY:
		return PUNT_CLASS_NOTIFY;
	case PUNT_ERROR:
	default:
		return PUNT_CLASS_ERROR;
	}
}

static void describe(const struct worker *w, const struct pkt_view *pkt, struct punt *punt)
{
	const uint8_t *frame = rte_pktmbuf_mtod(pkt->mbuf, const uint8_t *);
	bool by_tunnel = pkt->tunnel_in != FWD_NONE;

	*punt = (struct punt){
		.reason = (enum punt_reason)pkt->punt,
		.port = pkt->port,
		.realm = REALM_MAIN,
		.outer_port = pkt->outer_port,
		.adjacency = pkt->punt == PUNT_RESOLVE ? pkt->adjacency : FWD_NONE,
		.tunnel = {.index = pkt->tunnel_in},
		.outer = {.family = IP_V4, .v4 = by_tunnel ? pkt->outer_source : pkt->source},
		.time = w->now,
		.len = pkt->len,
	};
	if (by_tunnel)
		punt->tunnel.generation = tunnel_at(w->tables->tunnels, pkt->tunnel_in)->generation;
	if (pkt->port != PORT_NONE && pkt->punt != PUNT_RESOLVE)
		memcpy(punt->from.bytes, frame + 6, 6); /* the frame was not rewritten */
	if (pkt->punt == PUNT_SIGNALLING && !by_tunnel)
		punt->outer_port = load16(pkt->ip + pkt->header_len);
	if (pkt->punt == PUNT_ARP)
		punt->len = pkt->mbuf->data_len;
	if (pkt->punt == PUNT_ERROR) {
		punt->drop = pkt->drop;
		punt->mtu = pkt->drop == DROP_TOO_BIG ? pkt->mtu : 0;
	}
	if ((pkt->punt == PUNT_ERROR || pkt->punt == PUNT_NOTIFY) && punt->len > QUOTE_MAX)
		punt->len = QUOTE_MAX;
}

static enum drop_reason policed(enum punt_class class)
{
	static const enum drop_reason reasons[PUNT_CLASS_MAX] = {
		[PUNT_CLASS_BOUND] = DROP_POLICED_BOUND,
		[PUNT_CLASS_UNKNOWN] = DROP_POLICED_UNKNOWN,
		[PUNT_CLASS_KEEPALIVE] = DROP_POLICED_KEEPALIVE,
		[PUNT_CLASS_ARP] = DROP_POLICED_ARP,
		[PUNT_CLASS_LOCAL] = DROP_POLICED_LOCAL,
		[PUNT_CLASS_RESOLVE] = DROP_POLICED_RESOLVE,
	};

	return reasons[class];
}

static enum drop_reason hand_up(struct worker *w, const struct pkt_view *pkt, enum punt_class class,
				uint32_t path)
{
	struct punt punt;

	if (!policer_pass(&w->policers[class], w->now))
		return policed(class);
	describe(w, pkt, &punt);
	punt.path = path;
	if (punt.len > PUNT_PACKET_MAX)
		return DROP_SEGMENTED;
	if (!punt_ring_write(w->punts, &punt,
			     pkt->punt == PUNT_ARP ? rte_pktmbuf_mtod(pkt->mbuf, uint8_t *)
						   : pkt->ip))
		return DROP_PUNT_FULL;
	w->stats.sums.punted[class]++;
	w->punted++;
	return DROP_NONE;
}

void punt_notify(struct worker *w, struct pkt_view *pkt, uint32_t path)
{
	pkt->punt = PUNT_NOTIFY;
	hand_up(w, pkt, class_of(w, pkt), path); /* the packet itself goes on: nothing is lost */
}

void stage_punt(struct worker *w, struct vector *in)
{
	for (uint32_t i = 0; i < in->n; i++) {
		struct pkt_view *pkt = in->pkts[i];
		enum punt_class class = class_of(w, pkt);
		enum drop_reason reason = hand_up(w, pkt, class, FWD_NONE);

		if (reason == DROP_NONE) {
			worker_discard(w, pkt);
		} else if (class == PUNT_CLASS_ERROR) { /* it has its drop reason already */
			w->stats.sums.errors_suppressed++;
			worker_discard(w, pkt);
		} else {
			worker_drop(w, pkt, reason);
		}
	}
	in->n = 0;
}
