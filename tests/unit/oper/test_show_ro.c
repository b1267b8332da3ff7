/* SPDX-License-Identifier: BSD-3-Clause */
/* The commands of route optimization: what they take, and the shape of what they answer. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "haaro/addr.h"

#include "fakes.h"
#include "oper/answer.h"

static void test_whole(void **state)
{
	(void)state;
	fakes_init(false);
	fakes_expect("show ro",
		     "[{\"enabled\":true,\"granted\":true,\"code\":0,\"answered_s\":61,"
		     "\"behind_nat\":true,\"outbound_only\":false,\"peers\":2,\"prefixes\":3,"
		     "\"sessions\":5,\"direct\":4,\"held_requests\":0}]");
	fakes_expect_error("show ro x", "show ro stands alone; help lists the commands");
	fakes_fini();
	fakes_init(true);
	fakes_expect_error("show ro", "a home agent has no peers; try show ro advertised");
	fakes_expect_error("show ro cache", "a home agent has no peers; try show ro advertised");
	fakes_expect_error("show ro sessions", "a home agent has no peers; try show ro advertised");
	fakes_expect_error("show ro nonces", "a home agent has no peers; try show ro advertised");
	fakes_fini();
}

static void test_cache(void **state)
{
	struct fakes *fakes = fakes_init(false);

	(void)state;
	fakes_expect("show ro cache",
		     "[{\"home_address\":\"192.0.2.3\",\"advertised\":true,\"outbound_only\":false,"
		     "\"stale\":false,\"age_s\":5,\"prefixes\":[\"10.3.0.0/24\",\"10.1.0.0/24\"],"
		     "\"realm\":\"acme.example.com\",\"details\":[{\"prefix\":\"10.3.0.0/24\","
		     "\"realm\":\"acme.example.com\",\"routed\":true,\"problem\":null},"
		     "{\"prefix\":\"10.1.0.0/24\",\"realm\":null,\"routed\":false,"
		     "\"problem\":\"inside our own\"}]}]");
	fakes->n_told = 1;
	fakes_expect("show ro cache 198.18.0.0",
		     "[{\"home_address\":\"198.18.0.0\",\"advertised\":false,"
		     "\"outbound_only\":false,\"stale\":false,\"age_s\":0,"
		     "\"prefixes\":[\"198.18.0.0/32\"],\"realm\":\"realm 0\",\"details\":["
		     "{\"prefix\":\"198.18.0.0/32\",\"realm\":\"realm 0\",\"routed\":false,"
		     "\"problem\":\"problem 0\"}]}]");
	fakes_expect_error("show ro cache 192.0.2.9", "the hub told of no router 192.0.2.9");
	fakes_expect_error("show ro cache x", "x is not an IPv4 address");
	fakes_fini();
}

#define MANY 10000

/* A long answer comes in pieces, and each row keeps words that were gone after its visit. */
static void expect_many(const char *line, size_t before, const char *key, const char *what)
{
	char error[256];
	size_t calls;
	json_t *rows = fakes_ask(line, error, &calls);

	assert_string_equal(error, "");
	assert_int_equal(json_array_size(rows), before + MANY);
	assert_true(calls >= MANY / ANSWER_ROWS);
	for (size_t i = 0; i < MANY; i++) {
		char wanted[64];

		snprintf(wanted, sizeof(wanted), "%s %zu", what, i);
		assert_string_equal(
			json_string_value(json_object_get(json_array_get(rows, before + i), key)),
			wanted);
	}
	json_decref(rows);
}

static void test_many(void **state)
{
	(void)state;
	fakes_init(false)->n_told = MANY;
	expect_many("show ro cache", 1, "realm", "realm");
	expect_many("show ro sessions", 2, "reason", "reason");
	fakes_fini();
	fakes_init(true)->n_told = MANY;
	expect_many("show ro advertised", 1, "name", "router");
	expect_many("show ro advertised", 1, "realm", "realm");
	fakes_fini();
}

#define DIRECT                                                                                 \
	"{\"home_address\":\"192.0.2.3\",\"state\":\"direct\",\"out\":\"direct\","             \
	"\"in\":\"direct\",\"encapsulation\":\"udp\",\"tunnel\":7,\"local\":\"203.0.113.10\"," \
	"\"remote\":\"203.0.113.30\",\"remote_port\":434,\"rtt_us\":1500,\"heard_s\":0,"       \
	"\"lost\":0,\"registered_s\":250,\"accepted_s\":240,\"held_s\":null,\"direct_s\":60,"  \
	"\"reason\":null,\"last_code\":0,\"attempts\":1,\"handovers\":0,\"falls\":2,"          \
	"\"outage_ms\":4017,\"last_outage_ms\":2007,\"worst_outage_ms\":2010,"                 \
	"\"sent_direct_packets\":2,\"sent_direct_bytes\":200,"                                 \
	"\"sent_hub_packets\":1,\"sent_hub_bytes\":100,"                                       \
	"\"received_direct_packets\":4,\"received_direct_bytes\":400,"                         \
	"\"received_hub_packets\":3,\"received_hub_bytes\":300}"
#define HELD                                                                                 \
	"{\"home_address\":\"192.0.2.4\",\"state\":\"held\",\"out\":\"hub\",\"in\":\"hub\"," \
	"\"encapsulation\":null,\"tunnel\":null,\"local\":null,\"remote\":null,"             \
	"\"remote_port\":null,\"rtt_us\":null,\"heard_s\":null,\"lost\":0,"                  \
	"\"registered_s\":null,\"accepted_s\":null,\"held_s\":30,\"direct_s\":null,"         \
	"\"reason\":\"no answer to the home test\",\"last_code\":0,\"attempts\":0,"          \
	"\"handovers\":0,\"falls\":0,\"outage_ms\":0,\"last_outage_ms\":0,"                  \
	"\"worst_outage_ms\":0,"                                                             \
	"\"sent_direct_packets\":0,\"sent_direct_bytes\":0,\"sent_hub_packets\":0,"          \
	"\"sent_hub_bytes\":0,\"received_direct_packets\":0,\"received_direct_bytes\":0,"    \
	"\"received_hub_packets\":0,\"received_hub_bytes\":0}"

static void test_sessions(void **state)
{
	(void)state;
	fakes_init(false);
	fakes_expect("show ro sessions", "[" DIRECT "," HELD "]");
	fakes_expect("show ro sessions 192.0.2.4", "[" HELD "]");
	fakes_expect_error("show ro sessions 192.0.2.9",
			   "nothing goes on with 192.0.2.9; show ro cache has who is known");
	fakes_expect_error("show ro sessions x", "x is not an IPv4 address");
	fakes_fini();
}

static void test_nonces(void **state)
{
	(void)state;
	fakes_init(false);
	/* Counts and ages: the secrets have no field. */
	fakes_expect("show ro nonces",
		     "[{\"index\":4660,\"current\":true,\"age_s\":10,\"left_s\":230}]");
	fakes_fini();
}

static void test_advertised(void **state)
{
	(void)state;
	fakes_init(true);
	fakes_expect(
		"show ro advertised",
		"[{\"name\":\"branch-c\",\"home_address\":\"192.0.2.3\","
		"\"realm\":\"acme.example.com\",\"prefixes\":1,\"priority\":10,"
		"\"outbound_only\":false,\"age_s\":9,\"seen_by\":[\"acme.example.com\",null]}]");
	fakes_fini();
	fakes_init(false);
	fakes_expect_error("show ro advertised",
			   "a branch advertises nobody; ask the hub, or show ro cache here");
	fakes_fini();
}

static void test_explain(void **state)
{
	struct fakes *fakes = fakes_init(false);

	(void)state;
	fakes->shut = "not stopped";
	fakes_expect(
		"ro explain 10.1.0.2 10.3.0.2",
		"[{\"verdict\":\"pass\",\"gate\":\"first\",\"value\":\"10.1.0.2\",\"age_s\":null},"
		"{\"verdict\":\"fail\",\"gate\":\"not stopped\",\"value\":\"\",\"age_s\":null},"
		"{\"verdict\":\"open\",\"gate\":\"path\",\"value\":\"10.3.0.2\",\"age_s\":3},"
		"{\"verdict\":\"fail\",\"gate\":\"conclusion\",\"value\":"
		"\"by the hub; next: ro start with the peer's home address\",\"age_s\":null}]");
	fakes_expect_error("ro explain 10.1.0.2", "usage: ro explain SOURCE DESTINATION");
	fakes_expect_error("ro explain 10.1.0.2 x", "x is not an IPv4 address");
	fakes_expect_error("ro explain x 10.1.0.2", "x is not an IPv4 address");
	fakes_fini();
}

/* The last row of an explanation. */
static void expect_conclusion(const char *verdict, const char *value)
{
	char error[256];
	json_t *rows = fakes_ask("ro explain 10.1.0.2 10.3.0.2", error, NULL);
	json_t *row = json_array_get(rows, json_array_size(rows) - 1);

	assert_string_equal(json_string_value(json_object_get(row, "gate")), "conclusion");
	assert_string_equal(json_string_value(json_object_get(row, "verdict")), verdict);
	assert_string_equal(json_string_value(json_object_get(row, "value")), value);
	json_decref(rows);
}

static size_t count_failures(void)
{
	char error[256];
	json_t *rows = fakes_ask("ro explain 10.1.0.2 10.3.0.2", error, NULL);
	size_t n = 0, i;
	json_t *row;

	json_array_foreach(rows, i, row) n +=
		strcmp(json_string_value(json_object_get(row, "verdict")), "fail") == 0;
	json_decref(rows);
	return n;
}

static void test_conclusions(void **state)
{
	struct fakes *fakes = fakes_init(false);

	(void)state;
	expect_conclusion("pass", "direct from here; the way back is the peer's to explain");
	fakes->shut = "granted by the hub";
	expect_conclusion("fail", "by the hub; next: ro explain at the hub");
	fakes->shut = "a gate of tomorrow";
	expect_conclusion("fail", "by the hub");
	fakes->shut = "they are two routers'";
	expect_conclusion("fail", "by no tunnel; next: nothing: packets between the two do not "
				  "leave this branch");
	/* a hold-down that says that there are NATs is mended at the NATs */
	fakes->shut = "not held down";
	expect_conclusion("fail", "by the hub; next: mend that; then ro start tries at once");
	fakes->shut_too = "one side can be reached";
	expect_conclusion("fail", "by the hub; next: forward UDP port 434 at one side's NAT, and "
				  "set outbound-only: no there");
	fakes->shut = "not stopped";
	expect_conclusion("fail", "by the hub; next: ro start with the peer's home address");
	fakes->shut_too = NULL;
	fakes->shut = "we are registered there";
	expect_conclusion("fail", "by the hub; next: send packets that way; if it refuses, ro "
				  "explain there and its log say why");
	/* the path is direct, but not for a source of another's */
	fakes->is_direct = true;
	fakes->shut = "registered at the hub";
	expect_conclusion("pass", "direct from here; the way back is the peer's to explain");
	fakes->shut = "source is ours";
	expect_conclusion("fail", "by the hub; next: ask the branch that has the source; show "
				  "registration has our networks");
	fakes_fini();
}

/* Two routers of a hub that lets them find each other. */
static struct home_pair_view good_pair(void)
{
	struct home_pair_view pair = {.enabled = true};
	struct home_pair_end end = {.realm = "acme.example.com",
				    .bound = true,
				    .optimizes = true,
				    .advertises = true,
				    .advertised_by_policy = true,
				    .listed = true,
				    .sees = true};

	pair.source = pair.destination = end;
	pair.source.name = "branch-a";
	pair.source.home_address = addr_v4(inet_addr("192.0.2.1"));
	pair.destination.name = "branch-c";
	pair.destination.home_address = addr_v4(inet_addr("192.0.2.3"));
	return pair;
}

static void test_explain_at_hub(void **state)
{
	struct fakes *fakes = fakes_init(true);

	(void)state;
	fakes->pair = good_pair();
	fakes->pair.source.outbound = true;
	fakes->pair.source.nat = true;
	fakes->pair.destination.name = NULL;
	fakes_expect(
		"ro explain 10.1.0.2 10.9.0.2",
		"[{\"verdict\":\"pass\",\"gate\":\"enabled at this hub\",\"value\":\"yes\","
		"\"age_s\":null},"
		"{\"verdict\":\"pass\",\"gate\":\"source is a router's\","
		"\"value\":\"branch-a, 10.1.0.0/24\",\"age_s\":null},"
		"{\"verdict\":\"pass\",\"gate\":\"source is bound\",\"value\":\"yes\","
		"\"age_s\":null},"
		"{\"verdict\":\"pass\",\"gate\":\"source asks for direct paths\","
		"\"value\":\"yes, it can only open connections, behind a NAT\",\"age_s\":null},"
		"{\"verdict\":\"pass\",\"gate\":\"source may be advertised\",\"value\":\"yes\","
		"\"age_s\":null},"
		"{\"verdict\":\"pass\",\"gate\":\"source is advertised\",\"value\":\"yes\","
		"\"age_s\":null},"
		"{\"verdict\":\"fail\",\"gate\":\"destination is a router's\","
		"\"value\":\"no router has it: see show bindings\",\"age_s\":null},"
		"{\"verdict\":\"fail\",\"gate\":\"conclusion\",\"value\":\"they do not find each "
		"other; next: nothing if it is at the hub or beyond; else add its network to a "
		"subscriber\",\"age_s\":null}]");
	fakes_fini();
}

static void test_conclusions_at_hub(void **state)
{
#define NOT "they do not find each other; next: "
	struct fakes *fakes = fakes_init(true);
	struct home_pair_view *pair = &fakes->pair;

	(void)state;
	*pair = good_pair();
	expect_conclusion("pass", "the hub lets them find each other; ro explain at a branch");
	pair->destination.sees = false;
	expect_conclusion("fail", NOT "let its realm see the other's, in the subscribers");
	*pair = good_pair();
	pair->source.outbound = pair->destination.outbound = true;
	expect_conclusion("fail", NOT "forward UDP port 434 at one side's NAT, and set "
				      "outbound-only: no there");
	*pair = good_pair();
	pair->destination.refused = true;
	expect_conclusion("fail", NOT "change its subscriber entry, and reload");
	*pair = good_pair();
	pair->source.listed = pair->source.advertises = false;
	expect_conclusion("fail", NOT "set route-optimization.advertise: true at its branch");
	*pair = good_pair();
	pair->source.home_address = pair->destination.home_address;
	pair->source.sees = pair->destination.sees = false;
	expect_conclusion("fail", NOT "nothing: packets between the two do not leave that branch");
	assert_int_equal(count_failures(), 2); /* that gate and the conclusion */
	fakes_fini();
#undef NOT
}

/* What doctor finds under a name, and says to do. NULL: it has no such line; advice NULL: nothing. */
static void expect_finding(const char *check, const char *verdict, const char *found,
			   const char *advice)
{
	char error[256];
	json_t *rows = fakes_ask("doctor", error, NULL);
	const json_t *finding = NULL;
	json_t *row;
	size_t i;

	json_array_foreach(rows, i, row)
	{
		if (strcmp(json_string_value(json_object_get(row, "check")), check) == 0)
			finding = row;
	}
	assert_int_equal(finding == NULL, verdict == NULL);
	if (finding != NULL) {
		const char *said = json_string_value(json_object_get(finding, "advice"));

		assert_string_equal(json_string_value(json_object_get(finding, "verdict")),
				    verdict);
		assert_string_equal(json_string_value(json_object_get(finding, "found")), found);
		assert_string_equal(said ? said : "", advice ? advice : "");
	}
	json_decref(rows);
}

static void test_doctor(void **state)
{
	struct fakes *fakes = fakes_init(false);

	(void)state;
	expect_finding("direct paths", "ok", "granted by the hub", NULL);
	fakes->ro.granted = false;
	fakes->ro.code = 16;
	expect_finding("direct paths", "warn", "the hub refuses, code 16",
		       "change our entry in the hub's subscribers; ro explain there");
	fakes->ro.answered = TIME_NEVER;
	expect_finding("direct paths", "warn", "the hub said nothing of them",
		       "see show registration; at the hub set "
		       "home-agent.route-optimization.enabled: true");
	expect_finding("NAT", "ok", "behind one, but others may open a path", NULL);
	fakes->ro.outbound_only = true;
	expect_finding("NAT", "warn", "only we can open a direct path",
		       "peers behind a NAT stay with the hub; forward UDP port 434 to us and "
		       "set outbound-only: no");
	fakes->ro.outbound_only = fakes->ro.nat = false;
	expect_finding("NAT", "ok", "none", NULL);
	fakes->ro.enabled = false;
	expect_finding("direct paths", "ok", "switched off here", NULL);
	expect_finding("NAT", NULL, NULL, NULL);
	fakes_fini();
	fakes_init(true);
	expect_finding("direct paths", NULL, NULL, NULL);
	fakes_fini();
}

/* Two sizes each 500 ms are 4 a second, and as many answers: 8 of each peer. */
static void test_doctor_counts_keepalives(void **state)
{
	struct fakes *fakes = fakes_init(false);

	(void)state;
	fakes->conf.mobile.optimization.max_peers = 1000;
	fakes->conf.policer.keepalive.per_second = 8000;
	expect_finding("keepalive policer", "ok", "8000/s; 1000 peers may send 8000/s", NULL);
	fakes->conf.policer.keepalive.per_second = 7999;
	expect_finding(
		"keepalive policer", "warn", "7999/s; 1000 peers may send 8000/s",
		"set signalling-policer.keepalive: 8000/s and restart, or a lower max-peers");
	fakes->conf.mobile.optimization.keepalive_full_size = false;
	expect_finding("keepalive policer", "ok", "7999/s; 1000 peers may send 4000/s", NULL);
	fakes->conf.mobile.optimization.keepalive.interval = 3 * NS_PER_S;
	fakes->conf.policer.keepalive.per_second = 1;
	expect_finding("keepalive policer", "warn", "1/s; 1000 peers may send 667/s",
		       "set signalling-policer.keepalive: 667/s and restart, or a lower max-peers");
	fakes_fini();
}

static void test_doctor_looks_at_peers(void **state)
{
	struct fakes *fakes = fakes_init(false);

	(void)state;
	expect_finding("path to 192.0.2.3", NULL, NULL, NULL); /* direct */
	expect_finding("path to 192.0.2.4", "warn",
		       "left alone for 30 s: no answer to the home test",
		       "see ro explain, and show ro sessions 192.0.2.4");
	fakes->n_told = 7;
	fakes->reason = "its home address is not reached natively";
	expect_finding("path to 198.18.0.6", "warn",
		       "left alone for 9 s: its home address is not reached natively",
		       "route its home address outside of tunnels, too; until then its packets go "
		       "by the hub");
	expect_finding("other paths", NULL, NULL, NULL);
	fakes->n_told = 10;
	expect_finding("path to 198.18.0.7", NULL, NULL, NULL);
	expect_finding("other paths", "warn", "3 more are not direct", "see show ro sessions");
	fakes->n_told = 1;
	fakes->reason = "its policy refuses";
	expect_finding("path to 198.18.0.0", "warn", "left alone for 9 s: its policy refuses",
		       "look there for ro stop, for advertise: false, and in its log");
	fakes->told_state = RO_STATE_STOPPED;
	expect_finding("path to 198.18.0.0", "warn", "stopped by the operator",
		       "ro start 198.18.0.0 takes it back");
	fakes->told_state = RO_STATE_PROBING;
	fakes->reason = "keepalives are not answered";
	expect_finding("path to 198.18.0.0", "warn",
		       "being tried again: keepalives are not answered",
		       "look what drops packets between the two care-of addresses");
	fakes->reason = "";
	expect_finding("path to 198.18.0.0", NULL, NULL, NULL);
	fakes_fini();
}

/* At a branch: without a registration nothing else matters. */
static void test_doctor_looks_at_the_registration(void **state)
{
	struct fakes *fakes = fakes_init(false);

	(void)state;
	fakes->mobile.state = MOBILE_DOWN;
	expect_finding("registration", "warn", "no uplink can be used",
		       "show registration has the carrier and the answers of each");
	fakes->mobile.state = MOBILE_REGISTERED;
	fakes->mobile.n_uplinks = 2;
	fakes->mobile.uplinks[0] = (struct mobile_uplink_view){.carrier = true, .answers = true};
	fakes->mobile.uplinks[1] = (struct mobile_uplink_view){.carrier = true, .active = true};
	expect_finding("registration", "warn", "registered, but the hub does not answer",
		       "look whether the hub runs, and what drops packets on the way");
	fakes->mobile.uplinks[1].answers = true;
	expect_finding("registration", "ok", "registered", NULL);
	fakes->mobile.state = MOBILE_REFRESHING;
	expect_finding("registration", "ok", "registered", NULL);
	fakes->mobile.state = MOBILE_HELD;
	fakes->mobile.last_code = 131;
	expect_finding("registration", "warn",
		       "refused or revoked, code 131; it tries again by itself",
		       "see show violations, the log and the subscribers at the hub");
	fakes->mobile.state = MOBILE_LEFT;
	expect_finding("registration", "warn", "not registered: down",
		       "see show registration; at the hub show violations");
	fakes_fini();
	fakes_init(true);
	expect_finding("registration", NULL, NULL, NULL);
	fakes_fini();
}

static void test_doctor_knows_a_failed_reload(void **state)
{
	struct fakes *fakes = fakes_init(true);

	(void)state;
	expect_finding("last reload", NULL, NULL, NULL);
	fakes->running.reload = (struct reload_result){.is_tried = true, .ok = true};
	expect_finding("last reload", NULL, NULL, NULL);
	fakes->running.reload.ok = false;
	error_set(&fakes->running.reload.error, -EINVAL, "hub.yaml:3:1: unknown key 'nmae'");
	expect_finding("last reload", "warn", "hub.yaml:3:1: unknown key 'nmae'",
		       "see to it and reload: what runs is not what the file says");
	fakes_fini();
}

static void test_start_and_stop(void **state)
{
	(void)state;
	fakes_init(false);
	fakes_expect("ro start 192.0.2.3",
		     "[{\"result\":\"asked\",\"home_address\":\"192.0.2.3\"}]");
	fakes_expect_error("ro start 192.0.2.9",
			   "the hub told of no router 192.0.2.9; show ro cache lists them");
	fakes_expect_error("ro start x", "x is not an IPv4 address");
	fakes_expect_error("ro stop 192.0.2.3", "192.0.2.3 is stopped already");
	fakes_fini();
	fakes_init(true);
	fakes_expect_error("ro start 192.0.2.3", "a home agent has no direct paths");
	fakes_fini();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_whole),
		cmocka_unit_test(test_cache),
		cmocka_unit_test(test_sessions),
		cmocka_unit_test(test_many),
		cmocka_unit_test(test_nonces),
		cmocka_unit_test(test_advertised),
		cmocka_unit_test(test_explain),
		cmocka_unit_test(test_explain_at_hub),
		cmocka_unit_test(test_start_and_stop),
		cmocka_unit_test(test_doctor),
		cmocka_unit_test(test_doctor_counts_keepalives),
		cmocka_unit_test(test_doctor_looks_at_peers),
		cmocka_unit_test(test_doctor_looks_at_the_registration),
		cmocka_unit_test(test_doctor_knows_a_failed_reload),
		cmocka_unit_test(test_conclusions),
		cmocka_unit_test(test_conclusions_at_hub),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
