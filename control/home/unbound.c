/* SPDX-License-Identifier: BSD-3-Clause */
/* Unreachable routes as the difference of two sorted sets. */
#include "home/unbound.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>

#include "haaro/addr.h"

static int compare(const void *left, const void *right)
{
	const struct ip_prefix *a = left;
	const struct ip_prefix *b = right;
	uint32_t address_a = ntohl(a->addr.v4);
	uint32_t address_b = ntohl(b->addr.v4);

	if (address_a != address_b)
		return address_a < address_b ? -1 : 1;
	return (int)a->len - (int)b->len;
}

static bool is_a_link(const struct conf *conf, const struct ip_prefix *prefix)
{
	for (size_t i = 0; i < conf->n_ports; i++)
		for (size_t j = 0; j < conf->ports[i].n_addresses; j++)
			if (prefix_is_equal(&conf->ports[i].networks[j], prefix))
				return true;
	return false;
}

static size_t sort_unique(struct ip_prefix *prefixes, size_t count)
{
	size_t kept = 0;

	qsort(prefixes, count, sizeof(prefixes[0]), compare);
	for (size_t i = 0; i < count; i++)
		if (kept == 0 || compare(&prefixes[kept - 1], &prefixes[i]) != 0)
			prefixes[kept++] = prefixes[i];
	return kept;
}

int unbound_build(struct unbound *unbound, const struct conf *conf)
{
	const struct conf_subscribers *subscribers = &conf->home.subscribers;
	size_t count = conf->home.n_networks;
	struct ip_prefix *prefixes;

	for (size_t i = 0; i < subscribers->n_routers; i++)
		count += subscribers->routers[i].n_networks;
	prefixes = calloc(count + 1, sizeof(prefixes[0]));
	if (!prefixes)
		return -ENOMEM;
	count = 0;
	for (size_t i = 0; i < conf->home.n_networks; i++)
		if (!is_a_link(conf, &conf->home.networks[i]))
			prefixes[count++] = conf->home.networks[i];
	for (size_t i = 0; i < subscribers->n_routers; i++)
		for (size_t j = 0; j < subscribers->routers[i].n_networks; j++)
			prefixes[count++] = subscribers->routers[i].networks[j];
	*unbound = (struct unbound){.prefixes = prefixes, .count = sort_unique(prefixes, count)};
	return 0;
}

void unbound_free(struct unbound *unbound)
{
	free(unbound->prefixes);
	*unbound = (struct unbound){0};
}

bool unbound_contains(const struct unbound *unbound, const struct ip_prefix *prefix)
{
	return unbound->count > 0 && bsearch(prefix, unbound->prefixes, unbound->count,
					     sizeof(unbound->prefixes[0]), compare) != NULL;
}

int unbound_set(struct core *core, const struct ip_prefix *prefix)
{
	struct fwd_route route = {
		.realm = REALM_MAIN,
		.prefix = *prefix,
		.nexthop = {.kind = NEXTHOP_UNREACHABLE, .id = DROP_UNBOUND},
	};
	int result = core->ops->route_set(core->fwd, &route);

	if (result == -EAGAIN) {
		core->ops->reclaim(core->fwd);
		result = core->ops->route_set(core->fwd, &route);
	}
	return result;
}

static int remove_route(struct core *core, const struct ip_prefix *prefix)
{
	int result = core->ops->route_remove(core->fwd, REALM_MAIN, prefix);

	if (result == -EAGAIN) {
		core->ops->reclaim(core->fwd);
		result = core->ops->route_remove(core->fwd, REALM_MAIN, prefix);
	}
	return result == -ENOENT ? 0 : result;
}

/* Walks two sorted sets at once: true if prefix is in set, whose cursor only moves on. */
static bool find_next(const struct unbound *set, size_t *cursor, const struct ip_prefix *prefix)
{
	while (*cursor < set->count && compare(&set->prefixes[*cursor], prefix) < 0)
		(*cursor)++;
	return *cursor < set->count && compare(&set->prefixes[*cursor], prefix) == 0;
}

static void take_back(struct core *core, const struct unbound *old, const struct unbound *next,
		      size_t end)
{
	size_t cursor = 0;

	for (size_t i = 0; i < end; i++)
		if (!find_next(old, &cursor, &next->prefixes[i]))
			remove_route(core, &next->prefixes[i]);
}

int unbound_install(struct core *core, const struct unbound *old, const struct unbound *next,
		    struct error *err)
{
	size_t cursor = 0;

	for (size_t i = 0; i < next->count; i++) {
		char text[PREFIX_TEXT_SIZE];
		int result;

		if (find_next(old, &cursor, &next->prefixes[i]))
			continue;
		result = unbound_set(core, &next->prefixes[i]);
		if (result == 0)
			continue;
		take_back(core, old, next, i);
		return error_set(
			err, result,
			"no room for the route of %s, the %zuth of %zu home and mobile "
			"networks; raise capacity.prefixes (one for each of these, and one "
			"for each home address)",
			prefix_print(&next->prefixes[i], text), i + 1, next->count);
	}
	return 0;
}

size_t unbound_remove(struct core *core, struct unbound *old, const struct unbound *next)
{
	size_t cursor = 0;
	size_t kept = 0;

	for (size_t i = 0; i < old->count; i++) {
		if (find_next(next, &cursor, &old->prefixes[i]))
			continue;
		if (remove_route(core, &old->prefixes[i]) < 0)
			old->prefixes[kept++] = old->prefixes[i];
	}
	old->count = kept;
	return kept;
}
