/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The invariants. What the hub owes is read from its replies on the wire, not from its memory; what
 * it does is read from its tables.
 */
#include <stdlib.h>
#include <string.h>

#include "sim.h"
#include "witness.h"
#include "world.h"

#define FNV_PRIME UINT64_C(0x100000001b3)
#define SECRETS   8 /* branches whose secret is looked for */

const char *invariant_name(enum invariant invariant)
{
	static const char *const names[] = {
#define X(constant, name) [INVARIANT_##constant] = name,
		INVARIANT_LIST(X)
#undef X
	};

	return names[invariant];
}

void sim_break(struct sim *sim, enum invariant invariant, const char *format, ...)
{
	va_list args;

	if (sim->failed)
		return;
	sim->failed = true;
	sim->broken = invariant;
	va_start(args, format);
	vsnprintf(sim->text, sizeof(sim->text), format, args);
	va_end(args);
}

void sim_hash(struct sim *sim, const void *bytes, size_t len)
{
	const uint8_t *octets = bytes;
	uint64_t word;

	for (; len >= sizeof(word); octets += sizeof(word), len -= sizeof(word)) {
		memcpy(&word, octets, sizeof(word));
		sim->hash = (sim->hash ^ word) * FNV_PRIME;
		sim->hash ^= sim->hash >> 32;
	}
	for (; len > 0; len--)
		sim->hash = (sim->hash ^ *octets++) * FNV_PRIME;
}

/* --- the wire ------------------------------------------------------------------------------------ */

static bool holds_secret(const struct node *node, const void *bytes, size_t len)
{
	const struct conf_secret *secret = &node->conf.mobile.keys[0].secret;

	return memmem(bytes, len, secret->bytes, secret->len) ||
	       memmem(bytes, len, node->secret_text, 2 * secret->len);
}

/* Of the first branches: what leaks one leaks all. */
void check_secret(struct sim *sim, const void *bytes, size_t len, const char *where)
{
	uint32_t most = sim->n_nodes < SECRETS ? sim->n_nodes : SECRETS;

	for (uint32_t i = 1; i < most; i++) {
		if (holds_secret(&sim->nodes[i], bytes, len))
			sim_break(sim, INVARIANT_SECRET, "the secret of node %u is in %s", i,
				  where);
	}
}

static bool signalling_of(const uint8_t *packet, size_t len, struct packet_ipv4 *ip,
			  struct packet_udp *udp)
{
	return packet_ipv4_parse(packet, len, ip) == PACKET_OK &&
	       ip->protocol == IPV4_PROTOCOL_UDP && packet_udp_parse(ip, udp) == PACKET_OK;
}

static void see_request(struct node *node, const struct packet_ipv4 *ip)
{
	struct sim *sim = node->sim;

	/* To a peer; or asked in time, but kept waiting for its gateway's MAC. */
	if (ip->destination != sim->nodes[SIM_HUB].addresses[0].v4 || node->resolving)
		return;
	if (node->last_request && sim->now - node->last_request < NS_PER_S)
		sim_break(sim, INVARIANT_RATE, "node %u asked twice within %llu ms", node->number,
			  (unsigned long long)((sim->now - node->last_request) / NS_PER_MS));
	node->last_request = sim->now;
}

static struct node *node_by_home(struct sim *sim, be32 home_address)
{
	uint32_t number =
		ntohl(home_address) - ntohl(sim->nodes[1].conf.mobile.home_address.v4) + 1;

	return number >= 1 && number < sim->n_nodes ? &sim->nodes[number] : NULL;
}

/* What the hub owes a branch from now on: a reply that leaves it is a promise. */
static void see_reply(struct sim *sim, const uint8_t *payload, size_t len)
{
	static struct registration_reply reply;
	struct node *node;
	uint64_t until;

	if (registration_reply_parse(payload, len, &reply) != WIRE_OK ||
	    !reply_code_is_success(reply.code))
		return;
	node = node_by_home(sim, reply.home_address);
	if (!node)
		return;
	until = sim->now + time_seconds(reply.lifetime);
	if (reply.lifetime == 0)
		node->bound_until = 0;
	else if (until > node->bound_until)
		node->bound_until = until;
}

void check_sent(struct node *node, const uint8_t *packet, size_t len)
{
	struct sim *sim = node->sim;
	struct packet_ipv4 ip;
	struct packet_udp udp;

	sim_hash(sim, &sim->now, sizeof(sim->now));
	sim_hash(sim, packet, len);
	if (!signalling_of(packet, len, &ip, &udp))
		return;
	switch (message_type(udp.payload, udp.payload_len)) {
	case MESSAGE_REQUEST:
		see_request(node, &ip);
		check_secret(sim, packet, len, "a request");
		break;
	case MESSAGE_REPLY:
		if (ip.source == sim->nodes[SIM_HUB].addresses[0].v4)
			see_reply(sim, udp.payload, udp.payload_len);
		check_secret(sim, packet, len, "a reply");
		break;
	default:
		break;
	}
}

void check_received(struct node *node, const uint8_t *packet, size_t len)
{
	static struct registration_reply reply;
	struct packet_ipv4 ip;
	struct packet_udp udp;

	if (node->number == SIM_HUB || !signalling_of(packet, len, &ip, &udp) ||
	    ip.source != node->sim->nodes[SIM_HUB].addresses[0].v4 ||
	    registration_reply_parse(udp.payload, udp.payload_len, &reply) != WIRE_OK)
		return;
	if (reply_code_is_success(reply.code))
		node->refused = 0;
	else if (reply.code == REPLY_IDENTIFICATION)
		node->refused++;
	if (node->sim->clock_watched && node->refused > 2)
		sim_break(node->sim, INVARIANT_CLOCK, "node %u was refused %u times", node->number,
			  node->refused);
}

/* --- the tables ----------------------------------------------------------------------------------- */

static bool tunnel_is_alive(struct fwd *fwd, uint32_t tunnel)
{
	struct fwd_tunnel_state state;
	struct fwd_adjacency adjacency;

	if (fwd_model_ops.tunnel_read(fwd, tunnel, &state) < 0)
		return false;
	return state.set.adjacency == FWD_NONE ||
	       fwd_model_ops.adjacency_read(fwd, state.set.adjacency, &adjacency) == 0;
}

static bool path_is_alive(struct fwd *fwd, const struct fwd_path *path)
{
	return (path->tunnel == FWD_NONE || tunnel_is_alive(fwd, path->tunnel)) &&
	       (path->backup == FWD_NONE || tunnel_is_alive(fwd, path->backup));
}

static bool is_bound(const struct sim *sim, uint32_t number)
{
	return number >= 1 && number < sim->n_nodes && sim->nodes[number].bound_until >= sim->now;
}

/* Whether a router that may have the prefix is bound: its own by number, a shared one of two. */
static bool somebody_is_bound(struct sim *sim, const struct ip_prefix *prefix)
{
	uint32_t first = ntohl(prefix->addr.v4);
	const struct node *one = &sim->nodes[1];
	uint32_t own = first - ntohl(one->networks[0].addr.v4);
	uint32_t shared = first - ntohl(one->networks[1].addr.v4);

	if (sim->options.world != SIM_WORLD_HUB)
		return is_bound(sim, truth_owner(sim, prefix->addr.v4));
	if (prefix->len == 32)
		return is_bound(sim, first - ntohl(one->conf.mobile.home_address.v4) + 1);
	if (own / 256 < sim->n_nodes - 1)
		return is_bound(sim, own / 256 + 1);
	return shared / 256 <= sim->n_nodes / 10 &&
	       (is_bound(sim, shared / 256 * 10 + 1) || is_bound(sim, shared / 256 * 10 + 2));
}

static bool visit_route(void *arg, const struct fwd_route *route)
{
	struct node *node = arg;
	struct fwd_adjacency adjacency;
	struct fwd_path path;
	char text[PREFIX_TEXT_SIZE];
	bool alive = true;

	if (route->nexthop.kind == NEXTHOP_ADJACENCY)
		alive = fwd_model_ops.adjacency_read(node->fwd, route->nexthop.id, &adjacency) == 0;
	if (route->nexthop.kind == NEXTHOP_PATH)
		alive = fwd_model_ops.path_read(node->fwd, route->nexthop.id, &path) == 0 &&
			path_is_alive(node->fwd, &path);
	if (!alive)
		sim_break(node->sim, INVARIANT_IDS, "node %u: what the route %s names is gone",
			  node->number, prefix_print(&route->prefix, text));
	if (node->number == SIM_HUB && route->nexthop.kind == NEXTHOP_PATH &&
	    !somebody_is_bound(node->sim, &route->prefix))
		sim_break(node->sim, INVARIANT_ROUTE, "%s has a route and no binding",
			  prefix_print(&route->prefix, text));
	return !node->sim->failed;
}

/* --- hub against branches ---------------------------------------------------------------------------- */

struct owners {
	struct sim *sim;
	uint32_t *holders; /* of the shared network of each ten */
};

/* Of the network that two branches claim, one holder; in a world of direct paths each has its own. */
static void check_owners(struct owners *owners, const struct node *node,
			 const struct home_binding_view *view)
{
	struct sim *sim = owners->sim;
	uint32_t *holder = &owners->holders[(node->number - 1) / 10];

	for (size_t i = 0; i < view->n_networks; i++) {
		if (sim->options.world != SIM_WORLD_HUB) {
			if (truth_owner(sim, view->networks[i].addr.v4) != node->number)
				sim_break(sim, INVARIANT_OWNER, "node %u holds another's network",
					  node->number);
			continue;
		}
		if (!prefix_is_equal(&view->networks[i], &node->networks[1]))
			continue;
		if (*holder)
			sim_break(sim, INVARIANT_OWNER, "nodes %u and %u hold one network", *holder,
				  node->number);
		*holder = node->number;
	}
}

static bool visit_binding(void *arg, const struct home_binding_view *view)
{
	struct owners *owners = arg;
	struct sim *sim = owners->sim;
	struct node *node = node_by_home(sim, view->home_address.v4);
	uint64_t left;

	if (!node)
		return true;
	check_owners(owners, node, view);
	left = node->believes_until > sim->now ? node->believes_until - sim->now : 0;
	if (node->haaro && node->doubt_until <= sim->now && left > view->remaining)
		sim_break(sim, INVARIANT_LIFETIME,
			  "node %u counts on %llu ms, the hub forgets it in %llu ms", node->number,
			  (unsigned long long)(left / NS_PER_MS),
			  (unsigned long long)(view->remaining / NS_PER_MS));
	return !sim->failed;
}

static void check_hub(struct sim *sim)
{
	struct owners owners = {.sim = sim};

	owners.holders = calloc(sim->n_nodes / 10 + 1, sizeof(owners.holders[0]));
	if (!owners.holders)
		abort();
	home_walk_bindings(haaro_home(sim->nodes[SIM_HUB].haaro), visit_binding, &owners);
	free(owners.holders);
}

/* A branch that believes it is registered is bound, and longer than it believes. */
static void check_branch(struct node *node)
{
	struct sim *sim = node->sim;
	struct mobile_view view;

	mobile_read(haaro_mobile(node->haaro), &view);
	node->believes_until = 0;
	if (view.state != MOBILE_REGISTERED && view.state != MOBILE_REFRESHING)
		return;
	node->believes_until = sim->now + view.remaining;
	if (node->doubt_until > sim->now)
		return;
	if (node->believes_until > node->bound_until)
		sim_break(sim, INVARIANT_LIFETIME,
			  "node %u counts on %llu ms that the hub never granted", node->number,
			  (unsigned long long)(view.remaining / NS_PER_MS));
}

/* The hub's tables: as often as the world can afford, for bindings end by time alone. */
static void check_hub_tables(struct node *hub)
{
	struct sim *sim = hub->sim;

	if (sim->now < sim->check_next)
		return;
	sim->check_next = sim->now + sim->check_every;
	fwd_model_ops.route_walk(hub->fwd, REALM_MAIN, visit_route, hub);
	check_hub(sim);
}

void check_node(struct node *node)
{
	struct sim *sim = node->sim;
	uint64_t changes = fwd_model_changes(node->fwd);
	const char *last = "";

	if (fwd_model_faults(node->fwd, &last) > 0)
		sim_break(sim, INVARIANT_IDS, "node %u: %s", node->number, last);
	if (node->number == SIM_HUB) {
		check_hub_tables(node);
		return;
	}
	check_branch(node);
	if (sim->check_every == NS_PER_S && sim->now < node->check_next)
		return;
	node->check_next = sim->now + 10 * sim->check_every;
	check_direct(node);
	if (node->checked == changes)
		return;
	node->checked = changes;
	fwd_model_ops.route_walk(node->fwd, REALM_MAIN, visit_route, node);
}

/* --- at the end of a phase ------------------------------------------------------------------------------ */

void check_registered(struct sim *sim, const char *when)
{
	struct mobile_view view;

	for (uint32_t i = 1; i < sim->n_nodes && !sim->failed; i++) {
		struct node *node = &sim->nodes[i];

		if (node->haaro)
			mobile_read(haaro_mobile(node->haaro), &view);
		if (!node->haaro || node->bound_until < sim->now ||
		    (view.state != MOBILE_REGISTERED && view.state != MOBILE_REFRESHING))
			sim_break(sim, INVARIANT_REGISTERED, "node %u is %s %s", i,
				  node->haaro ? mobile_state_name(view.state) : "dead", when);
	}
}

/* The watch of the hub goes through the tunnel and back by it: in each phase some are answered. */
void check_traffic(struct sim *sim, bool begins)
{
	for (uint32_t i = 1; i < sim->n_nodes && !sim->failed; i++) {
		struct node *node = &sim->nodes[i];
		const struct mobile *mobile = haaro_mobile(node->haaro);
		uint64_t echoes = mobile_counters(mobile)->echo_replies;

		if (begins)
			node->echoes = echoes;
		else if (echoes == node->echoes)
			sim_break(sim, INVARIANT_TRAFFIC, "node %u: no echo by its tunnel", i);
	}
}

/* Peers are remembered for a while, with a path each; of tunnels none is left. */
static void check_left_tables(struct node *node)
{
	struct fwd_usage usage;

	fwd_model_ops.usage_read(node->fwd, &usage);
	if (usage.tunnels > 0 || usage.bindings > 0)
		sim_break(node->sim, INVARIANT_LEAK, "node %u has %u tunnels and %u bindings left",
			  node->number, usage.tunnels, usage.bindings);
}

void check_left(struct sim *sim)
{
	for (uint32_t i = 1; i < sim->n_nodes && !sim->failed; i++) {
		if (!haaro_is_drained(sim->nodes[i].haaro) || sim->nodes[i].bound_until != 0)
			sim_break(sim, INVARIANT_REGISTERED, "node %u has not left", i);
	}
	for (uint32_t i = 0; i < sim->n_nodes && !sim->failed; i++)
		check_left_tables(&sim->nodes[i]);
	sim->check_next = 0;
	check_node(&sim->nodes[SIM_HUB]);
}
