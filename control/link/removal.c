/* SPDX-License-Identifier: BSD-3-Clause */
/* Changes kept until the data plane takes them (forwarding.h: -EAGAIN). Thread: control core. */
#include "link/removal.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "haaro/addr.h"

#include "link/internal.h"

#define REMOVAL_RETRY (2 * NS_PER_MS) /* several grace periods of busy workers */

static int removal_try(struct link *link, const struct removal *removal)
{
	const struct fwd_ops *ops = link->core->ops;
	struct fwd *fwd = link->core->fwd;

	switch (removal->kind) {
	case REMOVAL_ROUTE:
		return ops->route_remove(fwd, removal->route.realm, &removal->route.prefix);
	case REMOVAL_BINDING:
		return ops->binding_remove(fwd, &removal->binding);
	case REMOVAL_TUNNEL:
		return ops->tunnel_remove(fwd, removal->tunnel);
	case REMOVAL_PATH:
		return ops->path_remove(fwd, removal->index);
	case REMOVAL_ADJACENCY:
		return ops->adjacency_remove(fwd, removal->index);
	}
	return -EINVAL;
}

static void removals_run(struct timer *timer, void *arg)
{
	struct link *link = arg;
	struct removals *removals = &link->removals;
	size_t done = 0;

	link->core->ops->reclaim(link->core->fwd);
	while (done < removals->count && removal_try(link, &removals->list[done]) != -EAGAIN)
		done++;
	removals->count -= done;
	memmove(removals->list, removals->list + done, sizeof(removals->list[0]) * removals->count);
	if (removals->rewrite) {
		removals->rewrite = false;
		neighbours_rewrite(link);
		ports_rewrite(link);
	}
	if (removals->count > 0 || removals->rewrite)
		core_timer_set(link->core, timer, REMOVAL_RETRY);
}

bool link_adjacency_set(struct link *link, uint32_t index, const struct fwd_adjacency *adjacency)
{
	struct core *core = link->core;

	if (core->ops->adjacency_set(core->fwd, index, adjacency) != -EAGAIN)
		return false;
	core->ops->reclaim(core->fwd);
	if (core->ops->adjacency_set(core->fwd, index, adjacency) != -EAGAIN)
		return false;
	link->removals.rewrite = true;
	if (!timer_is_set(&link->removals.timer))
		core_timer_set(core, &link->removals.timer, REMOVAL_RETRY);
	return true;
}

void removals_init(struct link *link)
{
	timer_init(&link->removals.timer, removals_run, link);
}

void removals_fini(struct link *link)
{
	core_timer_stop(link->core, &link->removals.timer);
	free(link->removals.list);
	link->removals.list = NULL;
	link->removals.count = 0;
}

static void removal_keep(struct link *link, const struct removal *removal)
{
	struct removals *removals = &link->removals;

	if (removals->count == removals->size) {
		size_t size = removals->size ? 2 * removals->size : 16;
		struct removal *list = reallocarray(removals->list, size, sizeof(list[0]));

		/* Out of memory: the entry stays in the table, unused, until a restart. */
		if (!list)
			return;
		removals->list = list;
		removals->size = size;
	}
	removals->list[removals->count++] = *removal;
	if (!timer_is_set(&removals->timer))
		core_timer_set(link->core, &removals->timer, REMOVAL_RETRY);
}

void removal_request(struct link *link, const struct removal *removal)
{
	/* In order: an adjacency must not go before the route that waits to be taken off it. */
	if (link->removals.count == 0) {
		if (removal_try(link, removal) != -EAGAIN)
			return;
		link->core->ops->reclaim(link->core->fwd);
		if (removal_try(link, removal) != -EAGAIN)
			return;
	}
	removal_keep(link, removal);
}

void link_route_remove(struct link *link, uint16_t realm, const struct ip_prefix *prefix)
{
	removal_request(link, &(struct removal){.kind = REMOVAL_ROUTE, .route = {realm, *prefix}});
}

void link_binding_remove(struct link *link, const struct fwd_binding *key)
{
	removal_request(link, &(struct removal){.kind = REMOVAL_BINDING, .binding = *key});
}

void link_tunnel_remove(struct link *link, struct tunnel_ref ref)
{
	removal_request(link, &(struct removal){.kind = REMOVAL_TUNNEL, .tunnel = ref});
}

void link_path_remove(struct link *link, uint32_t index)
{
	removal_request(link, &(struct removal){.kind = REMOVAL_PATH, .index = index});
}

void link_adjacency_remove(struct link *link, uint32_t index)
{
	removal_request(link, &(struct removal){.kind = REMOVAL_ADJACENCY, .index = index});
}

static bool binding_is_equal(const struct fwd_binding *a, const struct fwd_binding *b)
{
	return a->encap == b->encap && addr_is_equal(&a->local, &b->local) &&
	       addr_is_equal(&a->remote, &b->remote) && a->local_port == b->local_port &&
	       a->remote_port == b->remote_port;
}

static bool names_the_same(const struct removal *a, const struct removal *b)
{
	if (a->kind != b->kind)
		return false;
	if (a->kind == REMOVAL_ROUTE)
		return a->route.realm == b->route.realm &&
		       prefix_is_equal(&a->route.prefix, &b->route.prefix);
	return a->kind == REMOVAL_BINDING && binding_is_equal(&a->binding, &b->binding);
}

/* True if that removal was waiting: the entry is still in the table. */
static bool removal_cancel(struct link *link, const struct removal *removal)
{
	struct removals *removals = &link->removals;

	for (size_t i = 0; i < removals->count; i++) {
		if (!names_the_same(&removals->list[i], removal))
			continue;
		removals->count--;
		memmove(&removals->list[i], &removals->list[i + 1],
			sizeof(removals->list[0]) * (removals->count - i));
		return true;
	}
	return false;
}

int link_route_set(struct link *link, const struct fwd_route *route)
{
	removal_cancel(link, &(struct removal){.kind = REMOVAL_ROUTE,
					       .route = {route->realm, route->prefix}});
	return link->core->ops->route_set(link->core->fwd, route);
}

int link_binding_insert(struct link *link, const struct fwd_binding *key, uint32_t tunnel)
{
	const struct fwd_ops *ops = link->core->ops;

	if (removal_cancel(link, &(struct removal){.kind = REMOVAL_BINDING, .binding = *key}))
		return ops->binding_set(link->core->fwd, key, tunnel);
	return ops->binding_insert(link->core->fwd, key, tunnel);
}
