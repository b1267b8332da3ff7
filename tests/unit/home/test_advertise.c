/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Who is told of whom, and what: the Prefix Advertisement 50/1 of a few routers (RFC 6521, sections
 * 3.1.1 and 5.5; haaro.md, sections 4.5, 6.4 and 9). test_crowd.c has many.
 */
#include <errno.h>

#include "hex.h"
#include "home/pairs.h"
#include "told.h"
#include "vectors.h"

static struct conf_realm realms[3]; /* of the test that runs */

static void add_realm(struct fixture *f, const char *name)
{
	struct conf_realm *realm = &realms[f->conf.home.subscribers.n_realms++];

	*realm = (struct conf_realm){0};
	snprintf(realm->name, sizeof(realm->name), "%s", name);
	f->conf.home.subscribers.realms = realms;
}

static void keep_one_network(struct fixture *f, int router, const char *address, uint8_t len)
{
	f->routers[router].n_networks = 1;
	f->networks[router][0] = prefix(address, len);
}

/* Proves: H7-009, H7-133, H7-134, H7-135, H7-136, H0-38, R-02 */
static void vector_v1_draws_vector_v2(void **state)
{
	static char sees[2][CONF_REALM_SIZE] = {"a.example.com", "b.example.com"};
	struct fixture *f = *state;
	const struct fake_datagram *sent;
	struct message message;
	uint8_t expected[128];
	size_t len = hex_read(VECTOR_REPLY, expected, sizeof(expected));

	add_realm(f, "a.example.com");
	add_realm(f, "b.example.com");
	add_realm(f, "c.example.com");
	realms[2].sees = sees;
	realms[2].n_sees = 2;
	f->routers[BRANCH_A].realm = 0;
	f->routers[BRANCH_B].realm = 1;
	f->routers[BRANCH_C].realm = 2;
	keep_one_network(f, BRANCH_A, "10.1.0.0", 24);
	keep_one_network(f, BRANCH_B, "10.1.1.0", 24);
	/* The moment that its Identification names. */
	f->core.now.wall = (UINT64_C(0xd2f1a3c4) - NTP_UNIX_OFFSET) * NS_PER_S - time_seconds(60);
	f->conf.home.max_lifetime = time_seconds(300);
	fixture_start(f);
	told_ask(f, BRANCH_B, A | R | O);
	told_ask(f, BRANCH_A, A | R);
	message.len = hex_read(VECTOR_REQUEST, message.bytes, sizeof(message.bytes));
	fixture_deliver(f, &message, CARE_OF, MESSAGE_UDP_PORT);
	sent = fake_link_last(&f->link);
	f->seen = f->link.total_sent;
	assert_int_equal(sent->datagram.len, len);
	assert_memory_equal(sent->bytes, expected, len);
	assert_int_equal(home_counters(f->home)->advertisements, 1);
	assert_int_equal(home_counters(f->home)->advertisement_octets, 0x23 + 4);
}

/* Proves: H7-005 */
static void nobody_is_told_unasked(void **state)
{
	struct fixture *f = *state;
	uint64_t sent;

	told_ask(f, BRANCH_C, A | R);
	sent = f->link.total_sent;
	told_ask(f, BRANCH_A, A);
	told_ask(f, BRANCH_A, A | O);
	fixture_register(f, BRANCH_B, CARE_OF);
	assert_int_equal(f->link.total_sent, sent + 3); /* the replies to these */
	fixture_advance(f, time_seconds(3600));         /* all of them run out */
	assert_int_equal(fixture_bindings(f), 0);
	assert_int_equal(f->link.total_sent, sent + 3);
}

/* Proves: H7-122, H7-123, H0-42, R-01 */
static void only_who_permits_it_is_told_of(void **state)
{
	struct fixture *f = *state;

	f->routers[SHADOW_F].advertise = false;
	fixture_start(f);
	told_ask(f, BRANCH_A, A | R);
	told_ask(f, BRANCH_B, R);     /* permits nothing */
	told_ask(f, NODE_D, A);       /* asks for nothing */
	told_ask(f, SHADOW_F, A | R); /* its policy forbids it */
	assert_told(told_of(f, BRANCH_C, A | R), "192.0.2.1", "192.0.2.4", NULL);
	/* Nobody is told of itself. */
	assert_told(told_of(f, BRANCH_A, A | R), "192.0.2.3", "192.0.2.4", NULL);
	assert_int_equal(told_of(f, BRANCH_A, A)->n, 0);
	assert_told(told_of(f, SHADOW_F, A | R), "192.0.2.1", "192.0.2.3", "192.0.2.4", NULL);
}

static void who_is_gone_is_not_told_of(void **state)
{
	struct fixture *f = *state;
	struct registration_request request;
	struct registration_reply reply;

	told_ask(f, BRANCH_A, A);
	told_ask(f, BRANCH_B, A);
	request = told_request(f, NODE_D, A);
	request.lifetime = 60;
	assert_true(fixture_ask(f, NODE_D, &request, "203.0.113.103", &reply));
	assert_told(told_of(f, BRANCH_C, R), "192.0.2.1", "192.0.2.2", "192.0.2.4", NULL);
	fixture_advance(f, time_seconds(61));
	assert_told(told_of(f, BRANCH_C, R), "192.0.2.1", "192.0.2.2", NULL);
	request = told_request(f, BRANCH_A, A);
	request.lifetime = 0;
	assert_true(fixture_ask(f, BRANCH_A, &request, "203.0.113.100", &reply));
	assert_told(told_of(f, BRANCH_C, R), "192.0.2.2", NULL);
	assert_int_equal(home_clear_binding(f->home, &f->routers[BRANCH_B].home_address), 0);
	assert_int_equal(told_of(f, BRANCH_C, R)->n, 0);
	told_ask(f, BRANCH_B, A);
	assert_told(told_of(f, BRANCH_C, R), "192.0.2.2", NULL);
}

/* Proves: H7-122 */
static void the_next_request_withdraws_the_permission(void **state)
{
	struct fixture *f = *state;

	told_ask(f, BRANCH_B, A | R);
	assert_told(told_of(f, BRANCH_C, R), "192.0.2.2", NULL);
	told_ask(f, BRANCH_B, R);
	assert_int_equal(told_of(f, BRANCH_C, R)->n, 0);
	told_ask(f, BRANCH_B, A);
	assert_told(told_of(f, BRANCH_C, R), "192.0.2.2", NULL);
	fixture_register(f, BRANCH_B, "203.0.113.101");
	assert_int_equal(told_of(f, BRANCH_C, R)->n, 0);
}

static void assert_networks(const struct told_router *router, const char *first, const char *second)
{
	const char *expected[] = {first, second};

	assert_non_null(router);
	for (size_t i = 0; i < 2; i++) {
		if (!expected[i]) {
			assert_int_equal(router->n_networks, i);
			return;
		}
		assert_true(i < router->n_networks);
		assert_int_equal(router->networks[i].addr.v4, ip(expected[i]));
		assert_int_equal(router->networks[i].len, 24);
	}
	assert_int_equal(router->n_networks, 2);
}

/* Proves: H7-150 */
static void networks_are_those_that_it_holds(void **state)
{
	struct fixture *f = *state;
	struct registration_request request;
	struct registration_reply reply;
	const struct told *told;

	told_ask(f, BRANCH_A, A); /* explicit */
	told_ask(f, BRANCH_B, A); /* implicit */
	told_ask(f, NODE_D, A);   /* none: its home address alone */
	told = told_of(f, BRANCH_C, R);
	assert_int_equal(told->n, 3);
	assert_networks(told_find(told, "192.0.2.1"), "10.1.0.0", "10.1.64.0");
	assert_networks(told_find(told, "192.0.2.2"), "10.2.0.0", "10.2.64.0");
	assert_networks(told_find(told, "192.0.2.4"), NULL, NULL);
	/* It asks for one of its two, and for one that is not its own. */
	request = fixture_request(f, BRANCH_A);
	request.care_of = ip("203.0.113.100");
	request.capability.is_present = true;
	request.capability.flags = A;
	add_network(&request, "10.1.64.0", 24);
	add_network(&request, "10.77.0.0", 24);
	assert_true(fixture_ask(f, BRANCH_A, &request, "203.0.113.100", &reply));
	told = told_of(f, BRANCH_C, R);
	assert_networks(told_find(told, "192.0.2.1"), "10.1.64.0", NULL);
	/* What another holds already is not its own either. */
	told_ask(f, SHADOW_F, A);
	told = told_of(f, BRANCH_C, R);
	assert_networks(told_find(told, "192.0.2.6"), NULL, NULL);
}

static int refuse_to_withdraw(struct fwd *fwd, const struct fwd_route *route)
{
	return route->nexthop.kind == NEXTHOP_UNREACHABLE ? -EAGAIN
							  : fake_fwd_ops.route_set(fwd, route);
}

/* Its route is still there, for the table lets go of nothing at the moment: it goes nowhere. */
static void a_network_on_its_way_out_is_not_told(void **state)
{
	struct fixture *f = *state;
	struct registration_request request;
	struct registration_reply reply;

	told_ask(f, BRANCH_A, A);
	f->ops.route_set = refuse_to_withdraw;
	request = told_request(f, BRANCH_A, A);
	request.n_networks = 1;
	assert_true(fixture_ask(f, BRANCH_A, &request, "203.0.113.100", &reply));
	assert_string_equal(fixture_route(f, "10.1.64.0", 24), "path");
	assert_networks(&told_of(f, BRANCH_C, R)->routers[0], "10.1.0.0", NULL);
}

/* Proves: H7-139 */
static void no_realm_is_one_octet(void **state)
{
	static const uint8_t expected[] = {0x40, 192, 0, 2, 1, 24, 10, 1, 0, 0};
	struct fixture *f = *state;
	struct registration_reply reply;

	keep_one_network(f, BRANCH_A, "10.1.0.0", 24);
	fixture_start(f);
	told_ask(f, BRANCH_A, A);
	reply = told_ask(f, BRANCH_C, R);
	assert_int_equal(reply.advertisement.len, sizeof(expected));
	assert_memory_equal(reply.advertisement.data, expected, sizeof(expected));
}

/*
 * acme sees itself, for it names nobody; the supplier sees acme, and not itself; who has no realm
 * sees who has none.
 */
static void realms_keep_to_themselves(void **state)
{
	static char sees[2][CONF_REALM_SIZE] = {"acme", "acme"};
	struct fixture *f = *state;

	add_realm(f, "acme");
	add_realm(f, "supplier");
	realms[1].sees = sees;
	realms[1].n_sees = 2; /* one of them twice */
	f->routers[BRANCH_A].realm = f->routers[BRANCH_B].realm = 0;
	f->routers[BRANCH_C].realm = f->routers[NODE_D].realm = 1;
	fixture_start(f);
	for (int i = 0; i < ROUTERS; i++)
		if (i != STRAY_G && i != NONCE_E)
			told_ask(f, i, A | R);
	assert_told(told_of(f, BRANCH_A, A | R), "192.0.2.2", NULL);
	assert_told(told_of(f, BRANCH_B, A | R), "192.0.2.1", NULL);
	assert_told(told_of(f, BRANCH_C, A | R), "192.0.2.1", "192.0.2.2", NULL);
	assert_told(told_of(f, NODE_D, A | R), "192.0.2.1", "192.0.2.2", NULL);
	assert_int_equal(told_of(f, SHADOW_F, A | R)->n, 0);
	assert_string_equal(told_of(f, BRANCH_A, A | R)->routers[0].realm, "acme");
}

/* Proves: H7-125, H7-138 */
static void outbound_only_is_passed_on(void **state)
{
	struct fixture *f = *state;

	told_ask(f, BRANCH_A, A | O);
	assert_int_equal(told_of(f, BRANCH_C, R)->routers[0].info, 1);
	told_ask(f, BRANCH_A, A);
	assert_int_equal(told_of(f, BRANCH_C, R)->routers[0].info, 0);
}

static void register_behind_nat(struct fixture *f, int router, bool behind)
{
	struct registration_request request = told_request(f, router, A);
	struct registration_reply reply;

	ask_udp(&request, true);
	assert_true(fixture_ask(f, router, &request, behind ? NAT : "203.0.113.100", &reply));
	assert_int_equal(reply.code, 0);
}

/* haaro-00.md, section 3: adv_nat_detect */
static void a_nat_is_passed_on_if_so_configured(void **state)
{
	struct fixture *f = *state;

	for (int detect = 0; detect < 2; detect++) {
		f->conf.home.detect_nat = detect;
		fixture_start(f);
		register_behind_nat(f, BRANCH_A, true);
		assert_int_equal(told_of(f, BRANCH_C, R)->routers[0].info, detect);
		register_behind_nat(f, BRANCH_A, false);
		assert_int_equal(told_of(f, BRANCH_C, R)->routers[0].info, 0);
		fixture_stop(f);
	}
}

/* --- order --------------------------------------------------------------------------------------- */

static void add_pair(struct fixture *f, const char *from, const char *to, uint64_t samples)
{
	struct fwd_nexthop nexthop[2];
	struct ip_addr ends[2] = {addr(from), addr(to)};

	for (int i = 0; i < 2; i++) {
		assert_int_equal(f->ops.route_lookup(&f->fwd, REALM_MAIN, &ends[i], &nexthop[i]),
				 0);
		assert_int_equal(nexthop[i].kind, NEXTHOP_PATH);
	}
	f->fwd.pairs[f->fwd.n_pairs++] = (struct fwd_pair){nexthop[0].id, nexthop[1].id, samples};
}

/* Proves: H7-010, H0-02 */
static void most_desired_come_first(void **state)
{
	struct fixture *f = *state;

	f->routers[SHADOW_F].priority = 3;
	f->routers[NODE_D].priority = 2;
	f->routers[BRANCH_A].priority = 10000; /* no more than anybody else */
	fixture_start(f);
	told_ask(f, BRANCH_A, A);
	told_ask(f, BRANCH_B, A);
	told_ask(f, BRANCH_C, A);
	told_ask(f, NODE_D, A);
	told_ask(f, SHADOW_F, A);
	assert_told(told_of(f, BRANCH_A, A | R), "192.0.2.4", "192.0.2.6", "192.0.2.2", "192.0.2.3",
		    NULL);
	/* Whom it talks to comes next, by how much; whoever began. */
	add_pair(f, "192.0.2.3", "192.0.2.1", 100);
	add_pair(f, "192.0.2.1", "192.0.2.2", 50);
	add_pair(f, "192.0.2.1", "192.0.2.4", 500);
	fixture_advance(f, PAIRS_PERIOD);
	assert_told(told_of(f, BRANCH_A, A | R), "192.0.2.4", "192.0.2.6", "192.0.2.3", "192.0.2.2",
		    NULL);
	/* To others it means nothing. */
	assert_told(told_of(f, SHADOW_F, A | R), "192.0.2.4", "192.0.2.2", "192.0.2.3", "192.0.2.1",
		    NULL);
	/* Nor is who withdraws the permission. */
	told_ask(f, BRANCH_C, R);
	assert_told(told_of(f, BRANCH_A, A | R), "192.0.2.4", "192.0.2.6", "192.0.2.2", NULL);
}

/* Of all realms that it sees, whatever their order; equals stay in it. */
static void most_desired_of_all_realms(void **state)
{
	static char sees[2][CONF_REALM_SIZE] = {"a", "b"};
	struct fixture *f = *state;

	add_realm(f, "a");
	add_realm(f, "b");
	add_realm(f, "c");
	realms[2].sees = sees;
	realms[2].n_sees = 2;
	f->routers[BRANCH_A].realm = f->routers[SHADOW_F].realm = 0;
	f->routers[BRANCH_B].realm = f->routers[NODE_D].realm = 1;
	f->routers[BRANCH_C].realm = 2;
	f->routers[BRANCH_A].priority = 4;
	f->routers[SHADOW_F].priority = f->routers[NODE_D].priority = 3;
	f->routers[BRANCH_B].priority = 2;
	fixture_start(f);
	told_ask(f, BRANCH_A, A);
	told_ask(f, BRANCH_B, A);
	told_ask(f, NODE_D, A);
	told_ask(f, SHADOW_F, A);
	assert_told(told_of(f, BRANCH_C, A | R), "192.0.2.2", "192.0.2.6", "192.0.2.4", "192.0.2.1",
		    NULL);
}

/* To talk to somebody is no way to be told of whom one may not see. */
static void who_talks_is_not_seen_for_that(void **state)
{
	struct fixture *f = *state;

	add_realm(f, "acme");
	f->routers[BRANCH_B].realm = 0;
	fixture_start(f);
	told_ask(f, BRANCH_A, A);
	told_ask(f, BRANCH_B, A);
	told_ask(f, BRANCH_C, A);
	add_pair(f, "192.0.2.1", "192.0.2.2", 100);
	fixture_advance(f, PAIRS_PERIOD);
	assert_told(told_of(f, BRANCH_A, A | R), "192.0.2.3", NULL);
}

/* A /0 needs a master before it (haaro.md, A11): its router's other network, else its home address. */
static void a_default_route_is_told_as_a_difference(void **state)
{
	static const uint8_t alone[] = {0x40, 192, 0, 2, 4, 32, 192, 0, 2, 4, 0, 0x80, 0, 0};
	static const uint8_t both[] = {0x40, 192, 0, 2, 4, 24, 10, 4, 0, 0, 0x80, 0, 0};
	struct fixture *f = *state;
	struct registration_reply reply;

	f->routers[NODE_D].networks_mode = CONF_NETWORKS_IMPLICIT;
	f->routers[NODE_D].n_networks = 1;
	f->networks[NODE_D][0] = prefix("0.0.0.0", 0);
	f->networks[NODE_D][1] = prefix("10.4.0.0", 24);
	fixture_start(f);
	told_ask(f, NODE_D, A);
	reply = told_ask(f, BRANCH_C, R);
	assert_int_equal(reply.advertisement.len, sizeof(alone));
	assert_memory_equal(reply.advertisement.data, alone, sizeof(alone));
	fixture_stop(f);
	f->routers[NODE_D].n_networks = 2;
	fixture_start(f);
	told_ask(f, NODE_D, A);
	reply = told_ask(f, BRANCH_C, R);
	assert_int_equal(reply.advertisement.len, sizeof(both));
	assert_memory_equal(reply.advertisement.data, both, sizeof(both));
}

/* --- another configuration ----------------------------------------------------------------------- */

static struct conf next; /* of the test that runs */
static struct conf_router next_routers[ROUTERS];

/* Each reload has a configuration of its own: the one in force stays as it is. */
static struct conf confs[16];
static struct conf_router routers[16][ROUTERS];
static size_t n_confs;

static void copy(struct fixture *f)
{
	next = f->conf;
	memcpy(next_routers, f->routers, sizeof(next_routers));
	n_confs = 0;
}

static void reload(struct fixture *f)
{
	struct conf *conf = &confs[n_confs];
	struct error err;

	*conf = next;
	conf->home.subscribers.routers = routers[n_confs];
	memcpy(routers[n_confs++], next_routers, sizeof(next_routers));
	assert_int_equal(home_reload(f->home, conf, &err), 0);
}

/* What was registered before the reload is told by the new rules from the next reply on. */
static void a_reload_changes_what_is_told(void **state)
{
	struct fixture *f = *state;

	add_realm(f, "acme");
	fixture_start(f);
	told_ask(f, BRANCH_A, A | R);
	told_ask(f, BRANCH_B, A | R);
	assert_told(told_of(f, BRANCH_C, R), "192.0.2.1", "192.0.2.2", NULL);
	copy(f);
	reload(f);
	assert_told(told_of(f, BRANCH_C, R), "192.0.2.1", "192.0.2.2", NULL);
	next_routers[BRANCH_B].priority = 1;
	reload(f);
	assert_told(told_of(f, BRANCH_C, R), "192.0.2.2", "192.0.2.1", NULL);
	next_routers[BRANCH_A].advertise = false;
	reload(f);
	assert_told(told_of(f, BRANCH_C, R), "192.0.2.2", NULL);
	next_routers[BRANCH_B].realm = 0;
	reload(f);
	assert_int_equal(told_of(f, BRANCH_C, R)->n, 0);
	next_routers[BRANCH_C].realm = 0;
	next_routers[BRANCH_A].advertise = true;
	reload(f);
	assert_told(told_of(f, BRANCH_C, R), "192.0.2.2", NULL);
	assert_string_equal(told_of(f, BRANCH_C, R)->routers[0].realm, "acme");
	next.home.route_optimization = false;
	reload(f);
	assert_false(told_ask(f, BRANCH_C, R).optimization.is_present);
	next.home.route_optimization = true;
	reload(f);
	assert_told(told_of(f, BRANCH_C, R), "192.0.2.2", NULL);
	next_routers[BRANCH_B].refuse_optimization = true;
	reload(f);
	assert_int_equal(told_of(f, BRANCH_C, R)->n, 0);
}

/* A network that the reload takes or gives is told so without waiting for its router. */
static void a_reload_changes_networks(void **state)
{
	struct fixture *f = *state;
	const struct told *told;

	told_ask(f, BRANCH_B, A | R);
	copy(f);
	next_routers[BRANCH_B].n_networks = 1;
	reload(f);
	told = told_of(f, BRANCH_C, R);
	assert_networks(told_find(told, "192.0.2.2"), "10.2.0.0", NULL);
	next_routers[BRANCH_B].n_networks = 2;
	reload(f);
	told = told_of(f, BRANCH_C, R);
	assert_networks(told_find(told, "192.0.2.2"), "10.2.0.0", "10.2.64.0");
}

static void a_router_that_is_removed_is_forgotten(void **state)
{
	struct fixture *f = *state;

	told_ask(f, BRANCH_A, A | R);
	told_ask(f, BRANCH_B, A | R);
	told_ask(f, SHADOW_F, A | R);
	told_ask(f, BRANCH_C, A | R);
	add_pair(f, "192.0.2.3", "192.0.2.6", 1);
	copy(f);
	next.home.subscribers.n_routers = SHADOW_F;
	reload(f);
	fixture_advance(f, 2 * PAIRS_PERIOD);
	assert_told(told_of(f, BRANCH_C, R), "192.0.2.1", "192.0.2.2", NULL);
}

#define TEST(name)    cmocka_unit_test_setup_teardown(name, told_setup, fixture_teardown)
#define STOPPED(name) cmocka_unit_test_setup_teardown(name, told_prepare, fixture_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		STOPPED(vector_v1_draws_vector_v2),
		TEST(nobody_is_told_unasked),
		STOPPED(only_who_permits_it_is_told_of),
		TEST(who_is_gone_is_not_told_of),
		TEST(the_next_request_withdraws_the_permission),
		TEST(networks_are_those_that_it_holds),
		TEST(a_network_on_its_way_out_is_not_told),
		STOPPED(no_realm_is_one_octet),
		STOPPED(realms_keep_to_themselves),
		TEST(outbound_only_is_passed_on),
		STOPPED(a_nat_is_passed_on_if_so_configured),
		STOPPED(most_desired_come_first),
		STOPPED(most_desired_of_all_realms),
		STOPPED(who_talks_is_not_seen_for_that),
		STOPPED(a_default_route_is_told_as_a_difference),
		STOPPED(a_reload_changes_what_is_told),
		TEST(a_reload_changes_networks),
		TEST(a_router_that_is_removed_is_forgotten),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
