/* SPDX-License-Identifier: BSD-3-Clause */
#include "pair.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "haaro/addr.h"

uint32_t pair_index(const struct pair_handles *handles, uint32_t handle, int side)
{
	if (handle == FWD_NONE)
		return FWD_NONE;
	return handle < PAIR_HANDLES && handles->at[handle].live ? handles->at[handle].index[side]
								 : FWD_ID_MAX;
}

uint32_t pair_handle(const struct pair_handles *handles, uint32_t index, int side)
{
	for (uint32_t i = 0; i < PAIR_HANDLES; i++)
		if (handles->at[i].live && handles->at[i].index[side] == index)
			return i;
	return FWD_NONE;
}

uint32_t pair_free(const struct pair_handles *handles)
{
	uint32_t i = 0;

	while (i < PAIR_HANDLES && handles->at[i].live)
		i++;
	assert_in_range(i, 0, PAIR_HANDLES - 1);
	return i;
}

static int same(const int results[PAIR_SIDES])
{
	assert_int_equal(results[PAIR_REAL], results[PAIR_MODEL]);
	return results[PAIR_REAL];
}

static int inserted(struct pair_handles *handles, uint32_t handle, int result)
{
	handles->at[handle].live = result == 0;
	return result;
}

static int removed(struct pair_handles *handles, uint32_t handle, int result)
{
	if (result == 0)
		handles->at[handle].live = false;
	return result;
}

/* --- adjacencies ------------------------------------------------------------------------------ */

int pair_adjacency_insert(struct pair *pair, const struct fwd_adjacency *adjacency)
{
	uint32_t handle = pair_free(&pair->adjacencies);
	int results[PAIR_SIDES];

	for (int side = 0; side < PAIR_SIDES; side++)
		results[side] = pair->ops[side]->adjacency_insert(
			pair->fwd[side], adjacency, &pair->adjacencies.at[handle].index[side]);
	return inserted(&pair->adjacencies, handle, same(results));
}

int pair_adjacency_set(struct pair *pair, uint32_t handle, const struct fwd_adjacency *adjacency)
{
	int results[PAIR_SIDES];

	for (int side = 0; side < PAIR_SIDES; side++)
		results[side] = pair->ops[side]->adjacency_set(
			pair->fwd[side], pair_index(&pair->adjacencies, handle, side), adjacency);
	return same(results);
}

int pair_adjacency_remove(struct pair *pair, uint32_t handle)
{
	int results[PAIR_SIDES];

	for (int side = 0; side < PAIR_SIDES; side++)
		results[side] = pair->ops[side]->adjacency_remove(
			pair->fwd[side], pair_index(&pair->adjacencies, handle, side));
	return removed(&pair->adjacencies, handle, same(results));
}

/* --- tunnels ---------------------------------------------------------------------------------- */

/* Of a dead handle: what it was, which nobody may take for another. */
static struct tunnel_ref tunnel_ref(const struct pair *pair, uint32_t handle, int side)
{
	return (struct tunnel_ref){pair->tunnels.at[handle].index[side],
				   pair->tunnels.at[handle].generation[side]};
}

int pair_tunnel_insert(struct pair *pair, const struct fwd_tunnel *tunnel)
{
	uint32_t handle = pair_free(&pair->tunnels);
	int results[PAIR_SIDES];

	for (int side = 0; side < PAIR_SIDES; side++) {
		struct fwd_tunnel own = *tunnel;
		struct tunnel_ref ref = tunnel_ref(pair, handle, side);

		own.adjacency = pair_index(&pair->adjacencies, tunnel->adjacency, side);
		own.source_path = pair_index(&pair->paths, tunnel->source_path, side);
		results[side] = pair->ops[side]->tunnel_insert(pair->fwd[side], &own, &ref);
		pair->tunnels.at[handle].index[side] = ref.index;
		pair->tunnels.at[handle].generation[side] = ref.generation;
	}
	return inserted(&pair->tunnels, handle, same(results));
}

int pair_tunnel_set_adjacency(struct pair *pair, uint32_t handle, uint32_t adjacency)
{
	int results[PAIR_SIDES];

	for (int side = 0; side < PAIR_SIDES; side++)
		results[side] = pair->ops[side]->tunnel_set_adjacency(
			pair->fwd[side], tunnel_ref(pair, handle, side),
			pair_index(&pair->adjacencies, adjacency, side));
	return same(results);
}

int pair_tunnel_set_mtu(struct pair *pair, uint32_t handle, uint16_t mtu)
{
	int results[PAIR_SIDES];

	for (int side = 0; side < PAIR_SIDES; side++)
		results[side] = pair->ops[side]->tunnel_set_mtu(
			pair->fwd[side], tunnel_ref(pair, handle, side), mtu);
	return same(results);
}

int pair_tunnel_remove(struct pair *pair, uint32_t handle)
{
	int results[PAIR_SIDES];

	for (int side = 0; side < PAIR_SIDES; side++)
		results[side] = pair->ops[side]->tunnel_remove(pair->fwd[side],
							       tunnel_ref(pair, handle, side));
	return removed(&pair->tunnels, handle, same(results));
}

/* --- paths ------------------------------------------------------------------------------------ */

static struct fwd_path path_of(const struct pair *pair, const struct fwd_path *path, int side)
{
	struct fwd_path own = *path;

	own.tunnel = pair_index(&pair->tunnels, path->tunnel, side);
	own.backup = pair_index(&pair->tunnels, path->backup, side);
	return own;
}

int pair_path_insert(struct pair *pair, const struct fwd_path *path)
{
	uint32_t handle = pair_free(&pair->paths);
	int results[PAIR_SIDES];

	for (int side = 0; side < PAIR_SIDES; side++) {
		struct fwd_path own = path_of(pair, path, side);

		results[side] = pair->ops[side]->path_insert(pair->fwd[side], &own,
							     &pair->paths.at[handle].index[side]);
	}
	return inserted(&pair->paths, handle, same(results));
}

int pair_path_set(struct pair *pair, uint32_t handle, const struct fwd_path *path)
{
	int results[PAIR_SIDES];

	for (int side = 0; side < PAIR_SIDES; side++) {
		struct fwd_path own = path_of(pair, path, side);

		results[side] = pair->ops[side]->path_set(
			pair->fwd[side], pair_index(&pair->paths, handle, side), &own);
	}
	return same(results);
}

int pair_path_remove(struct pair *pair, uint32_t handle)
{
	int results[PAIR_SIDES];

	for (int side = 0; side < PAIR_SIDES; side++)
		results[side] = pair->ops[side]->path_remove(
			pair->fwd[side], pair_index(&pair->paths, handle, side));
	return removed(&pair->paths, handle, same(results));
}

int pair_path_counters(struct pair *pair, uint32_t handle, struct path_counters *counters)
{
	struct path_counters read[PAIR_SIDES] = {{{0}}};
	int results[PAIR_SIDES];

	for (int side = 0; side < PAIR_SIDES; side++)
		results[side] = pair->ops[side]->path_counters_read(
			pair->fwd[side], pair_index(&pair->paths, handle, side), &read[side]);
	assert_memory_equal(&read[PAIR_REAL], &read[PAIR_MODEL], sizeof(*counters));
	*counters = read[PAIR_REAL];
	return same(results);
}

/* --- bindings --------------------------------------------------------------------------------- */

int pair_binding_insert(struct pair *pair, const struct fwd_binding *key, uint32_t tunnel)
{
	int results[PAIR_SIDES];

	for (int side = 0; side < PAIR_SIDES; side++)
		results[side] = pair->ops[side]->binding_insert(
			pair->fwd[side], key, pair_index(&pair->tunnels, tunnel, side));
	return same(results);
}

int pair_binding_set(struct pair *pair, const struct fwd_binding *key, uint32_t tunnel)
{
	int results[PAIR_SIDES];

	for (int side = 0; side < PAIR_SIDES; side++)
		results[side] = pair->ops[side]->binding_set(
			pair->fwd[side], key, pair_index(&pair->tunnels, tunnel, side));
	return same(results);
}

int pair_binding_remove(struct pair *pair, const struct fwd_binding *key)
{
	int results[PAIR_SIDES];

	for (int side = 0; side < PAIR_SIDES; side++)
		results[side] = pair->ops[side]->binding_remove(pair->fwd[side], key);
	return same(results);
}

int pair_binding_lookup(struct pair *pair, const struct fwd_binding *key)
{
	uint32_t found[PAIR_SIDES];
	int results[PAIR_SIDES];

	for (int side = 0; side < PAIR_SIDES; side++) {
		results[side] = pair->ops[side]->binding_lookup(pair->fwd[side], key, &found[side]);
		if (results[side] == 0)
			found[side] = pair_handle(&pair->tunnels, found[side], side);
	}
	if (same(results) == 0) {
		assert_int_not_equal(found[PAIR_REAL], FWD_NONE);
		assert_int_equal(found[PAIR_REAL], found[PAIR_MODEL]);
	}
	return results[0];
}

/* --- routes and own addresses ----------------------------------------------------------------- */

static const struct pair_handles *nexthop_handles(const struct pair *pair, enum nexthop_kind kind)
{
	if (kind == NEXTHOP_PATH)
		return &pair->paths;
	return kind == NEXTHOP_ADJACENCY ? &pair->adjacencies : NULL;
}

int pair_route_set(struct pair *pair, const struct fwd_route *route)
{
	const struct pair_handles *handles = nexthop_handles(pair, route->nexthop.kind);
	int results[PAIR_SIDES];

	for (int side = 0; side < PAIR_SIDES; side++) {
		struct fwd_route own = *route;

		if (handles)
			own.nexthop.id = pair_index(handles, route->nexthop.id, side);
		results[side] = pair->ops[side]->route_set(pair->fwd[side], &own);
	}
	return same(results);
}

int pair_route_remove(struct pair *pair, uint16_t realm, const struct ip_prefix *prefix)
{
	int results[PAIR_SIDES];

	for (int side = 0; side < PAIR_SIDES; side++)
		results[side] = pair->ops[side]->route_remove(pair->fwd[side], realm, prefix);
	return same(results);
}

static void nexthops_compare(const struct pair *pair, struct fwd_nexthop nexthops[PAIR_SIDES])
{
	const struct pair_handles *handles = nexthop_handles(pair, nexthops[0].kind);

	assert_int_equal(nexthops[PAIR_REAL].kind, nexthops[PAIR_MODEL].kind);
	assert_int_equal(nexthops[PAIR_REAL].own, nexthops[PAIR_MODEL].own);
	for (int side = 0; handles && side < PAIR_SIDES; side++) {
		nexthops[side].id = pair_handle(handles, nexthops[side].id, side);
		assert_int_not_equal(nexthops[side].id, FWD_NONE);
	}
	assert_int_equal(nexthops[PAIR_REAL].id, nexthops[PAIR_MODEL].id);
}

int pair_route_lookup(struct pair *pair, uint16_t realm, const struct ip_addr *addr)
{
	struct fwd_nexthop nexthops[PAIR_SIDES] = {{0}};
	int results[PAIR_SIDES];

	for (int side = 0; side < PAIR_SIDES; side++)
		results[side] = pair->ops[side]->route_lookup(pair->fwd[side], realm, addr,
							      &nexthops[side]);
	nexthops_compare(pair, nexthops);
	return same(results);
}

int pair_local_set(struct pair *pair, uint16_t realm, const struct ip_addr *addr,
		   unsigned int flags)
{
	int results[PAIR_SIDES];

	for (int side = 0; side < PAIR_SIDES; side++)
		results[side] = pair->ops[side]->local_set(pair->fwd[side], realm, addr, flags);
	return same(results);
}
