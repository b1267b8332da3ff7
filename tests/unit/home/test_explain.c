/* SPDX-License-Identifier: BSD-3-Clause */
/* Route optimization at the hub as an operator sees it: who is advertised, and why a pair is not. */
#include "told.h"

static struct conf_realm realms[2];

static int explain_prepare(void **state)
{
	static char sees[1][CONF_REALM_SIZE] = {"acme"};
	struct fixture *f;

	told_prepare(state);
	f = *state;
	realms[0] = (struct conf_realm){.name = "acme"};
	realms[1] = (struct conf_realm){.name = "supplier", .sees = sees, .n_sees = 1};
	f->conf.home.subscribers.realms = realms;
	f->conf.home.subscribers.n_realms = 2;
	f->routers[BRANCH_A].realm = f->routers[BRANCH_B].realm = 0;
	f->routers[BRANCH_C].realm = 1;
	f->routers[BRANCH_B].priority = 4;
	return 0;
}

/* --- who is advertised --------------------------------------------------------------------------- */

struct rows {
	size_t n;
	size_t most;
	struct home_advertised_view views[ROUTERS];
	const char *seen_by[ROUTERS][3];
};

static bool take(void *arg, const struct home_advertised_view *view)
{
	struct rows *rows = arg;

	assert_true(rows->n < ROUTERS);
	assert_in_range(view->n_seen_by, 1, 3);
	for (size_t i = 0; i < view->n_seen_by; i++)
		rows->seen_by[rows->n][i] = view->seen_by[i];
	rows->views[rows->n++] = *view;
	return rows->n < rows->most;
}

static void each_advertised_router_is_a_row(void **state)
{
	struct fixture *f = *state;
	struct rows rows = {.most = ROUTERS};

	fixture_start(f);
	home_walk_advertised(f->home, take, &rows);
	assert_int_equal(rows.n, 0);
	told_ask(f, BRANCH_A, A | R);
	told_ask(f, BRANCH_C, R);
	told_ask(f, NODE_D, A);
	fixture_advance(f, time_seconds(7));
	told_ask(f, BRANCH_A, A | R); /* since the first time */
	told_ask(f, BRANCH_B, A | O);
	fixture_advance(f, time_seconds(2));
	home_walk_advertised(f->home, take, &rows);
	assert_int_equal(rows.n, 3);
	assert_string_equal(rows.views[0].name, "branch-b"); /* by realm, then by priority */
	assert_int_equal(rows.views[0].home_address.v4, ip("192.0.2.2"));
	assert_string_equal(rows.views[0].realm, "acme");
	assert_int_equal(rows.views[0].n_networks, 2);
	assert_int_equal(rows.views[0].priority, 4);
	assert_true(rows.views[0].outbound);
	assert_int_equal(rows.views[0].age, time_seconds(2));
	assert_int_equal(rows.views[0].n_seen_by, 2);
	assert_string_equal(rows.seen_by[0][0], "acme");
	assert_string_equal(rows.seen_by[0][1], "supplier");
	assert_string_equal(rows.views[1].name, "branch-a");
	assert_false(rows.views[1].outbound);
	assert_int_equal(rows.views[1].age, time_seconds(9));
	assert_string_equal(rows.views[2].name, "node-d");
	assert_string_equal(rows.views[2].realm, "");
	assert_int_equal(rows.views[2].n_networks, 0);
	assert_int_equal(rows.views[2].n_seen_by, 1);
	assert_string_equal(rows.seen_by[2][0], "");
	/* The caller may have had enough. */
	rows.n = 0;
	rows.most = 2;
	home_walk_advertised(f->home, take, &rows);
	assert_int_equal(rows.n, 2);
}

/* An age outlives a reload, unless nobody was told meanwhile. */
static void an_age_outlives_a_reload(void **state)
{
	struct fixture *f = *state;
	struct conf next = f->conf;
	struct conf_router routers[ROUTERS];
	struct rows rows = {.most = ROUTERS};
	struct registration_request request;
	struct registration_reply reply;
	struct error err;

	memcpy(routers, f->routers, sizeof(routers));
	routers[BRANCH_A].advertise = false;
	next.home.subscribers.routers = routers;
	fixture_start(f);
	request = told_request(f, BRANCH_A, A);
	request.n_networks = 1;
	assert_true(fixture_ask(f, BRANCH_A, &request, "203.0.113.100", &reply));
	told_ask(f, NODE_D, A);
	fixture_advance(f, time_seconds(3));
	assert_int_equal(home_reload(f->home, &next, &err), 0);
	assert_int_equal(home_reload(f->home, &f->conf, &err), 0);
	fixture_advance(f, time_seconds(2));
	home_walk_advertised(f->home, take, &rows);
	assert_int_equal(rows.n, 2);
	assert_string_equal(rows.views[0].name, "branch-a");
	assert_int_equal(rows.views[0].n_networks, 1);
	assert_int_equal(rows.views[0].age, time_seconds(2));
	assert_int_equal(rows.views[1].age, time_seconds(5));
}

static void nobody_is_advertised_where_nobody_is_told(void **state)
{
	struct fixture *f = *state;
	struct rows rows = {.most = ROUTERS};

	f->conf.home.route_optimization = false;
	fixture_start(f);
	told_ask(f, BRANCH_A, A | R);
	home_walk_advertised(f->home, take, &rows);
	assert_int_equal(rows.n, 0);
}

/* --- two addresses ------------------------------------------------------------------------------- */

static struct home_pair_view explain(struct fixture *f, const char *source, const char *destination)
{
	struct ip_addr ends[2] = {addr(source), addr(destination)};

	return home_explain(f->home, &ends[0], &ends[1]);
}

static void a_pair_that_may(void **state)
{
	struct fixture *f = *state;
	struct registration_request request;
	struct registration_reply reply;
	struct home_pair_view view;

	fixture_start(f);
	told_ask(f, BRANCH_A, A | R | O);
	request = told_request(f, BRANCH_B, R);
	ask_udp(&request, false);
	assert_true(fixture_ask(f, BRANCH_B, &request, NAT, &reply));
	view = explain(f, "10.1.64.7", "192.0.2.2");
	assert_true(view.enabled);
	assert_string_equal(view.source.name, "branch-a");
	assert_int_equal(view.source.home_address.v4, ip("192.0.2.1"));
	assert_int_equal(view.source.network.addr.v4, ip("10.1.64.0"));
	assert_int_equal(view.source.network.len, 24);
	assert_string_equal(view.source.realm, "acme");
	assert_true(view.source.bound && view.source.optimizes && view.source.advertises);
	assert_true(view.source.outbound && view.source.listed && view.source.sees);
	assert_true(view.source.advertised_by_policy);
	assert_false(view.source.nat || view.source.refused);
	assert_string_equal(view.destination.name, "branch-b");
	assert_int_equal(view.destination.network.addr.v4, ip("192.0.2.2"));
	assert_int_equal(view.destination.network.len, 32);
	assert_true(view.destination.bound && view.destination.optimizes && view.destination.sees);
	assert_true(view.destination.nat);
	assert_false(view.destination.advertises || view.destination.listed);
	assert_false(view.destination.outbound);
}

static void what_stands_in_the_way(void **state)
{
	struct fixture *f = *state;
	struct home_pair_view view;

	f->routers[BRANCH_C].advertise = false;
	f->routers[BRANCH_C].refuse_optimization = true;
	f->conf.home.route_optimization = false;
	fixture_start(f);
	told_ask(f, BRANCH_C, A);
	/* Each way has its own permission: the supplier sees acme, which sees itself. */
	view = explain(f, "192.0.2.1", "10.3.0.1");
	assert_false(view.enabled);
	assert_false(view.source.bound || view.source.optimizes || view.source.sees);
	assert_string_equal(view.destination.realm, "supplier");
	assert_true(view.destination.bound && view.destination.sees);
	assert_true(view.destination.refused && view.destination.advertises);
	assert_false(view.destination.advertised_by_policy || view.destination.listed);
	/* Nobody's, one's own, and of no realm. */
	view = explain(f, "198.18.0.1", "10.3.0.1");
	assert_null(view.source.name);
	assert_false(view.source.sees || view.destination.sees);
	view = explain(f, "192.0.2.1", "192.0.2.1");
	assert_string_equal(view.destination.name, "branch-a");
	assert_false(view.source.sees || view.destination.sees);
	view = explain(f, "192.0.2.4", "192.0.2.6");
	assert_string_equal(view.source.realm, "");
	assert_true(view.source.sees && view.destination.sees);
}

/* Its narrowest network, and only while its router holds it. */
static void addresses_belong_to_who_holds_them(void **state)
{
	struct fixture *f = *state;
	struct registration_request request;
	struct registration_reply reply;
	struct home_pair_view view;

	fixture_start(f);
	view = explain(f, "10.1.0.1", "10.2.64.1");
	assert_null(view.source.name);
	assert_null(view.destination.name);
	told_ask(f, BRANCH_A, A);
	told_ask(f, BRANCH_B, A);
	view = explain(f, "10.1.0.0", "10.2.64.255");
	assert_string_equal(view.source.name, "branch-a");
	assert_string_equal(view.destination.name, "branch-b");
	view = explain(f, "10.1.1.0", "10.2.63.255");
	assert_null(view.source.name);
	assert_null(view.destination.name);
	/* Around branch-a's networks lies one of shadow-f's, once they are free. */
	request = told_request(f, BRANCH_A, A);
	request.lifetime = 0;
	assert_true(fixture_ask(f, BRANCH_A, &request, "203.0.113.100", &reply));
	told_ask(f, SHADOW_F, A);
	view = explain(f, "10.1.0.1", "10.1.255.255");
	assert_string_equal(view.source.name, "shadow-f");
	assert_int_equal(view.source.network.len, 16);
	assert_string_equal(view.destination.name, "shadow-f");
	/* Of branch-b's two it got none that branch-b holds. */
	view = explain(f, "10.2.0.1", "10.0.0.1");
	assert_string_equal(view.source.name, "branch-b");
	assert_null(view.destination.name);
}

#define STOPPED(name) cmocka_unit_test_setup_teardown(name, explain_prepare, fixture_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		STOPPED(each_advertised_router_is_a_row),
		STOPPED(an_age_outlives_a_reload),
		STOPPED(nobody_is_advertised_where_nobody_is_told),
		STOPPED(a_pair_that_may),
		STOPPED(what_stands_in_the_way),
		STOPPED(addresses_belong_to_who_holds_them),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
