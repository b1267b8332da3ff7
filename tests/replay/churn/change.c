/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The changes of what the traffic uses, each as the control core orders it: what is new is true from
 * before the first call on, what is old is true until after the last one. --broken gives one of them
 * in a wrong order, which the traffic must notice.
 */
#include <errno.h>

#include "churn.h"

#define OPS (&dataplane_ops)

/* Now and then the workers get a turn in the middle of a sequence. */
void churn_breathe(struct churn *churn)
{
	if (churn_random(churn, churn->broken != BROKEN_NOT || churn->single ? 4 : 16) == 0)
		churn_turn(churn);
}

bool churn_done(struct churn *churn, int result, bool used, const char *what)
{
	if (result != 0) {
		if (churn->broken == BROKEN_NOT) /* else it is the traffic that must notice */
			churn_violation(churn, "%s: %d", what, result);
		return false;
	}
	churn->changes++;
	churn->changes_used += used;
	return true;
}

bool churn_wait(struct churn *churn, int result)
{
	static double since; /* of the wait under way */

	if (result != -EAGAIN) {
		since = 0;
		return false;
	}
	if (since == 0)
		since = churn_seconds();
	dataplane_ops.reclaim(churn->fwd);
	churn_turn(churn);
	return churn_seconds() - since < WAIT_SECONDS;
}

/* --- tunnels ------------------------------------------------------------------------------------------ */

static struct fwd_binding key_of(uint32_t serial)
{
	return (struct fwd_binding){
		.encap = serial % 2 ? ENCAP_UDP : ENCAP_IPIP,
		.local = addr_v4(htonl(ADDR_HUB)),
		.remote = addr_v4(htonl(10u << 24 | serial)),
		.local_port = serial % 2 ? 434 : 0,
		.remote_port = serial % 2 ? 434 : 0,
	};
}

static bool has_binding(const struct churn *churn, const struct slot *slot)
{
	return slot - churn->slots >= SLOT_BRANCH;
}

static bool insert_tunnel(struct churn *churn, const struct slot *slot, uint32_t serial,
			  struct tunnel_ref *ref)
{
	struct fwd_binding key = key_of(serial);
	struct fwd_tunnel tunnel = {
		.encap = key.encap,
		.local = key.local,
		.remote = key.remote,
		.local_port = key.local_port,
		.remote_port = key.remote_port,
		.mtu = 1400,
		.adjacency = churn->adjacencies[PORT_WAN][slot->adjacency],
		.source = has_binding(churn, slot) ? FWD_SOURCE_PATH : FWD_SOURCE_ANY,
		.source_path = slot->path,
		.ttl = 64,
		.udp_checksum = serial % 4 == 1,
	};
	int result;

	CHURN_RETRY(churn, result, OPS->tunnel_insert(churn->fwd, &tunnel, ref));
	return churn_done(churn, result, true, "tunnel_insert");
}

/* A serial number for a tunnel that this slot is about to have. */
static uint32_t next_tunnel(struct churn *churn, const struct slot *slot)
{
	uint32_t serial = churn->next_serial++;
	struct tunnel_life *life = churn_tunnel(churn, serial);

	*life = (struct tunnel_life){.serial = serial,
				     .slot = (uint32_t)(slot - churn->slots),
				     .until = LIFE_LIVE,
				     .binding_until = LIFE_LIVE};
	life->adjacency_until[slot->adjacency] = LIFE_LIVE;
	return serial;
}

static void remove_binding(struct churn *churn, uint32_t serial)
{
	struct fwd_binding key = key_of(serial);

	CHURN_CHANGE(churn, true, "binding_remove", OPS->binding_remove(churn->fwd, &key));
	churn_tunnel(churn, serial)->binding_until = churn->changes;
}

/* The tunnel before the last is accepted no longer. */
static void forget_old(struct churn *churn, struct slot *slot)
{
	uint32_t serial = slot->old_serial;

	if (serial == 0)
		return;
	slot->old_serial = 0;
	if (churn->broken != BROKEN_BINDING)
		remove_binding(churn, serial);
	churn_breathe(churn);
	CHURN_CHANGE(churn, true, "tunnel_remove", OPS->tunnel_remove(churn->fwd, slot->old));
	if (churn->broken == BROKEN_BINDING) {
		OPS->reclaim(churn->fwd);
		churn_turn(churn);
		OPS->reclaim(churn->fwd);
		remove_binding(churn, serial);
	}
}

static void point_path(struct churn *churn, const struct slot *slot, uint32_t tunnel)
{
	const struct fwd_path path = {
		.tunnel = tunnel, .backup = FWD_NONE, .down = DROP_NOT_REGISTERED};

	CHURN_CHANGE(churn, true, "path_set", OPS->path_set(churn->fwd, slot->path, &path));
}

/* A new care-of address: new tunnel, new binding, one store in the path, then the old ones go. */
static void hand_over(struct churn *churn, struct slot *slot)
{
	uint32_t old_serial = slot->serial, serial;
	struct tunnel_ref old = slot->tunnel;

	forget_old(churn, slot);
	if (churn->broken == BROKEN_TUNNEL) {
		CHURN_CHANGE(churn, true, "tunnel_remove", OPS->tunnel_remove(churn->fwd, old));
		OPS->reclaim(churn->fwd);
		churn_turn(churn);
	}
	serial = next_tunnel(churn, slot);
	if (!insert_tunnel(churn, slot, serial, &slot->tunnel))
		return;
	slot->serial = serial;
	if (has_binding(churn, slot)) {
		struct fwd_binding key = key_of(serial);

		CHURN_CHANGE(churn, true, "binding_insert",
			     OPS->binding_insert(churn->fwd, &key, slot->tunnel.index));
	}
	churn_breathe(churn);
	point_path(churn, slot, slot->tunnel.index);
	churn_tunnel(churn, old_serial)->until = churn->changes;
	churn_breathe(churn);
	if (has_binding(churn, slot)) {
		slot->old = old; /* accepted for a while */
		slot->old_serial = old_serial;
	} else if (churn->broken != BROKEN_TUNNEL) {
		CHURN_CHANGE(churn, true, "tunnel_remove", OPS->tunnel_remove(churn->fwd, old));
	}
}

/* The same outer header, another tunnel: a registration that changes what the tunnel may do. */
static void renew_tunnel(struct churn *churn, struct slot *slot)
{
	struct fwd_binding key = key_of(slot->serial);
	struct tunnel_ref old = slot->tunnel;

	if (!insert_tunnel(churn, slot, slot->serial, &slot->tunnel))
		return;
	CHURN_CHANGE(churn, true, "binding_set",
		     OPS->binding_set(churn->fwd, &key, slot->tunnel.index));
	churn_breathe(churn);
	point_path(churn, slot, slot->tunnel.index);
	CHURN_CHANGE(churn, true, "tunnel_remove", OPS->tunnel_remove(churn->fwd, old));
}

/* A path loses its tunnel, or has one again. */
static void turn_path(struct churn *churn, struct slot *slot)
{
	struct flow *flow = &churn->flows[FLOWS_OUT + (slot - churn->slots) - SLOT_DOWN];
	uint32_t serial = slot->serial;

	slot->is_down = !slot->is_down;
	if (slot->is_down) {
		flow->drop_until = LIFE_LIVE;
		point_path(churn, slot, FWD_NONE);
		churn_tunnel(churn, serial)->until = churn->changes;
		CHURN_CHANGE(churn, true, "tunnel_remove",
			     OPS->tunnel_remove(churn->fwd, slot->tunnel));
		return;
	}
	slot->serial = next_tunnel(churn, slot);
	if (!insert_tunnel(churn, slot, slot->serial, &slot->tunnel))
		return;
	point_path(churn, slot, slot->tunnel.index);
	flow->drop_until = churn->changes;
}

/* --- routes ------------------------------------------------------------------------------------------- */

static struct fwd_route route_to(const struct churn *churn, const struct flow *flow,
				 unsigned int len, int to)
{
	struct fwd_route route = {.realm = REALM_MAIN,
				  .prefix = prefix_v4(htonl(flow->destination), len)};

	if (to < 0)
		route.nexthop =
			(struct fwd_nexthop){.kind = NEXTHOP_UNREACHABLE, .id = DROP_UNBOUND};
	else if (flow->kind == FLOW_IN || flow->kind == FLOW_SOURCE)
		route.nexthop = (struct fwd_nexthop){.kind = NEXTHOP_ADJACENCY,
						     .id = churn->adjacencies[PORT_CORE][to]};
	else
		route.nexthop =
			(struct fwd_nexthop){.kind = NEXTHOP_PATH, .id = churn->slots[to].path};
	return route;
}

enum { UNBOUND = -1, NO_ROUTE = -2 };

static int way_of(const struct flow *flow)
{
	return flow->host != NO_ROUTE ? flow->host : flow->net;
}

static uint64_t *until_of(struct flow *flow, int way)
{
	return way == UNBOUND ? &flow->drop_until : &flow->way_until[way];
}

/* The /24 or the /32 of a flow leads elsewhere; NO_ROUTE: the /32 goes. */
static void move_route(struct churn *churn, struct flow *flow, unsigned int len, int to)
{
	int old = way_of(flow), next;
	struct fwd_route route;

	*(len == 24 ? &flow->net : &flow->host) = to;
	next = way_of(flow);
	*until_of(flow, next) = LIFE_LIVE;
	if (to == NO_ROUTE) {
		route = route_to(churn, flow, len, 0);
		CHURN_CHANGE(churn, true, "route_remove",
			     OPS->route_remove(churn->fwd, route.realm, &route.prefix));
	} else {
		route = route_to(churn, flow, len, to);
		CHURN_CHANGE(churn, true, "route_set", OPS->route_set(churn->fwd, &route));
	}
	if (old != next)
		*until_of(flow, old) = churn->changes;
}

static void change_route(struct churn *churn, struct flow *flow)
{
	uint32_t ways = flow->kind == FLOW_OUT ? SLOT_DOWN - SLOT_PEER : ADJACENCIES;
	int to = (int)churn_random(churn, ways);

	if (flow->kind == FLOW_OUT && churn_random(churn, 8) == 0)
		to = UNBOUND;
	if (churn_random(churn, 2))
		move_route(churn, flow, 24, to);
	else
		move_route(churn, flow, 32, flow->host == NO_ROUTE ? to : NO_ROUTE);
}

/* Routes move to a new path of the same router, and the old one is removed. */
static void replace_path(struct churn *churn, struct slot *slot)
{
	const struct fwd_path path = {
		.tunnel = slot->tunnel.index, .backup = FWD_NONE, .down = DROP_NOT_REGISTERED};
	int number = (int)(slot - churn->slots);
	uint32_t old = slot->path;

	if (churn->broken == BROKEN_PATH) {
		CHURN_CHANGE(churn, true, "path_remove", OPS->path_remove(churn->fwd, old));
		OPS->reclaim(churn->fwd);
		churn_turn(churn);
	}
	CHURN_CHANGE(churn, true, "path_insert", OPS->path_insert(churn->fwd, &path, &slot->path));
	for (unsigned int i = 0; i < FLOWS_OUT; i++) {
		struct flow *flow = &churn->flows[i];
		struct fwd_route net = route_to(churn, flow, 24, number);
		struct fwd_route host = route_to(churn, flow, 32, number);

		if (flow->net == number)
			CHURN_CHANGE(churn, true, "route_set", OPS->route_set(churn->fwd, &net));
		if (flow->host == number)
			CHURN_CHANGE(churn, true, "route_set", OPS->route_set(churn->fwd, &host));
	}
	churn_breathe(churn);
	if (churn->broken != BROKEN_PATH)
		CHURN_CHANGE(churn, true, "path_remove", OPS->path_remove(churn->fwd, old));
}

/* The network of a branch is another's for a while: its packets are refused meanwhile. */
static void move_source(struct churn *churn, unsigned int number)
{
	struct flow *flow = &churn->flows[FLOWS - (SLOTS - SLOT_SOURCE) + number];
	bool is_away = flow->drop_until == LIFE_LIVE;
	unsigned int slot = is_away ? flow->branch : SLOT_SOURCE + (number + 1) % 4;
	struct fwd_route route = {
		.prefix = prefix_v4(htonl(flow->source), 24),
		.nexthop = {.kind = NEXTHOP_PATH, .id = churn->slots[slot].path},
	};

	if (!is_away)
		flow->drop_until = LIFE_LIVE;
	CHURN_CHANGE(churn, true, "route_set", OPS->route_set(churn->fwd, &route));
	if (is_away)
		flow->drop_until = churn->changes;
}

/* --- all ---------------------------------------------------------------------------------------------- */

void churn_change(struct churn *churn)
{
	struct slot *peer = &churn->slots[SLOT_PEER + churn_random(churn, SLOT_DOWN - SLOT_PEER)];
	struct slot *branch =
		&churn->slots[SLOT_BRANCH + churn_random(churn, SLOT_SOURCE - SLOT_BRANCH)];
	struct slot *moving = churn_random(churn, 2) ? peer : branch;
	struct slot *down = &churn->slots[SLOT_DOWN + churn_random(churn, SLOT_BRANCH - SLOT_DOWN)];
	uint32_t in = FLOWS_OUT + (SLOT_BRANCH - SLOT_DOWN) + churn_random(churn, FLOWS_IN);

	switch (churn_random(churn, 16)) {
	case 0:
	case 1:
	case 2:
	case 3:
		hand_over(churn, moving);
		break;
	case 4:
		renew_tunnel(churn, branch);
		break;
	case 5:
		forget_old(churn, branch);
		break;
	case 6:
		turn_path(churn, down);
		break;
	case 7:
		replace_path(churn, peer);
		break;
	case 8:
		churn_replace_adjacency(churn, churn_random(churn, ADJACENCIES));
		break;
	case 9:
		churn_set_mac(churn, (uint16_t)churn_random(churn, PORTS),
			      churn_random(churn, ADJACENCIES));
		break;
	case 10:
		churn_move_tunnel(churn, moving);
		break;
	case 11:
		move_source(churn, churn_random(churn, SLOTS - SLOT_SOURCE));
		break;
	case 12:
	case 13:
		change_route(churn, &churn->flows[in]);
		break;
	default:
		change_route(churn, &churn->flows[churn_random(churn, FLOWS_OUT)]);
	}
}

static void init_slot(struct churn *churn, struct slot *slot)
{
	const struct fwd_path path = {
		.tunnel = FWD_NONE, .backup = FWD_NONE, .down = DROP_NOT_REGISTERED};

	slot->adjacency = churn_random(churn, ADJACENCIES);
	CHURN_CHANGE(churn, true, "path_insert", OPS->path_insert(churn->fwd, &path, &slot->path));
	slot->serial = next_tunnel(churn, slot);
	insert_tunnel(churn, slot, slot->serial, &slot->tunnel);
	point_path(churn, slot, slot->tunnel.index);
	if (has_binding(churn, slot)) {
		struct fwd_binding key = key_of(slot->serial);

		CHURN_CHANGE(churn, true, "binding_insert",
			     OPS->binding_insert(churn->fwd, &key, slot->tunnel.index));
	}
}

int churn_tables_init(struct churn *churn)
{
	for (uint16_t port = 0; port < PORTS; port++)
		for (uint32_t i = 0; i < ADJACENCIES; i++) {
			struct fwd_adjacency adjacency = churn_next_mac(churn, port, i);

			CHURN_CHANGE(churn, true, "adjacency_insert",
				     OPS->adjacency_insert(churn->fwd, &adjacency,
							   &churn->adjacencies[port][i]));
		}
	for (unsigned int i = 0; i < SLOTS; i++)
		init_slot(churn, &churn->slots[i]);
	for (unsigned int i = SLOT_BRANCH; i < SLOTS; i++) {
		const struct fwd_route home = {
			.prefix = prefix_v4(htonl(172u << 24 | 24u << 16 | i << 8), 24),
			.nexthop = {.kind = NEXTHOP_PATH, .id = churn->slots[i].path},
		};

		CHURN_CHANGE(churn, true, "route_set", OPS->route_set(churn->fwd, &home));
	}
	for (unsigned int i = 0; i < FLOWS; i++) {
		struct flow *flow = &churn->flows[i];

		flow->host = NO_ROUTE;
		if (flow->kind != FLOW_RELAY)
			move_route(churn, flow, 24, flow->kind == FLOW_DOWN ? (int)flow->slot : 0);
	}
	churn->changes_used = 0;
	return churn->violations == 0 ? 0 : -1;
}
