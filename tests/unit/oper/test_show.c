/* SPDX-License-Identifier: BSD-3-Clause */
/* Commands: which there are, what they take, the shape of what they answer, and that metrics and
 * counters are the same numbers. */
#include <errno.h>
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <event2/buffer.h>

#include "haaro/addr.h"

#include "fakes.h"
#include "oper/command.h"
#include "oper/metrics.h"

/* Runs a command to its end; the rows as an array, *end as the last line says. */
static json_t *ask(struct fakes *fakes, const char *line, char *error, size_t *calls)
{
	struct answer answer = {.out = evbuffer_new()};
	const struct command *command;
	json_t *rows = json_array();
	int result = -EINVAL;
	size_t n = 0;
	char *text;

	assert_int_equal(request_parse(&answer.request, line, strlen(line)), 0);
	command = command_find(&answer);
	if (command != NULL && command->change != NULL)
		result = command->change(&answer, &fakes->running);
	for (; command != NULL && command->next != NULL && n < 100000; n++) {
		result = command->next(&answer, &fakes->running);
		if (result <= 0)
			break;
	}
	answer_end(&answer, result);
	answer_clear(&answer);
	error[0] = '\0';
	while ((text = evbuffer_readln(answer.out, NULL, EVBUFFER_EOL_LF)) != NULL) {
		json_t *object = json_loads(text, 0, NULL);

		assert_non_null(object);
		if (json_object_get(object, "row") != NULL)
			json_array_append(rows, json_object_get(object, "row"));
		else if (!json_is_true(json_object_get(object, "ok")))
			snprintf(error, 256, "%s",
				 json_string_value(json_object_get(object, "error")));
		json_decref(object);
		free(text);
	}
	evbuffer_free(answer.out);
	if (calls != NULL)
		*calls = n + 1;
	return rows;
}

/* The rows of a command are exactly this JSON. */
static void expect(struct fakes *fakes, const char *line, const char *golden)
{
	char error[256];
	json_t *rows = ask(fakes, line, error, NULL);
	json_t *wanted = json_loads(golden, 0, NULL);

	assert_string_equal(error, "");
	assert_non_null(wanted);
	if (!json_equal(rows, wanted))
		json_dumpf(rows, stderr, JSON_INDENT(1));
	assert_true(json_equal(rows, wanted));
	json_decref(wanted);
	json_decref(rows);
}

static void expect_error(struct fakes *fakes, const char *line, const char *golden)
{
	char error[256];

	json_decref(ask(fakes, line, error, NULL));
	assert_string_equal(error, golden);
}

static void test_bindings(void **state)
{
	struct fakes *fakes = fakes_init(true);

	(void)state;
	expect(fakes, "show bindings", "[]");
	fakes->n_bindings = 1;
	expect(fakes, "show bindings",
	       "[{\"name\":\"branch-a\",\"home_address\":\"192.0.2.1\",\"care_of\":\"10.1.1.5\","
	       "\"seen\":\"203.0.113.9\",\"seen_port\":40112,\"behind_nat\":true,"
	       "\"encapsulation\":\"udp\",\"tunnel\":5,\"granted_s\":600,\"remaining_s\":65,"
	       "\"age_s\":90,\"spi\":1000,\"identification\":\"0102030405060708\","
	       "\"renewals\":3,\"networks\":[\"10.1.0.0/24\"]}]");
	expect_error(fakes, "show bindings 192.0.2.2", "192.0.2.2 is not bound");
	expect_error(fakes, "show bindings x", "x is not an IPv4 address");
	fakes_fini();
	fakes = fakes_init(false);
	expect_error(fakes, "show bindings",
		     "a mobile router has no bindings; try show registration");
	fakes_fini();
}

/* A hundred thousand come in pieces, each binding once, with its own networks. */
static void test_many_bindings(void **state)
{
	struct fakes *fakes = fakes_init(true);
	char error[256];
	size_t calls;
	json_t *rows;

	(void)state;
	fakes->n_bindings = 10000;
	rows = ask(fakes, "show bindings", error, &calls);
	assert_int_equal(json_array_size(rows), 10000);
	assert_true(calls >= 10000 / ANSWER_ROWS);
	for (size_t i = 0; i < 10000; i++) {
		json_t *row = json_array_get(rows, i);
		struct ip_addr addr = addr_v4(htonl(UINT32_C(0xc0000201) + (uint32_t)i));
		struct ip_prefix network =
			prefix_v4(htonl(UINT32_C(0x0a010000) + ((uint32_t)i << 8)), 24);
		json_t *networks = json_object_get(row, "networks");
		char text[PREFIX_TEXT_SIZE];

		assert_string_equal(json_string_value(json_object_get(row, "home_address")),
				    addr_print(&addr, text));
		assert_int_equal(json_array_size(networks), 1 + i % 2);
		assert_string_equal(json_string_value(json_array_get(networks, 0)),
				    prefix_print(&network, text));
	}
	json_decref(rows);
	fakes_fini();
}

static void test_tables(void **state)
{
	struct fakes *fakes = fakes_init(true);

	(void)state;
	expect(fakes, "show tunnels",
	       "[{\"tunnel\":9999,\"name\":null,\"peer\":\"192.0.2.1\",\"encapsulation\":\"udp\","
	       "\"local\":\"198.51.100.1\",\"local_port\":434,\"remote\":\"203.0.113.9\","
	       "\"remote_port\":40112,\"port\":\"wan\",\"next_hop\":\"198.51.100.254\","
	       "\"next_hop_state\":\"reachable\",\"mtu\":1468,\"path_mtu\":1500,"
	       "\"path_mtu_age_s\":9,\"errors\":4,\"received_packets\":11,\"received_bytes\":12,"
	       "\"sent_packets\":13,\"sent_bytes\":14,\"drops\":15,\"heard_s\":60}]");
	expect(fakes, "show neighbours",
	       "[{\"address\":\"198.51.100.254\",\"port\":\"wan\",\"state\":\"reachable\","
	       "\"mac\":\"02:00:00:00:00:fe\",\"age_s\":7,\"adjacency\":2,\"users\":1,"
	       "\"waiting\":0}]");
	expect(fakes, "show paths",
	       "[{\"path\":1,\"tunnel\":9999,\"backup\":null,\"up\":true,\"down\":null,"
	       "\"notify\":false},{\"path\":4,\"tunnel\":null,\"backup\":null,\"up\":false,"
	       "\"down\":\"unbound\",\"notify\":false}]");
	expect(fakes, "show adjacencies",
	       "[{\"adjacency\":2,\"kind\":\"forward\",\"port\":\"wan\","
	       "\"mac\":\"02:00:00:00:00:fe\",\"source\":\"02:00:00:00:00:09\",\"mtu\":1500}]");
	expect(fakes, "show routes",
	       "[{\"prefix\":\"10.0.0.0/24\",\"kind\":\"adjacency\",\"id\":2,\"via\":\"wan\","
	       "\"own\":true},"
	       "{\"prefix\":\"10.0.1.0/24\",\"kind\":\"path\",\"id\":1,"
	       "\"via\":\"udp 203.0.113.9:40112\",\"own\":false},"
	       "{\"prefix\":\"10.0.2.0/24\",\"kind\":\"unreachable\",\"id\":null,"
	       "\"via\":\"unbound\",\"own\":false}]");
	fakes_fini();
}

static void test_workers(void **state)
{
	struct fakes *fakes = fakes_init(true);

	(void)state;
	fakes->running.workers = 1;
	fakes->running.busy[0] = (struct busy_sample){.last_total = 1000, .last_busy = 125};
	expect(fakes, "show workers",
	       "[{\"worker\":0,\"core\":2,\"busy_percent\":12.5,\"busy_percent_since_start\":25.0,"
	       "\"cycles_per_packet\":10,\"packets\":100,\"polls\":4200,\"polls_busy\":4300,"
	       "\"sleeps\":4400}]");
	fakes_fini();
}

static void test_registration(void **state)
{
	struct fakes *fakes = fakes_init(false);

	(void)state;
	fakes->mobile = (struct mobile_view){.state = MOBILE_REGISTERED,
					     .home_address = addr_v4(inet_addr("192.0.2.1")),
					     .home_agent = addr_v4(inet_addr("198.51.100.1")),
					     .care_of = addr_v4(inet_addr("10.9.0.2")),
					     .port = 0,
					     .behind_nat = true,
					     .encap = ENCAP_UDP,
					     .tunnel = {3, 1},
					     .tunnel_mtu = 1468,
					     .granted = 120,
					     .remaining = 61 * NS_PER_S,
					     .next_try = TIME_NEVER,
					     .spi = 1000,
					     .clock_offset = -3,
					     .hub_rtt = 1500 * NS_PER_US,
					     .last_outage = 250 * NS_PER_MS,
					     .n_networks = 1,
					     .n_uplinks = 1};
	fakes->mobile.networks[0].prefix = prefix_v4(inet_addr("10.1.0.0"), 24);
	fakes->mobile.networks[0].accepted = true;
	fakes->mobile.uplinks[0] = (struct mobile_uplink_view){.carrier = true, .active = true};
	expect(fakes, "show registration",
	       "[{\"state\":\"registered\",\"home_address\":\"192.0.2.1\","
	       "\"home_agent\":\"198.51.100.1\",\"care_of\":\"10.9.0.2\",\"uplink\":\"wan\","
	       "\"behind_nat\":true,\"encapsulation\":\"udp\",\"tunnel\":3,\"tunnel_mtu\":1468,"
	       "\"granted_s\":120,\"remaining_s\":61,\"next_try_s\":null,\"last_code\":0,"
	       "\"spi\":1000,\"clock_offset_s\":-3,\"hub_rtt_us\":1500,\"last_outage_ms\":250,"
	       "\"networks\":[{\"prefix\":\"10.1.0.0/24\",\"accepted\":true,\"code\":0}],"
	       "\"uplinks\":[{\"port\":\"wan\",\"care_of\":null,\"active\":true,\"carrier\":true,"
	       "\"answers\":false,\"rtt_us\":null}]}]");
	expect(fakes, "ready", "[{\"ready\":true,\"state\":\"registered\"}]");
	fakes->mobile.state = MOBILE_DOWN;
	expect(fakes, "ready", "[{\"ready\":false,\"state\":\"down\"}]");
	fakes_fini();
	fakes = fakes_init(true);
	expect(fakes, "ready", "[{\"ready\":true,\"state\":\"running\"}]");
	fakes->running.is_stopping = true;
	expect(fakes, "ready", "[{\"ready\":false,\"state\":\"stopping\"}]");
	fakes_fini();
}

static void test_reload(void **state)
{
	struct fakes *fakes = fakes_init(true);
	struct conf next = {.role = CONF_HOME_AGENT, .name = "next"};

	(void)state;
	expect(fakes, "show reload", "[{\"result\":\"none since start\"}]");
	expect_error(fakes, "reload",
		     "/etc/haaro/hub.yaml:3:1: unknown key: nmae; did you mean name?");
	assert_ptr_equal(fakes->running.conf, &fakes->conf);
	fakes->next = &next;
	fakes->key = "ports[0].device";
	expect_error(fakes, "reload",
		     "/etc/haaro/hub.yaml: ports[0].device cannot change while running; restart "
		     "haarod for it");
	fakes->key = NULL;
	fakes->reload_result = -EEXIST;
	expect_error(fakes, "reload", "two own 10.1.0.0/24");
	assert_ptr_equal(fakes->running.conf, &fakes->conf);
	assert_false(fakes->running.reload.ok);
	assert_string_equal(fakes->running.reload.error.text, "two own 10.1.0.0/24");
	fakes->reload_result = 0;
	expect(fakes, "reload", "[{\"result\":\"reloaded\"}]");
	assert_ptr_equal(fakes->running.conf, &next);
	assert_true(fakes->running.reload.ok);
	assert_int_equal(log_count(fakes->running.log, EVENT_RELOADED), 1);
	assert_int_equal(log_count(fakes->running.log, EVENT_RELOAD_FAILED), 3);
	fakes_fini();
}

static void test_clear(void **state)
{
	struct fakes *fakes = fakes_init(true);

	(void)state;
	expect_error(fakes, "clear binding", "usage: clear binding HOME-ADDRESS");
	expect_error(fakes, "clear binding 192.0.2.9", "192.0.2.9 is not bound");
	expect(fakes, "clear binding 192.0.2.1",
	       "[{\"result\":\"cleared\",\"home_address\":\"192.0.2.1\"}]");
	assert_true(fakes->is_cleared);
	expect_error(fakes, "show ports now", "usage: show ports ");
	expect_error(fakes, "frobnicate", "there is no such command; help lists them");
	fakes_fini();
}

static void test_config_and_violations(void **state)
{
	struct fakes *fakes = fakes_init(true);

	(void)state;
	expect(fakes, "show config",
	       "[{\"file\":\"/etc/haaro/hub.yaml\",\"text\":\"name: hub\\n\"}]");
	expect(fakes, "show violations",
	       "[{\"number\":1,\"when\":\"1970-01-01T00:00:00.000Z\",\"home_address\":\"192.0.2."
	       "7\","
	       "\"peer\":\"203.0.113.66\",\"peer_port\":434,\"spi\":1001,"
	       "\"identification\":\"0000000000000000\",\"reason\":\"wrong authenticator\"}]");
	fakes_fini();
}

/* Every sample of /metrics, and nothing else, is a row of show counters with the same value. */
static void test_metrics_equal_counters(bool is_home)
{
	struct fakes *fakes = fakes_init(is_home);
	struct evbuffer *out = evbuffer_new();
	char error[256];
	json_t *rows;
	size_t samples = 0;
	char *last = NULL;
	char *line;

	memset(&fakes->home_counters, 7, sizeof(fakes->home_counters));
	fakes->mobile_counters.requests = 77;
	fakes->mobile_counters.denied_by_code[133] = 78;
	rows = ask(fakes, "show counters", error, NULL);
	metrics_print(&fakes->running, out);
	while ((line = evbuffer_readln(out, NULL, EVBUFFER_EOL_LF)) != NULL) {
		free(last);
		last = line;
		char name[256];
		json_t *row = json_array_get(rows, samples);
		size_t len;
		const char *key;
		json_t *value;
		uint64_t number;
		bool first = true;

		if (line[0] == '#')
			continue;
		assert_non_null(row);
		len = (size_t)snprintf(name, sizeof(name), "%s",
				       json_string_value(json_object_get(row, "counter")));
		assert_memory_equal(line, name, len);
		if (strncmp(line + len, "_total", 6) == 0)
			len += (size_t)snprintf(name + len, sizeof(name) - len, "_total");
		json_object_foreach(json_object_get(row, "labels"), key, value)
		{
			len += (size_t)snprintf(name + len, sizeof(name) - len, "%s%s=\"%s\"",
						first ? "{" : ",", key, json_string_value(value));
			first = false;
		}
		snprintf(name + len, sizeof(name) - len, "%s ", first ? "" : "}");
		assert_memory_equal(line, name, strlen(name));
		number = strtoull(line + strlen(name), NULL, 10);
		assert_true(number == (uint64_t)json_integer_value(json_object_get(row, "value")));
		samples++;
	}
	assert_non_null(last);
	assert_string_equal(last, "# EOF");
	free(last);
	assert_int_equal(samples, json_array_size(rows));
	assert_true(samples > 150);
	json_decref(rows);
	evbuffer_free(out);
	fakes_fini();
}

static void test_metrics(void **state)
{
	(void)state;
	test_metrics_equal_counters(true);
	test_metrics_equal_counters(false);
}

/* Each number comes from where it should: one of every family, by its labels. */
static void test_metric_sources(void **state)
{
	static const struct {
		const char *counter;
		const char *labels;
		json_int_t value;
	} wanted[] = {
		{"haaro_drops", "{\"reason\":\"eth_short\",\"cause\":\"packet\"}", 1001},
		{"haaro_punted", "{\"class\":\"arp\"}", 2003},
		{"haaro_icmp_errors_suppressed", "{}", 3001},
		{"haaro_injected", "{}", 3002},
		{"haaro_inject_failed", "{}", 3003},
		{"haaro_fragments_made", "{}", 3004},
		{"haaro_mss_clamped", "{}", 3005},
		{"haaro_ecn_warnings", "{}", 3006},
		{"haaro_port_received_packets", "{\"port\":\"wan\"}", 9001},
		{"haaro_port_received_bytes", "{\"port\":\"wan\"}", 9002},
		{"haaro_port_sent_packets", "{\"port\":\"wan\"}", 9003},
		{"haaro_port_sent_bytes", "{\"port\":\"wan\"}", 9004},
		{"haaro_port_receive_missed", "{\"port\":\"wan\"}", 9005},
		{"haaro_port_receive_errors", "{\"port\":\"wan\"}", 9006},
		{"haaro_port_send_errors", "{\"port\":\"wan\"}", 9007},
		{"haaro_port_up", "{\"port\":\"wan\"}", 1},
		{"haaro_worker_cycles", "{\"worker\":\"1\"}", 4001},
		{"haaro_worker_cycles_busy", "{\"worker\":\"1\"}", 1000},
		{"haaro_worker_polls", "{\"worker\":\"1\"}", 4201},
		{"haaro_worker_polls_busy", "{\"worker\":\"1\"}", 4301},
		{"haaro_worker_sleeps", "{\"worker\":\"1\"}", 4401},
		{"haaro_worker_packets", "{\"worker\":\"1\"}", 100},
		{"haaro_stage_packets", "{\"worker\":\"1\",\"stage\":\"parse\"}", 5101},
		{"haaro_stage_cycles", "{\"worker\":\"1\",\"stage\":\"parse\"}", 6101},
		{"haaro_stage_drops", "{\"worker\":\"1\",\"stage\":\"parse\"}", 7101},
		{"haaro_table_entries", "{\"table\":\"paths\"}", 82},
		{"haaro_table_capacity", "{\"table\":\"bindings\"}", 800},
		{"haaro_table_retired", "{}", 85},
		{"haaro_table_full", "{}", 86},
		{"haaro_table_bytes", "{}", 87},
		{"haaro_link_arp_replies_sent", "{}", 51},
		{"haaro_home_renewals_accepted", "{}", 52},
		{"haaro_home_denied_by_code", "{\"code\":\"133\"}", 53},
		{"haaro_events", "{\"event\":\"daemon.started\"}", 1},
		{"haaro_log_suppressed", "{\"event\":\"daemon.started\"}", 0},
	};
	struct fakes *fakes = fakes_init(true);
	char error[256];
	json_t *rows;

	(void)state;
	fakes->link_counters.arp_replies_out = 51;
	fakes->home_counters.renewed = 52;
	fakes->home_counters.denied_by_code[133] = 53;
	log_daemon(fakes->running.log, EVENT_STARTED, &fakes->running.now, "x");
	rows = ask(fakes, "show counters", error, NULL);
	for (size_t i = 0; i < sizeof(wanted) / sizeof(wanted[0]); i++) {
		json_t *labels = json_loads(wanted[i].labels, 0, NULL);
		bool found = false;
		json_t *row;
		size_t n;

		json_array_foreach(rows, n, row)
		{
			const char *name = json_string_value(json_object_get(row, "counter"));

			if (strcmp(name, wanted[i].counter) != 0 ||
			    !json_equal(json_object_get(row, "labels"), labels))
				continue;
			found = true;
			assert_int_equal(json_integer_value(json_object_get(row, "value")),
					 wanted[i].value);
		}
		if (!found)
			print_error("%s is missing\n", wanted[i].counter);
		assert_true(found);
		json_decref(labels);
	}
	json_decref(rows);
	fakes_fini();
}

/* show drops is the same numbers again: each reason with its own. */
static void test_drops(void **state)
{
	struct fakes *fakes = fakes_init(true);
	char error[256];
	json_t *rows = ask(fakes, "show drops", error, NULL);

	(void)state;
	assert_int_equal(json_array_size(rows), DROP_MAX - 1);
	for (int i = 1; i < DROP_MAX; i++) {
		json_t *row = json_array_get(rows, (size_t)i - 1);

		assert_string_equal(json_string_value(json_object_get(row, "reason")),
				    drop_name((enum drop_reason)i));
		assert_int_equal(json_integer_value(json_object_get(row, "packets")), 1000 + i);
	}
	json_decref(rows);
	fakes_fini();
}

/* A command either reads or changes, never both, and help names all. */
static void test_commands(void **state)
{
	struct fakes *fakes = fakes_init(true);
	const struct command *command;
	char error[256];
	json_t *rows;
	size_t n;

	(void)state;
	for (n = 0; (command = command_at(n)) != NULL; n++)
		assert_true((command->next == NULL) != (command->change == NULL));
	rows = ask(fakes, "help", error, NULL);
	assert_int_equal(json_array_size(rows), n);
	json_decref(rows);
	fakes_fini();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_bindings),     cmocka_unit_test(test_many_bindings),
		cmocka_unit_test(test_tables),       cmocka_unit_test(test_workers),
		cmocka_unit_test(test_registration), cmocka_unit_test(test_reload),
		cmocka_unit_test(test_clear),        cmocka_unit_test(test_config_and_violations),
		cmocka_unit_test(test_metrics),      cmocka_unit_test(test_metric_sources),
		cmocka_unit_test(test_drops),        cmocka_unit_test(test_commands),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
