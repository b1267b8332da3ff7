/* SPDX-License-Identifier: BSD-3-Clause */
/* Registrations that go well: first, renewed, moved, ended in each way (mip4-base.md section 12). */
#include <errno.h>
#include <string.h>

#include "fixture.h"

static const uint8_t vector_v1[] = {
	0x01, 0x22, 0x02, 0x58, 0xc0, 0x00, 0x02, 0x03, 0xc6, 0x33, 0x64, 0x01, 0xcb, 0x00,
	0x71, 0x1e, 0xd2, 0xf1, 0xa3, 0xc4, 0x9b, 0x3e, 0x77, 0x10, 0x94, 0x06, 0x00, 0x18,
	0x0a, 0x03, 0x00, 0x00, 0x99, 0x02, 0x01, 0xc0, 0x90, 0x06, 0x00, 0x00, 0x00, 0x04,
	0x00, 0x00, 0x20, 0x14, 0x00, 0x00, 0x01, 0x00, 0xfd, 0x81, 0x68, 0x04, 0xe9, 0xb8,
	0x24, 0x27, 0x5d, 0x6f, 0x87, 0x8e, 0x50, 0x89, 0xa8, 0x58,
};

/* V2 without the extensions of route optimization, hence with its own authenticator. */
static const uint8_t vector_v2[] = {
	0x03, 0x00, 0x01, 0x2c, 0xc0, 0x00, 0x02, 0x03, 0xc6, 0x33, 0x64, 0x01, 0xd2, 0xf1, 0xa3,
	0xc4, 0x9b, 0x3e, 0x77, 0x10, 0x94, 0x08, 0x01, 0x00, 0x18, 0x00, 0x0a, 0x03, 0x00, 0x00,
	0x2c, 0x06, 0x00, 0x40, 0x00, 0x00, 0x00, 0x00, 0x20, 0x14, 0x00, 0x00, 0x01, 0x00,
};

static void vector_v1_draws_vector_v2(void **state)
{
	struct fixture *f = *state;
	struct message message = {.len = sizeof(vector_v1)};
	struct registration_reply reply;
	const struct fake_datagram *sent;

	/* The moment that its Identification names. */
	fixture_stop(f);
	f->core.now.wall = (UINT64_C(0xd2f1a3c4) - NTP_UNIX_OFFSET) * NS_PER_S - time_seconds(60);
	f->conf.home.max_lifetime = time_seconds(300);
	fixture_start(f);
	memcpy(message.bytes, vector_v1, sizeof(vector_v1));
	fixture_deliver(f, &message, CARE_OF, 434);
	assert_true(fixture_reply(f, BRANCH_C, &reply));
	sent = fake_link_last(&f->link);
	assert_int_equal(sent->datagram.len, sizeof(vector_v2) + 16);
	assert_memory_equal(sent->bytes, vector_v2, sizeof(vector_v2));
	assert_string_equal(fixture_route(f, "10.3.0.0", 24), "path");
}

static void a_registration_sets_up_forwarding(void **state)
{
	struct fixture *f = *state;
	const struct home_binding_view *view;
	const struct fwd_tunnel *tunnel;
	const struct fake_datagram *sent;
	struct registration_reply reply;
	struct event event;

	assert_string_equal(fixture_route(f, "192.0.2.0", 24), "unbound");
	assert_string_equal(fixture_route(f, "10.1.0.0", 24), "unbound");
	assert_string_equal(fixture_route(f, "192.0.2.1", 32), "none");
	reply = fixture_register(f, BRANCH_A, CARE_OF);
	assert_int_equal(reply.lifetime, 600);
	assert_int_equal(reply.identification, f->last_id);
	assert_int_equal(reply.home_address, ip("192.0.2.1"));
	assert_int_equal(reply.home_agent, ip(HUB));
	assert_int_equal(reply.n_acks, 2);
	assert_false(reply.udp.is_present);

	sent = fake_link_last(&f->link);
	assert_int_equal(sent->datagram.source.v4, ip(HUB));
	assert_int_equal(sent->datagram.destination.v4, ip(CARE_OF));
	assert_int_equal(sent->datagram.source_port, 434);
	assert_int_equal(sent->datagram.destination_port, 434);
	assert_int_equal(sent->datagram.tunnel.index, FWD_NONE);

	assert_string_equal(fixture_route(f, "192.0.2.1", 32), "path");
	assert_string_equal(fixture_route(f, "10.1.0.0", 24), "path");
	assert_string_equal(fixture_route(f, "10.1.64.0", 24), "path");
	tunnel = fixture_tunnel(f, "10.1.64.7");
	assert_ptr_equal(tunnel, fixture_tunnel(f, "192.0.2.1"));
	assert_int_equal(tunnel->encap, ENCAP_IPIP);
	assert_int_equal(tunnel->local.v4, ip(HUB));
	assert_int_equal(tunnel->remote.v4, ip(CARE_OF));
	assert_int_equal(tunnel->destination, FWD_DESTINATION_ANY);
	assert_int_equal(f->fwd.paths[tunnel->source_path].down, DROP_UNBOUND);

	view = fixture_binding(f, BRANCH_A);
	assert_string_equal(view->name, "branch-a");
	assert_int_equal(view->granted, 600);
	assert_int_equal(view->remaining, time_seconds(600));
	assert_int_equal(view->spi, 1000);
	assert_int_equal(view->n_networks, 2);
	assert_int_equal(view->renewals, 0);
	assert_false(view->behind_nat);
	assert_int_equal(home_counters(f->home)->initial, 1);
	assert_true(fixture_event(f, EVENT_BINDING_CREATED, &event));
	assert_int_equal(event.home_address.v4, ip("192.0.2.1"));
	assert_int_equal(event.care_of.v4, ip(CARE_OF));
	assert_int_equal(event.lifetime, 600);
	assert_int_equal(event.spi, 1000);
}

static void a_renewal_that_changes_nothing_touches_no_table(void **state)
{
	struct fixture *f = *state;
	struct event event;
	unsigned int changes;

	fixture_register(f, BRANCH_A, CARE_OF);
	changes = f->fwd.changes;
	fixture_advance(f, time_seconds(400));
	fixture_register(f, BRANCH_A, CARE_OF);
	assert_int_equal(f->fwd.changes, changes);
	assert_int_equal(f->link.opened, 1);
	assert_int_equal(fixture_binding(f, BRANCH_A)->remaining, time_seconds(600));
	assert_int_equal(fixture_binding(f, BRANCH_A)->renewals, 1);
	assert_int_equal(home_counters(f->home)->renewed, 1);
	assert_true(fixture_event(f, EVENT_BINDING_RENEWED, &event));
	/* The first lifetime is over, the second is not. */
	fixture_advance(f, time_seconds(500));
	assert_non_null(fixture_binding(f, BRANCH_A));
}

/* At every change of the tables the routes lead to a live tunnel: fake_fwd notes any breach. */
static void a_move_opens_before_it_closes(void **state)
{
	struct fixture *f = *state;
	const struct fwd_tunnel *before;
	const struct fwd_tunnel *after;
	struct event event;

	fixture_register(f, BRANCH_A, CARE_OF);
	before = fixture_tunnel(f, "10.1.0.1");
	fixture_advance(f, time_seconds(2));
	fixture_register(f, BRANCH_A, ELSEWHERE);
	after = fixture_tunnel(f, "10.1.0.1");
	assert_ptr_not_equal(before, after);
	assert_int_equal(after->remote.v4, ip(ELSEWHERE));
	assert_int_equal(f->link.open_tunnels, 1);
	assert_int_equal(home_counters(f->home)->moved, 1);
	assert_true(fixture_event(f, EVENT_BINDING_MOVED, &event));
	assert_int_equal(event.care_of.v4, ip(ELSEWHERE));
	assert_int_equal(fixture_violations(f), 0);
}

static void a_binding_expires_silently(void **state)
{
	struct fixture *f = *state;
	uint64_t sent;
	struct event event;

	fixture_register(f, BRANCH_A, CARE_OF);
	sent = f->link.total_sent;
	fixture_advance(f, time_seconds(600) - 1);
	assert_non_null(fixture_binding(f, BRANCH_A));
	assert_false(fixture_event(f, EVENT_BINDING_EXPIRED, &event));
	fixture_advance(f, 1);
	assert_null(fixture_binding(f, BRANCH_A));
	assert_int_equal(f->link.total_sent, sent);
	assert_int_equal(home_counters(f->home)->expired, 1);
	assert_true(fixture_event(f, EVENT_BINDING_EXPIRED, &event));
	assert_string_equal(fixture_route(f, "10.1.0.0", 24), "unbound");
	assert_string_equal(fixture_route(f, "192.0.2.1", 32), "none");
	assert_int_equal(fake_fwd_paths(&f->fwd), 0);
	assert_int_equal(f->link.open_tunnels, 0);
}

static void deregister(struct fixture *f, const char *care_of, const char *source,
		       struct registration_reply *reply)
{
	struct registration_request request = fixture_request(f, BRANCH_A);

	request.lifetime = 0;
	request.care_of = ip(care_of);
	assert_true(fixture_ask(f, BRANCH_A, &request, source, reply));
	assert_int_equal(reply->code, 0);
	assert_int_equal(reply->lifetime, 0);
	assert_int_equal(reply->n_acks, 0);
}

static void deregistration_away_of_everything(void **state)
{
	struct fixture *f = *state;
	struct registration_reply reply;
	struct event event;

	fixture_register(f, BRANCH_A, CARE_OF);
	fixture_advance(f, time_seconds(5));
	deregister(f, "192.0.2.1", CARE_OF, &reply);
	assert_null(fixture_binding(f, BRANCH_A));
	assert_int_equal(home_counters(f->home)->deregistered, 1);
	assert_true(fixture_event(f, EVENT_BINDING_REMOVED, &event));
	assert_string_equal(fixture_route(f, "10.1.0.0", 24), "unbound");
}

static void deregistration_of_one_care_of_address(void **state)
{
	struct fixture *f = *state;
	struct registration_reply reply;

	fixture_register(f, BRANCH_A, CARE_OF);
	fixture_advance(f, time_seconds(5));
	deregister(f, ELSEWHERE, CARE_OF, &reply); /* of an address never registered: a success */
	assert_non_null(fixture_binding(f, BRANCH_A));
	fixture_advance(f, time_seconds(1));
	deregister(f, CARE_OF, CARE_OF, &reply);
	assert_null(fixture_binding(f, BRANCH_A));
}

/* On the home link: D clear, from the home address; the reply goes to that link whatever is bound. */
static void deregistration_at_home(void **state)
{
	struct fixture *f = *state;
	struct registration_request request;
	struct registration_reply reply;

	fixture_register(f, BRANCH_A, CARE_OF);
	fixture_advance(f, time_seconds(5));
	request = fixture_request(f, BRANCH_A);
	request.flags = 0;
	request.lifetime = 0;
	request.care_of = ip("192.0.2.1");
	assert_true(fixture_ask(f, BRANCH_A, &request, "192.0.2.1", &reply));
	assert_int_equal(reply.code, 0);
	assert_null(fixture_binding(f, BRANCH_A));
	assert_int_equal(fake_link_last(&f->link)->datagram.port, 0);
	assert_int_equal(fake_link_last(&f->link)->datagram.tunnel.index, FWD_NONE);
}

/* A captured request must not find an empty slot after a deregistration (section 7.1). */
static void an_old_request_stays_old_after_deregistration(void **state)
{
	struct fixture *f = *state;
	struct registration_request old = fixture_request(f, BRANCH_A);
	struct registration_reply reply;

	assert_true(fixture_ask(f, BRANCH_A, &old, CARE_OF, &reply));
	fixture_advance(f, time_seconds(2));
	deregister(f, "192.0.2.1", CARE_OF, &reply);
	assert_denied(f, BRANCH_A, &old, CARE_OF, 133);
	assert_null(fixture_binding(f, BRANCH_A));
}

static uint16_t granted(struct fixture *f, uint16_t asked)
{
	struct registration_request request = fixture_request(f, NODE_D);
	struct registration_reply reply;

	request.lifetime = asked;
	assert_true(fixture_ask(f, NODE_D, &request, CARE_OF, &reply));
	assert_int_equal(reply.code, 0);
	fixture_advance(f, 1);
	return reply.lifetime;
}

static void no_more_is_granted_than_asked_or_allowed(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(granted(f, 1), 1);
	fixture_advance(f, time_seconds(1));
	assert_null(fixture_binding(f, NODE_D));
	assert_int_equal(granted(f, 1799), 1799);
	assert_int_equal(granted(f, 1800), 1800);
	assert_int_equal(granted(f, 1801), 1800);
	assert_int_equal(granted(f, 0xfffe), 1800);
	assert_int_equal(granted(f, 0xffff), 1800);
	assert_int_equal(granted(f, 0), 0);
	assert_null(fixture_binding(f, NODE_D));
}

static void an_infinite_lifetime_is_no_number(void **state)
{
	struct fixture *f = *state;

	f->conf.home.max_lifetime = TIME_NEVER;
	assert_int_equal(granted(f, 0xffff), 0xffff);
	fixture_advance(f, time_seconds(1000000));
	assert_int_equal(fixture_binding(f, NODE_D)->remaining, TIME_NEVER);
	assert_int_equal(granted(f, 0xfffe), 0xfffe);
	fixture_advance(f, time_seconds(0xffff));
	assert_null(fixture_binding(f, NODE_D));
}

static void either_key_is_good_and_signs_the_answer(void **state)
{
	struct fixture *f = *state;
	struct registration_request request = fixture_request(f, BRANCH_A);
	struct message message = fixture_sign(f, BRANCH_A, 1, &request);
	struct registration_reply reply;

	fixture_deliver(f, &message, CARE_OF, 434);
	assert_true(fixture_reply(f, BRANCH_A, &reply));
	assert_int_equal(reply.auth.spi, 1001);
	assert_int_equal(fixture_binding(f, BRANCH_A)->spi, 1001);
	fixture_advance(f, time_seconds(1));
	request = fixture_request(f, BRANCH_A);
	assert_true(fixture_ask(f, BRANCH_A, &request, CARE_OF, &reply));
	assert_int_equal(reply.auth.spi, 1000);
}

/* RFC 2794: a router that knows its name only is told its home address. */
static void a_name_does_for_a_home_address(void **state)
{
	static struct conf_realm realm = {.name = "somewhere"};
	struct fixture *f = *state;
	struct registration_request request = fixture_request(f, NODE_D);
	struct registration_reply reply;
	struct message message;

	request.home_address = 0;
	request.nai.text = (const uint8_t *)"node-d";
	request.nai.len = 6;
	assert_true(fixture_ask(f, NODE_D, &request, CARE_OF, &reply));
	assert_int_equal(reply.code, 0);
	assert_int_equal(reply.home_address, ip("192.0.2.4"));
	assert_int_equal(reply.nai.len, 6);
	assert_memory_equal(reply.nai.text, "node-d", 6);
	assert_non_null(fixture_binding(f, NODE_D));
	fixture_advance(f, time_seconds(1));
	request = fixture_request(f, NODE_D);
	request.home_address = 0;
	request.nai.text = (const uint8_t *)"node-d@elsewhere";
	request.nai.len = 16;
	message = fixture_sign(f, NODE_D, 0, &request);
	assert_discarded(f, &message, &home_counters(f->home)->no_association);
	/* With a realm: that one, and no other of the same length. */
	f->conf.home.subscribers.realms = &realm;
	f->conf.home.subscribers.n_realms = 1;
	f->routers[NODE_D].realm = 0;
	assert_discarded(f, &message, &home_counters(f->home)->no_association);
	memcpy(realm.name, "elsewhere", 10);
	assert_true(fixture_ask(f, NODE_D, &request, CARE_OF, &reply));
	assert_int_equal(reply.code, 0);
}

/* A nested router's request comes by another router's tunnel: so does the answer go. */
static void a_request_by_a_tunnel_is_answered_by_it(void **state)
{
	struct fixture *f = *state;
	struct registration_request request = fixture_request(f, BRANCH_A);
	struct message message = fixture_sign(f, BRANCH_A, 0, &request);
	struct datagram datagram = {
		.source = addr(CARE_OF),
		.destination = addr(HUB),
		.source_port = 5000,
		.destination_port = 434,
		.port = PORT_NONE,
		.tunnel = {.index = 7, .generation = 3},
		.payload = message.bytes,
		.len = message.len,
	};

	home_handle_datagram(f->home, &datagram);
	assert_int_equal(fake_link_last(&f->link)->datagram.tunnel.index, 7);
	assert_int_equal(fake_link_last(&f->link)->datagram.tunnel.generation, 3);
	assert_int_equal(fake_link_last(&f->link)->datagram.destination_port, 5000);
}

static void a_reply_that_cannot_be_sent_is_counted(void **state)
{
	struct fixture *f = *state;
	struct registration_request request = fixture_request(f, NODE_D);
	struct registration_reply reply;

	f->link.fail_send = -ENETUNREACH;
	assert_false(fixture_ask(f, NODE_D, &request, CARE_OF, &reply));
	assert_int_equal(home_counters(f->home)->replies_failed, 1);
	assert_non_null(fixture_binding(f, NODE_D));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(vector_v1_draws_vector_v2),
		TEST(a_registration_sets_up_forwarding),
		TEST(a_renewal_that_changes_nothing_touches_no_table),
		TEST(a_move_opens_before_it_closes),
		TEST(a_binding_expires_silently),
		TEST(deregistration_away_of_everything),
		TEST(deregistration_of_one_care_of_address),
		TEST(deregistration_at_home),
		TEST(an_old_request_stays_old_after_deregistration),
		TEST(no_more_is_granted_than_asked_or_allowed),
		TEST(an_infinite_lifetime_is_no_number),
		TEST(either_key_is_good_and_signs_the_answer),
		TEST(a_name_does_for_a_home_address),
		TEST(a_request_by_a_tunnel_is_answered_by_it),
		TEST(a_reply_that_cannot_be_sent_is_counted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
