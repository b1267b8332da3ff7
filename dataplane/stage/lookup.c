/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Where a packet may come from and where it goes: source and destination in one bulk lookup, then
 * route -> path -> tunnel. Checks of the source are lookups of the source (RFC 3024 section 4.3,
 * tunnels.md section 8): what is allowed is what would be routed back. What is to be known of
 * packets by their paths is taken here, where both are known (watch.c).
 */
#include "stage/ipv4_view.h"
#include "stage/stage.h"

/* Tells forwarding what admission found: the packet is for us. */
#define FOR_US DROP_MAX

struct lookup {
	uint32_t addrs[2 * BURST_SIZE]; /* destinations, then sources to check; host order */
	uint32_t hops[2 * BURST_SIZE];
};

static inline void look_up(const struct worker *w, const struct vector *in, struct lookup *lookup)
{
	uint32_t n = in->n;

	for (uint32_t i = 0; i < in->n; i++) {
		lookup->addrs[i] = ntohl(in->pkts[i]->destination);
		if (in->pkts[i]->flags & PKT_CHECK_SOURCE)
			lookup->addrs[n++] = ntohl(in->pkts[i]->source);
	}
	route_lookup_bulk(w->tables->routes[REALM_MAIN], lookup->addrs, lookup->hops, n);
}

static inline void count_received(const struct worker *w, const struct pkt_view *pkt)
{
	struct tunnel_counters *counters =
		tunnel_counters_at(w->tables->tunnels, w->index, pkt->tunnel_in);

	counters->received.packets++;
	counters->received.bytes += pkt->len;
	/* a second is fine enough for liveness, and the line is rarely written for it */
	if (unlikely(w->now - counters->heard >= NS_PER_S))
		counters->heard = w->now;
}

/*
 * A packet to us by a tunnel between branches: an echo that watches it, and nothing else (tunnels.md,
 * section 10). While the tunnel is half-bound it is a request, which may prove it (section 5.3).
 */
static enum drop_reason admit_echo(const struct pkt_view *pkt, enum fwd_accept accept)
{
	bool is_icmp = pkt->ip[IPV4_PROTOCOL] == PROTOCOL_ICMP && !pkt_is_fragment(pkt) &&
		       pkt->len >= pkt->header_len + ICMP_SIZE;
	uint8_t type = is_icmp ? pkt->ip[pkt->header_len] : UINT8_MAX;

	if (type == ICMP_ECHO_REQUEST)
		return DROP_NONE;
	if (accept == FWD_ACCEPT_ECHO)
		return DROP_HALF_BOUND;
	return type == ICMP_ECHO_REPLY ? DROP_NONE : DROP_INNER_LOCAL;
}

/* Whether it is for us, and what else a tunnel says of that and of other destinations. */
static inline enum drop_reason admit_destination(const struct tunnel_entry *entry,
						 const struct pkt_view *pkt, uint32_t hop,
						 unsigned int local)
{
	enum drop_reason reason = DROP_NONE;

	if (local & LOCAL_INNER) {
		if (entry->accept != FWD_ACCEPT_ALL)
			reason = admit_echo(pkt, (enum fwd_accept)entry->accept);
		return reason == DROP_NONE ? (enum drop_reason)FOR_US : reason;
	}
	/* An address of a port is ours only where packets reach it natively. */
	if (local || (entry->destination == FWD_DESTINATION_LOCAL && !nexthop_is_own(hop)))
		return DROP_INNER_DESTINATION;
	return entry->accept == FWD_ACCEPT_ECHO ? DROP_HALF_BOUND : DROP_NONE;
}

/* A packet that a tunnel carried. */
static inline enum drop_reason admit_inner(const struct worker *w, const struct pkt_view *pkt,
					   uint32_t hop, uint32_t source_hop)
{
	const struct local_table *locals = w->tables->locals;
	const struct tunnel_entry *entry = tunnel_at(w->tables->tunnels, pkt->tunnel_in);
	enum drop_reason reason = DROP_NONE;
	unsigned int local;

	switch ((enum fwd_source)entry->source) {
	case FWD_SOURCE_PATH:
		if (unlikely(nexthop_kind(source_hop) != NEXTHOP_PATH ||
			     nexthop_id(source_hop) != entry->source_path))
			return DROP_INNER_SOURCE;
		break;
	case FWD_SOURCE_NOT_LOCAL:
		if (unlikely(nexthop_is_own(source_hop) || local_flags(locals, pkt->source)))
			return DROP_INNER_SOURCE;
		break;
	case FWD_SOURCE_ANY:
		if (unlikely(local_flags(locals, pkt->source)))
			return DROP_LOOP_OWN_SOURCE;
		break;
	}
	local = local_flags(locals, pkt->destination);
	if (unlikely(local || entry->is_limited))
		reason = admit_destination(entry, pkt, hop, local);
	if (likely(reason == DROP_NONE) || reason == (enum drop_reason)FOR_US)
		count_received(w, pkt);
	return reason;
}

/*
 * A source on the LAN that is not one of our networks. Where the hub tells a branch its networks
 * (RFC 5177, implicit mode), it has none before it is registered: then that is the reason.
 */
static enum drop_reason refuse_lan_source(const struct worker *w, uint32_t hop)
{
	uint64_t path;

	if (nexthop_kind(hop) != NEXTHOP_PATH)
		return DROP_LAN_SOURCE;
	path = path_at(w->tables->paths, nexthop_id(hop));
	return path_entry_tunnel(path) == FWD_NONE ? path_entry_down(path) : DROP_LAN_SOURCE;
}

/* A packet that arrived natively and is to be forwarded. */
static inline enum drop_reason admit_native(const struct worker *w, const struct pkt_view *pkt,
					    uint32_t hop, uint32_t source_hop)
{
	if (unlikely(local_flags(w->tables->locals, pkt->source)))
		return DROP_LOOP_OWN_SOURCE;
	if ((pkt->flags & PKT_LAN) && unlikely(!nexthop_is_own(source_hop)))
		return refuse_lan_source(w, hop);
	return DROP_NONE;
}

static inline enum drop_reason admit(const struct worker *w, const struct pkt_view *pkt,
				     uint32_t hop, uint32_t source_hop)
{
	enum drop_reason reason;

	if (pkt->flags & PKT_OURS)
		return DROP_NONE;
	reason = pkt->tunnel_in != FWD_NONE ? admit_inner(w, pkt, hop, source_hop)
					    : admit_native(w, pkt, hop, source_hop);
	if (likely(reason == DROP_NONE) && unlikely(pkt->ip[IPV4_TTL] == 1))
		return DROP_TTL_EXPIRED;
	return reason;
}

/* The sender is told why where RFC 1812 has an ICMP error for it. */
static void turn_away(struct worker *w, struct pkt_view *pkt, enum drop_reason reason)
{
	switch (reason) {
	case DROP_LAN_SOURCE:
	case DROP_TTL_EXPIRED:
	case DROP_NO_ROUTE:
	case DROP_UNBOUND:
	case DROP_NOT_REGISTERED:
		worker_refuse(w, pkt, reason);
		break;
	default:
		worker_drop(w, pkt, reason);
	}
}

/* A packet with a path: the tunnel it leads to now. What the next stages touch is fetched ahead. */
static inline bool follow_path(struct worker *w, struct pkt_view *pkt, uint32_t path)
{
	uint64_t entry = path_at(w->tables->paths, path);
	uint32_t tunnel = path_entry_tunnel(entry);

	if (unlikely(tunnel == FWD_NONE)) {
		turn_away(w, pkt, path_entry_down(entry));
		return false;
	}
	if (unlikely(entry & PATH_WATCHED_SENT) && !(pkt->flags & PKT_OURS))
		watch_sent(w, pkt, path, entry);
	pkt->tunnel_out = tunnel;
	tunnel_prefetch(w->tables->tunnels, tunnel, 0);
	__builtin_prefetch(tunnel_counters_at(w->tables->tunnels, w->index, tunnel), 1);
	/* the line in front of the packet, where the outer headers go */
	__builtin_prefetch(pkt->ip - TUNNEL_TEMPLATE_SIZE, 1);
	return true;
}

/* By the route of its destination; false: it went elsewhere. */
static inline bool forward(struct worker *w, struct pkt_view *pkt, uint32_t hop)
{
	enum nexthop_kind kind = nexthop_kind(hop);

	if (likely(kind == NEXTHOP_PATH))
		return follow_path(w, pkt, nexthop_id(hop));
	if (likely(kind == NEXTHOP_ADJACENCY)) {
		pkt->adjacency = nexthop_id(hop);
		return true;
	}
	turn_away(w, pkt,
		  kind == NEXTHOP_UNREACHABLE ? (enum drop_reason)nexthop_id(hop) : DROP_NO_ROUTE);
	return false;
}

/* is_watched is known where this is called: with no path that is, nothing is left of it here. */
static __rte_always_inline void pass_on(struct worker *w, const struct vector *in,
					const struct lookup *lookup, bool is_watched)
{
	struct vector *onward = &w->vectors[STAGE_FRAGMENT];
	uint32_t n = onward->n, next_source = in->n;

	for (uint32_t i = 0; i < in->n; i++) {
		struct pkt_view *pkt = in->pkts[i];
		uint32_t hop = lookup->hops[i], source_hop = 0;
		enum drop_reason reason;

		if (pkt->flags & PKT_CHECK_SOURCE)
			source_hop = lookup->hops[next_source++];
		reason = admit(w, pkt, hop, source_hop);
		if (is_watched && reason == DROP_NONE)
			watch_received(w, pkt, hop, source_hop);
		if (unlikely(reason == FOR_US))
			classify_local(w, pkt);
		else if (unlikely(reason != DROP_NONE))
			turn_away(w, pkt, reason);
		else if (likely(forward(w, pkt, hop)))
			onward->pkts[n++] = pkt;
	}
	onward->n = n;
}

void stage_lookup(struct worker *w, struct vector *in)
{
	struct lookup lookup;

	look_up(w, in, &lookup);
	if (unlikely(path_is_any_watched(w->tables->paths)))
		pass_on(w, in, &lookup, true);
	else
		pass_on(w, in, &lookup, false);
	watch_pairs(w, in, lookup.hops);
	in->n = 0;
}
