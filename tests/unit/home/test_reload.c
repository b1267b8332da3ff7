/* SPDX-License-Identifier: BSD-3-Clause */
/* Another subscriber file: untouched routers notice nothing, the others at once. */
#include <errno.h>
#include <string.h>

#include "fixture.h"
#include "wire/revocation.h"

/* The configuration to come: a copy that a test changes. It must live as long as it is in force. */
struct next {
	struct conf conf;
	struct conf_router routers[ROUTERS + 1];
	struct ip_prefix networks[ROUTERS + 1][4];
};

static struct next next; /* of the test that runs */

static void copy(struct fixture *f)
{
	next.conf = f->conf;
	memcpy(next.routers, f->routers, sizeof(f->routers));
	memcpy(next.networks, f->networks, sizeof(f->networks));
	for (size_t i = 0; i < ROUTERS; i++)
		next.routers[i].networks = next.networks[i];
	next.conf.home.subscribers.routers = next.routers;
}

static void reload(struct fixture *f)
{
	struct error err;

	assert_int_equal(home_reload(f->home, &next.conf, &err), 0);
}

static void drop_router(int router)
{
	size_t n = --next.conf.home.subscribers.n_routers;

	memmove(&next.routers[router], &next.routers[router + 1],
		(n - (size_t)router) * sizeof(next.routers[0]));
}

static void the_same_file_changes_nothing(void **state)
{
	struct fixture *f = *state;
	struct home_binding_view before;
	unsigned int changes;
	struct registration_reply reply;

	fixture_register(f, BRANCH_A, CARE_OF);
	fixture_register(f, BRANCH_B, ELSEWHERE);
	before = *fixture_binding(f, BRANCH_A);
	changes = f->fwd.changes;
	copy(f);
	reload(f);
	assert_int_equal(f->fwd.changes, changes);
	assert_int_equal(fixture_binding(f, BRANCH_A)->identification, before.identification);
	assert_int_equal(fixture_binding(f, BRANCH_A)->tunnel.index, before.tunnel.index);
	assert_int_equal(fixture_binding(f, BRANCH_A)->n_networks, 2);
	/* Replay state too: nothing old becomes new. */
	f->last_id -= 0x100000;
	{
		struct registration_request request = fixture_request(f, BRANCH_A);

		request.identification = before.identification - 1;
		assert_denied(f, BRANCH_A, &request, CARE_OF, 133);
	}
	fixture_advance(f, time_seconds(300));
	reply = fixture_register(f, BRANCH_A, CARE_OF);
	assert_int_equal(reply.n_acks, 2);
	assert_int_equal(f->link.opened, 2);
	/* And the binding still ends in its time. */
	fixture_advance(f, time_seconds(300));
	assert_null(fixture_binding(f, BRANCH_B));
	assert_non_null(fixture_binding(f, BRANCH_A));
}

static void a_removed_router_goes_and_is_told(void **state)
{
	struct fixture *f = *state;
	struct registration_request request = fixture_request(f, BRANCH_C);
	struct registration_reply reply;
	struct revocation revocation;
	struct message message;
	struct event event;

	request.revocation.is_present = true;
	assert_true(fixture_ask(f, BRANCH_C, &request, CARE_OF, &reply));
	fixture_register(f, BRANCH_A, ELSEWHERE);
	fixture_advance(f, time_seconds(10));
	copy(f);
	drop_router(BRANCH_C);
	reload(f);
	assert_int_equal(fixture_bindings(f), 1);
	assert_string_equal(fixture_route(f, "10.3.0.0", 24), "none");
	assert_string_equal(fixture_route(f, "192.0.2.3", 32), "none");
	assert_int_equal(fixture_tunnel(f, "10.1.0.1")->remote.v4, ip(ELSEWHERE));
	assert_true(fixture_event(f, EVENT_BINDING_REVOKED, &event));
	fixture_advance(f, 0);
	assert_int_equal(f->link.total_sent, f->seen + 1);
	f->seen++;
	assert_int_equal(revocation_parse(fake_link_last(&f->link)->bytes,
					  fake_link_last(&f->link)->datagram.len, &revocation),
			 WIRE_OK);
	/* It may not register any more. */
	request.identification = fixture_request(f, BRANCH_C).identification;
	message = fixture_sign(f, BRANCH_C, 0, &request);
	assert_discarded(f, &message, &home_counters(f->home)->no_association);
	{
		struct revocation_ack ack = {
			.home_address = ip("192.0.2.3"),
			.identifier = revocation.identifier,
		};
		struct writer writer = writer_of(message.bytes, sizeof(message.bytes));

		assert_int_equal(revocation_ack_build(&ack, &writer), WIRE_OK);
		assert_int_equal(sa_sign(&f->sa[BRANCH_C].entries[0], &writer), 0);
		message.len = writer.len;
		fixture_deliver(f, &message, CARE_OF, 434);
	}
	fixture_advance(f, time_seconds(100));
	assert_int_equal(f->link.total_sent, f->seen);
}

static void a_removed_router_that_never_answers(void **state)
{
	struct fixture *f = *state;
	struct registration_request request = fixture_request(f, BRANCH_C);
	struct registration_reply reply;

	request.revocation.is_present = true;
	assert_true(fixture_ask(f, BRANCH_C, &request, CARE_OF, &reply));
	copy(f);
	drop_router(BRANCH_C);
	reload(f);
	fixture_advance(f, time_seconds(2000)); /* forgotten; the teardown finds no timer */
	f->seen = f->link.total_sent;
	reload(f); /* and again with nobody leaving */
}

static void a_new_router_may_register(void **state)
{
	struct fixture *f = *state;
	struct registration_request request;
	struct registration_reply reply;
	struct message message;
	struct sa sa;
	struct writer writer;

	copy(f);
	next.routers[ROUTERS] = next.routers[NODE_D];
	snprintf(next.routers[ROUTERS].name, CONF_NAME_SIZE, "branch-h");
	next.routers[ROUTERS].home_address = addr("192.0.2.8");
	next.routers[ROUTERS].networks = next.networks[ROUTERS];
	next.routers[ROUTERS].n_networks = 1;
	next.networks[ROUTERS][0] = prefix("10.8.0.0", 24);
	next.conf.home.subscribers.n_routers++;
	reload(f);
	assert_string_equal(fixture_route(f, "10.8.0.0", 24), "unbound");
	assert_int_equal(sa_init(&sa, f->engine, next.routers[ROUTERS].keys, 1), 0);
	request = fixture_request(f, NODE_D);
	request.home_address = ip("192.0.2.8");
	add_network(&request, "10.8.0.0", 24);
	writer = writer_of(message.bytes, sizeof(message.bytes));
	assert_int_equal(registration_request_build(&request, &writer), WIRE_OK);
	assert_int_equal(sa_sign(&sa.entries[0], &writer), 0);
	message.len = writer.len;
	fixture_deliver(f, &message, CARE_OF, 434);
	assert_true(fixture_reply(f, NODE_D, &reply)); /* the same key */
	assert_int_equal(reply.code, 0);
	assert_string_equal(fixture_route(f, "10.8.0.0", 24), "path");
	sa_fini(&sa);
}

static void changed_keys_apply(void **state)
{
	struct fixture *f = *state;
	struct registration_request request;
	struct registration_reply reply;
	struct message message;

	fixture_register(f, BRANCH_A, CARE_OF);
	copy(f);
	next.routers[BRANCH_A].n_keys = 1; /* the first is rolled out, the second stays */
	next.routers[BRANCH_A].keys[0] = next.routers[BRANCH_A].keys[1];
	reload(f);
	assert_non_null(fixture_binding(f, BRANCH_A));
	request = fixture_request(f, BRANCH_A);
	message = fixture_sign(f, BRANCH_A, 0, &request);
	assert_discarded(f, &message, &home_counters(f->home)->auth_failed);
	message = fixture_sign(f, BRANCH_A, 1, &request);
	fixture_deliver(f, &message, CARE_OF, 434);
	assert_true(fixture_reply(f, BRANCH_A, &reply));
	assert_int_equal(reply.code, 0);
	assert_int_equal(reply.auth.spi, 1001);
}

static void a_network_taken_away_goes_at_once(void **state)
{
	struct fixture *f = *state;

	fixture_register(f, BRANCH_A, CARE_OF);
	copy(f);
	next.routers[BRANCH_A].n_networks = 1;
	reload(f);
	assert_string_equal(fixture_route(f, "10.1.0.0", 24), "path");
	assert_string_equal(fixture_route(f, "10.1.64.0", 24), "none");
	assert_int_equal(fixture_binding(f, BRANCH_A)->n_networks, 1);
	/* Given back: unreachable until it is asked for. */
	copy(f);
	reload(f);
	assert_string_equal(fixture_route(f, "10.1.64.0", 24), "unbound");
}

static void an_implicit_network_comes_at_once(void **state)
{
	struct fixture *f = *state;

	fixture_register(f, BRANCH_B, CARE_OF);
	copy(f);
	next.networks[BRANCH_B][2] = prefix("10.2.128.0", 24);
	next.routers[BRANCH_B].n_networks = 3;
	reload(f);
	assert_string_equal(fixture_route(f, "10.2.128.0", 24), "path");
	assert_int_equal(fixture_binding(f, BRANCH_B)->n_networks, 3);
}

/* Who asks for each of its networks has to ask for a new one too. */
static void an_explicit_network_has_to_be_asked_for(void **state)
{
	struct fixture *f = *state;
	struct registration_request request = fixture_request(f, BRANCH_C);
	struct registration_reply reply;

	add_network(&request, "10.3.0.0", 24); /* of a router that may do either */
	assert_true(fixture_ask(f, BRANCH_C, &request, CARE_OF, &reply));
	copy(f);
	next.networks[BRANCH_C][1] = prefix("10.3.64.0", 24);
	next.routers[BRANCH_C].n_networks = 2;
	reload(f);
	assert_string_equal(fixture_route(f, "10.3.64.0", 24), "unbound");
	assert_int_equal(fixture_binding(f, BRANCH_C)->n_networks, 1);
}

/* The network of one router is given to another: only one holds it at any time. */
static void a_network_changes_hands(void **state)
{
	struct fixture *f = *state;

	fixture_register(f, BRANCH_A, CARE_OF);
	fixture_register(f, BRANCH_B, ELSEWHERE);
	copy(f);
	next.routers[BRANCH_A].n_networks = 1;
	next.networks[BRANCH_B][2] = prefix("10.1.64.0", 24);
	next.routers[BRANCH_B].n_networks = 3;
	reload(f);
	assert_int_equal(fixture_tunnel(f, "10.1.64.1")->remote.v4, ip(ELSEWHERE));
	assert_int_equal(fixture_tunnel(f, "10.1.0.1")->remote.v4, ip(CARE_OF));
}

/* To one that is not bound: it leads nowhere, not to where it led before. */
static void a_network_goes_to_an_absent_router(void **state)
{
	struct fixture *f = *state;

	fixture_register(f, BRANCH_A, CARE_OF);
	copy(f);
	next.routers[BRANCH_A].n_networks = 1;
	next.networks[BRANCH_C][1] = prefix("10.1.64.0", 24);
	next.routers[BRANCH_C].n_networks = 2;
	reload(f);
	assert_string_equal(fixture_route(f, "10.1.64.0", 24), "unbound");
	assert_string_equal(fixture_route(f, "10.1.0.0", 24), "path");
}

static void home_networks_follow(void **state)
{
	static struct ip_prefix networks[2];
	struct fixture *f = *state;

	networks[0] = prefix("192.0.2.0", 24);
	networks[1] = prefix("10.99.0.0", 16);
	copy(f);
	next.conf.home.networks = networks;
	next.conf.home.n_networks = 2;
	reload(f);
	assert_string_equal(fixture_route(f, "10.99.0.0", 16), "unbound");
	{
		struct registration_request request = fixture_request(f, STRAY_G);
		struct registration_reply reply;

		assert_true(fixture_ask(f, STRAY_G, &request, CARE_OF, &reply));
		assert_int_equal(reply.code, 0);
	}
	copy(f);
	reload(f);
	assert_string_equal(fixture_route(f, "10.99.0.0", 16), "none");
}

static void a_home_network_that_is_a_link_is_left_to_it(void **state)
{
	static struct ip_prefix connected;
	static struct ip_addr ours;
	static struct conf_port port;
	struct fixture *f = *state;

	connected = prefix("192.0.2.0", 24);
	ours = addr("192.0.2.254");
	port = (struct conf_port){.networks = &connected, .addresses = &ours, .n_addresses = 1};
	copy(f);
	next.conf.ports = &port;
	next.conf.n_ports = 1;
	reload(f);
	assert_string_equal(fixture_route(f, "192.0.2.0", 24), "none");
}

static void the_hub_gets_another_address(void **state)
{
	struct fixture *f = *state;
	struct ip_addr old = addr(HUB);
	struct ip_addr new = addr("198.51.100.77");

	copy(f);
	next.conf.home.address = new;
	reload(f);
	assert_true(link_address_is_own(&f->link, &new));
	assert_false(link_address_is_own(&f->link, &old));
}

static void assert_refused(struct fixture *f, int error)
{
	struct error err = {{0}};
	unsigned int routes = (unsigned int)f->fwd.n_routes;

	assert_int_equal(home_reload(f->home, &next.conf, &err), error);
	assert_true(err.text[0] != '\0');
	assert_int_equal(f->fwd.n_routes, routes);
	assert_non_null(fixture_binding(f, BRANCH_A));
	assert_string_equal(fixture_route(f, "10.1.64.0", 24), "path");
	fixture_advance(f, time_seconds(1));
	fixture_register(f, BRANCH_A, CARE_OF);
}

static void a_file_that_cannot_be_taken_changes_nothing(void **state)
{
	struct fixture *f = *state;

	fixture_register(f, BRANCH_A, CARE_OF);
	copy(f);
	next.routers[BRANCH_A].n_networks = 1;
	next.routers[NODE_D].home_address = next.routers[BRANCH_B].home_address;
	assert_refused(f, -EEXIST);
	copy(f);
	memcpy(next.routers[NODE_D].name, "branch-a", 9);
	assert_refused(f, -EEXIST);
	copy(f);
	next.routers[NODE_D].keys[0].spi = 255;
	assert_refused(f, -EINVAL);
	copy(f); /* three new routes, and room for two */
	for (int i = 0; i < 3; i++)
		next.networks[NODE_D][i] = prefix_v4(htonl(0x0a040000u + (uint32_t)i * 256), 24);
	next.routers[NODE_D].n_networks = 3;
	next.routers[BRANCH_A].n_networks = 1;
	f->fwd.capacity = f->fwd.n_routes + 2;
	assert_refused(f, -ENOSPC);
	f->fwd.capacity = FAKE_SIZE;
	copy(f);
	next.conf.home.address = addr("198.51.100.77"); /* after a route that is new */
	next.networks[NODE_D][0] = prefix("10.4.0.0", 24);
	next.routers[NODE_D].n_networks = 1;
	for (size_t i = 1; i < FAKE_LINK_ADDRESSES; i++)
		f->link.own[i] = addr("198.51.100.78");
	assert_refused(f, -ENOSPC);
}

static int setup(void **state)
{
	memset(&next, 0, sizeof(next));
	return fixture_setup(state);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, fixture_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(the_same_file_changes_nothing),
		TEST(a_removed_router_goes_and_is_told),
		TEST(a_removed_router_that_never_answers),
		TEST(a_new_router_may_register),
		TEST(changed_keys_apply),
		TEST(a_network_taken_away_goes_at_once),
		TEST(an_implicit_network_comes_at_once),
		TEST(an_explicit_network_has_to_be_asked_for),
		TEST(a_network_changes_hands),
		TEST(a_network_goes_to_an_absent_router),
		TEST(home_networks_follow),
		TEST(a_home_network_that_is_a_link_is_left_to_it),
		TEST(the_hub_gets_another_address),
		TEST(a_file_that_cannot_be_taken_changes_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
