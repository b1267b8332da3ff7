/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Changes of what no packet uses: routes beside those of the traffic (in the same groups of the route
 * table and elsewhere), and whole routers that come and go, so that indices change hands.
 */
#include <stdlib.h>

#include "churn.h"

#define OPS (&dataplane_ops)

enum { ROUTES = 256, ROUTERS = 64, STEPS = 4 };

struct router {
	unsigned int step; /* 0: not there; then path, tunnel, binding */
	uint32_t path;
	struct tunnel_ref tunnel;
};

struct other {
	bool is_routed[ROUTES];
	struct router routers[ROUTERS];
};

struct other *churn_other_create(void)
{
	return calloc(1, sizeof(struct other));
}

/* Half of them lie in the /24 of a flow and beside its address. */
static struct ip_prefix prefix_of(unsigned int number)
{
	if (number < ROUTES / 2)
		return prefix_v4(htonl(172u << 24 | 16u << 16 | (number % FLOWS_OUT) << 8 |
				       (128 + number / FLOWS_OUT)),
				 32);
	return prefix_v4(htonl(172u << 24 | 28u << 16 | number << 8), 24 + number % 9);
}

static void change_route(struct churn *churn, unsigned int number)
{
	bool *is_routed = &churn->other->is_routed[number];
	const struct fwd_route route = {
		.prefix = prefix_of(number),
		.nexthop = {.kind = NEXTHOP_PATH,
			    .id = churn->slots[churn_random(churn, SLOTS)].path},
	};

	if (*is_routed)
		CHURN_CHANGE(churn, false, "route_remove",
			     OPS->route_remove(churn->fwd, REALM_MAIN, &route.prefix));
	else
		CHURN_CHANGE(churn, false, "route_set", OPS->route_set(churn->fwd, &route));
	*is_routed = !*is_routed;
}

static void add(struct churn *churn, struct router *router, const struct fwd_binding *key)
{
	const struct fwd_path path = {.tunnel = FWD_NONE, .backup = FWD_NONE, .down = DROP_UNBOUND};
	const struct fwd_tunnel tunnel = {
		.encap = key->encap,
		.local = key->local,
		.remote = key->remote,
		.mtu = 1400,
		.adjacency = FWD_NONE,
		.source = FWD_SOURCE_PATH,
		.source_path = router->path,
		.ttl = 1, /* no packet has it */
	};

	if (router->step == 0)
		CHURN_CHANGE(churn, false, "path_insert",
			     OPS->path_insert(churn->fwd, &path, &router->path));
	else if (router->step == 1)
		CHURN_CHANGE(churn, false, "tunnel_insert",
			     OPS->tunnel_insert(churn->fwd, &tunnel, &router->tunnel));
	else
		CHURN_CHANGE(churn, false, "binding_insert",
			     OPS->binding_insert(churn->fwd, key, router->tunnel.index));
	router->step++;
}

static void take_away(struct churn *churn, struct router *router, const struct fwd_binding *key)
{
	CHURN_CHANGE(churn, false, "binding_remove", OPS->binding_remove(churn->fwd, key));
	CHURN_CHANGE(churn, false, "tunnel_remove", OPS->tunnel_remove(churn->fwd, router->tunnel));
	CHURN_CHANGE(churn, false, "path_remove", OPS->path_remove(churn->fwd, router->path));
	router->step = 0;
}

static void change_router(struct churn *churn, unsigned int number)
{
	struct router *router = &churn->other->routers[number];
	const struct fwd_binding key = {
		.encap = ENCAP_IPIP,
		.local = addr_v4(htonl(ADDR_HUB)),
		.remote = addr_v4(htonl(192u << 24 | 168u << 16 | number)),
	};

	if (router->step < STEPS - 1)
		add(churn, router, &key);
	else
		take_away(churn, router, &key);
}

void churn_other(struct churn *churn)
{
	if (churn_random(churn, 2))
		change_route(churn, churn_random(churn, ROUTES));
	else
		change_router(churn, churn_random(churn, ROUTERS));
}
