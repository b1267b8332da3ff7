/* SPDX-License-Identifier: BSD-3-Clause */
/* One registry of numbers: /metrics, show counters and show drops say the same, and the truth. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <event2/buffer.h>

#include "fakes.h"
#include "oper/metrics.h"

static bool is_of_peer(const char *line)
{
	return strstr(line, "{peer=\"") != NULL;
}

/*
 * Every sample of /metrics, and nothing else, is a row of show counters with the same value; those
 * of one peer are in show ro sessions instead.
 */
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
	memset(&fakes->ro_counters, 9, sizeof(fakes->ro_counters));
	rows = fakes_ask("show counters", error, NULL);
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

		if (line[0] == '#' || is_of_peer(line))
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

struct wanted {
	const char *counter;
	const char *labels;
	json_int_t value;
};

/* Each of these is among what show counters says. */
static void expect_numbers(const struct wanted *wanted, size_t n_wanted)
{
	char error[256];
	json_t *rows = fakes_ask("show counters", error, NULL);

	for (size_t i = 0; i < n_wanted; i++) {
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
}

/* Each number comes from where it should: one of every family, by its labels. */
static void test_metric_sources(void **state)
{
	static const struct wanted wanted[] = {
		{"haaro_drops", "{\"reason\":\"eth_short\",\"cause\":\"packet\"}", 1001},
		{"haaro_punted", "{\"class\":\"arp\"}", 2004},
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

	(void)state;
	fakes->link_counters.arp_replies_out = 51;
	fakes->home_counters.renewed = 52;
	fakes->home_counters.denied_by_code[133] = 53;
	log_daemon(fakes->running.log, EVENT_STARTED, &fakes->running.now, "x");
	expect_numbers(wanted, sizeof(wanted) / sizeof(wanted[0]));
	fakes_fini();
}

/* The same of route optimization, which a branch has. */
static void test_optimization_sources(void **state)
{
	static const struct wanted wanted[] = {
		{"haaro_ro_triggers", "{}", 61},
		{"haaro_ro_direct_paths", "{}", 62},
		{"haaro_ro_falls", "{}", 63},
		{"haaro_ro_keepalives_answered", "{}", 64},
		{"haaro_ro_nonce_rotations", "{}", 65},
		{"haaro_ro_denied_by_code", "{\"code\":\"129\"}", 66},
		{"haaro_ro_refused_by_code", "{\"code\":\"147\"}", 67},
		{"haaro_ro_peers", "{}", 2},
		{"haaro_ro_prefixes", "{}", 3},
		{"haaro_ro_sessions", "{}", 5},
		{"haaro_ro_paths_direct", "{}", 4},
	};
	struct fakes *fakes = fakes_init(false);

	(void)state;
	fakes->ro_counters.triggers = 61;
	fakes->ro_counters.ups = 62;
	fakes->ro_counters.falls = 63;
	fakes->ro_counters.keepalives_in = 64;
	fakes->ro_counters.rotations = 65;
	fakes->ro_counters.denied_by_code[129] = 66;
	fakes->ro_counters.refused_by_code[147] = 67;
	expect_numbers(wanted, sizeof(wanted) / sizeof(wanted[0]));
	fakes_fini();
}

/* --- peer by peer ---------------------------------------------------------------------------- */

/* What /metrics is, as text. */
static char *metrics_text(const struct fakes *fakes)
{
	struct evbuffer *out = evbuffer_new();
	char *text;

	metrics_print(&fakes->running, out);
	evbuffer_add(out, "", 1);
	text = strdup((const char *)evbuffer_pullup(out, -1));
	assert_non_null(text);
	evbuffer_free(out);
	return text;
}

/* In one pass: a sanitizer's strstr() looks at the whole rest each time. */
static size_t count(const char *text, const char *what)
{
	size_t len = strlen(what), n = 0;

	for (; *text; text++)
		n += *text == *what && strncmp(text, what, len) == 0;
	return n;
}

struct sample {
	const char *name;   /* behind haaro_ro_session_ */
	const char *labels; /* behind peer */
	const char *field;  /* of show ro sessions */
};

static const struct sample of_peer[] = {
	{"direct", ",direction=\"out\"", "out"},
	{"direct", ",direction=\"in\"", "in"},
	{"packets_total", ",direction=\"out\",path=\"direct\"", "sent_direct_packets"},
	{"packets_total", ",direction=\"out\",path=\"hub\"", "sent_hub_packets"},
	{"packets_total", ",direction=\"in\",path=\"direct\"", "received_direct_packets"},
	{"packets_total", ",direction=\"in\",path=\"hub\"", "received_hub_packets"},
	{"bytes_total", ",direction=\"out\",path=\"direct\"", "sent_direct_bytes"},
	{"bytes_total", ",direction=\"out\",path=\"hub\"", "sent_hub_bytes"},
	{"bytes_total", ",direction=\"in\",path=\"direct\"", "received_direct_bytes"},
	{"bytes_total", ",direction=\"in\",path=\"hub\"", "received_hub_bytes"},
	{"handovers_total", "", "handovers"},
	{"falls_total", "", "falls"},
	{"outage_ms_total", "", "outage_ms"},
};

#define OF_PEER (sizeof(of_peer) / sizeof(of_peer[0]))

static void expect_sample(const char *text, const json_t *row, const struct sample *sample)
{
	const char *peer = json_string_value(json_object_get(row, "home_address"));
	const json_t *field = json_object_get(row, sample->field);
	const char *word = json_string_value(field);
	json_int_t value = word ? strcmp(word, "direct") == 0 : json_integer_value(field);
	char line[256];

	assert_non_null(field);
	snprintf(line, sizeof(line),
		 "\nhaaro_ro_session_%s{peer=\"%s\"%s} %" JSON_INTEGER_FORMAT "\n", sample->name,
		 peer, sample->labels, value);
	if (count(text, line) != 1)
		print_error("not there once:%s", line);
	assert_int_equal(count(text, line), 1);
}

/* What show ro sessions has of each peer, and of no other; a family's samples follow each other. */
static void test_sessions(void **state)
{
	struct fakes *fakes = fakes_init(false);
	char error[256];
	json_t *rows;
	char *text;

	(void)state;
	fakes->n_told = 4;
	rows = fakes_ask("show ro sessions", error, NULL);
	text = metrics_text(fakes);
	assert_int_equal(json_array_size(rows), 6);
	for (size_t i = 0; i < 6 * OF_PEER; i++)
		expect_sample(text, json_array_get(rows, i / OF_PEER), &of_peer[i % OF_PEER]);
	assert_int_equal(count(text, "{peer="), 6 * OF_PEER);
	assert_int_equal(count(text, "# TYPE haaro_ro_session_"), 6);
	assert_non_null(strstr(text, "\n# TYPE haaro_ro_session_direct gauge\n"));
	assert_non_null(strstr(text, "\n# TYPE haaro_ro_session_outage_ms counter\n"));
	assert_non_null(strstr(text, "\nhaaro_ro_sessions_omitted 0\n"));
	free(text);
	json_decref(rows);
	fakes_fini();
	text = metrics_text(fakes_init(true));
	assert_null(strstr(text, "haaro_ro_session"));
	free(text);
	fakes_fini();
}

static size_t n_told(const char *text, const char *peer)
{
	char what[64];

	snprintf(what, sizeof(what), "{peer=\"%s\"", peer);
	return count(text, what) / OF_PEER;
}

/* No more than max-peers: those that are registered, then those that were known first. */
static void test_sessions_are_bounded(void **state)
{
	struct fakes *fakes = fakes_init(false);
	char *text;

	(void)state;
	fakes->n_told = 4;
	fakes->conf.mobile.optimization.max_peers = 4;
	text = metrics_text(fakes);
	assert_int_equal(count(text, "{peer="), 4 * OF_PEER);
	assert_int_equal(n_told(text, "192.0.2.3"), 1);
	assert_int_equal(n_told(text, "198.18.0.1"), 1);
	assert_int_equal(n_told(text, "198.18.0.3"), 1);
	assert_int_equal(n_told(text, "192.0.2.4"), 1);
	assert_non_null(strstr(text, "\nhaaro_ro_sessions_omitted 2\n"));
	free(text);
	/* The control core has other things to do, whatever is configured. */
	fakes->n_told = 5000;
	fakes->conf.mobile.optimization.max_peers = 100000;
	text = metrics_text(fakes);
	assert_int_equal(count(text, "{peer="), 4096 * OF_PEER);
	assert_non_null(strstr(text, "\nhaaro_ro_sessions_omitted 906\n"));
	free(text);
	fakes_fini();
}

/* show drops is the same numbers again: each reason with its own. */
static void test_drops(void **state)
{
	char error[256];
	json_t *rows;

	(void)state;
	fakes_init(true);
	rows = fakes_ask("show drops", error, NULL);
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_metrics),
		cmocka_unit_test(test_metric_sources),
		cmocka_unit_test(test_optimization_sources),
		cmocka_unit_test(test_sessions),
		cmocka_unit_test(test_sessions_are_bounded),
		cmocka_unit_test(test_drops),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
