/* SPDX-License-Identifier: BSD-3-Clause */
/* The prefix table against a naive model, sets of unreachable routes, and the ring of violations. */
#include <errno.h>
#include <stdlib.h>

#include "core/limit.h"
#include "fixture.h"
#include "home/prefix.h"
#include "home/unbound.h"
#include "home/violation.h"
#include "wire/message.h"

#define NETWORKS 60

static struct subscriber *owner(size_t i)
{
	return (struct subscriber *)(uintptr_t)(64 * (1 + i)); /* compared, never looked into */
}

static bool naive_conflict(const struct network *a, const struct network *b)
{
	return b->installed && a->subscriber != b->subscriber &&
	       (a->prefix.len == 0) == (b->prefix.len == 0) &&
	       prefix_overlaps(&a->prefix, &b->prefix);
}

/* Narrow address space, so that networks are equal, nested and apart in every way. */
static void holders_agree_with_a_naive_model(void **state)
{
	struct random_seeded seeded;
	struct random random = {random_seeded_fill, &seeded};
	unsigned int held = 0;
	unsigned int free_ones = 0;

	(void)state;
	random_seed(&seeded, 7);
	for (int round = 0; round < 300; round++) {
		struct network networks[NETWORKS] = {0};
		struct network *all[NETWORKS];
		struct prefix_table table;

		for (size_t i = 0; i < NETWORKS; i++) {
			uint32_t low = (uint32_t)random_below(&random, RANDOM_JITTER, 64);
			unsigned int len = random_below(&random, RANDOM_JITTER, 20) == 0
						   ? 0
						   : 24 + (unsigned int)random_below(
								  &random, RANDOM_JITTER, 9);

			networks[i].prefix = prefix_v4(htonl(0x0a000000u | low << 2), len);
			networks[i].subscriber = owner(random_below(&random, RANDOM_JITTER, 5));
			networks[i].installed = random_below(&random, RANDOM_JITTER, 8) == 0;
			all[i] = &networks[i];
		}
		assert_int_equal(prefix_table_build(&table, all, NETWORKS), 0);
		for (size_t i = 0; i < NETWORKS; i++) {
			const struct network *holder = prefix_holder(&table, &networks[i]);
			bool expected = false;

			for (size_t j = 0; j < NETWORKS; j++)
				expected |= naive_conflict(&networks[i], &networks[j]);
			assert_int_equal(holder != NULL, expected);
			if (holder)
				assert_true(naive_conflict(&networks[i], holder));
			held += expected;
			free_ones += !expected;
		}
		prefix_table_free(&table);
	}
	assert_true(held > 1000 && free_ones > 1000);
}

static void an_empty_table(void **state)
{
	struct prefix_table table;

	(void)state;
	assert_int_equal(prefix_table_build(&table, NULL, 0), 0);
	assert_int_equal(table.count, 0);
	prefix_table_free(&table);
}

static void claims_have_bounded_room(void **state)
{
	struct claim list[2];
	struct claims claims = {.list = list, .size = 2};

	(void)state;
	for (int i = 0; i < 3; i++)
		claims_add(&claims, ip("10.0.0.0"), 24, NULL);
	assert_int_equal(claims.count, 2);
}

static struct unbound set_of(struct ip_prefix *prefixes, size_t count)
{
	return (struct unbound){.prefixes = prefixes, .count = count};
}

static void unreachable_routes_follow_the_difference(void **state)
{
	struct fixture *f = *state;
	struct ip_prefix first[] = {prefix("10.0.0.0", 8), prefix("10.0.0.0", 24),
				    prefix("10.9.0.0", 24)};
	struct ip_prefix second[] = {prefix("9.0.0.0", 8), prefix("10.0.0.0", 24),
				     prefix("11.0.0.0", 24)};
	struct unbound none = {0};
	struct unbound old = set_of(first, 3);
	struct unbound new = set_of(second, 3);
	struct error err;

	assert_int_equal(unbound_install(&f->core, &none, &old, &err), 0);
	assert_int_equal(f->fwd.n_routes, 3);
	/* No room for the second new one: the first is taken back. */
	f->fwd.capacity = 4;
	assert_int_equal(unbound_install(&f->core, &old, &new, &err), -ENOSPC);
	assert_non_null(strstr(err.text, "11.0.0.0/24"));
	assert_int_equal(f->fwd.n_routes, 3);
	assert_string_equal(fixture_route(f, "9.0.0.0", 8), "none");
	f->fwd.capacity = FAKE_SIZE;
	assert_int_equal(unbound_install(&f->core, &old, &new, &err), 0);
	assert_int_equal(f->fwd.n_routes, 5);
	assert_int_equal(unbound_remove(&f->core, &old, &new), 0);
	assert_int_equal(f->fwd.n_routes, 3);
	assert_string_equal(fixture_route(f, "10.0.0.0", 8), "none");
	assert_string_equal(fixture_route(f, "10.0.0.0", 24), "unbound");
	assert_true(unbound_contains(&new, &second[2]));
	assert_false(unbound_contains(&new, &first[0]));
	assert_false(unbound_contains(&none, &first[0]));
	f->fwd.fail_remove = -EAGAIN;
	assert_int_equal(unbound_remove(&f->core, &new, &none), 3);
	f->fwd.fail_remove = 0;
	assert_int_equal(unbound_remove(&f->core, &new, &none), 0);
	assert_int_equal(f->fwd.n_routes, 0);
	fixture_start(f);
}

/* A home network as narrow as one home address keeps its unreachable route. */
static void a_home_network_of_one_address(void **state)
{
	struct fixture *f = *state;

	f->home_network = prefix("192.0.2.4", 32);
	fixture_start(f);
	assert_string_equal(fixture_route(f, "192.0.2.4", 32), "unbound");
	fixture_register(f, NODE_D, CARE_OF);
	assert_string_equal(fixture_route(f, "192.0.2.4", 32), "path");
	home_clear_binding(f->home, &f->routers[NODE_D].home_address);
	assert_string_equal(fixture_route(f, "192.0.2.4", 32), "unbound");
}

static bool check_order(void *arg, const struct home_violation *violation)
{
	uint64_t *next = arg;

	assert_int_equal(violation->number, *next);
	assert_int_equal(violation->spi, (uint32_t)*next);
	return ++*next <= 290;
}

static void the_last_violations_are_kept(void **state)
{
	static struct violations violations;
	uint64_t next = 1;

	(void)state;
	violation_walk(&violations, check_order, &next);
	for (uint32_t i = 1; i <= 300; i++) {
		struct home_violation violation = {.spi = i};

		violation_insert(&violations, &violation);
	}
	next = 300 - VIOLATIONS_SIZE + 1;
	violation_walk(&violations, check_order, &next);
	assert_int_equal(next, 291); /* the visitor stopped there */
}

static void a_limit_keeps_its_rate(void **state)
{
	uint64_t schedule = 0;
	unsigned int taken = 0;

	(void)state;
	for (uint64_t now = 1000; now < 2000; now++)
		taken += limit_take(&schedule, now, 100, 3);
	assert_int_equal(taken, 3 + 9);
	assert_true(limit_take(&schedule, 100000, 100, 1));
	assert_false(limit_take(&schedule, 100099, 100, 1));
	assert_true(limit_take(&schedule, 100100, 100, 1));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(holders_agree_with_a_naive_model),
		cmocka_unit_test(an_empty_table),
		cmocka_unit_test(claims_have_bounded_room),
		cmocka_unit_test_setup_teardown(unreachable_routes_follow_the_difference,
						fixture_prepare, fixture_teardown),
		cmocka_unit_test_setup_teardown(a_home_network_of_one_address, fixture_prepare,
						fixture_teardown),
		cmocka_unit_test(the_last_violations_are_kept),
		cmocka_unit_test(a_limit_keeps_its_rate),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
