/* SPDX-License-Identifier: BSD-3-Clause */
/* The UDP decision table of tunnels.md section 4.3, row by row, and what follows from it. */
#include "fixture.h"
#include "home/nat.h"

#define ANY (-1)

struct row {
	const char *name;
	int direct, asked, forced, udp, forced_allowed, encap, co_located, agent;
	uint8_t deny;
	bool udp_tunnel, reply;
	uint8_t reply_code;
};

static const struct row rows[] = {
	/* name             src=CoA asked F  udp  force enc D    R    deny udp    reply  code */
	{"plain", 1, 0, ANY, ANY, ANY, ANY, ANY, ANY, 0, false, false, 0},
	{"not needed", 1, 1, 0, ANY, ANY, ANY, 1, 0, 0, false, true, 64},
	{"forced", 1, 1, 1, 1, 1, 1, 1, 0, 0, true, true, 0},
	{"force not allowed", 1, 1, 1, ANY, 0, ANY, 1, 0, 129, false, false, 0},
	{"forced, no UDP", 1, 1, 1, 0, ANY, ANY, 1, 0, 129, false, false, 0},
	{"NAT, not asked", 0, 0, ANY, ANY, ANY, ANY, ANY, ANY, 129, false, false, 0},
	{"NAT, asked", 0, 1, ANY, 1, ANY, 1, 1, 0, 0, true, true, 0},
	{"NAT, no UDP", 0, 1, ANY, 0, ANY, ANY, 1, 0, 129, false, false, 0},
	{"NAT, encapsulation", 0, 1, ANY, 1, ANY, 0, 1, 0, 142, false, false, 0},
	{"forced, encaps.", 1, 1, 1, 1, 1, 0, 1, 0, 142, false, false, 0},
	{"without D", ANY, 1, ANY, ANY, ANY, ANY, 0, ANY, 134, false, false, 0},
	{"by an agent", ANY, 1, ANY, ANY, ANY, ANY, 1, 1, 129, false, false, 0},
};

static bool matches(int want, bool value)
{
	return want == ANY || (want == 1) == value;
}

static bool row_matches(const struct row *row, const struct nat_question *q)
{
	return matches(row->direct, !q->moved) && matches(row->asked, q->asked) &&
	       matches(row->forced, q->forced) && matches(row->udp, q->udp_allowed) &&
	       matches(row->forced_allowed, q->forced_allowed) &&
	       matches(row->encap, q->encap_known) && matches(row->co_located, q->co_located) &&
	       matches(row->agent, q->via_agent);
}

static void every_question_has_one_row(void **state)
{
	size_t used[sizeof(rows) / sizeof(rows[0])] = {0};

	(void)state;
	for (unsigned int bits = 0; bits < 256; bits++) {
		struct nat_question q = {
			.moved = bits & 1,
			.asked = bits & 2,
			.forced = bits & 4,
			.via_agent = bits & 8,
			.co_located = bits & 16,
			.encap_known = bits & 32,
			.udp_allowed = bits & 64,
			.forced_allowed = bits & 128,
		};
		struct nat_answer answer = nat_decide(&q);
		bool found = false;

		for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
			if (!row_matches(&rows[i], &q))
				continue;
			/* Rows overlap only where they answer the same. */
			found = true;
			used[i]++;
			assert_int_equal(answer.deny, rows[i].deny);
			assert_int_equal(answer.udp, rows[i].udp_tunnel);
			assert_int_equal(answer.reply, rows[i].reply);
			assert_int_equal(answer.reply_code, rows[i].reply_code);
			assert_int_equal(answer.reply_forced, answer.udp && q.forced);
			assert_int_equal(answer.reason != NULL, answer.deny != 0);
		}
		assert_true(found);
	}
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_true(used[i] > 0);
}

static void ask_from(struct fixture *f, int router, const struct registration_request *request,
		     const char *source, uint16_t port, struct registration_reply *reply)
{
	struct message message = fixture_sign(f, router, 0, request);

	fixture_deliver(f, &message, source, port);
	assert_true(fixture_reply(f, router, reply));
}

static void behind_a_nat_the_source_is_the_far_end(void **state)
{
	struct fixture *f = *state;
	struct registration_request request = fixture_request(f, BRANCH_C);
	const struct home_binding_view *view;
	const struct fwd_tunnel *tunnel;
	struct registration_reply reply;
	struct event event;

	request.care_of = ip("10.200.0.5");
	ask_udp(&request, false);
	ask_from(f, BRANCH_C, &request, NAT, 40112, &reply);
	assert_int_equal(reply.code, 0);
	assert_int_equal(reply.lifetime, 120); /* nat.max-lifetime */
	assert_true(reply.udp.is_present);
	assert_int_equal(reply.udp.code, 0);
	assert_false(reply.udp.force);
	assert_int_equal(reply.udp.keepalive, 25);
	assert_int_equal(fake_link_last(&f->link)->datagram.destination_port, 40112);
	tunnel = fixture_tunnel(f, "10.3.0.9");
	assert_int_equal(tunnel->encap, ENCAP_UDP);
	assert_int_equal(tunnel->remote.v4, ip(NAT));
	assert_int_equal(tunnel->remote_port, 40112);
	assert_int_equal(tunnel->local_port, 434);
	view = fixture_binding(f, BRANCH_C);
	assert_true(view->behind_nat);
	assert_int_equal(view->care_of.v4, ip("10.200.0.5"));
	assert_int_equal(view->effective.v4, ip(NAT));
	assert_int_equal(view->effective_port, 40112);
	assert_int_equal(home_counters(f->home)->nat_detected, 1);
	assert_true(fixture_event(f, EVENT_BINDING_CREATED, &event));
	assert_int_equal(event.lifetime, 120);
	assert_int_equal(event.peer.v4, ip(NAT));
	assert_int_equal(event.peer_port, 40112);

	/* A renewal from the same mapping keeps the tunnel. */
	fixture_advance(f, time_seconds(80));
	request.identification = fixture_request(f, BRANCH_C).identification;
	ask_from(f, BRANCH_C, &request, NAT, 40112, &reply);
	assert_int_equal(f->link.opened, 1);
}

static void many_routers_fit_behind_one_nat(void **state)
{
	static const int routers[] = {BRANCH_A, BRANCH_B, BRANCH_C};
	struct fixture *f = *state;

	for (size_t i = 0; i < 3; i++) {
		struct registration_request request = fixture_request(f, routers[i]);
		struct registration_reply reply;

		request.care_of = ip("10.200.0.5"); /* the same, each in its own network */
		ask_udp(&request, false);
		ask_from(f, routers[i], &request, NAT, (uint16_t)(40000 + i), &reply);
		assert_int_equal(reply.code, 0);
	}
	assert_int_equal(fixture_bindings(f), 3);
	assert_int_equal(fixture_tunnel(f, "192.0.2.2")->remote_port, 40001);
	assert_int_equal(fixture_tunnel(f, "192.0.2.3")->remote_port, 40002);
}

/* The address that no authenticator covers has changed, the field has not: perhaps somebody re-sends
 * requests from elsewhere. */
static void an_endpoint_that_changes_alone_is_noted(void **state)
{
	struct fixture *f = *state;
	struct registration_request request = fixture_request(f, BRANCH_C);
	struct registration_reply reply;
	struct event event;

	request.care_of = ip("10.200.0.5");
	ask_udp(&request, false);
	ask_from(f, BRANCH_C, &request, NAT, 40112, &reply);
	fixture_advance(f, time_seconds(2));
	request.identification = fixture_request(f, BRANCH_C).identification;
	ask_from(f, BRANCH_C, &request, NAT, 50000, &reply);
	assert_int_equal(reply.code, 0);
	assert_int_equal(fixture_tunnel(f, "10.3.0.1")->remote_port, 50000);
	assert_int_equal(f->link.open_tunnels, 1);
	assert_int_equal(fixture_violations(f), 1);
	assert_int_equal(fixture_last_violation(f)->peer_port, 50000);
	assert_true(fixture_event(f, EVENT_BINDING_NAT_MOVED, &event));
	/* From behind another NAT into the open: another endpoint once more. */
	fixture_advance(f, time_seconds(2));
	request.identification = fixture_request(f, BRANCH_C).identification;
	ask_from(f, BRANCH_C, &request, "10.200.0.5", 434, &reply);
	assert_int_equal(reply.udp.code, 64);
	assert_int_equal(fixture_tunnel(f, "10.3.0.1")->encap, ENCAP_IPIP);
	assert_int_equal(fixture_violations(f), 2);
}

static void another_private_address_behind_the_same_mapping(void **state)
{
	struct fixture *f = *state;
	struct registration_request request = fixture_request(f, BRANCH_C);
	struct registration_reply reply;
	struct event event;

	request.care_of = ip("10.200.0.5");
	ask_udp(&request, false);
	ask_from(f, BRANCH_C, &request, NAT, 40112, &reply);
	request.identification = fixture_request(f, BRANCH_C).identification;
	request.care_of = ip("10.200.0.6");
	ask_from(f, BRANCH_C, &request, NAT, 40112, &reply);
	assert_int_equal(reply.code, 0);
	assert_int_equal(f->link.opened, 1); /* the tunnel is the same */
	assert_true(fixture_event(f, EVENT_BINDING_MOVED, &event));
	assert_int_equal(fixture_violations(f), 0);
	/* That address may be dropped by its field or by where it was seen. */
	request = fixture_request(f, BRANCH_C);
	request.lifetime = 0;
	request.care_of = ip(NAT);
	ask_from(f, BRANCH_C, &request, NAT, 40112, &reply);
	assert_int_equal(reply.code, 0);
	assert_false(reply.udp.is_present);
	assert_null(fixture_binding(f, BRANCH_C));
}

static void forced_without_a_nat(void **state)
{
	struct fixture *f = *state;
	struct registration_request request = fixture_request(f, BRANCH_C);
	struct registration_reply reply;

	ask_udp(&request, true);
	request.udp.encapsulation = 0;
	ask_from(f, BRANCH_C, &request, CARE_OF, 434, &reply);
	assert_int_equal(reply.code, 0);
	assert_true(reply.udp.force);
	assert_int_equal(fixture_tunnel(f, "10.3.0.1")->encap, ENCAP_UDP);
	assert_false(fixture_binding(f, BRANCH_C)->behind_nat);
	f->conf.home.force_udp = false;
	request = fixture_request(f, BRANCH_C);
	ask_udp(&request, true);
	assert_denied(f, BRANCH_C, &request, CARE_OF, 129);
}

/* Inside UDP the request's own field counts, not M and G; 0 there means as M and G say. */
static void flags_m_and_g_with_udp(void **state)
{
	struct fixture *f = *state;
	struct registration_request request = fixture_request(f, BRANCH_C);
	struct registration_reply reply;

	request.flags |= REQUEST_G;
	ask_udp(&request, false);
	assert_denied(f, BRANCH_C, &request, CARE_OF, 139); /* declined: plain, by GRE */
	ask_from(f, BRANCH_C, &request, NAT, 434, &reply);
	assert_int_equal(reply.code, 0);
	request = fixture_request(f, BRANCH_C);
	request.flags |= REQUEST_G;
	ask_udp(&request, false);
	request.udp.encapsulation = 0;
	assert_denied(f, BRANCH_C, &request, NAT, 139);
}

static void a_router_may_be_kept_from_nats(void **state)
{
	static struct ip_prefix allowed;
	struct fixture *f = *state;
	struct registration_request request = fixture_request(f, BRANCH_C);
	struct registration_reply reply;

	ask_udp(&request, false);
	request.care_of = ip("10.200.0.5");
	f->routers[BRANCH_C].nat = CONF_NAT_NEVER;
	assert_denied(f, BRANCH_C, &request, NAT, 129);
	f->routers[BRANCH_C].nat = CONF_NAT_PREFIXES;
	f->routers[BRANCH_C].nat_prefixes = &allowed;
	f->routers[BRANCH_C].n_nat_prefixes = 1;
	allowed = prefix("198.18.0.0", 15);
	assert_denied(f, BRANCH_C, &request, NAT, 129);
	allowed = prefix("203.0.113.0", 24);
	ask_from(f, BRANCH_C, &request, NAT, 434, &reply);
	assert_int_equal(reply.code, 0);
	f->conf.home.encapsulations[ENCAP_UDP] = false;
	request = fixture_request(f, BRANCH_C);
	ask_udp(&request, false);
	assert_denied(f, BRANCH_C, &request, NAT, 129);
}

static void rows_13_and_16_without_d(void **state)
{
	struct fixture *f = *state;
	struct registration_request request = fixture_request(f, BRANCH_C);

	request.flags = REQUEST_T;
	assert_denied(f, BRANCH_C, &request, CARE_OF, 129);
	ask_udp(&request, false);
	assert_denied(f, BRANCH_C, &request, CARE_OF, 134);
	assert_denied(f, BRANCH_C, &request, NAT, 134);
}

/* With Reserved 3 set the extension counts as absent (tunnels.md section 4.1). */
static void reserved_3_makes_it_absent(void **state)
{
	struct fixture *f = *state;
	struct registration_request request = fixture_request(f, BRANCH_C);
	struct message message = {.len = 0};
	struct writer writer = writer_of(message.bytes, sizeof(message.bytes));
	struct registration_reply reply;

	assert_int_equal(registration_request_build(&request, &writer), WIRE_OK);
	write_bytes(&writer, "\x90\x06\x00\x00\x00\x04\x00\x01", 8);
	assert_int_equal(sa_sign(&f->sa[BRANCH_C].entries[0], &writer), 0);
	message.len = writer.len;
	fixture_deliver(f, &message, NAT, 434);
	assert_true(fixture_reply(f, BRANCH_C, &reply));
	assert_int_equal(reply.code, 129);
}

/* A deregistration is never judged by row 15; its answer goes to where it came from. */
static void deregistration_through_a_nat(void **state)
{
	struct fixture *f = *state;
	struct registration_request request = fixture_request(f, BRANCH_C);
	struct registration_reply reply;

	request.lifetime = 0;
	request.care_of = ip("192.0.2.3");
	ask_from(f, BRANCH_C, &request, NAT, 41000, &reply);
	assert_int_equal(reply.code, 0);
	assert_int_equal(fake_link_last(&f->link)->datagram.destination.v4, ip(NAT));
	assert_int_equal(fake_link_last(&f->link)->datagram.destination_port, 41000);
}

/* When a packet of any tunnel was last heard. cmocka runs one test at a time. */
static uint64_t heard;

static int tunnel_heard(struct fwd *fwd, uint32_t index, struct fwd_tunnel_state *state)
{
	int result = fake_fwd_ops.tunnel_read(fwd, index, state);

	if (result == 0)
		state->counters.heard = heard;
	return result;
}

static uint8_t ask_by_mapping(struct fixture *f, int router, uint16_t port)
{
	struct registration_request request = fixture_request(f, router);
	struct registration_reply reply;

	request.care_of = ip("10.200.0.5");
	ask_udp(&request, false);
	ask_from(f, router, &request, NAT, port, &reply);
	return reply.code;
}

/* The NAT restarts and swaps the ports of two routers: each finds the other's binding in its way. */
static void a_nat_that_swaps_ports(void **state)
{
	struct fixture *f = *state;
	struct event event;
	struct error err;

	f->ops.tunnel_read = tunnel_heard;
	heard = 0;
	assert_int_equal(ask_by_mapping(f, BRANCH_B, 40000), 0);
	assert_int_equal(ask_by_mapping(f, BRANCH_C, 40001), 0);
	fixture_advance(f, time_seconds(9));
	assert_int_equal(ask_by_mapping(f, BRANCH_B, 40001), 130); /* that may still be alive */
	assert_int_equal(fixture_violations(f), 1);
	fixture_advance(f, time_seconds(20));
	heard = f->core.now.mono - time_seconds(9);
	assert_int_equal(ask_by_mapping(f, BRANCH_B, 40001), 130); /* and is */
	assert_int_equal(fixture_bindings(f), 2);
	fixture_advance(f, time_seconds(1));
	assert_int_equal(home_reload(f->home, &f->conf, &err), 0); /* who is who survives it */
	assert_int_equal(ask_by_mapping(f, BRANCH_B, 40001), 0);
	assert_null(fixture_binding(f, BRANCH_C));
	assert_true(fixture_event(f, EVENT_BINDING_REMOVED, &event));
	assert_int_equal(event.home_address.v4, ip("192.0.2.3"));
	assert_string_equal(fixture_route(f, "10.3.0.0", 24), "unbound");
	assert_int_equal(ask_by_mapping(f, BRANCH_C, 40000), 0); /* free since B has moved */
	assert_int_equal(fixture_tunnel(f, "10.2.0.1")->remote_port, 40001);
	assert_int_equal(fixture_tunnel(f, "10.3.0.1")->remote_port, 40000);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_question_has_one_row),
		TEST(behind_a_nat_the_source_is_the_far_end),
		TEST(many_routers_fit_behind_one_nat),
		TEST(an_endpoint_that_changes_alone_is_noted),
		TEST(another_private_address_behind_the_same_mapping),
		TEST(forced_without_a_nat),
		TEST(flags_m_and_g_with_udp),
		TEST(a_router_may_be_kept_from_nats),
		TEST(rows_13_and_16_without_d),
		TEST(reserved_3_makes_it_absent),
		TEST(deregistration_through_a_nat),
		TEST(a_nat_that_swaps_ports),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
