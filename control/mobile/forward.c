/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Tunnels, path and routes of a branch. The default route names the path for ever; registration,
 * handover and loss re-point the path with one store (architecture.md, rule 5).
 */
#include "mobile/forward.h"

#include <errno.h>
#include <stdlib.h>

#include "haaro/addr.h"

static const struct ip_prefix everything = {.addr = {.family = IP_V4}};

/* The hub's path, and with it those of all peers that are reached by the hub. */
static int set_path(struct mobile *mobile, uint32_t tunnel)
{
	const struct fwd_path path = {
		.tunnel = tunnel, .backup = FWD_NONE, .down = DROP_NOT_REGISTERED};
	int result = mobile->core->ops->path_set(mobile->core->fwd, mobile->path, &path);

	for (struct mobile_path *peer = mobile->peer_paths; peer && result == 0; peer = peer->next)
		result = mobile_path_write(mobile, peer, tunnel);
	return result;
}

/* --- lingering tunnels ---------------------------------------------------------------------- */

static void set_linger_timer(struct mobile *mobile)
{
	uint64_t first = TIME_NEVER;

	for (size_t i = 0; i < MOBILE_TUNNELS_MAX; i++)
		if (mobile->tunnels[i].tunnel && mobile->tunnels[i].close_at < first)
			first = mobile->tunnels[i].close_at;
	if (first == TIME_NEVER)
		core_timer_stop(mobile->core, &mobile->linger_timer);
	else
		core_timer_set(mobile->core, &mobile->linger_timer,
			       time_between(mobile->core->now.mono, first));
}

static void close_one(struct mobile *mobile, struct mobile_tunnel *slot)
{
	tunnel_close(mobile->link, slot->tunnel);
	*slot = (struct mobile_tunnel){0};
}

static void linger_expired(struct timer *timer, void *arg)
{
	struct mobile *mobile = arg;

	(void)timer;
	for (size_t i = 0; i < MOBILE_TUNNELS_MAX; i++)
		if (mobile->tunnels[i].tunnel &&
		    mobile->tunnels[i].close_at <= mobile->core->now.mono)
			close_one(mobile, &mobile->tunnels[i]);
	set_linger_timer(mobile);
}

static void retire_all_but(struct mobile *mobile, const struct tunnel *keep)
{
	struct mobile_tunnel *slot;

	for (size_t i = 0; i < MOBILE_TUNNELS_MAX; i++) {
		slot = &mobile->tunnels[i];
		if (!slot->tunnel)
			continue;
		if (slot->tunnel == keep)
			slot->close_at = TIME_NEVER;
		else if (slot->close_at == TIME_NEVER)
			slot->close_at = mobile->core->now.mono + MOBILE_LINGER;
	}
	set_linger_timer(mobile);
}

/* --- tunnels -------------------------------------------------------------------------------- */

static struct tunnel_spec wanted(const struct mobile *mobile, const struct uplink *uplink,
				 enum encap encap)
{
	struct tunnel_spec spec = {
		.encap = encap,
		.port = uplink->port,
		.local = uplink->care_of,
		.remote = mobile->agent,
		.realm = REALM_MAIN,
		.source = FWD_SOURCE_NOT_LOCAL,
		.source_path = FWD_NONE,
		.destination = FWD_DESTINATION_LOCAL,
		.peer = mobile->agent,
	};

	if (encap == ENCAP_UDP) {
		spec.local_port = mobile_port(mobile);
		spec.remote_port = MESSAGE_UDP_PORT;
	}
	return spec;
}

static bool is_same(const struct tunnel_spec *a, const struct tunnel_spec *b)
{
	return a->encap == b->encap && a->port == b->port && addr_is_equal(&a->local, &b->local) &&
	       addr_is_equal(&a->remote, &b->remote) && a->local_port == b->local_port &&
	       a->remote_port == b->remote_port;
}

static struct mobile_tunnel *find(struct mobile *mobile, const struct tunnel_spec *spec)
{
	for (size_t i = 0; i < MOBILE_TUNNELS_MAX; i++)
		if (mobile->tunnels[i].tunnel &&
		    is_same(tunnel_spec(mobile->tunnels[i].tunnel), spec))
			return &mobile->tunnels[i];
	return NULL;
}

/* A free place; if there is none, that of the tunnel that has lingered longest. */
static struct mobile_tunnel *take_slot(struct mobile *mobile)
{
	struct mobile_tunnel *oldest = NULL, *slot;

	for (size_t i = 0; i < MOBILE_TUNNELS_MAX; i++) {
		slot = &mobile->tunnels[i];
		if (!slot->tunnel)
			return slot;
		if (slot->close_at != TIME_NEVER && (!oldest || slot->close_at < oldest->close_at))
			oldest = slot;
	}
	if (oldest)
		close_one(mobile, oldest);
	return oldest;
}

static int open_one(struct mobile *mobile, const struct uplink *uplink, enum encap encap,
		    struct tunnel **tunnel)
{
	const struct tunnel_spec spec = wanted(mobile, uplink, encap);
	struct mobile_tunnel *slot = find(mobile, &spec);
	int result;

	if (!slot) {
		slot = take_slot(mobile);
		if (!slot)
			return -ENOSPC;
		result = tunnel_open(mobile->link, &spec, &slot->tunnel);
		if (result < 0) {
			slot->tunnel = NULL;
			return result;
		}
	}
	slot->close_at = TIME_NEVER;
	*tunnel = slot->tunnel;
	return 0;
}

void mobile_forward_open(struct mobile *mobile, const struct uplink *uplink,
			 const struct mobile_nat_request *request)
{
	struct tunnel *tunnel;

	/* What fails here fails again in mobile_forward_use(), where it has consequences. */
	for (enum encap encap = 0; encap < ENCAP_MAX; encap++)
		if (mobile_nat_may_choose(request, encap))
			(void)open_one(mobile, uplink, encap, &tunnel);
	set_linger_timer(mobile);
}

int mobile_forward_use(struct mobile *mobile, const struct uplink *uplink, enum encap encap,
		       struct tunnel **tunnel)
{
	int result = open_one(mobile, uplink, encap, tunnel);

	if (result == 0)
		result = set_path(mobile, tunnel_ref(*tunnel).index);
	if (result == 0)
		retire_all_but(mobile, *tunnel);
	return result;
}

void mobile_forward_down(struct mobile *mobile, bool at_once)
{
	(void)set_path(mobile, FWD_NONE);
	retire_all_but(mobile, NULL);
	if (!at_once)
		return;
	for (size_t i = 0; i < MOBILE_TUNNELS_MAX; i++)
		if (mobile->tunnels[i].tunnel)
			close_one(mobile, &mobile->tunnels[i]);
	set_linger_timer(mobile);
}

uint64_t mobile_forward_heard(const struct mobile *mobile)
{
	const struct core *core = mobile->core;
	struct fwd_tunnel_state state;

	if (!mobile->registration.tunnel ||
	    core->ops->tunnel_read(core->fwd, tunnel_ref(mobile->registration.tunnel).index,
				   &state) < 0)
		return 0;
	return state.counters.heard;
}

/* --- own networks --------------------------------------------------------------------------- */

struct marking {
	struct mobile *mobile;
	struct fwd_route *routes; /* that must change */
	size_t n;
	size_t size;
};

static bool is_lan(const struct mobile *mobile, uint32_t adjacency)
{
	const struct conf_mobile *conf = &mobile->conf->mobile;
	struct fwd_adjacency read;

	if (mobile->core->ops->adjacency_read(mobile->core->fwd, adjacency, &read) < 0)
		return false;
	for (size_t i = 0; i < conf->n_lan_ports; i++)
		if (conf->lan_ports[i] == read.port)
			return true;
	return false;
}

static bool is_own(const struct mobile_networks *networks, const struct ip_prefix *prefix)
{
	for (size_t i = 0; i < networks->n; i++) {
		const struct mobile_network *network = &networks->list[i];

		if (network->accepted && network->prefix.len <= prefix->len &&
		    prefix_contains4(&network->prefix, prefix->addr.v4))
			return true;
	}
	return false;
}

/* The table must not change under its walk: what must change is collected first. */
static bool collect(void *arg, const struct fwd_route *route)
{
	struct marking *marking = arg;
	bool own = is_own(&marking->mobile->networks, &route->prefix);
	struct fwd_route *routes;

	if (route->nexthop.kind != NEXTHOP_ADJACENCY || route->nexthop.own == own ||
	    !is_lan(marking->mobile, route->nexthop.id))
		return true;
	if (marking->n == marking->size) {
		marking->size = marking->size ? 2 * marking->size : 16;
		routes = reallocarray(marking->routes, marking->size, sizeof(routes[0]));
		if (!routes)
			return false;
		marking->routes = routes;
	}
	marking->routes[marking->n] = *route;
	marking->routes[marking->n++].nexthop.own = own;
	return true;
}

void mobile_forward_mark_networks(struct mobile *mobile)
{
	struct core *core = mobile->core;
	struct marking marking = {.mobile = mobile};

	(void)core->ops->route_walk(core->fwd, REALM_MAIN, collect, &marking);
	for (size_t i = 0; i < marking.n; i++)
		(void)core->ops->route_set(core->fwd, &marking.routes[i]);
	free(marking.routes);
}

/* --- life ----------------------------------------------------------------------------------- */

int mobile_forward_init(struct mobile *mobile, struct error *err)
{
	const struct fwd_path path = {
		.tunnel = FWD_NONE, .backup = FWD_NONE, .down = DROP_NOT_REGISTERED};
	struct fwd_route route = {.realm = REALM_MAIN, .prefix = everything};
	struct core *core = mobile->core;
	int result;

	timer_init(&mobile->linger_timer, linger_expired, mobile);
	result = core->ops->path_insert(core->fwd, &path, &mobile->path);
	if (result < 0)
		return error_set(err, result, "no path for the home agent; raise capacity.tunnels");
	route.nexthop = (struct fwd_nexthop){.kind = NEXTHOP_PATH, .id = mobile->path};
	result = core->ops->route_set(core->fwd, &route);
	if (result < 0) {
		error_set(err, result, "no room for the default route; raise capacity.prefixes");
		goto out_path;
	}
	result = link_address_insert(mobile->link, REALM_MAIN, &mobile->conf->mobile.home_address);
	if (result < 0) {
		error_set(err, result, "no room for the home address among the own addresses");
		goto out_route;
	}
	return 0;

out_route:
	(void)core->ops->route_remove(core->fwd, REALM_MAIN, &everything);
out_path:
	(void)core->ops->path_remove(core->fwd, mobile->path);
	return result;
}

void mobile_forward_fini(struct mobile *mobile)
{
	struct core *core = mobile->core;

	mobile_forward_down(mobile, true);
	core_timer_stop(core, &mobile->linger_timer);
	link_address_remove(mobile->link, REALM_MAIN, &mobile->conf->mobile.home_address);
	(void)core->ops->route_remove(core->fwd, REALM_MAIN, &everything);
	(void)core->ops->path_remove(core->fwd, mobile->path);
}

int mobile_forward_set_home_address(struct mobile *mobile, const struct ip_addr *next)
{
	const struct ip_addr *old = &mobile->conf->mobile.home_address;
	int result;

	if (addr_is_equal(old, next))
		return 0;
	result = link_address_insert(mobile->link, REALM_MAIN, next);
	if (result == 0)
		link_address_remove(mobile->link, REALM_MAIN, old);
	return result;
}
