/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The effects of registrations on the forwarding tables (mip4-base.md section 13, nemo4.md section
 * 3.6). Order is everything: a route is set only to a live path, a path only to a live tunnel, and a
 * tunnel is closed only when no path names it, so no packet is lost or led astray by a change.
 */
#include "home/forward.h"

#include <errno.h>
#include <stdlib.h>

#include "home/state.h"
#include "home/unbound.h"

static int by_path_reserve(struct home *home, uint32_t path)
{
	uint32_t size = home->by_path_size ? home->by_path_size : 64;
	struct subscriber **table;

	if (path < home->by_path_size)
		return 0;
	while (size <= path)
		size *= 2;
	table = reallocarray(home->by_path, size, sizeof(struct subscriber *));
	if (!table)
		return -ENOMEM;
	for (uint32_t i = home->by_path_size; i < size; i++)
		table[i] = NULL;
	home->by_path = table;
	home->by_path_size = size;
	return 0;
}

static int path_open(struct subscriber *subscriber)
{
	struct home *home = subscriber->home;
	struct core *core = home->core;
	struct fwd_path path = {.tunnel = FWD_NONE, .backup = FWD_NONE, .down = DROP_UNBOUND};
	uint32_t index;
	int result = core->ops->path_insert(core->fwd, &path, &index);

	if (result < 0)
		return result;
	result = by_path_reserve(home, index);
	if (result < 0) {
		core->ops->path_remove(core->fwd, index);
		return result;
	}
	home->by_path[index] = subscriber;
	subscriber->path = index;
	return 0;
}

struct binding *forward_holder(struct home *home, const struct endpoint *endpoint, uint64_t *heard)
{
	struct core *core = home->core;
	struct fwd_binding key = {
		.encap = endpoint->encap,
		.local = endpoint->local,
		.remote = endpoint->remote,
		.local_port = endpoint->local_port,
		.remote_port = endpoint->remote_port,
	};
	struct fwd_tunnel_state state;
	struct subscriber *subscriber;
	uint32_t tunnel;

	if (core->ops->binding_lookup(core->fwd, &key, &tunnel) < 0 ||
	    core->ops->tunnel_read(core->fwd, tunnel, &state) < 0 ||
	    state.set.source != FWD_SOURCE_PATH || state.set.source_path >= home->by_path_size)
		return NULL;
	*heard = state.counters.heard;
	subscriber = home->by_path[state.set.source_path];
	return subscriber ? binding_lookup_endpoint(subscriber, endpoint) : NULL;
}

int forward_open(struct subscriber *subscriber, const struct endpoint *endpoint,
		 struct tunnel **tunnel)
{
	struct tunnel_spec spec = {
		.encap = endpoint->encap,
		.port = PORT_NONE,
		.local = endpoint->local,
		.remote = endpoint->remote,
		.local_port = endpoint->local_port,
		.remote_port = endpoint->remote_port,
		.realm = REALM_MAIN,
		.source = FWD_SOURCE_PATH,
		.destination = FWD_DESTINATION_ANY,
		.peer = subscriber->home_address,
	};
	int result;

	if (subscriber->path == FWD_NONE) {
		result = path_open(subscriber);
		if (result < 0)
			return result;
	}
	spec.source_path = subscriber->path;
	result = tunnel_open(subscriber->home->link, &spec, tunnel);
	if (result < 0)
		forward_settle(subscriber);
	return result;
}

static int route_to_path(struct subscriber *subscriber, const struct ip_prefix *prefix)
{
	struct core *core = subscriber->home->core;
	struct fwd_route route = {
		.realm = REALM_MAIN,
		.prefix = *prefix,
		.nexthop = {.kind = NEXTHOP_PATH, .id = subscriber->path},
	};

	return core->ops->route_set(core->fwd, &route);
}

int forward_home_address(struct subscriber *subscriber)
{
	struct ip_prefix prefix = prefix_v4(subscriber->home_address.v4, 32);
	int result = 0;

	if (!subscriber->routed)
		result = route_to_path(subscriber, &prefix);
	if (result == 0)
		subscriber->routed = true;
	return result;
}

int forward_network(struct network *network)
{
	int result = 0;

	if (!network->installed)
		result = route_to_path(network->subscriber, &network->prefix);
	if (result == 0)
		network->installed = network->wanted = true;
	return result;
}

int forward_switch(struct subscriber *subscriber, const struct tunnel *tunnel,
		   const struct tunnel *backup)
{
	struct core *core = subscriber->home->core;
	struct fwd_path path = {
		.tunnel = tunnel ? tunnel_ref(tunnel).index : FWD_NONE,
		.backup = backup ? tunnel_ref(backup).index : FWD_NONE,
		.down = DROP_UNBOUND,
	};

	return core->ops->path_set(core->fwd, subscriber->path, &path);
}

/* A home network may be as narrow as one home address: then its route stays. */
static bool home_address_settle(struct subscriber *subscriber)
{
	struct home *home = subscriber->home;
	struct core *core = home->core;
	struct ip_prefix prefix = prefix_v4(subscriber->home_address.v4, 32);
	int result;

	if (!subscriber->routed)
		return true;
	if (unbound_contains(&home->unbound, &prefix))
		result = unbound_set(core, &prefix);
	else
		result = core->ops->route_remove(core->fwd, REALM_MAIN, &prefix);
	subscriber->routed = result < 0;
	return !subscriber->routed;
}

static bool networks_settle(struct subscriber *subscriber)
{
	bool settled = true;

	for (uint32_t i = 0; i < subscriber->n_networks; i++) {
		struct network *network = &subscriber->networks[i];

		if (!network->installed || network->wanted)
			continue;
		if (unbound_set(subscriber->home->core, &network->prefix) == 0)
			network->installed = false;
		settled &= !network->installed;
	}
	return settled;
}

static bool path_settle(struct subscriber *subscriber)
{
	struct core *core = subscriber->home->core;

	if (subscriber->path == FWD_NONE)
		return true;
	if (core->ops->path_remove(core->fwd, subscriber->path) < 0)
		return false;
	subscriber->home->by_path[subscriber->path] = NULL;
	subscriber->path = FWD_NONE;
	return true;
}

bool forward_settle(struct subscriber *subscriber)
{
	bool settled = networks_settle(subscriber);

	if (subscriber->n_bindings == 0)
		settled = home_address_settle(subscriber) && settled && path_settle(subscriber);
	if (!settled)
		home_settle_later(subscriber);
	return settled;
}
