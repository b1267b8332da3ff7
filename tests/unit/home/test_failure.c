/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Tables that are full, or refuse just now: whatever call fails, the registration is accepted whole
 * or refused whole, nothing leaks, and what had to stay goes later. The fixture's teardown counts.
 */
#include <errno.h>

#include "fixture.h"

/* Fails the n-th call that may fail, counted over all tables. cmocka runs one test at a time. */
static struct {
	unsigned int until; /* calls until the failure; 0: it has been */
	unsigned int calls;
	int error;
} plan;

static int due(void)
{
	plan.calls++;
	if (plan.until == 0 || --plan.until > 0)
		return 0;
	return plan.error;
}

static int path_insert(struct fwd *fwd, const struct fwd_path *path, uint32_t *index)
{
	int error = due();

	return error ? error : fake_fwd_ops.path_insert(fwd, path, index);
}

static int path_set(struct fwd *fwd, uint32_t index, const struct fwd_path *path)
{
	int error = path->tunnel == FWD_NONE ? 0 : due(); /* downwards it cannot fail */

	return error ? error : fake_fwd_ops.path_set(fwd, index, path);
}

static int tunnel_insert(struct fwd *fwd, const struct fwd_tunnel *tunnel, struct tunnel_ref *ref)
{
	int error = due();

	return error ? error : fake_fwd_ops.tunnel_insert(fwd, tunnel, ref);
}

static int binding_insert(struct fwd *fwd, const struct fwd_binding *key, uint32_t tunnel)
{
	int error = due();

	return error ? error : fake_fwd_ops.binding_insert(fwd, key, tunnel);
}

static int route_set(struct fwd *fwd, const struct fwd_route *route)
{
	int error = due();

	return error ? error : fake_fwd_ops.route_set(fwd, route);
}

static void plan_failure(struct fixture *f, unsigned int call, int error)
{
	f->ops.path_insert = path_insert;
	f->ops.path_set = path_set;
	f->ops.tunnel_insert = tunnel_insert;
	f->ops.binding_insert = binding_insert;
	f->ops.route_set = route_set;
	plan.until = call;
	plan.calls = 0;
	plan.error = error;
}

/* What is there, for "as it was". */
struct balance {
	size_t paths, tunnels, bindings, routes, open_tunnels, held;
};

static struct balance weigh(const struct fixture *f)
{
	return (struct balance){
		.paths = fake_fwd_paths(&f->fwd),
		.tunnels = fake_fwd_tunnels(&f->fwd),
		.bindings = f->fwd.n_bindings,
		.routes = f->fwd.n_routes,
		.open_tunnels = f->link.open_tunnels,
		.held = fixture_bindings(f),
	};
}

static void assert_balance(const struct fixture *f, struct balance want)
{
	struct balance have = weigh(f);

	assert_int_equal(have.paths, want.paths);
	assert_int_equal(have.tunnels, want.tunnels);
	assert_int_equal(have.bindings, want.bindings);
	assert_int_equal(have.routes, want.routes);
	assert_int_equal(have.open_tunnels, want.open_tunnels);
	assert_int_equal(have.held, want.held);
}

static bool try_register(struct fixture *f, const char *care_of)
{
	struct registration_request request = fixture_request(f, BRANCH_A);
	struct registration_reply reply;

	request.care_of = ip(care_of);
	add_network(&request, "10.1.0.0", 24);
	add_network(&request, "10.1.64.0", 24);
	assert_true(fixture_ask(f, BRANCH_A, &request, care_of, &reply));
	fixture_advance(f, time_seconds(1));
	if (reply.code == 0) {
		/* Some network may be missing, but no network that was not granted leads anywhere. */
		for (size_t i = 0; i < reply.n_acks; i++) {
			struct ip_prefix asked =
				registration_network_prefix(&reply.acks[i].network);
			char text[ADDR_TEXT_SIZE];

			assert_string_equal(
				fixture_route(f, addr_print(&asked.addr, text), asked.len),
				reply.acks[i].code == 0 ? "path" : "unbound");
		}
		return true;
	}
	assert_true(reply.code == 130 || reply.code == 147);
	return false;
}

static void a_first_registration_is_whole_or_nothing(void **state)
{
	struct fixture *f = *state;
	struct balance before = weigh(f);
	unsigned int refused = 0;
	unsigned int call = 0;

	do {
		bool held;

		plan_failure(f, ++call, -ENOSPC);
		held = try_register(f, CARE_OF);
		f->ops = fake_fwd_ops;
		refused += !held;
		if (held)
			home_clear_binding(f->home, &f->routers[BRANCH_A].home_address);
		assert_balance(f, before);
		assert_string_equal(fixture_route(f, "192.0.2.1", 32), "none");
		assert_string_equal(fixture_route(f, "10.1.0.0", 24), "unbound");
	} while (plan.until == 0);
	assert_int_equal(call, 8);    /* path, tunnel, key, three routes, path again: seven */
	assert_int_equal(refused, 5); /* all but the two networks */
	assert_int_equal(home_counters(f->home)->no_resources, 5);
}

static void a_move_is_whole_or_nothing(void **state)
{
	struct fixture *f = *state;
	struct balance before;
	unsigned int call = 0;
	bool moved;

	assert_true(try_register(f, CARE_OF));
	before = weigh(f);
	do {
		plan_failure(f, ++call, -ENOSPC);
		moved = try_register(f, ELSEWHERE);
		assert_balance(f, before);
		assert_int_equal(fixture_tunnel(f, "10.1.0.1")->remote.v4,
				 moved ? ip(ELSEWHERE) : ip(CARE_OF));
		assert_int_equal(fixture_tunnel(f, "192.0.2.1")->remote.v4,
				 moved ? ip(ELSEWHERE) : ip(CARE_OF));
	} while (!moved);
	assert_int_equal(call, 4); /* tunnel, key, path; the fourth call there is not */
}

/* A move that also asks for one network more and one less. */
static void a_move_with_other_networks(void **state)
{
	struct fixture *f = *state;
	unsigned int call = 0;
	struct registration_request request;
	struct registration_reply reply;

	do {
		f->ops = fake_fwd_ops;
		request = fixture_request(f, BRANCH_A);
		add_network(&request, "10.1.0.0", 24);
		assert_true(fixture_ask(f, BRANCH_A, &request, CARE_OF, &reply));
		assert_int_equal(reply.code, 0);
		plan_failure(f, ++call, -ENOSPC);
		request = fixture_request(f, BRANCH_A);
		request.care_of = ip(ELSEWHERE);
		add_network(&request, "10.1.64.0", 24);
		assert_true(fixture_ask(f, BRANCH_A, &request, ELSEWHERE, &reply));
		if (reply.code == 0)
			break;
		assert_string_equal(fixture_route(f, "10.1.0.0", 24), "path");
		assert_string_equal(fixture_route(f, "10.1.64.0", 24), "unbound");
		assert_int_equal(fixture_tunnel(f, "10.1.0.1")->remote.v4, ip(CARE_OF));
	} while (true);
	assert_int_equal(call, 5);
	/* It was the withdrawal that failed: it is tried again. */
	fixture_advance(f, time_seconds(1));
	assert_string_equal(fixture_route(f, "10.1.0.0", 24), "unbound");
	assert_string_equal(fixture_route(f, "10.1.64.0", 24), "path");
}

/* Tables of every size from too small for the hub alone to large enough. */
static void tables_of_any_size(void **state)
{
	struct fixture *f = *state;
	struct error err;
	bool started = false;
	bool registered = false;

	for (size_t capacity = 1; capacity < 32; capacity++) {
		f->fwd.capacity = capacity;
		if (home_create(&f->home, &f->core, &f->link, &f->conf, &err) < 0) {
			assert_false(started);
			assert_true(err.text[0] != '\0');
			assert_int_equal(f->fwd.n_routes, 0);
			f->home = NULL;
			continue;
		}
		started = true;
		fixture_advance(f, time_seconds(60));
		assert_true(!registered || try_register(f, CARE_OF));
		registered = registered || try_register(f, CARE_OF);
		home_destroy(f->home);
		f->home = NULL;
		f->core.ops->reclaim(&f->fwd);
		assert_int_equal(fake_fwd_tunnels(&f->fwd), 0);
	}
	assert_true(registered);
	f->fwd.capacity = FAKE_SIZE;
	fixture_start(f);
}

static void memory_or_grace_period(void **state)
{
	static const int errors[] = {-ENOMEM, -EAGAIN};
	struct fixture *f = *state;

	for (size_t i = 0; i < 2; i++) {
		plan_failure(f, 1, errors[i]);
		assert_false(try_register(f, CARE_OF));
		assert_int_equal(home_counters(f->home)->denied_by_code[130], i + 1);
	}
}

/* Removals that the tables put off: the router is gone for everybody at once, the rest follows. */
static void withdrawals_that_have_to_wait(void **state)
{
	struct fixture *f = *state;
	struct registration_request request;
	struct registration_reply reply;

	assert_true(try_register(f, CARE_OF));
	f->fwd.fail_remove = -EAGAIN;
	home_clear_binding(f->home, &f->routers[BRANCH_A].home_address);
	assert_null(fixture_tunnel(f, "192.0.2.1"));
	assert_int_equal(fake_fwd_paths(&f->fwd), 1);
	fixture_advance(f, time_seconds(1));
	assert_int_equal(fake_fwd_paths(&f->fwd), 1);
	/* Meanwhile it may come back, and go, and come. */
	f->fwd.fail_remove = 0;
	request = fixture_request(f, BRANCH_A);
	add_network(&request, "10.1.0.0", 24);
	request.care_of = ip(ELSEWHERE);
	assert_true(fixture_ask(f, BRANCH_A, &request, ELSEWHERE, &reply));
	assert_int_equal(reply.code, 0);
	assert_int_equal(fixture_tunnel(f, "10.1.0.1")->remote.v4, ip(ELSEWHERE));
	fixture_advance(f, time_seconds(1));
	assert_string_equal(fixture_route(f, "192.0.2.1", 32), "path");
	home_clear_binding(f->home, &f->routers[BRANCH_A].home_address);
	assert_int_equal(fake_fwd_paths(&f->fwd), 0);
	/* The fake keeps what a removal refused: tunnel and key of the first time. */
	f->fwd.n_bindings = 0;
	for (size_t i = 0; i < FAKE_SIZE; i++)
		if (f->fwd.tunnel_use[i] == FAKE_LIVE)
			f->fwd.tunnel_use[i] = FAKE_FREE;
	f->fwd.faults = 0;
}

static int refuse_unbound(struct fwd *fwd, const struct fwd_route *route)
{
	return route->nexthop.kind == NEXTHOP_UNREACHABLE ? -EAGAIN
							  : fake_fwd_ops.route_set(fwd, route);
}

static void a_network_whose_withdrawal_waits_leads_nowhere(void **state)
{
	struct fixture *f = *state;
	struct error err;

	assert_true(try_register(f, CARE_OF));
	f->ops.route_set = refuse_unbound;
	home_clear_binding(f->home, &f->routers[BRANCH_A].home_address);
	assert_string_equal(fixture_route(f, "10.1.0.0", 24), "path");
	assert_null(fixture_tunnel(f, "10.1.0.1")); /* the path is down */
	assert_int_equal(fake_fwd_paths(&f->fwd), 1);
	assert_int_equal(f->fwd.paths[0].down, DROP_UNBOUND);
	/* Another router may not have it yet, and a reload has to wait. */
	{
		struct registration_request request = fixture_request(f, SHADOW_F);

		add_network(&request, "10.1.0.0", 16);
		assert_denied(f, SHADOW_F, &request, CARE_OF, 147);
	}
	assert_int_equal(home_reload(f->home, &f->conf, &err), -EAGAIN);
	fixture_advance(f, time_seconds(3)); /* tried again each second, in vain */
	f->ops.route_set = fake_fwd_ops.route_set;
	fixture_advance(f, time_seconds(1));
	assert_string_equal(fixture_route(f, "10.1.0.0", 24), "unbound");
	assert_int_equal(fake_fwd_paths(&f->fwd), 0);
	assert_int_equal(home_reload(f->home, &f->conf, &err), 0);
}

static void a_route_that_a_reload_could_not_remove(void **state)
{
	static struct conf smaller;
	struct fixture *f = *state;
	struct error err;

	smaller = f->conf;
	smaller.home.subscribers.n_routers = BRANCH_C;
	f->fwd.fail_remove = -EAGAIN;
	assert_int_equal(home_reload(f->home, &smaller, &err), 0);
	assert_string_equal(fixture_route(f, "10.3.0.0", 24), "unbound");
	assert_int_equal(home_reload(f->home, &smaller, &err), -EAGAIN);
	f->fwd.fail_remove = 0;
	fixture_advance(f, time_seconds(2));
	assert_string_equal(fixture_route(f, "10.3.0.0", 24), "none");
	assert_int_equal(home_reload(f->home, &f->conf, &err), 0);
	assert_string_equal(fixture_route(f, "10.3.0.0", 24), "unbound");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_first_registration_is_whole_or_nothing),
		TEST(a_move_is_whole_or_nothing),
		TEST(a_move_with_other_networks),
		cmocka_unit_test_setup_teardown(tables_of_any_size, fixture_prepare,
						fixture_teardown),
		TEST(memory_or_grace_period),
		TEST(withdrawals_that_have_to_wait),
		TEST(a_network_whose_withdrawal_waits_leads_nowhere),
		TEST(a_route_that_a_reload_could_not_remove),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
