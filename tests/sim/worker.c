/* SPDX-License-Identifier: BSD-3-Clause */
/* The way in; the order of the checks is that of dataplane/stage: classify, decap, lookup. */
#include "worker.h"

#include <string.h>

#include "attacker.h"
#include "traffic.h"
#include "witness.h"

#define SIGNALLING_PORT   434
#define SHIM_SIZE         4
#define ICMP_ECHO_REPLY   0
#define ICMP_ECHO_REQUEST 8

struct punt punt_of(enum punt_reason reason, uint16_t port)
{
	return (struct punt){
		.reason = reason,
		.port = port,
		.adjacency = FWD_NONE,
		.path = FWD_NONE,
		.tunnel = {.index = FWD_NONE},
	};
}

void worker_drop(struct node *node, enum drop_reason reason)
{
	const struct sim *sim = node->sim;

	if (sim->options.verbose && sim->strict)
		printf("%12.6f  %-4u      drop %s\n", (double)sim->now / NS_PER_S, node->number,
		       drop_name(reason));
	fwd_model_counters(node->fwd)->drops[reason]++;
}

static unsigned int local_flags(const struct node *node, be32 addr)
{
	return fwd_model_local(node->fwd, addr);
}

static struct fwd_nexthop look_up(struct node *node, be32 addr)
{
	const struct ip_addr destination = addr_v4(addr);
	struct fwd_nexthop nexthop = {.kind = NEXTHOP_NONE};

	(void)fwd_model_ops.route_lookup(node->fwd, REALM_MAIN, &destination, &nexthop);
	return nexthop;
}

/* --- to us ------------------------------------------------------------------------------------------- */

static void arrive_by_tunnel(struct node *node, const struct view *outer, uint32_t tunnel,
			     const uint8_t *inner, size_t len);

static void punt(struct node *node, const struct view *view, enum punt_reason reason)
{
	struct punt punt = punt_of(reason, view->port);

	punt.outer = addr_v4(view->ip.source);
	punt.outer_port = view->outer_port;
	if (view->by_tunnel) {
		punt.tunnel = view->tunnel.ref;
		punt.outer = addr_v4(view->outer_source);
	}
	node_punt(node, &punt, view->bytes, view->ip.total_len);
}

static bool find_tunnel(struct node *node, enum encap encap, const struct packet_ipv4 *ip,
			const struct packet_udp *udp, uint32_t *tunnel)
{
	struct fwd_binding key = {
		.encap = encap,
		.local = addr_v4(ip->destination),
		.remote = addr_v4(ip->source),
	};

	if (udp) {
		key.local_port = udp->destination_port;
		key.remote_port = udp->source_port;
	}
	if (fwd_model_ops.binding_lookup(node->fwd, &key, tunnel) == 0)
		return true;
	worker_drop(node, DROP_TUNNEL_UNKNOWN);
	return false;
}

static void classify_udp(struct node *node, struct view *view)
{
	struct packet_udp udp;
	uint32_t tunnel;

	if (packet_udp_parse(&view->ip, &udp) != PACKET_OK) {
		worker_drop(node, DROP_UDP_CHECKSUM);
		return;
	}
	if (udp.payload_len > 0 && udp.payload[0] == UDP_DATA) {
		view->outer_port = udp.source_port;
		if (!find_tunnel(node, ENCAP_UDP, &view->ip, &udp, &tunnel))
			return;
		if (udp.payload_len > SHIM_SIZE && udp.payload[1] == IPV4_PROTOCOL_IPIP)
			arrive_by_tunnel(node, view, tunnel, udp.payload + SHIM_SIZE,
					 udp.payload_len - SHIM_SIZE);
		else
			worker_drop(node, DROP_TUNNEL_DATA);
	} else if (udp.destination_port == SIGNALLING_PORT) {
		if (!view->by_tunnel)
			view->outer_port = udp.source_port;
		punt(node, view, PUNT_SIGNALLING);
	} else {
		insider_see(node, &udp);
		worker_drop(node, DROP_PORT_UNKNOWN);
	}
}

static void classify_local(struct node *node, struct view *view)
{
	uint32_t tunnel;

	if (view->ip.protocol == IPV4_PROTOCOL_UDP)
		classify_udp(node, view);
	else if (view->ip.protocol == IPV4_PROTOCOL_ICMP)
		punt(node, view, PUNT_ICMP);
	else if (view->ip.protocol != IPV4_PROTOCOL_IPIP)
		worker_drop(node, DROP_PROTOCOL_UNKNOWN);
	else if (find_tunnel(node, ENCAP_IPIP, &view->ip, NULL, &tunnel))
		arrive_by_tunnel(node, view, tunnel, view->ip.payload, view->ip.payload_len);
}

/* --- what a tunnel may carry ---------------------------------------------------------------------------- */

static enum drop_reason admit_source(struct node *node, const struct view *view,
				     const struct fwd_nexthop *source_hop)
{
	const struct fwd_tunnel *set = &view->tunnel.set;
	bool own = source_hop->kind != NEXTHOP_NONE && source_hop->own;

	switch (set->source) {
	case FWD_SOURCE_PATH:
		return source_hop->kind == NEXTHOP_PATH && source_hop->id == set->source_path
			       ? DROP_NONE
			       : DROP_INNER_SOURCE;
	case FWD_SOURCE_NOT_LOCAL:
		return own || local_flags(node, view->ip.source) ? DROP_INNER_SOURCE : DROP_NONE;
	case FWD_SOURCE_ANY:
		break;
	}
	return local_flags(node, view->ip.source) ? DROP_LOOP_OWN_SOURCE : DROP_NONE;
}

/* To us by a tunnel between branches: an echo that watches it, and nothing else. */
static enum drop_reason admit_echo(const struct view *view)
{
	enum fwd_accept accept = view->tunnel.set.accept;
	uint8_t type = UINT8_MAX;

	if (accept == FWD_ACCEPT_ALL)
		return DROP_NONE;
	if (view->ip.protocol == IPV4_PROTOCOL_ICMP && view->ip.payload_len >= ICMP_HEADER_SIZE)
		type = view->ip.payload[0];
	if (type == ICMP_ECHO_REQUEST)
		return DROP_NONE;
	if (accept == FWD_ACCEPT_ECHO)
		return DROP_HALF_BOUND;
	return type == ICMP_ECHO_REPLY ? DROP_NONE : DROP_INNER_LOCAL;
}

static enum drop_reason admit_onward(struct node *node, const struct view *view,
				     const struct fwd_nexthop *hop)
{
	const struct fwd_tunnel *set = &view->tunnel.set;

	if (local_flags(node, view->ip.destination) ||
	    (set->destination == FWD_DESTINATION_LOCAL && !(hop->kind != NEXTHOP_NONE && hop->own)))
		return DROP_INNER_DESTINATION;
	return set->accept == FWD_ACCEPT_ECHO ? DROP_HALF_BOUND : DROP_NONE;
}

/* Counts of the source's path, and its mark for what came by the hub. */
static void watch_received(struct node *node, const struct view *view,
			   const struct fwd_nexthop *hop, const struct fwd_nexthop *source_hop)
{
	bool direct = view->tunnel.set.accept != FWD_ACCEPT_ALL;
	struct punt punt = punt_of(PUNT_NOTIFY, view->port);
	struct fwd_path path;

	if (source_hop->kind != NEXTHOP_PATH ||
	    fwd_model_ops.path_read(node->fwd, source_hop->id, &path) < 0)
		return;
	fwd_model_count_path(node->fwd, source_hop->id, FWD_MODEL_RECEIVED, direct,
			     view->ip.total_len);
	if (!path.notify_receive || view->tunnel.set.source != FWD_SOURCE_NOT_LOCAL || !hop->own)
		return;
	punt.path = source_hop->id;
	node_punt_later(node, &punt, view->bytes, IPV4_HEADER_SIZE, 0);
}

/* What a hub knows of pairs it samples: the model takes one packet in FWD_PAIR_SAMPLE too. */
static void watch_pair(struct node *node, const struct view *view, const struct fwd_nexthop *hop)
{
	if (view->tunnel.set.source == FWD_SOURCE_PATH && hop->kind == NEXTHOP_PATH &&
	    hop->id != view->tunnel.set.source_path && node->relayed++ % FWD_PAIR_SAMPLE == 0)
		fwd_model_count_pair(node->fwd, view->tunnel.set.source_path, hop->id);
}

static void count_tunnel(struct node *node, const struct view *view)
{
	struct tunnel_counters *counters =
		fwd_model_tunnel_counters(node->fwd, view->tunnel.ref.index);

	counters->received.packets++;
	counters->received.bytes += view->ip.total_len;
	counters->heard = node_now(node).mono;
}

static void admit(struct node *node, struct view *view)
{
	const struct fwd_nexthop hop = look_up(node, view->ip.destination);
	const struct fwd_nexthop source_hop = look_up(node, view->ip.source);
	bool for_us = local_flags(node, view->ip.destination) & LOCAL_INNER;
	enum drop_reason reason = admit_source(node, view, &source_hop);

	if (reason == DROP_NONE)
		reason = for_us ? admit_echo(view) : admit_onward(node, view, &hop);
	if (reason != DROP_NONE) {
		worker_drop(node, reason);
		return;
	}
	count_tunnel(node, view);
	check_admitted(node, view);
	watch_received(node, view, &hop, &source_hop);
	if (for_us) {
		classify_local(node, view);
		return;
	}
	traffic_admitted(node, view->bytes, view->ip.total_len,
			 view->tunnel.set.accept != FWD_ACCEPT_ALL);
	watch_pair(node, view, &hop);
	worker_forward(node, view);
}

static void arrive_by_tunnel(struct node *node, const struct view *outer, uint32_t tunnel,
			     const uint8_t *inner, size_t len)
{
	struct view view = {
		.bytes = inner,
		.port = outer->port,
		.by_tunnel = true,
		.outer_source = outer->ip.source,
		.outer_port = outer->outer_port,
	};

	if (outer->by_tunnel) { /* a tunnel in a tunnel: nobody here sends such */
		worker_drop(node, DROP_TUNNEL_DEPTH);
		return;
	}
	if (packet_ipv4_parse(inner, len, &view.ip) != PACKET_OK)
		worker_drop(node, DROP_INNER_CHECKSUM);
	else if (fwd_model_ops.tunnel_read(node->fwd, tunnel, &view.tunnel) == 0)
		admit(node, &view);
}

/* --- natively ------------------------------------------------------------------------------------------- */

static bool admit_native(struct node *node, const struct view *view)
{
	const struct fwd_nexthop source_hop = look_up(node, view->ip.source);
	enum drop_reason reason = DROP_NONE;

	if (local_flags(node, view->ip.source))
		reason = DROP_LOOP_OWN_SOURCE;
	else if (view->port == SIM_LAN && !(source_hop.kind != NEXTHOP_NONE && source_hop.own))
		reason = DROP_LAN_SOURCE;
	if (reason != DROP_NONE)
		worker_drop(node, reason);
	return reason == DROP_NONE;
}

void worker_arrive(struct node *node, uint16_t port, const uint8_t *bytes, size_t len)
{
	struct view view = {.bytes = bytes, .port = port};

	if (packet_ipv4_parse(bytes, len, &view.ip) != PACKET_OK)
		return;
	if (local_flags(node, view.ip.destination) & LOCAL_NATIVE)
		classify_local(node, &view);
	else if (node->number != SIM_HUB && port < SIM_UPLINKS)
		worker_drop(node, DROP_NOT_FOR_US);
	else if (admit_native(node, &view))
		worker_forward(node, &view);
}
