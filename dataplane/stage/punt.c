/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Up to the control core: the class, its policer, then the copy. Signalling from live bindings has a
 * class of its own, and so has that of peers, so that a flood of strangers can starve neither.
 */
#include "stage/ipv4_view.h"
#include "stage/stage.h"

enum {
	QUOTE_MAX = 548
}; /* of a packet in an ICMP error of at most 576 octets (RFC 1812, 4.3.2.3) */

/* Whether there is a live tunnel between that address of ours and the sender (and its port). */
static bool is_far_end(const struct worker *w, const struct pkt_view *pkt, be32 local)
{
	const uint8_t *udp = pkt->ip + pkt->header_len;
	struct binding_key keys[2] = {
		{.remote = pkt->source, .local = local, .encap = ENCAP_UDP},
		{.remote = pkt->source, .local = local, .encap = ENCAP_IPIP},
	};
	uint32_t tunnels[2];

	memcpy(&keys[0].remote_port, udp, 2);
	memcpy(&keys[0].local_port, udp + 2, 2);
	binding_lookup_bulk(w->tables->bindings, w->tables->tunnels, keys, tunnels, 2);
	return tunnels[0] != FWD_NONE || tunnels[1] != FWD_NONE;
}

/* Whether the sender is routed to a peer: their paths are counted, the hub's is not. */
static bool is_behind_peer(const struct worker *w, const struct pkt_view *pkt)
{
	uint32_t source = ntohl(pkt->source), hop;

	route_lookup_bulk(w->tables->routes[REALM_MAIN], &source, &hop, 1);
	return nexthop_kind(hop) == NEXTHOP_PATH &&
	       path_at(w->tables->paths, nexthop_id(hop)) & PATH_COUNT;
}

/*
 * What a branch's hub passes on comes from anybody: it must not spend the share by which the branch
 * stays registered, nor may what comes in the name of nobody spend that of its peers. A peer speaks as
 * its home address, or as the care-of address at which a tunnel to it ends.
 */
static enum punt_class class_of_signalling(const struct worker *w, const struct pkt_view *pkt)
{
	const struct tunnel_entry *tunnel;

	if (pkt->tunnel_in == FWD_NONE)
		return is_far_end(w, pkt, pkt->destination) ? PUNT_CLASS_BOUND : PUNT_CLASS_UNKNOWN;
	tunnel = tunnel_at(w->tables->tunnels, pkt->tunnel_in);
	if (tunnel->source == FWD_SOURCE_PATH)
		return PUNT_CLASS_BOUND;
	return is_behind_peer(w, pkt) || is_far_end(w, pkt, tunnel->key_local) ? PUNT_CLASS_PEER
									       : PUNT_CLASS_UNKNOWN;
}

static enum punt_class class_of(const struct worker *w, const struct pkt_view *pkt)
{
	bool by_tunnel = pkt->tunnel_in != FWD_NONE;

	switch ((enum punt_reason)pkt->punt) {
	case PUNT_SIGNALLING:
		return class_of_signalling(w, pkt);
	case PUNT_FRAGMENT: /* a later one may be of tunnel data, of which there can be any number */
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
		[PUNT_CLASS_PEER] = DROP_POLICED_PEER,
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
