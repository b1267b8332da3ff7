/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What the model has beside the contract: packets up and down, ports, faults of the caller, and memory
 * that grows with use. (That it answers like the real tables is tests/contract.)
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "haaro/addr.h"

#include "fwd_model.h"

static const struct fwd_ops *const ops = &fwd_model_ops;

struct sent {
	unsigned int n;
	enum inject_kind kind;
	size_t len;
	int result;
};

static int inject(void *arg, const struct inject *inject, const uint8_t *bytes, size_t len)
{
	struct sent *sent = arg;

	assert_int_equal(bytes[0], 0x45);
	sent->n++;
	sent->kind = inject->kind;
	sent->len = len;
	return sent->result;
}

static void test_punts(void **state)
{
	const struct fwd_model_options options = {
		.tunnels = 1, .prefixes = 1, .neighbours = 1, .punts = 2};
	struct fwd *fwd = fwd_model_create(&options);
	uint8_t bytes[3] = {1, 2, 3};
	struct punt punt = {.reason = PUNT_SIGNALLING, .len = 3, .bytes = bytes};
	struct fwd_counters counters;

	(void)state;
	assert_int_equal(ops->punt_read(fwd, &punt), 0);
	for (unsigned int round = 0; round < 3; round++) {
		punt = (struct punt){.reason = PUNT_SIGNALLING, .len = 3, .bytes = bytes};
		assert_int_equal(fwd_model_punt(fwd, &punt), 0);
		bytes[0] = 9; /* it was copied */
		punt.reason = PUNT_ARP;
		assert_int_equal(fwd_model_punt(fwd, &punt), 0);
		assert_int_equal(fwd_model_punt(fwd, &punt), -ENOSPC);
		assert_int_equal(fwd_model_punted(fwd), 2);
		assert_int_equal(ops->punt_read(fwd, &punt), 1);
		assert_int_equal(punt.reason, PUNT_SIGNALLING);
		assert_int_equal(punt.bytes[0], round == 0 ? 1 : 9);
		assert_int_equal(ops->punt_read(fwd, &punt), 1);
		assert_int_equal(punt.reason, PUNT_ARP);
		assert_int_equal(ops->punt_read(fwd, &punt), 0);
	}
	ops->counters_read(fwd, &counters);
	assert_int_equal(counters.drops[DROP_PUNT_FULL], 3);
	punt = (struct punt){.len = 3, .bytes = bytes};
	assert_int_equal(fwd_model_punt(fwd, &punt), 0); /* left unread: destroy frees it */
	fwd_model_destroy(fwd);
}

static void test_inject(void **state)
{
	struct sent sent = {.n = 0};
	const struct fwd_model_options options = {.ports = 2, .inject = inject, .arg = &sent};
	struct fwd *fwd = fwd_model_create(&options);
	const struct inject lookup = {.kind = INJECT_LOOKUP}, bad = {.kind = INJECT_KIND_MAX};
	struct fwd_counters counters;
	uint8_t bytes[PUNT_PACKET_MAX + 1] = {0x45};

	(void)state;
	assert_int_equal(ops->inject(fwd, &lookup, bytes, 20), 0);
	assert_int_equal(sent.kind, INJECT_LOOKUP);
	assert_int_equal(sent.len, 20);
	assert_int_equal(ops->inject(fwd, &bad, bytes, 20), -EINVAL);
	assert_int_equal(ops->inject(fwd, &lookup, bytes, 0), -EINVAL);
	assert_int_equal(ops->inject(fwd, &lookup, bytes, sizeof(bytes)), -EINVAL);
	sent.result = -ENOSPC;
	assert_int_equal(ops->inject(fwd, &lookup, bytes, 20), -ENOSPC);
	ops->counters_read(fwd, &counters);
	assert_int_equal(counters.injected, 1);
	fwd_model_destroy(fwd);
}

static void test_ports(void **state)
{
	const struct fwd_model_options options = {.ports = 2};
	struct fwd *fwd = fwd_model_create(&options);
	const struct fwd_port set = {.role = PORT_ROLE_LAN, .up = true};
	struct fwd_port_state read;

	(void)state;
	assert_int_equal(ops->port_set(fwd, 1, &set), 0);
	assert_int_equal(ops->port_read(fwd, 1, &read), 0);
	assert_int_equal(read.set.role, PORT_ROLE_LAN);
	assert_true(read.present);
	assert_int_equal(ops->port_detach(fwd, 1), 0);
	assert_false(fwd_model_port(fwd, 1)->present);
	assert_int_equal(ops->port_reattach(fwd, 1), 0);
	assert_true(fwd_model_port(fwd, 1)->present);
	assert_null(fwd_model_port(fwd, 2));
	assert_int_equal(ops->port_read(fwd, 2, &read), -ENOENT);
	assert_int_equal(ops->port_set(fwd, 2, &set), -ENOENT);
	fwd_model_destroy(fwd);
}

/* What is removed while something names it is a fault of the caller; in the right order it is none. */
static void test_faults(void **state)
{
	const struct fwd_model_options options = {.tunnels = 4, .prefixes = 4, .neighbours = 4};
	struct fwd *fwd = fwd_model_create(&options);
	const struct fwd_adjacency adjacency = {.kind = ADJACENCY_FORWARD};
	struct fwd_tunnel tunnel = {.local = addr_v4(1),
				    .remote = addr_v4(2),
				    .mtu = 1400,
				    .ttl = 64,
				    .source = FWD_SOURCE_ANY};
	struct fwd_path path = {.backup = FWD_NONE};
	struct fwd_route route = {.prefix = prefix_v4(htonl(0x0a000000), 8),
				  .nexthop = {.kind = NEXTHOP_PATH}};
	struct tunnel_ref ref;
	const char *last;
	uint32_t index;

	(void)state;
	for (unsigned int in_order = 0; in_order < 2; in_order++) {
		assert_int_equal(ops->adjacency_insert(fwd, &adjacency, &tunnel.adjacency), 0);
		assert_int_equal(ops->tunnel_insert(fwd, &tunnel, &ref), 0);
		path.tunnel = ref.index;
		assert_int_equal(ops->path_insert(fwd, &path, &index), 0);
		route.nexthop.id = index;
		assert_int_equal(ops->route_set(fwd, &route), 0);
		if (in_order) {
			assert_int_equal(ops->route_remove(fwd, 0, &route.prefix), 0);
			assert_int_equal(ops->path_remove(fwd, index), 0);
			assert_int_equal(ops->tunnel_remove(fwd, ref), 0);
			assert_int_equal(ops->adjacency_remove(fwd, tunnel.adjacency), 0);
			continue;
		}
		assert_int_equal(ops->adjacency_remove(fwd, tunnel.adjacency), 0);
		assert_int_equal(fwd_model_faults(fwd, &last), 1);
		assert_int_equal(ops->tunnel_remove(fwd, ref), 0);
		assert_int_equal(fwd_model_faults(fwd, &last), 2);
		assert_int_equal(ops->path_remove(fwd, index), 0);
		assert_int_equal(fwd_model_faults(fwd, &last), 3);
		assert_non_null(strstr(last, "path"));
		assert_int_equal(ops->route_remove(fwd, 0, &route.prefix), 0);
	}
	assert_int_equal(fwd_model_faults(fwd, &last), 3);
	fwd_model_destroy(fwd);
}

/* --- what paths count, and pairs ---------------------------------------------------------------- */

static void test_path_counters(void **state)
{
	const struct fwd_model_options options = {.tunnels = 2};
	struct fwd *fwd = fwd_model_create(&options);
	struct fwd_path path = {.tunnel = FWD_NONE, .backup = FWD_NONE};
	struct path_counters counters;
	uint32_t index;

	(void)state;
	assert_int_equal(ops->path_insert(fwd, &path, &index), 0);
	fwd_model_count_path(fwd, index, FWD_MODEL_SENT, false, 100);
	path.count = true;
	assert_int_equal(ops->path_set(fwd, index, &path), 0);
	fwd_model_count_path(fwd, index, FWD_MODEL_SENT, true, 100);
	path.direct = true;
	assert_int_equal(ops->path_set(fwd, index, &path), 0);
	fwd_model_count_path(fwd, index, FWD_MODEL_SENT, false, 200);
	fwd_model_count_path(fwd, index, FWD_MODEL_RECEIVED, false, 300);
	fwd_model_count_path(fwd, index, FWD_MODEL_RECEIVED, true, 400);
	fwd_model_count_path(fwd, index + 1, FWD_MODEL_RECEIVED, true, 400); /* no such path */
	assert_int_equal(ops->path_counters_read(fwd, index, &counters), 0);
	assert_int_equal(counters.sent_hub.packets, 1);
	assert_int_equal(counters.sent_hub.bytes, 100);
	assert_int_equal(counters.sent_direct.bytes, 200);
	assert_int_equal(counters.received_hub.bytes, 300);
	assert_int_equal(counters.received_direct.bytes, 400);
	assert_int_equal(ops->path_counters_read(fwd, index + 1, &counters), -ENOENT);
	fwd_model_destroy(fwd);
}

static void add_samples(void *arg, const struct fwd_pair *pair)
{
	assert_int_equal(pair->from + 1, pair->to);
	*(uint64_t *)arg += pair->samples;
}

static void test_pairs(void **state)
{
	const struct fwd_model_options options = {.tunnels = 2};
	struct fwd *fwd = fwd_model_create(&options);
	const struct fwd_path path = {.tunnel = FWD_NONE, .backup = FWD_NONE};
	uint64_t samples = 0;
	uint32_t index;

	(void)state;
	for (unsigned int i = 0; i < 2; i++)
		assert_int_equal(ops->path_insert(fwd, &path, &index), 0);
	for (unsigned int i = 0; i < 3; i++)
		assert_true(fwd_model_count_pair(fwd, 0, 1));
	ops->pairs_walk(fwd, add_samples, &samples);
	assert_int_equal(samples, 3);
	samples = 0;
	assert_int_equal(ops->path_remove(fwd, 1), 0);
	ops->pairs_walk(fwd, add_samples, &samples);
	assert_int_equal(samples, 0);
	ops->reclaim(fwd);
	assert_int_equal(ops->path_insert(fwd, &path, &index), 0);
	assert_int_equal(index, 1);
	ops->pairs_walk(fwd, add_samples, &samples);
	assert_int_equal(samples, 0); /* its successor's they are not */
	fwd_model_destroy(fwd);
}

/* Ten thousand instances of a large capacity are small while they hold little. */
static void test_many_instances(void **state)
{
	const struct fwd_model_options options = {
		.tunnels = 100000, .prefixes = 500000, .neighbours = 1000, .punts = 64, .ports = 2};
	const struct fwd_adjacency adjacency = {.kind = ADJACENCY_FORWARD};
	enum { INSTANCES = 10000 };
	struct fwd **all = calloc(INSTANCES, sizeof(*all));
	uint32_t index;

	(void)state;
	assert_non_null(all);
	for (unsigned int i = 0; i < INSTANCES; i++) {
		all[i] = fwd_model_create(&options);
		assert_non_null(all[i]);
		for (unsigned int j = 0; j < 3; j++)
			assert_int_equal(ops->adjacency_insert(all[i], &adjacency, &index), 0);
	}
	for (unsigned int i = 0; i < INSTANCES; i++)
		fwd_model_destroy(all[i]);
	free(all);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_punts),          cmocka_unit_test(test_inject),
		cmocka_unit_test(test_ports),          cmocka_unit_test(test_faults),
		cmocka_unit_test(test_path_counters),  cmocka_unit_test(test_pairs),
		cmocka_unit_test(test_many_instances),
	};

	return cmocka_run_group_tests_name("fwd_model", tests, NULL, NULL);
}
