/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What all indexed tables promise: capacities of one, indices that wait for the reader, entries that
 * stay true until then and are poisoned after; counters; own addresses; the memory that was foretold.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <rte_malloc.h>

#include <cmocka.h>

#include "haaro/addr.h"

#include "table/tables.h"
#include "test_eal.h"

#define READER 0

static const struct fwd_tunnel a_tunnel = {
	.encap = ENCAP_UDP,
	.local = {.family = IP_V4, .v4 = 0x016433c6},
	.remote = {.family = IP_V4, .v4 = 0x050071cb},
	.local_port = 434,
	.remote_port = 1024,
	.mtu = 1400,
	.adjacency = FWD_NONE,
	.source = FWD_SOURCE_ANY,
	.ttl = 64,
};

/* --- rcu -------------------------------------------------------------------------------------- */

static uint32_t freed[8];
static unsigned int n_freed;

static void note(void *owner, uint32_t id)
{
	assert_ptr_equal(owner, freed);
	freed[n_freed++] = id;
}

static void test_rcu_order(void **state)
{
	struct rcu *rcu = rcu_create(2, 3, -1);

	(void)state;
	n_freed = 0;
	rcu_reader_online(rcu, 0);
	assert_int_equal(rcu_retire(rcu, note, freed, 10), 0);
	rcu_reader_online(rcu, 1); /* began after the first removal: holds up the second alone */
	assert_int_equal(rcu_retire(rcu, note, freed, 11), 0);
	assert_int_equal(rcu_reclaim(rcu), 2);
	rcu_reader_quiescent(rcu, 0);
	assert_int_equal(rcu_reclaim(rcu), 1);
	assert_int_equal(n_freed, 1);
	assert_int_equal(freed[0], 10);
	assert_int_equal(rcu_retire(rcu, note, freed, 12), 0);
	assert_int_equal(rcu_retire(rcu, note, freed, 13), 0);
	assert_int_equal(rcu_retire(rcu, note, freed, 14), -EAGAIN);
	assert_int_equal(rcu_reserve(rcu, 1), -EAGAIN);
	rcu_reader_offline(rcu, 1);
	assert_int_equal(rcu_reserve(rcu, 1), 0);
	assert_int_equal(n_freed, 2);
	rcu_reader_offline(rcu, 0);
	assert_int_equal(rcu_reclaim(rcu), 0);
	for (unsigned int i = 0; i < 4; i++)
		assert_int_equal(freed[i], 10 + i);
	rcu_destroy(rcu);
}

/* --- paths ------------------------------------------------------------------------------------ */

static void test_path(void **state)
{
	struct rcu *rcu = rcu_create(1, 8, -1);
	struct path_table *table = path_table_create(1, 1, rcu, -1);
	const struct fwd_path path = {.tunnel = 5, .backup = 6, .down = DROP_NOT_REGISTERED};
	const struct fwd_path down = {FWD_NONE, FWD_NONE, .down = DROP_TUNNEL_DEPTH};
	struct fwd_path read;
	uint32_t index, other;
	uint8_t generation;

	(void)state;
	assert_int_equal(path_table_insert(table, &path, &index), 0);
	assert_int_equal(path_table_insert(table, &path, &other), -ENOSPC);
	assert_int_equal(path_entry_tunnel(path_at(table, index)), 5);
	assert_int_equal(path_entry_down(path_at(table, index)), DROP_NOT_REGISTERED);
	generation = path_entry_generation(path_at(table, index));
	assert_int_equal(path_table_set(table, index, &down), 0);
	assert_int_equal(path_entry_tunnel(path_at(table, index)), FWD_NONE);
	assert_int_equal(path_entry_down(path_at(table, index)), DROP_TUNNEL_DEPTH);
	assert_int_equal(path_table_set(table, index, &path), 0);
	assert_int_equal(path_table_read(table, index, &read), 0);
	assert_int_equal(read.backup, 6);
	assert_true(path_table_is_same(table, index, generation));

	rcu_reader_online(rcu, READER);
	assert_int_equal(path_table_remove(table, index), 0);
	assert_int_equal(path_table_remove(table, index), -ENOENT);
	assert_int_equal(path_table_read(table, index, &read), -ENOENT);
	assert_false(path_table_is_same(table, index, generation));
	assert_int_equal(path_table_insert(table, &path, &other), -EAGAIN);
	assert_int_equal(path_entry_tunnel(path_at(table, index)), 5); /* true until then */
	rcu_reader_quiescent(rcu, READER);
	assert_int_equal(rcu_reclaim(rcu), 0);
	assert_int_equal(path_at(table, index), PATH_POISON);
	assert_int_equal(path_entry_down(path_at(table, index)), DROP_NO_ROUTE);
	assert_int_equal(path_table_insert(table, &path, &other), 0);
	assert_int_equal(other, index);
	assert_false(path_table_is_same(table, index, generation)); /* another's by now */
	assert_true(path_table_is_same(table, index, path_entry_generation(path_at(table, index))));
	rcu_reader_offline(rcu, READER);
	rcu_destroy(rcu);
	path_table_destroy(table);
}

/* Each mark is its own and survives beside the largest of everything else. */
static void test_path_marks(void **state)
{
	struct rcu *rcu = rcu_create(1, 8, -1);
	struct path_table *table = path_table_create(1, 1, rcu, -1);
	struct fwd_path path = {.tunnel = FWD_ID_MAX - 1, .down = DROP_MAX - 1}, read;
	uint32_t index;

	(void)state;
	assert_int_equal(path_table_insert(table, &path, &index), 0);
	for (unsigned int marks = 0; marks < 16; marks++) {
		uint64_t want = (marks & 1 ? PATH_NOTIFY_SEND : 0) |
				(marks & 2 ? PATH_NOTIFY_RECEIVE : 0) |
				(marks & 4 ? PATH_DIRECT : 0) | (marks & 8 ? PATH_COUNT : 0);

		path.notify_send = marks & 1;
		path.notify_receive = marks & 2;
		path.direct = marks & 4;
		path.count = marks & 8;
		assert_int_equal(path_table_set(table, index, &path), 0);
		assert_int_equal(path_at(table, index) &
					 (PATH_WATCHED_SENT | PATH_DIRECT | PATH_WATCHED_RECEIVED),
				 want);
		assert_int_equal(path_entry_tunnel(path_at(table, index)), FWD_ID_MAX - 1);
		assert_int_equal(path_entry_down(path_at(table, index)), DROP_MAX - 1);
		assert_int_equal(path_entry_generation(path_at(table, index)), 1);
		assert_int_equal(path_is_any_watched(table), (marks & (2 | 8)) != 0);
		assert_int_equal(path_table_read(table, index, &read), 0);
		assert_int_equal(read.notify_send, path.notify_send);
		assert_int_equal(read.notify_receive, path.notify_receive);
		assert_int_equal(read.direct, path.direct);
		assert_int_equal(read.count, path.count);
	}
	/* In front of the last one that is watched the workers need not look. */
	assert_true(path_is_any_watched(table));
	assert_int_equal(path_table_remove(table, index), 0);
	assert_int_equal(rcu_reclaim(rcu), 0);
	assert_false(path_is_any_watched(table));
	rcu_destroy(rcu);
	path_table_destroy(table);
}

static void test_path_counters(void **state)
{
	struct rcu *rcu = rcu_create(1, 8, -1);
	struct path_table *table = path_table_create(2, 2, rcu, -1);
	const struct fwd_path path = {.tunnel = FWD_NONE, .backup = FWD_NONE, .count = true};
	struct path_counters sum;
	uint32_t index, other;

	(void)state;
	assert_int_equal(path_table_insert(table, &path, &other), 0);
	assert_int_equal(path_table_insert(table, &path, &index), 0);
	*path_counters_at(table, 0, index) = (struct path_counters){{1, 2}, {3, 4}, {5, 6}, {7, 8}};
	*path_counters_at(table, 1, index) =
		(struct path_counters){{10, 20}, {30, 40}, {50, 60}, {70, 80}};
	assert_int_equal(path_table_counters_read(table, index, &sum), 0);
	assert_int_equal(sum.sent_hub.packets, 11);
	assert_int_equal(sum.sent_hub.bytes, 22);
	assert_int_equal(sum.sent_direct.packets, 33);
	assert_int_equal(sum.sent_direct.bytes, 44);
	assert_int_equal(sum.received_hub.packets, 55);
	assert_int_equal(sum.received_hub.bytes, 66);
	assert_int_equal(sum.received_direct.packets, 77);
	assert_int_equal(sum.received_direct.bytes, 88);
	assert_int_equal(path_table_counters_read(table, other, &sum), 0);
	assert_int_equal(sum.sent_hub.packets, 0);
	assert_int_equal(path_table_remove(table, index), 0);
	assert_int_equal(path_table_counters_read(table, index, &sum), -ENOENT);
	assert_int_equal(path_table_insert(table, &path, &index), 0);
	assert_int_equal(path_table_counters_read(table, index, &sum), 0);
	assert_int_equal(sum.sent_hub.packets, 0);
	assert_int_equal(sum.received_direct.bytes, 0);
	rcu_destroy(rcu);
	path_table_destroy(table);
}

/* --- adjacencies ------------------------------------------------------------------------------ */

static void test_adjacency(void **state)
{
	struct rcu *rcu = rcu_create(1, 256, -1);
	struct adjacency_table *table = adjacency_table_create(1, rcu, -1);
	struct fwd_adjacency adjacency = {
		ADJACENCY_FORWARD, 3, 1500, {{2, 1, 1, 1, 1, 1}}, {{2, 2, 2, 2, 2, 2}}};
	static const uint8_t rewrite[14] = {2, 2, 2, 2, 2, 2, 2, 1, 1, 1, 1, 1, 8, 0};
	const struct adjacency_entry *old;
	unsigned int sets = 0;
	uint32_t index, other;

	(void)state;
	assert_int_equal(adjacency_table_insert(table, &adjacency, &index), 0);
	assert_int_equal(adjacency_table_insert(table, &adjacency, &other), -ENOSPC);
	old = adjacency_at(table, index);
	assert_memory_equal(old->rewrite, rewrite, sizeof(rewrite));
	assert_int_equal(old->port, 3);
	assert_int_equal(old->mtu, 1500);

	rcu_reader_online(rcu, READER);
	adjacency.destination.bytes[5] = 9;
	assert_int_equal(adjacency_table_set(table, index, &adjacency), 0);
	assert_int_equal(adjacency_at(table, index)->rewrite[5], 9);
	assert_memory_equal(old->rewrite, rewrite, sizeof(rewrite)); /* the held record is whole */
	while (adjacency_table_set(table, index, &adjacency) == 0)
		sets++;
	assert_int_equal(adjacency_table_set(table, index, &adjacency), -EAGAIN);
	assert_in_range(sets, 32, 256);
	rcu_reader_quiescent(rcu, READER);
	assert_int_equal(rcu_reclaim(rcu), 0);
	assert_int_equal(old->kind, ADJACENCY_DOWN);

	old = adjacency_at(table, index);
	assert_int_equal(adjacency_table_remove(table, index), 0);
	assert_ptr_equal(adjacency_at(table, index), old);
	assert_int_equal(old->kind, ADJACENCY_FORWARD);
	assert_int_equal(adjacency_table_insert(table, &adjacency, &other), -EAGAIN);
	rcu_reader_offline(rcu, READER);
	assert_int_equal(rcu_reclaim(rcu), 0);
	assert_int_equal(old->kind, ADJACENCY_DOWN);
	assert_int_equal(adjacency_at(table, index)->kind, ADJACENCY_DOWN);
	assert_int_equal(adjacency_table_insert(table, &adjacency, &other), 0);
	rcu_destroy(rcu);
	adjacency_table_destroy(table);
}

/* --- tunnels ---------------------------------------------------------------------------------- */

static void test_tunnel(void **state)
{
	struct rcu *rcu = rcu_create(1, 8, -1);
	struct tunnel_table *table = tunnel_table_create(1, 2, rcu, -1);
	struct fwd_tunnel_state read;
	struct tunnel_ref ref, next;

	(void)state;
	assert_int_equal(tunnel_table_insert(table, &a_tunnel, &ref), 0);
	assert_int_equal(tunnel_table_insert(table, &a_tunnel, &next), -ENOSPC);
	tunnel_counters_at(table, 0, ref.index)->received = (struct counter){3, 300};
	tunnel_counters_at(table, 1, ref.index)->received = (struct counter){4, 400};
	tunnel_counters_at(table, 0, ref.index)->heard = 8;
	tunnel_counters_at(table, 1, ref.index)->heard = 9;
	assert_int_equal(tunnel_table_read(table, ref.index, &read), 0);
	assert_int_equal(read.counters.received.packets, 7);
	assert_int_equal(read.counters.received.bytes, 700);
	assert_int_equal(read.counters.heard, 9);
	assert_int_equal(tunnel_table_set_adjacency(table, ref, 7), 0);
	assert_int_equal(tunnel_table_set_mtu(table, ref, 1300), 0);
	assert_int_equal(tunnel_at(table, ref.index)->adjacency, 7);
	assert_int_equal(tunnel_at(table, ref.index)->mtu, 1300);

	rcu_reader_online(rcu, READER);
	assert_int_equal(tunnel_table_remove(table, ref), 0);
	assert_int_equal(tunnel_at(table, ref.index)->live, 1);
	assert_int_equal(tunnel_at(table, ref.index)->adjacency, 7);
	assert_int_equal(tunnel_table_insert(table, &a_tunnel, &next), -EAGAIN);
	rcu_reader_quiescent(rcu, READER);
	assert_int_equal(rcu_reclaim(rcu), 0);
	assert_int_equal(tunnel_at(table, ref.index)->live, 0);
	assert_int_equal(tunnel_at(table, ref.index)->adjacency, FWD_NONE);
	assert_int_equal(tunnel_at(table, ref.index)->mtu, 0);
	assert_int_equal(tunnel_table_insert(table, &a_tunnel, &next), 0);
	assert_int_equal(next.index, ref.index);
	assert_int_not_equal(next.generation, ref.generation);
	assert_int_equal(tunnel_table_set_mtu(table, ref, 1300), -ENOENT); /* the old reference */
	assert_int_equal(tunnel_table_remove(table, ref), -ENOENT);
	assert_int_equal(tunnel_table_read(table, next.index, &read), 0);
	assert_int_equal(read.counters.received.packets, 0);
	assert_int_equal(read.counters.heard, 0);
	rcu_reader_offline(rcu, READER);
	rcu_destroy(rcu);
	tunnel_table_destroy(table);
}

/* --- own addresses ---------------------------------------------------------------------------- */

static void local_random(uint32_t capacity, uint32_t n_addrs)
{
	struct local_table *table = local_table_create(capacity, -1);
	unsigned int flags[64] = {0};
	uint32_t n_live = 0, r = 1;

	for (unsigned int i = 0; i < 50000; i++) {
		uint32_t k, want;
		int result;

		r = r * 1664525 + 1013904223;
		k = (r >> 8) % n_addrs;
		want = r >> 30;
		result = local_table_set(table, htonl(0x0a000001 + k), want);
		if (want != 0 && flags[k] == 0 && n_live == capacity) {
			assert_int_equal(result, -ENOSPC);
		} else {
			assert_int_equal(result, 0);
			n_live += (want != 0) - (flags[k] != 0);
			flags[k] = want;
		}
		for (uint32_t j = 0; j < n_addrs; j++)
			assert_int_equal(local_flags(table, htonl(0x0a000001 + j)), flags[j]);
	}
	for (uint32_t j = 0; j < n_addrs; j++)
		assert_int_equal(local_table_set(table, htonl(0x0a000001 + j), 0), 0);
	for (uint32_t i = 0; i <= table->mask; i++) /* no chain is left behind */
		assert_int_equal(table->slots[i], 0);
	local_table_destroy(table);
}

static void test_local(void **state)
{
	struct local_table *table = local_table_create(1, -1);

	(void)state;
	assert_int_equal(local_table_set(table, 0, LOCAL_NATIVE), -EINVAL);
	assert_int_equal(local_flags(table, 0), 0);
	local_table_destroy(table);
	local_random(1, 3);
	local_random(12, 20);
	local_random(40, 40);
}

/* --- all -------------------------------------------------------------------------------------- */

static uint64_t heap_bytes(void)
{
	struct rte_malloc_socket_stats stats;

	assert_int_equal(rte_malloc_get_socket_stats(0, &stats), 0);
	return stats.heap_allocsz_bytes;
}

static void memory_is_foretold(uint32_t tunnels, uint32_t prefixes, uint64_t at_most)
{
	const struct tables_capacity capacity = {.tunnels = tunnels,
						 .prefixes = prefixes,
						 .neighbours = 256,
						 .workers = 1,
						 .socket = -1};
	uint64_t before = heap_bytes(), taken;
	struct tables tables;
	struct error err;

	assert_int_equal(tables_create(&tables, &capacity, &err), 0);
	taken = heap_bytes() - before;
	assert_in_range(taken, tables_memory(&capacity) / 2, tables_memory(&capacity));
	assert_true(taken <= at_most);
	tables_destroy(&tables);
	assert_int_equal(heap_bytes(), before); /* nothing is left */
}

static void test_memory(void **state)
{
	(void)state;
	memory_is_foretold(16, 256, UINT64_C(4) << 20);
	memory_is_foretold(1024, 4096, UINT64_C(16) << 20); /* a branch unless configured */
	memory_is_foretold(64, 4000, UINT64_C(24) << 20);
	memory_is_foretold(1000, 20000, UINT64_C(128) << 20);
}

static void test_too_large(void **state)
{
	const struct tables_capacity capacity = {.tunnels = 1000000,
						 .prefixes = 4000000,
						 .neighbours = 1,
						 .workers = 1,
						 .socket = -1};
	uint64_t before = heap_bytes();
	struct tables tables;
	struct error err;

	(void)state;
	assert_int_equal(tables_create(&tables, &capacity, &err), -ENOMEM);
	assert_non_null(strstr(err.text, "1000000 tunnels"));
	assert_int_equal(heap_bytes(), before);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rcu_order),  cmocka_unit_test(test_path),
		cmocka_unit_test(test_path_marks), cmocka_unit_test(test_path_counters),
		cmocka_unit_test(test_adjacency),  cmocka_unit_test(test_tunnel),
		cmocka_unit_test(test_local),      cmocka_unit_test(test_memory),
		cmocka_unit_test(test_too_large),
	};
	int failed;

	if (test_eal_start(192) < 0)
		return 1;
	failed = cmocka_run_group_tests_name("tables", tests, NULL, NULL);
	test_eal_stop();
	return failed;
}
