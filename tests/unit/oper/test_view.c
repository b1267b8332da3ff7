/* SPDX-License-Identifier: BSD-3-Clause */
/* What haaroctl prints: tables, fields and JSON, as an operator sees them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "cli/format.h"
#include "cli/view.h"
#include "cli/view_ro.h"

struct how {
	bool json;
	bool all;
	bool fails; /* the answer breaks off */
};

/* Prints rows (a JSON array) as the answer to line, and compares. */
static void expect(const char *line, struct how how, const char *rows, const char *golden)
{
	json_t *list = json_loads(rows, 0, NULL);
	struct printing *printing;
	char *text = NULL;
	size_t len = 0;
	FILE *out = open_memstream(&text, &len);

	assert_non_null(list);
	printing = printing_create(line, how.json, how.all, out);
	for (size_t i = 0; i < json_array_size(list); i++)
		printing_row(printing, json_array_get(list, i));
	printing_finish(printing, !how.fails);
	fclose(out);
	assert_string_equal(text, golden);
	free(text);
	json_decref(list);
}

#define BINDING                                                                           \
	"{\"name\":\"branch-a\",\"home_address\":\"192.0.2.1\",\"care_of\":\"10.1.1.5\"," \
	"\"seen\":\"203.0.113.9\",\"seen_port\":40112,\"behind_nat\":true,"               \
	"\"encapsulation\":\"udp\",\"tunnel\":5,\"granted_s\":600,\"remaining_s\":65,"    \
	"\"age_s\":90061,\"spi\":1000,\"identification\":\"01\",\"renewals\":3,"          \
	"\"networks\":[\"10.1.0.0/24\",\"10.1.64.0/24\"]}"
#define BINDING_LONG                                                                   \
	"{\"name\":\"b\",\"home_address\":\"192.0.2.22\",\"care_of\":\"203.0.113.7\"," \
	"\"seen\":\"203.0.113.7\",\"seen_port\":0,\"behind_nat\":false,"               \
	"\"encapsulation\":\"ipip\",\"tunnel\":12345,\"granted_s\":600,"               \
	"\"remaining_s\":null,\"age_s\":7,\"spi\":1000,\"identification\":\"02\","     \
	"\"renewals\":0,\"networks\":[]}"

static void test_table(void **state)
{
	(void)state;
	expect("show bindings", (struct how){0}, "[" BINDING "," BINDING_LONG "]",
	       "ROUTER    HOME ADDRESS  ENCAP  TUNNEL    AGE  EXPIRES  NETWORKS                   "
	       "SEEN               BEHIND NAT\n"
	       "branch-a  192.0.2.1     udp         5  1d01h    1m05s  10.1.0.0/24, 10.1.64.0/24  "
	       "203.0.113.9:40112  yes (seen 203.0.113.9:40112, claimed 10.1.1.5)\n"
	       "b         192.0.2.22    ipip    12345     7s        -  -                          "
	       "203.0.113.7        no\n");
	expect("show bindings", (struct how){0}, "[]", "none\n");
	/* An answer that breaks off prints no half table. */
	expect("show bindings", (struct how){.fails = true}, "[" BINDING "]", "");
}

static void test_fields(void **state)
{
	(void)state;
	expect("show bindings 192.0.2.1", (struct how){0}, "[" BINDING "]",
	       "router:          branch-a\n"
	       "home address:    192.0.2.1\n"
	       "care-of address: 10.1.1.5\n"
	       "behind NAT:      yes (seen 203.0.113.9:40112, claimed 10.1.1.5)\n"
	       "encapsulation:   udp\n"
	       "tunnel:          5\n"
	       "far end:         203.0.113.9:40112\n"
	       "bound for:       1d01h\n"
	       "granted:         10m00s\n"
	       "expires in:      1m05s\n"
	       "renewals:        3\n"
	       "SPI:             1000\n"
	       "identification:  01\n"
	       "networks:        10.1.0.0/24, 10.1.64.0/24\n");
}

static void test_registration(void **state)
{
	(void)state;
	expect("show registration", (struct how){0},
	       "[{\"state\":\"registered\",\"home_address\":\"192.0.2.1\",\"behind_nat\":true,"
	       "\"care_of\":\"10.9.0.2\",\"next_try_s\":null,\"hub_rtt_us\":1530,"
	       "\"last_outage_ms\":0,\"networks\":[{\"prefix\":\"10.1.0.0/24\",\"accepted\":true,"
	       "\"code\":0},{\"prefix\":\"10.2.0.0/24\",\"accepted\":false,\"code\":3},"
	       "{\"prefix\":\"10.3.0.0/24\",\"accepted\":false,\"code\":0}],"
	       "\"uplinks\":[{\"port\":\"isp-a\",\"care_of\":\"10.9.0.2\",\"active\":true,"
	       "\"carrier\":true,\"answers\":false,\"rtt_us\":null}]}]",
	       "state:             registered\n"
	       "home address:      192.0.2.1\n"
	       "care-of address:   10.9.0.2\n"
	       "behind NAT:        yes (claimed 10.9.0.2)\n"
	       "round trip to hub: 1.5ms\n"
	       "networks:          10.1.0.0/24, 10.2.0.0/24 (refused, code 3), "
	       "10.3.0.0/24 (not registered)\n"
	       "\n"
	       "UPLINK  CARE-OF   ACTIVE  CARRIER  ANSWERS  RTT\n"
	       "isp-a   10.9.0.2  yes     yes      no         -\n");
}

/* The complaints about a file, one below the other. */
static void test_reasons(void **state)
{
	(void)state;
	expect("show reload", (struct how){0},
	       "[{\"result\":\"failed\",\"reason\":\"a:1:2: x\\nb:3:4: \\u001by\"}]",
	       "result: failed\n"
	       "reason: a:1:2: x\n"
	       "        b:3:4: ?y\n");
}

#define DROPS                                                                               \
	"[{\"reason\":\"ip_short\",\"cause\":\"packet\",\"packets\":0,\"help\":\"short\"}," \
	"{\"reason\":\"unbound\",\"cause\":\"state\",\"packets\":1234567,\"help\":\"nobody\"}]"

static void test_zero_rows(void **state)
{
	(void)state;
	expect("show drops", (struct how){0}, DROPS,
	       "REASON   PACKETS  CAUSE  MEANING\n"
	       "unbound  1234567  state  nobody\n");
	expect("show drops", (struct how){.all = true}, DROPS,
	       "REASON    PACKETS  CAUSE   MEANING\n"
	       "ip_short        0  packet  short\n"
	       "unbound   1234567  state   nobody\n");
}

static void test_json(void **state)
{
	(void)state;
	expect("show drops", (struct how){.json = true}, "[{\"a\":0,\"packets\":0},{\"a\":1}]",
	       "[{\"a\":0,\"packets\":0},\n {\"a\":1}]\n");
	expect("show drops", (struct how){.json = true}, "[]", "[]\n");
	expect("show drops", (struct how){.json = true, .fails = true}, "[]", "");
	expect("show reload", (struct how){.json = true}, "[{\"result\":\"ok\"}]",
	       "{\n  \"result\": \"ok\"\n}\n");
}

static void test_text(void **state)
{
	(void)state;
	expect("show config", (struct how){0}, "[{\"file\":\"f\",\"text\":\"a: 1\\nb: 2\\n\"}]",
	       "a: 1\nb: 2\n");
	expect("show tomorrow", (struct how){0}, "[{\"x\":1}]", "{\"x\": 1}\n");
}

static void check(format_cell format, const char *row, const char *golden)
{
	json_t *object = json_loads(row, 0, NULL);
	char *text = format(object, "x");

	assert_non_null(object);
	if (golden == NULL)
		assert_null(text);
	else
		assert_string_equal(text, golden);
	free(text);
	json_decref(object);
}

static void test_values(void **state)
{
	(void)state;
	check(format_duration, "{\"x\":0}", "0s");
	check(format_duration, "{\"x\":59}", "59s");
	check(format_duration, "{\"x\":60}", "1m00s");
	check(format_duration, "{\"x\":3599}", "59m59s");
	check(format_duration, "{\"x\":3600}", "1h00m");
	check(format_duration, "{\"x\":86399}", "23h59m");
	check(format_duration, "{\"x\":86400}", "1d00h");
	check(format_duration, "{\"x\":null}", NULL);
	check(format_duration, "{\"x\":-3}", "-3s");
	check(format_rtt, "{\"x\":999}", "999us");
	check(format_rtt, "{\"x\":1000}", "1.0ms");
	check(format_outage, "{\"x\":999}", "999ms");
	check(format_outage, "{\"x\":12345}", "12.3s");
	check(format_percent, "{\"x\":12.5}", "12.5%");
	check(format_percent, "{\"x\":null}", NULL);
	check(format_endpoint, "{\"x\":\"192.0.2.1\",\"x_port\":434}", "192.0.2.1:434");
	check(format_endpoint, "{\"x\":null,\"x_port\":434}", NULL);
	check(format_realms, "{\"x\":[\"acme\",null]}", "acme, (no realm)");
	check(format_realms, "{\"x\":[]}", NULL);
	check(format_labels, "{\"x\":{\"a\":\"b\",\"c\":1}}", "a=b c=1");
	check(format_labels, "{\"x\":{}}", NULL);
	/* Words of a peer do not steer the terminal. */
	check(format_text, "{\"x\":\"a\\u001b[2J\\nb\\u007f\"}", "a?[2J?b?");
	check(format_labels, "{\"x\":{\"text\":\"a\\u001bb\"}}", "text=a?b");
}

/* One command's words may be the beginning of another's. */
static void test_words_are_whole(void **state)
{
	(void)state;
	assert_string_equal(view_find("show ro")->words, "show ro");
	assert_string_equal(view_find("show routes")->words, "show routes");
	assert_string_equal(view_find("show ro cache")->words, "show ro cache");
	assert_string_equal(view_find("show ro sessions 192.0.2.1")->words, "show ro sessions ");
}

/* Whoever prints goes on until a title is NULL: there must be one. */
static void test_columns_end(void **state)
{
	static const char *const longest[] = {"show registration", "show tunnels", "show ports"};

	(void)state;
	for (const struct view *view = views_ro; view->words != NULL; view++)
		assert_null(view->columns[VIEW_COLUMNS_MAX - 1].title);
	for (size_t i = 0; i < sizeof(longest) / sizeof(longest[0]); i++)
		assert_null(view_find(longest[i])->columns[VIEW_COLUMNS_MAX - 1].title);
}

#define SESSION                                                                                    \
	"{\"home_address\":\"192.0.2.3\",\"state\":\"direct\",\"out\":\"direct\","                 \
	"\"in\":\"direct\",\"remote\":\"203.0.113.30\",\"remote_port\":434,\"rtt_us\":1500,"       \
	"\"heard_s\":0,\"lost\":0,\"registered_s\":250,\"accepted_s\":240,\"reason\":null,"        \
	"\"falls\":2,\"outage_ms\":4017,\"last_outage_ms\":2007,\"sent_direct_packets\":2,\"sent_" \
	"direct_bytes\":200,"                                                                      \
	"\"sent_hub_packets\":1,\"sent_hub_bytes\":100}"

static void test_sessions(void **state)
{
	(void)state;
	expect("show ro sessions", (struct how){0}, "[" SESSION "]",
	       "PEER       STATE   OUT     IN      FAR END             RTT  HEARD  LOST  THERE   "
	       "HERE  FALLS  LAST OUTAGE  WHY NOT DIRECT\n"
	       "192.0.2.3  direct  direct  direct  203.0.113.30:434  1.5ms     0s     0  4m10s  "
	       "4m00s      2         2.0s  -\n");
	expect("show ro sessions 192.0.2.3", (struct how){0}, "[" SESSION "]",
	       "peer:                 192.0.2.3\n"
	       "state:                direct\n"
	       "our packets go:       direct\n"
	       "its packets come:     direct\n"
	       "to:                   203.0.113.30:434\n"
	       "round trip:           1.5ms\n"
	       "heard:                0s\n"
	       "keepalives lost:      0\n"
	       "registered there for: 4m10s\n"
	       "registered here for:  4m00s\n"
	       "falls to the hub:     2\n"
	       "outages in all:       4.0s\n"
	       "last outage:          2.0s\n"
	       "sent:                 directly 2 packets, 200 bytes; by the hub 1 packets, 100 "
	       "bytes\n"
	       "received:             directly 0 packets, 0 bytes; by the hub 0 packets, 0 "
	       "bytes\n");
}

static void test_optimization(void **state)
{
	(void)state;
	expect("show ro", (struct how){0},
	       "[{\"enabled\":true,\"granted\":true,\"code\":0,\"answered_s\":61,"
	       "\"behind_nat\":true,\"outbound_only\":false,\"peers\":2,\"prefixes\":3,"
	       "\"sessions\":1,\"direct\":1,\"held_requests\":0}]",
	       "enabled here:       yes\n"
	       "granted by the hub: yes\n"
	       "its code:           0\n"
	       "it answered:        1m01s\n"
	       "behind NAT:         yes\n"
	       "outbound only:      no\n"
	       "peers known:        2\n"
	       "prefixes:           3\n"
	       "sessions:           1\n"
	       "direct paths:       1\n"
	       "requests held:      0\n");
	expect("show ro nonces", (struct how){0},
	       "[{\"index\":4660,\"current\":true,\"age_s\":10,\"left_s\":230}]",
	       "INDEX  CURRENT  AGE  ACCEPTED FOR\n"
	       " 4660  yes      10s         3m50s\n");
	expect("ro start 192.0.2.3", (struct how){0},
	       "[{\"result\":\"asked\",\"home_address\":\"192.0.2.3\"}]",
	       "result: asked\n"
	       "peer:   192.0.2.3\n");
	expect("ro stop 192.0.2.3", (struct how){.json = true}, "[{\"result\":\"stopped\"}]",
	       "{\n  \"result\": \"stopped\"\n}\n");
}

#define TOLD                                                                                \
	"[{\"home_address\":\"192.0.2.3\",\"advertised\":true,\"outbound_only\":false,"     \
	"\"stale\":false,\"age_s\":5,\"prefixes\":[\"10.3.0.0/24\",\"10.1.0.0/24\"],"       \
	"\"realm\":\"acme\",\"details\":["                                                  \
	"{\"prefix\":\"10.3.0.0/24\",\"realm\":\"acme\",\"routed\":true,\"problem\":null}," \
	"{\"prefix\":\"10.1.0.0/24\",\"realm\":null,\"routed\":false,\"problem\":\"ours\"}]}]"

static void test_told(void **state)
{
	(void)state;
	expect("show ro cache", (struct how){0}, TOLD,
	       "PEER       TOLD  STALE  OUTBOUND ONLY  REALM  PREFIXES\n"
	       "192.0.2.3    5s  no     no             acme   10.3.0.0/24, 10.1.0.0/24 (ours)\n");
	expect("show ro cache", (struct how){0}, "[]", "none\n");
	expect("show ro cache 192.0.2.3", (struct how){0}, TOLD,
	       "home address:    192.0.2.3\n"
	       "told by the hub: yes\n"
	       "outbound only:   no\n"
	       "stale:           no\n"
	       "told:            5s\n"
	       "\n"
	       "PREFIX       REALM  ROUTED  PROBLEM\n"
	       "10.3.0.0/24  acme   yes     -\n"
	       "10.1.0.0/24  -      no      ours\n");
	expect("show ro advertised", (struct how){0},
	       "[{\"name\":\"branch-c\",\"home_address\":\"192.0.2.3\",\"realm\":null,"
	       "\"prefixes\":1,\"priority\":10,\"outbound_only\":true,\"age_s\":9,"
	       "\"seen_by\":[\"acme\",null]}]",
	       "ROUTER    HOME ADDRESS  REALM  PREFIXES  PRIORITY  OUTBOUND ONLY  AGE  SEEN BY\n"
	       "branch-c  192.0.2.3     -             1        10  yes             9s  acme, (no "
	       "realm)\n");
}

static void test_explanation(void **state)
{
	(void)state;
	expect("ro explain 10.1.0.2 10.3.0.2", (struct how){0},
	       "[{\"verdict\":\"pass\",\"gate\":\"enabled here\",\"value\":\"yes\",\"age_s\":null},"
	       "{\"verdict\":\"fail\",\"gate\":\"not stopped\",\"value\":\"no\",\"age_s\":3},"
	       "{\"verdict\":\"fail\",\"gate\":\"conclusion\",\"value\":\"by the hub\","
	       "\"age_s\":null}]",
	       "      GATE          FOUND       SINCE\n"
	       "pass  enabled here  yes             -\n"
	       "fail  not stopped   no             3s\n"
	       "fail  conclusion    by the hub      -\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_words_are_whole),
		cmocka_unit_test(test_columns_end),
		cmocka_unit_test(test_sessions),
		cmocka_unit_test(test_optimization),
		cmocka_unit_test(test_told),
		cmocka_unit_test(test_explanation),
		cmocka_unit_test(test_table),
		cmocka_unit_test(test_fields),
		cmocka_unit_test(test_registration),
		cmocka_unit_test(test_zero_rows),
		cmocka_unit_test(test_json),
		cmocka_unit_test(test_text),
		cmocka_unit_test(test_values),
		cmocka_unit_test(test_reasons),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
