/* SPDX-License-Identifier: BSD-3-Clause */
/* Everything that can be read from both sides, compared. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "haaro/addr.h"

#include "pair.h"

#define ROUTES_MAX 4096

static void adjacency_compare(const struct pair *pair, uint32_t handle)
{
	struct fwd_adjacency read[PAIR_SIDES];

	for (int side = 0; side < PAIR_SIDES; side++) {
		memset(&read[side], 0, sizeof(read[side]));
		assert_int_equal(0, pair->ops[side]->adjacency_read(
					    pair->fwd[side],
					    pair_index(&pair->adjacencies, handle, side),
					    &read[side]));
	}
	assert_int_equal(read[0].kind, read[1].kind);
	assert_int_equal(read[0].port, read[1].port);
	assert_int_equal(read[0].mtu, read[1].mtu);
	assert_memory_equal(&read[0].source, &read[1].source, sizeof(read[0].source));
	assert_memory_equal(&read[0].destination, &read[1].destination,
			    sizeof(read[0].destination));
}

static void tunnel_compare(const struct pair *pair, uint32_t handle)
{
	struct fwd_tunnel_state read[PAIR_SIDES];
	struct fwd_tunnel *set[PAIR_SIDES] = {&read[0].set, &read[1].set};

	for (int side = 0; side < PAIR_SIDES; side++) {
		uint32_t index = pair_index(&pair->tunnels, handle, side);

		assert_int_equal(0,
				 pair->ops[side]->tunnel_read(pair->fwd[side], index, &read[side]));
		assert_int_equal(read[side].ref.index, index);
		assert_int_equal(read[side].ref.generation,
				 pair->tunnels.at[handle].generation[side]);
		set[side]->adjacency = pair_handle(&pair->adjacencies, set[side]->adjacency, side);
		set[side]->source_path = pair_handle(&pair->paths, set[side]->source_path, side);
	}
	assert_int_equal(set[0]->encap, set[1]->encap);
	assert_true(addr_is_equal(&set[0]->local, &set[1]->local));
	assert_true(addr_is_equal(&set[0]->remote, &set[1]->remote));
	assert_int_equal(set[0]->local_port, set[1]->local_port);
	assert_int_equal(set[0]->remote_port, set[1]->remote_port);
	assert_int_equal(set[0]->mtu, set[1]->mtu);
	assert_int_equal(set[0]->adjacency, set[1]->adjacency);
	assert_int_equal(set[0]->source, set[1]->source);
	assert_int_equal(set[0]->source_path, set[1]->source_path);
	assert_int_equal(set[0]->destination, set[1]->destination);
	assert_int_equal(set[0]->accept, set[1]->accept);
	assert_int_equal(set[0]->dscp, set[1]->dscp);
	assert_int_equal(set[0]->ttl, set[1]->ttl);
	assert_memory_equal(&read[0].counters, &read[1].counters, sizeof(read[0].counters));
}

static void path_compare(const struct pair *pair, uint32_t handle)
{
	struct fwd_path read[PAIR_SIDES];

	for (int side = 0; side < PAIR_SIDES; side++) {
		assert_int_equal(0, pair->ops[side]->path_read(
					    pair->fwd[side], pair_index(&pair->paths, handle, side),
					    &read[side]));
		read[side].tunnel = pair_handle(&pair->tunnels, read[side].tunnel, side);
		read[side].backup = pair_handle(&pair->tunnels, read[side].backup, side);
	}
	assert_int_equal(read[0].tunnel, read[1].tunnel);
	assert_int_equal(read[0].backup, read[1].backup);
	assert_int_equal(read[0].notify_send, read[1].notify_send);
	assert_int_equal(read[0].notify_receive, read[1].notify_receive);
	assert_int_equal(read[0].direct, read[1].direct);
	assert_int_equal(read[0].count, read[1].count);
	assert_int_equal(read[0].down, read[1].down);
}

struct walked {
	struct fwd_route routes[ROUTES_MAX];
	unsigned int n;
};

static bool visit(void *arg, const struct fwd_route *route)
{
	struct walked *walked = arg;

	walked->routes[walked->n++] = *route;
	return walked->n < ROUTES_MAX;
}

static void walks_compare(const struct pair *pair)
{
	struct walked *walked[PAIR_SIDES];

	for (int side = 0; side < PAIR_SIDES; side++) {
		walked[side] = calloc(1, sizeof(*walked[side]));
		assert_non_null(walked[side]);
		assert_int_equal(0, pair->ops[side]->route_walk(pair->fwd[side], REALM_MAIN, visit,
								walked[side]));
	}
	assert_int_equal(walked[0]->n, walked[1]->n);
	for (unsigned int i = 0; i < walked[0]->n; i++) {
		const struct fwd_route *a = &walked[0]->routes[i], *b = &walked[1]->routes[i];

		assert_true(prefix_is_equal(&a->prefix, &b->prefix));
		assert_int_equal(a->nexthop.kind, b->nexthop.kind);
		assert_int_equal(a->nexthop.own, b->nexthop.own);
	}
	free(walked[0]);
	free(walked[1]);
}

static void usage_compare(const struct pair *pair)
{
	struct fwd_usage usage[PAIR_SIDES];

	for (int side = 0; side < PAIR_SIDES; side++) {
		pair->ops[side]->usage_read(pair->fwd[side], &usage[side]);
		usage[side].retired = 0; /* the real one also waits for what has no index */
		usage[side].table_bytes = 0;
	}
	assert_memory_equal(&usage[0], &usage[1], sizeof(usage[0]));
}

void pair_compare(struct pair *pair)
{
	struct path_counters counters;

	for (uint32_t i = 0; i < PAIR_HANDLES; i++) {
		if (pair->adjacencies.at[i].live)
			adjacency_compare(pair, i);
		if (pair->tunnels.at[i].live)
			tunnel_compare(pair, i);
		if (pair->paths.at[i].live) {
			path_compare(pair, i);
			assert_int_equal(pair_path_counters(pair, i, &counters), 0);
		}
	}
	walks_compare(pair);
	usage_compare(pair);
}
