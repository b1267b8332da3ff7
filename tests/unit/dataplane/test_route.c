/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The route table against a list of prefixes that is searched from end to end: random changes among
 * prefixes that nest and touch, every lookup at their edges, groups that come back, full tables.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "table/route.h"
#include "test_eal.h"

#define MODEL_MAX 300
#define READER    0

struct prefix {
	uint32_t addr;
	uint8_t len;
	uint32_t nexthop;
};

struct model {
	struct prefix prefixes[MODEL_MAX];
	unsigned int n;
};

static uint64_t seed = 1;

static uint32_t rnd(uint32_t below)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return (uint32_t)(seed >> 20) % below;
}

static uint32_t mask_of(uint8_t len)
{
	return len == 0 ? 0 : UINT32_MAX << (32 - len);
}

static struct prefix *model_find(struct model *model, uint32_t addr, uint8_t len)
{
	for (unsigned int i = 0; i < model->n; i++)
		if (model->prefixes[i].addr == addr && model->prefixes[i].len == len)
			return &model->prefixes[i];
	return NULL;
}

static uint32_t model_lookup(const struct model *model, uint32_t addr)
{
	const struct prefix *best = NULL;

	for (unsigned int i = 0; i < model->n; i++) {
		const struct prefix *prefix = &model->prefixes[i];

		if ((addr & mask_of(prefix->len)) == prefix->addr &&
		    (!best || prefix->len > best->len))
			best = prefix;
	}
	return best ? best->nexthop : 0;
}

/* Few different addresses, so that prefixes nest, touch and meet again. */
static uint32_t random_addr(void)
{
	static const uint32_t bases[] = {0x0a000000, 0x0a00ff00, 0xfffffe00, 0x00000000};

	return bases[rnd(4)] + rnd(4) * 64 + rnd(3) * 65536 + (rnd(2) ? rnd(1024) : 0);
}

static uint8_t random_len(void)
{
	switch (rnd(40)) {
	case 0:
		return (uint8_t)rnd(9);
	default:
		return (uint8_t)(9 + rnd(24));
	}
}

static void compare(const struct route_table *table, const struct model *model, uint32_t addr)
{
	assert_int_equal(route_table_lookup(table, addr), model_lookup(model, addr));
}

static void compare_edges(const struct route_table *table, const struct model *model, uint32_t addr,
			  uint8_t len)
{
	uint32_t last = addr | ~mask_of(len);

	compare(table, model, addr);
	compare(table, model, addr - 1);
	compare(table, model, last);
	compare(table, model, last + 1);
	compare(table, model, addr + (last - addr) / 2);
	for (unsigned int i = 0; i < 4; i++)
		compare(table, model, random_addr());
}

static void change(struct route_table *table, struct model *model, struct rcu *rcu)
{
	uint8_t len = random_len();
	uint32_t addr = random_addr() & mask_of(len);
	struct prefix *have = model_find(model, addr, len);
	uint32_t nexthop = (uint32_t)NEXTHOP_PATH << NEXTHOP_KIND_SHIFT | rnd(1u << 24);
	uint32_t got;

	if (model->n > 0 && (model->n == MODEL_MAX || rnd(2))) {
		have = rnd(8) ? &model->prefixes[rnd(model->n)] : have;
		if (!have) {
			assert_int_equal(route_table_remove(table, addr, len), -ENOENT);
			return;
		}
		addr = have->addr;
		len = have->len;
		*have = model->prefixes[--model->n];
		assert_int_equal(route_table_remove(table, addr, len), 0);
		assert_int_equal(route_table_get(table, addr, len, &got), -ENOENT);
	} else {
		if (!have)
			have = &model->prefixes[model->n++];
		*have = (struct prefix){addr, len, nexthop};
		assert_int_equal(route_table_set(table, addr, len, nexthop), 0);
		assert_int_equal(route_table_get(table, addr, len, &got), 0);
		assert_int_equal(got, nexthop);
	}
	if (rnd(3) == 0)
		rcu_reclaim(rcu);
	compare_edges(table, model, addr, len);
}

static int prefix_order(const void *a, const void *b)
{
	const struct prefix *x = a, *y = b;

	if (x->addr != y->addr)
		return x->addr < y->addr ? -1 : 1;
	return x->len - y->len;
}

struct walked {
	struct prefix prefixes[MODEL_MAX];
	unsigned int n, stop_after;
};

static bool visit(void *arg, uint32_t addr, uint8_t len, uint32_t nexthop)
{
	struct walked *walked = arg;

	walked->prefixes[walked->n++] = (struct prefix){addr, len, nexthop};
	return walked->n < walked->stop_after;
}

static void compare_walk(const struct route_table *table, struct model *model)
{
	struct walked walked = {.stop_after = MODEL_MAX};

	qsort(model->prefixes, model->n, sizeof(model->prefixes[0]), prefix_order);
	route_table_walk(table, visit, &walked);
	assert_int_equal(walked.n, model->n);
	for (unsigned int i = 0; i < model->n; i++) {
		assert_int_equal(walked.prefixes[i].addr, model->prefixes[i].addr);
		assert_int_equal(walked.prefixes[i].len, model->prefixes[i].len);
		assert_int_equal(walked.prefixes[i].nexthop, model->prefixes[i].nexthop);
	}
	walked = (struct walked){.stop_after = 1};
	route_table_walk(table, visit, &walked);
	assert_int_equal(walked.n, model->n > 0);
}

static void against_model(uint32_t routes, unsigned int changes)
{
	struct rcu *rcu = rcu_create(1, 4096, -1);
	struct route_table *table =
		route_table_create(&(struct route_size){routes, 2 * MODEL_MAX}, rcu, -1);
	struct model model = {.n = 0};

	assert_non_null(table);
	for (unsigned int i = 0; i < changes; i++) {
		change(table, &model, rcu);
		if (i % 512 == 0)
			compare_walk(table, &model);
	}
	while (model.n > 0) {
		const struct prefix *last = &model.prefixes[--model.n];

		assert_int_equal(route_table_remove(table, last->addr, last->len), 0);
	}
	assert_int_equal(table->n_routes, 0);
	assert_int_equal(table->ids.n_live, 0);
	assert_int_equal(rcu_reclaim(rcu), 0);
	assert_int_equal(table->ids.n_free, 2 * MODEL_MAX);
	for (uint32_t i = 0; i < 1u << table->root_bits; i++)
		if (table->root[i] != 0)
			fail_msg("root entry %u is left behind", i);
	rcu_destroy(rcu);
	route_table_destroy(table);
}

static void test_small_root(void **state)
{
	(void)state;
	against_model(MODEL_MAX, 60000);
}

static void test_large_root(void **state)
{
	(void)state;
	against_model(ROUTE_SMALL_MAX + 1, 6000);
}

/* Bursts of any size give what single lookups give. */
static void test_bulk(void **state)
{
	static const unsigned int sizes[] = {1, 7, 31, 32, 33, 63, 64, 65, 128, 200};
	struct rcu *rcu = rcu_create(1, 64, -1);
	struct route_table *table = route_table_create(&(struct route_size){64, 128}, rcu, -1);
	uint32_t addrs[200], found[201];

	(void)state;
	for (uint32_t i = 0; i < 32; i++)
		route_table_set(table, 0x0a000000 + i * 8, (uint8_t)(29 + i % 4), 1000 + i);
	route_table_set(table, 0x0a000000, 8, 7);
	for (unsigned int i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		for (unsigned int j = 0; j < sizes[i]; j++)
			addrs[j] = 0x0a000000 + rnd(400) - 50;
		found[sizes[i]] = 0xdeadbeef;
		route_lookup_bulk(table, addrs, found, sizes[i]);
		assert_int_equal(found[sizes[i]], 0xdeadbeef);
		for (unsigned int j = 0; j < sizes[i]; j++)
			assert_int_equal(found[j], route_table_lookup(table, addrs[j]));
	}
	rcu_destroy(rcu);
	route_table_destroy(table);
}

/* A full table changes nothing and says so; replacing and removing still work. */
static void test_capacity_of_one(void **state)
{
	struct rcu *rcu = rcu_create(1, 16, -1);
	struct route_table *table = route_table_create(&(struct route_size){1, 1}, rcu, -1);

	(void)state;
	assert_int_equal(route_table_set(table, 0x0a000001, 32, 5), -ENOSPC); /* two groups */
	assert_int_equal(route_table_lookup(table, 0x0a000001), 0);
	assert_int_equal(route_table_set(table, 0x0a000000, 24, 5), 0);
	assert_int_equal(route_table_set(table, 0x0b000000, 8, 6), -ENOSPC);
	assert_int_equal(route_table_lookup(table, 0x0b000000), 0);
	assert_int_equal(route_table_set(table, 0x0a000000, 24, 6), 0);
	assert_int_equal(route_table_lookup(table, 0x0a0000ff), 6);
	assert_int_equal(route_table_remove(table, 0x0a000000, 24), 0);
	assert_int_equal(route_table_set(table, 0x0b000000, 8, 6), 0);
	assert_int_equal(route_table_lookup(table, 0x0b123456), 6);
	rcu_destroy(rcu);
	route_table_destroy(table);
}

/*
 * While a reader is in its interval a removed group is not used again; it answers as before. After
 * that it is cleared.
 */
static void test_group_waits_for_reader(void **state)
{
	struct rcu *rcu = rcu_create(1, 16, -1);
	struct route_table *table = route_table_create(&(struct route_size){4, 1}, rcu, -1);
	uint32_t entry;

	(void)state;
	rcu_reader_online(rcu, READER);
	assert_int_equal(route_table_set(table, 0x0a000000, 16, 4), 0);
	assert_int_equal(route_table_set(table, 0x0a000100, 24, 5), 0);
	entry = table->root[0x0a00];
	assert_true(entry & NEXTHOP_EXTENDED);
	assert_int_equal(route_table_remove(table, 0x0a000100, 24), 0);
	assert_int_equal(table->root[0x0a00], 4);
	assert_int_equal(*route_group_entry(table, entry, 1), 4);
	assert_int_equal(route_table_set(table, 0x0b000100, 24, 5), -EAGAIN);
	assert_int_equal(route_table_lookup(table, 0x0b000100), 0);
	assert_int_equal(table->n_routes, 1);
	rcu_reader_quiescent(rcu, READER);
	assert_int_equal(rcu_reclaim(rcu), 0);
	assert_int_equal(*route_group_entry(table, entry, 1), ROUTE_GROUP_CLEAR);
	assert_int_equal(route_table_set(table, 0x0b000100, 24, 5), 0);
	assert_int_equal(route_table_lookup(table, 0x0b000100), 5);
	rcu_reader_offline(rcu, READER);
	rcu_destroy(rcu);
	route_table_destroy(table);
}

/* When too many removals wait, a removal changes nothing. */
static void test_queue_pushes_back(void **state)
{
	struct rcu *rcu = rcu_create(1, 2, -1);
	struct route_table *table = route_table_create(&(struct route_size){4, 8}, rcu, -1);

	(void)state;
	rcu_reader_online(rcu, READER);
	assert_int_equal(route_table_set(table, 0x0a000001, 32, 1), 0);
	assert_int_equal(route_table_set(table, 0x0b000001, 32, 2), 0);
	assert_int_equal(route_table_remove(table, 0x0a000001, 32), 0);
	assert_int_equal(route_table_remove(table, 0x0b000001, 32), -EAGAIN);
	assert_int_equal(route_table_lookup(table, 0x0b000001), 2);
	rcu_reader_offline(rcu, READER);
	assert_int_equal(route_table_remove(table, 0x0b000001, 32), 0);
	assert_int_equal(route_table_lookup(table, 0x0b000001), 0);
	rcu_destroy(rcu);
	route_table_destroy(table);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_small_root),
		cmocka_unit_test(test_large_root),
		cmocka_unit_test(test_bulk),
		cmocka_unit_test(test_capacity_of_one),
		cmocka_unit_test(test_group_waits_for_reader),
		cmocka_unit_test(test_queue_pushes_back),
	};
	int failed;

	if (test_eal_start(192) < 0)
		return 1;
	failed = cmocka_run_group_tests_name("route", tests, NULL, NULL);
	test_eal_stop();
	return failed;
}
