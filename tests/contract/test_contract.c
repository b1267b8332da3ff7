/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * One random sequence of table changes for the real tables and the simulator's: the same return
 * codes (invalid arguments, dead references and full tables among them), the same lookups, the same
 * contents. The sequence keeps the contract: what is named is not removed.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "haaro/addr.h"

#include "fwd_log.h"
#include "fwd_model.h"
#include "fwd_model_private.h"
#include "pair.h"
#include "real.h"
#include "test_eal.h"

struct run {
	struct pair pair;
	uint32_t tunnels, prefixes, neighbours;
	uint64_t seed;
	unsigned int results[8]; /* by kind: 0, EINVAL, ENOENT, EEXIST, ENOSPC */
	unsigned int n_counted;  /* paths used that have counted both ways */
	unsigned int n_any;      /* lookups that a key from any port answered */
};

static uint32_t rnd(struct run *run, uint32_t below)
{
	run->seed ^= run->seed << 13;
	run->seed ^= run->seed >> 7;
	run->seed ^= run->seed << 17;
	return (uint32_t)(run->seed >> 20) % below;
}

static bool rarely(struct run *run)
{
	return rnd(run, 24) == 0;
}

/* A live handle mostly; now and then a dead one. */
static uint32_t any(struct run *run, const struct pair_handles *handles)
{
	for (unsigned int tries = 0; tries < 3 * PAIR_HANDLES; tries++) {
		uint32_t handle = rnd(run, PAIR_HANDLES < 2 * run->tunnels ? PAIR_HANDLES
									   : 2 * run->tunnels + 8);

		if (handles->at[handle].live || rarely(run))
			return handle;
	}
	return 0;
}

static uint32_t any_or_none(struct run *run, const struct pair_handles *handles)
{
	return rnd(run, 4) == 0 ? FWD_NONE : any(run, handles);
}

static struct ip_addr random_addr(struct run *run)
{
	struct ip_addr addr = addr_v4(htonl(0xc6336400 + rnd(run, 6)));

	if (rarely(run))
		addr.family = IP_V6;
	return addr;
}

static struct fwd_adjacency random_adjacency(struct run *run)
{
	return (struct fwd_adjacency){
		.kind = rarely(run) ? ADJACENCY_KIND_MAX : rnd(run, ADJACENCY_KIND_MAX),
		.port = (uint16_t)rnd(run, 4),
		.mtu = (uint16_t)(576 + rnd(run, 1000)),
		.source = {{2, 0, 0, 0, 0, (uint8_t)rnd(run, 256)}},
		.destination = {{2, 0, 0, 1, 0, (uint8_t)rnd(run, 256)}},
	};
}

static struct fwd_tunnel random_tunnel(struct run *run)
{
	struct fwd_tunnel tunnel = {
		.encap = rarely(run) ? ENCAP_MAX : rnd(run, ENCAP_MAX),
		.local = random_addr(run),
		.remote = random_addr(run),
		.realm = rarely(run),
		.mtu = (uint16_t)(rarely(run) ? 67 : 68 + rnd(run, 1432)),
		.adjacency = any_or_none(run, &run->pair.adjacencies),
		.source = rnd(run, 3 + rarely(run)),
		.source_path = any(run, &run->pair.paths),
		.destination = rnd(run, 2 + rarely(run)),
		.accept = rnd(run, FWD_ACCEPT_MAX + rarely(run)),
		.ttl = (uint8_t)(rarely(run) ? 0 : 64),
		.dscp = (uint8_t)(rarely(run) ? 64 : rnd(run, 64)),
	};

	if (tunnel.source != FWD_SOURCE_PATH)
		tunnel.source_path = FWD_NONE;
	if (tunnel.encap == ENCAP_UDP || rarely(run)) {
		tunnel.local_port = 434;
		tunnel.remote_port = (uint16_t)(rnd(run, 3) ? 434 + rnd(run, 3) : 0);
	}
	if (tunnel.remote_port == 0 && tunnel.encap == ENCAP_UDP && !rarely(run))
		tunnel.adjacency = FWD_NONE; /* it only receives */
	return tunnel;
}

static struct fwd_path random_path(struct run *run)
{
	return (struct fwd_path){
		.tunnel = any_or_none(run, &run->pair.tunnels),
		.backup = any_or_none(run, &run->pair.tunnels),
		.notify_send = rnd(run, 2),
		.notify_receive = rnd(run, 2),
		.direct = rnd(run, 2),
		.count = rnd(run, 2),
		.down = rnd(run, DROP_MAX + rarely(run)),
	};
}

/* The key of a tunnel, or of none. */
static struct fwd_binding random_key(struct run *run, uint32_t tunnel)
{
	struct fwd_tunnel own = random_tunnel(run);
	struct fwd_tunnel_state state;

	if (tunnel < PAIR_HANDLES && run->pair.tunnels.at[tunnel].live && !rarely(run) &&
	    fwd_model_ops.tunnel_read(run->pair.fwd[PAIR_MODEL],
				      run->pair.tunnels.at[tunnel].index[PAIR_MODEL], &state) == 0)
		own = state.set;
	if (own.encap == ENCAP_UDP && rnd(run, 4) == 0)
		own.remote_port = (uint16_t)(rnd(run, 2) ? 434 + rnd(run, 4) : 0);
	return (struct fwd_binding){own.encap, own.local, own.remote, own.local_port,
				    own.remote_port};
}

static struct ip_prefix random_prefix(struct run *run)
{
	uint8_t len = (uint8_t)(rnd(run, 8) ? 20 + rnd(run, 13) : rnd(run, 33));
	struct ip_prefix prefix = prefix_v4(htonl(0x0a000000 + rnd(run, 1u << 13)), len);

	if (rarely(run))
		prefix.len = (uint8_t)rnd(run, 40); /* host bits may be left */
	return prefix;
}

static struct fwd_route random_route(struct run *run)
{
	struct fwd_route route = {
		.realm = rarely(run),
		.prefix = random_prefix(run),
		.nexthop = {.kind = rnd(run, NEXTHOP_KIND_MAX), .own = rnd(run, 2)},
	};

	if (route.nexthop.kind == NEXTHOP_PATH)
		route.nexthop.id = any(run, &run->pair.paths);
	else if (route.nexthop.kind == NEXTHOP_ADJACENCY)
		route.nexthop.id = any(run, &run->pair.adjacencies);
	else
		route.nexthop.id = rnd(run, DROP_MAX + 1);
	return route;
}

/* True when nothing names the entry, so that the contract lets it be removed. */
static bool is_unnamed(const struct run *run, const struct pair_handles *handles, uint32_t handle)
{
	const struct fwd *model = run->pair.fwd[PAIR_MODEL];
	const struct model_index *index = &model->paths;

	if (handles == &run->pair.adjacencies)
		index = &model->adjacencies;
	else if (handles == &run->pair.tunnels)
		index = &model->tunnels;
	return model_index_refs(index, pair_index(handles, handle, PAIR_MODEL)) == 0;
}

static int change_adjacency(struct run *run)
{
	struct pair *pair = &run->pair;
	struct fwd_adjacency adjacency = random_adjacency(run);
	uint32_t handle = any(run, &pair->adjacencies);

	switch (rnd(run, 4)) {
	case 0:
		if (is_unnamed(run, &pair->adjacencies, handle))
			return pair_adjacency_remove(pair, handle);
		return 0;
	case 1:
		return pair_adjacency_set(pair, handle, &adjacency);
	default:
		return pair_adjacency_insert(pair, &adjacency);
	}
}

static int change_tunnel(struct run *run)
{
	struct pair *pair = &run->pair;
	struct fwd_tunnel tunnel = random_tunnel(run);
	uint32_t handle = any(run, &pair->tunnels);

	switch (rnd(run, 6)) {
	case 0:
	case 1:
		if (is_unnamed(run, &pair->tunnels, handle))
			return pair_tunnel_remove(pair, handle);
		return 0;
	case 2:
		return pair_tunnel_set_adjacency(pair, handle, tunnel.adjacency);
	case 3:
		return pair_tunnel_set_mtu(pair, handle, tunnel.mtu);
	default:
		return pair_tunnel_insert(pair, &tunnel);
	}
}

/*
 * A packet that takes a path, and one that came by a tunnel from it: both sides count them alike, if at
 * all.
 */
static void use_path(struct run *run, uint32_t handle)
{
	struct pair *pair = &run->pair;
	const struct fwd *real = pair->fwd[PAIR_REAL];
	struct fwd *model = pair->fwd[PAIR_MODEL];
	uint32_t tunnel = any(run, &pair->tunnels);
	uint32_t real_path = pair_index(&pair->paths, handle, PAIR_REAL);
	uint32_t model_path = pair_index(&pair->paths, handle, PAIR_MODEL);
	uint16_t len = (uint16_t)(20 + rnd(run, 1480));
	struct path_counters counters;
	struct fwd_tunnel_state state;

	if (!pair->paths.at[handle].live || !pair->tunnels.at[tunnel].live)
		return;
	real_send(real, real_path, len);
	fwd_model_count_path(model, model_path, FWD_MODEL_SENT, false, len);
	real_receive(real, real_path, pair_index(&pair->tunnels, tunnel, PAIR_REAL), len);
	fwd_model_ops.tunnel_read(model, pair_index(&pair->tunnels, tunnel, PAIR_MODEL), &state);
	fwd_model_count_path(model, model_path, FWD_MODEL_RECEIVED,
			     state.set.accept != FWD_ACCEPT_ALL, len);
	assert_int_equal(pair_path_counters(pair, handle, &counters), 0);
	run->n_counted += counters.sent_direct.packets > 0 && counters.received_direct.packets > 0;
}

static int change_path(struct run *run)
{
	struct pair *pair = &run->pair;
	struct fwd_path path = random_path(run);
	uint32_t handle = any(run, &pair->paths);

	use_path(run, handle);
	switch (rnd(run, 4)) {
	case 0:
		if (is_unnamed(run, &pair->paths, handle))
			return pair_path_remove(pair, handle);
		return 0;
	case 1:
		return pair_path_set(pair, handle, &path);
	default:
		return pair_path_insert(pair, &path);
	}
}

static int look_up(struct run *run, const struct fwd_binding *key)
{
	struct fwd *model = run->pair.fwd[PAIR_MODEL];
	struct fwd_tunnel_state state;
	uint32_t tunnel;

	if (fwd_model_ops.binding_lookup(model, key, &tunnel) == 0 &&
	    fwd_model_ops.tunnel_read(model, tunnel, &state) == 0)
		run->n_any += state.set.remote_port != key->remote_port;
	return pair_binding_lookup(&run->pair, key);
}

static int change_binding(struct run *run)
{
	struct pair *pair = &run->pair;
	uint32_t tunnel = any(run, &pair->tunnels);
	struct fwd_binding key = random_key(run, tunnel);

	switch (rnd(run, 4)) {
	case 0:
		return pair_binding_remove(pair, &key);
	case 1:
		return pair_binding_set(pair, &key, tunnel);
	case 2:
		return look_up(run, &key);
	default:
		return pair_binding_insert(pair, &key, tunnel);
	}
}

static int change_route(struct run *run)
{
	struct pair *pair = &run->pair;
	struct fwd_route route = random_route(run);
	struct ip_addr addr =
		rarely(run) ? random_addr(run) : addr_v4(htonl(0x0a000000 + rnd(run, 1u << 13)));

	switch (rnd(run, 4)) {
	case 0:
		return pair_route_remove(pair, route.realm, &route.prefix);
	case 1:
		return pair_route_lookup(pair, route.realm, &addr);
	default:
		return pair_route_set(pair, &route);
	}
}

static int change_local(struct run *run)
{
	struct pair *pair = &run->pair;
	struct ip_addr addr = random_addr(run);
	int result;

	if (rarely(run))
		addr.v4 = 0;
	result = pair_local_set(pair, rarely(run), &addr, rnd(run, 5));
	assert_int_equal(real_local(pair->fwd[PAIR_REAL], addr.v4),
			 fwd_model_local(pair->fwd[PAIR_MODEL], addr.v4));
	return result;
}

static int change(struct run *run)
{
	static int (*const changes[])(struct run *) = {
		change_adjacency, change_tunnel, change_path, change_binding, change_route,
		change_local,     change_route,  change_path, change_binding, change_tunnel,
	};

	if (rarely(run))
		for (int side = 0; side < PAIR_SIDES; side++)
			assert_int_equal(run->pair.ops[side]->reclaim(run->pair.fwd[side]), 0);
	return changes[rnd(run, sizeof(changes) / sizeof(changes[0]))](run);
}

static void count(struct run *run, int result)
{
	static const int codes[] = {0, -EINVAL, -ENOENT, -EEXIST, -ENOSPC};
	unsigned int i = 0;

	while (i < sizeof(codes) / sizeof(codes[0]) && codes[i] != result)
		i++;
	run->results[i]++;
}

/* The log of what the model did gives the same answers at real tables of that size; of others not. */
static void replay(const struct fwd_log *log, uint32_t tunnels, uint32_t prefixes,
		   uint32_t neighbours)
{
	struct fwd *fwd = real_create(tunnels, prefixes, neighbours);

	assert_non_null(fwd);
	assert_true(fwd_log_count(log) > 10000);
	assert_int_equal(fwd_log_replay(log, &dataplane_ops, fwd), fwd_log_count(log));
	real_destroy(fwd);
	fwd = real_create(tunnels + 1, prefixes, neighbours);
	assert_non_null(fwd);
	assert_int_not_equal(fwd_log_replay(log, &dataplane_ops, fwd), fwd_log_count(log));
	real_destroy(fwd);
}

static void sequence(uint32_t tunnels, uint32_t prefixes, uint32_t neighbours, uint64_t seed)
{
	const struct fwd_model_options options = {
		.tunnels = tunnels, .prefixes = prefixes, .neighbours = neighbours};
	struct run run = {
		.pair = {.ops = {&dataplane_ops, &fwd_model_ops},
			 .fwd = {real_create(tunnels, prefixes, neighbours),
				 fwd_model_create(&options)}},
		.tunnels = tunnels,
		.seed = seed,
	};
	struct fwd_log *log = fwd_log_create();
	const char *fault;

	assert_non_null(log);
	assert_non_null(run.pair.fwd[PAIR_REAL]);
	assert_non_null(run.pair.fwd[PAIR_MODEL]);
	fwd_log_start(run.pair.fwd[PAIR_MODEL], log);
	for (unsigned int i = 0; i < 20000; i++) {
		count(&run, change(&run));
		if (i % 256 == 0)
			pair_compare(&run.pair);
	}
	assert_int_equal(fwd_model_faults(run.pair.fwd[PAIR_MODEL], &fault), 0);
	for (unsigned int code = 0; code < 5; code++) /* the sequence reached every answer */
		assert_int_not_equal(run.results[code], 0);
	assert_int_equal(run.results[5], 0);
	assert_int_not_equal(run.n_counted, 0);
	assert_int_not_equal(run.n_any, 0);
	real_destroy(run.pair.fwd[PAIR_REAL]);
	fwd_model_destroy(run.pair.fwd[PAIR_MODEL]);
	replay(log, tunnels, prefixes, neighbours);
	fwd_log_destroy(log);
}

static void test_capacities_of_one(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= 3; seed++)
		sequence(1, 1, 1, seed);
}

static void test_small(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= 6; seed++)
		sequence(8, 40, 5, seed);
}

static void test_many(void **state)
{
	(void)state;
	sequence(150, 1000, 60, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_capacities_of_one),
		cmocka_unit_test(test_small),
		cmocka_unit_test(test_many),
	};
	int failed;

	if (test_eal_start(96) < 0)
		return 1;
	failed = cmocka_run_group_tests_name("contract", tests, NULL, NULL);
	test_eal_stop();
	return failed;
}
