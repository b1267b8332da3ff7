/* SPDX-License-Identifier: BSD-3-Clause */
/* Who talks to whom through the hub, as the data plane's samples tell (haaro.md, section 9). */
#include "crowd.h"
#include "home/state.h"

static uint32_t path_of(struct fixture *f, uint32_t router)
{
	struct fwd_nexthop nexthop;

	assert_int_equal(f->ops.route_lookup(&f->fwd, REALM_MAIN,
					     &crowd_routers[router].home_address, &nexthop),
			 0);
	assert_int_equal(nexthop.kind, NEXTHOP_PATH);
	return nexthop.id;
}

/* As the data plane has counted it so far; the same two again are another worker's. */
static void add_pair(struct fixture *f, uint32_t from, uint32_t to, uint64_t samples)
{
	f->fwd.pairs[f->fwd.n_pairs++] =
		(struct fwd_pair){path_of(f, from), path_of(f, to), samples};
}

static void read_again(struct fixture *f)
{
	fixture_advance(f, PAIRS_PERIOD);
}

/* Asserts that a router talks to those, most first; UINT32_MAX ends. */
static void assert_peers(struct fixture *f, uint32_t router, const uint32_t *expected)
{
	be32 peers[PAIRS_PEERS];
	size_t n = pairs_peers(f->home, crowd_routers[router].home_address.v4, peers);

	for (size_t i = 0; i < n; i++)
		assert_int_equal(peers[i], expected[i] == UINT32_MAX
						   ? 0
						   : crowd_routers[expected[i]].home_address.v4);
	assert_int_equal(expected[n], UINT32_MAX);
}

#define PEERS(f, router, ...) \
	assert_peers(f, router, (const uint32_t[]){__VA_ARGS__ __VA_OPT__(, ) UINT32_MAX})

static void both_ends_and_all_workers_count(void **state)
{
	struct fixture *f = *state;

	add_pair(f, 1, 2, 30);
	add_pair(f, 1, 3, 40);
	add_pair(f, 4, 1, 35);
	add_pair(f, 2, 1, 25); /* the way back: 55 */
	PEERS(f, 1);
	read_again(f);
	PEERS(f, 1, 2, 3, 4);
	PEERS(f, 2, 1);
	PEERS(f, 4, 1);
	PEERS(f, 5);
	add_pair(f, 4, 1, 20); /* another worker */
	read_again(f);
	PEERS(f, 1, 4, 2, 3);
}

static void only_growth_counts(void **state)
{
	struct fixture *f = *state;

	add_pair(f, 1, 2, 1000);
	add_pair(f, 1, 3, 10);
	read_again(f);
	PEERS(f, 1, 2, 3);
	/* Silent since then: half each time. */
	for (int i = 0; i < 5; i++) {
		f->fwd.pairs[1].samples += 40;
		read_again(f);
	}
	PEERS(f, 1, 3, 2);
	/* And nothing in the end, though the data plane keeps the pair. */
	for (int i = 0; i < 10; i++) {
		f->fwd.pairs[1].samples += 40;
		read_again(f);
	}
	PEERS(f, 1, 3);
	PEERS(f, 2);
	f->fwd.pairs[0].samples += 1;
	read_again(f);
	PEERS(f, 2, 1);
}

/* The data plane lets go of a pair, and meets it again later: it begins at zero. */
static void a_pair_that_begins_anew(void **state)
{
	struct fixture *f = *state;

	add_pair(f, 1, 3, 700);
	add_pair(f, 1, 2, 1000);
	read_again(f);
	f->fwd.n_pairs = 1;
	f->fwd.pairs[0].samples = 50;
	read_again(f);
	PEERS(f, 1, 2, 3); /* 500, and 350 + 50: not 700 less */
	f->fwd.pairs[0].samples = 1150;
	read_again(f);
	PEERS(f, 1, 3, 2);
	/* Not seen for long, it is forgotten; what it then has is new. */
	f->fwd.n_pairs = 0;
	for (int i = 0; i < 12; i++)
		read_again(f);
	PEERS(f, 1);
	assert_null(f->home->pairs.list);
	add_pair(f, 1, 2, 1);
	read_again(f);
	PEERS(f, 1, 2);
}

static void the_most_of_many(void **state)
{
	struct fixture *f = *state;

	for (uint32_t i = 2; i < 15; i++)
		add_pair(f, 1, i, i * 5 % 13 + 1);
	read_again(f);
	PEERS(f, 1, 5, 10, 2, 7, 12, 4, 9, 14);
	PEERS(f, 13, 1); /* 1 has more to do with others */
}

static void what_is_no_pair_of_ours(void **state)
{
	struct fixture *f = *state;
	uint32_t path = path_of(f, 2);
	struct event event;

	add_pair(f, 1, 1, 100);
	add_pair(f, 2, 1, 100);
	f->fwd.pairs[f->fwd.n_pairs++] = (struct fwd_pair){FWD_NONE, path, 100};
	f->fwd.pairs[f->fwd.n_pairs++] = (struct fwd_pair){path, FWD_NONE, 100};
	/* Its path is nobody's by now. */
	assert_int_equal(home_clear_binding(f->home, &crowd_routers[2].home_address), 0);
	read_again(f);
	PEERS(f, 1);
	PEERS(f, 2);
	while (event_take(&f->core.events, &event)) {
	}
}

static unsigned int walks; /* of the test that runs */

static void count_walk(struct fwd *fwd, fwd_pair_visit visit, void *arg)
{
	walks++;
	fake_fwd_ops.pairs_walk(fwd, visit, arg);
}

/* However many replies there are meanwhile; and not at all where nobody is told anything. */
static void they_are_read_every_few_seconds(void **state)
{
	struct fixture *f = *state;
	struct conf next = f->conf;
	struct error err;

	f->ops.pairs_walk = count_walk;
	walks = 0;
	add_pair(f, 1, 2, 100);
	fixture_advance(f, time_seconds(50));
	for (uint32_t i = 0; i < CROWD; i++)
		crowd_ask(f, i, A | R);
	assert_int_equal(walks, 10);
	f->fwd.pairs[0].samples++;
	read_again(f);
	assert_int_equal(walks, 11);
	PEERS(f, 1, 2);
	next.home.route_optimization = false;
	assert_int_equal(home_reload(f->home, &next, &err), 0);
	PEERS(f, 1);
	fixture_advance(f, time_seconds(50));
	assert_int_equal(walks, 11);
	assert_int_equal(home_reload(f->home, &f->conf, &err), 0);
	read_again(f);
	assert_int_equal(walks, 12);
	PEERS(f, 1, 2);
}

/* Those that one talks to stand before the window, wherever it is. */
static void they_are_told_in_every_reply(void **state)
{
	struct fixture *f = *state;

	f->conf.home.advertisement_size = 400;
	add_pair(f, 1, 80, 30);
	add_pair(f, 40, 1, 70);
	read_again(f);
	for (int i = 0; i < 6; i++) {
		const struct told *told = crowd_ask(f, 1, A | R);
		bool seen[CROWD] = {false};

		assert_int_equal(crowd_number(&told->routers[0]), 40);
		assert_int_equal(crowd_number(&told->routers[1]), 80);
		crowd_mark(told, seen); /* nobody twice */
	}
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, crowd_setup, fixture_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(both_ends_and_all_workers_count), TEST(only_growth_counts),
		TEST(a_pair_that_begins_anew),         TEST(the_most_of_many),
		TEST(what_is_no_pair_of_ours),         TEST(they_are_read_every_few_seconds),
		TEST(they_are_told_in_every_reply),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
