/* SPDX-License-Identifier: BSD-3-Clause */
/* The model's routes: a hash of prefixes; a lookup probes once per prefix length in use. */
#include <errno.h>
#include <stdlib.h>

#include "haaro/addr.h"

#include "fwd_model_private.h"

static int prefix_make(uint16_t realm, const struct ip_prefix *ip, struct model_prefix *prefix)
{
	if (realm != REALM_MAIN || ip->addr.family != IP_V4 || ip->len > 32 ||
	    (ip->addr.v4 & ~addr4_mask(ip->len)) != 0)
		return -EINVAL;
	*prefix = (struct model_prefix){ntohl(ip->addr.v4), ip->len};
	return 0;
}

static struct model_route *route_find(const struct fwd *fwd, const struct model_prefix *prefix)
{
	struct model_route *entry;

	HASH_FIND(hh, fwd->routes, prefix, sizeof(*prefix), entry);
	return entry;
}

static int nexthop_check(const struct fwd *fwd, const struct fwd_nexthop *nexthop)
{
	switch (nexthop->kind) {
	case NEXTHOP_PATH:
		return model_index_is_live(&fwd->paths, nexthop->id) ? 0 : -ENOENT;
	case NEXTHOP_ADJACENCY:
		return model_index_is_live(&fwd->adjacencies, nexthop->id) ? 0 : -ENOENT;
	case NEXTHOP_UNREACHABLE:
		return nexthop->id > DROP_NONE && nexthop->id < DROP_MAX ? 0 : -EINVAL;
	default:
		return -EINVAL;
	}
}

static void nexthop_refer(struct fwd *fwd, const struct fwd_nexthop *nexthop, int by)
{
	if (nexthop->kind == NEXTHOP_PATH)
		model_index_refer(&fwd->paths, nexthop->id, by);
	else if (nexthop->kind == NEXTHOP_ADJACENCY)
		model_index_refer(&fwd->adjacencies, nexthop->id, by);
}

static int route_insert(struct fwd *fwd, const struct model_prefix *prefix,
			const struct fwd_nexthop *nexthop)
{
	struct model_route *entry;

	if (HASH_COUNT(fwd->routes) == fwd->options.prefixes + fwd->options.tunnels)
		return model_counted(fwd, -ENOSPC);
	entry = calloc(1, sizeof(*entry));
	if (!entry)
		return -ENOMEM;
	entry->prefix = *prefix;
	entry->nexthop = *nexthop;
	HASH_ADD(hh, fwd->routes, prefix, sizeof(*prefix), entry);
	fwd->routes_of_len[prefix->len]++;
	nexthop_refer(fwd, nexthop, +1);
	return 0;
}

int model_route_set(struct fwd *fwd, const struct fwd_route *route)
{
	struct model_prefix prefix;
	struct model_route *entry;
	int result = prefix_make(route->realm, &route->prefix, &prefix);

	fwd->changes++;
	if (result == 0)
		result = nexthop_check(fwd, &route->nexthop);
	if (result < 0)
		return result;
	entry = route_find(fwd, &prefix);
	if (!entry)
		return route_insert(fwd, &prefix, &route->nexthop);
	nexthop_refer(fwd, &route->nexthop, +1);
	nexthop_refer(fwd, &entry->nexthop, -1);
	entry->nexthop = route->nexthop;
	return 0;
}

int model_route_remove(struct fwd *fwd, uint16_t realm, const struct ip_prefix *ip)
{
	struct model_prefix prefix;
	struct model_route *entry;
	int result = prefix_make(realm, ip, &prefix);

	fwd->changes++;
	if (result < 0)
		return result;
	entry = route_find(fwd, &prefix);
	if (!entry)
		return -ENOENT;
	nexthop_refer(fwd, &entry->nexthop, -1);
	fwd->routes_of_len[prefix.len]--;
	HASH_DEL(fwd->routes, entry);
	free(entry);
	return 0;
}

int model_route_lookup(struct fwd *fwd, uint16_t realm, const struct ip_addr *addr,
		       struct fwd_nexthop *nexthop)
{
	if (realm != REALM_MAIN || addr->family != IP_V4)
		return -EINVAL;
	for (uint32_t len = 33; len-- > 0;) {
		const struct model_prefix prefix = {ntohl(addr->v4 & addr4_mask(len)), len};
		const struct model_route *entry =
			fwd->routes_of_len[len] ? route_find(fwd, &prefix) : NULL;

		if (entry) {
			*nexthop = entry->nexthop;
			return 0;
		}
	}
	*nexthop = (struct fwd_nexthop){.kind = NEXTHOP_NONE};
	return -ENOENT;
}

static int route_order(struct model_route *a, struct model_route *b)
{
	if (a->prefix.addr != b->prefix.addr)
		return a->prefix.addr < b->prefix.addr ? -1 : 1;
	return (int)a->prefix.len - (int)b->prefix.len;
}

int model_route_walk(struct fwd *fwd, uint16_t realm, fwd_route_visit visit, void *arg)
{
	if (realm != REALM_MAIN)
		return -EINVAL;
	HASH_SORT(fwd->routes, route_order);
	for (struct model_route *entry = fwd->routes; entry; entry = entry->hh.next) {
		const struct fwd_route route = {
			.realm = realm,
			.prefix = prefix_v4(htonl(entry->prefix.addr), entry->prefix.len),
			.nexthop = entry->nexthop,
		};

		if (!visit(arg, &route))
			break;
	}
	return 0;
}
