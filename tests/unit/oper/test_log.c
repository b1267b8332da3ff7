/* SPDX-License-Identifier: BSD-3-Clause */
/* Log lines: names, formats, levels and the rate limit. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "haaro/addr.h"
#include "haaro/forwarding.h"

#include "oper/log.h"

struct capture {
	struct log *log;
	FILE *out;
	char *text;
	size_t len;
};

static void begin(struct capture *capture, struct log_options options)
{
	static struct conf_port ports[2] = {{.name = "wan"}, {.name = "core"}};
	static const struct conf conf = {.name = "hub", .ports = ports, .n_ports = 2};

	capture->out = open_memstream(&capture->text, &capture->len);
	options.out = capture->out;
	options.conf = &conf;
	capture->log = log_create(&options);
	assert_non_null(capture->log);
}

static void end(struct capture *capture)
{
	log_destroy(capture->log);
	fclose(capture->out);
	free(capture->text);
}

static size_t count_lines(struct capture *capture)
{
	size_t n = 0;

	fflush(capture->out);
	for (size_t i = 0; i < capture->len; i++)
		n += capture->text[i] == '\n';
	return n;
}

static struct event denied(uint64_t mono)
{
	struct event event = {
		.type = EVENT_REGISTRATION_DENIED,
		.when = {mono, UINT64_C(1795230262123000000)},
		.home_address = addr_v4(inet_addr("192.0.2.1")),
		.peer = addr_v4(inet_addr("203.0.113.9")),
		.peer_port = 40112,
		.port = PORT_NONE,
		.tunnel = {FWD_NONE, 0},
		.value = 133,
		.text = "identification \"mismatch\"",
	};

	return event;
}

static void test_text(void **state)
{
	struct capture capture;
	struct event event = denied(NS_PER_S);

	(void)state;
	begin(&capture, (struct log_options){.level = CONF_LOG_INFO});
	log_handle_event(capture.log, &event);
	fflush(capture.out);
	assert_string_equal(capture.text,
			    "2026-11-21T03:04:22.123Z warning registration.denied "
			    "home_address=192.0.2.1 peer=203.0.113.9 peer_port=40112 code=133 "
			    "text=\"identification \\\"mismatch\\\"\"\n");
	end(&capture);
}

/* A number goes by what it is; one that only says again what the text says is left out. */
static void test_numbers(void **state)
{
	struct capture capture;
	struct event event = denied(NS_PER_S);

	(void)state;
	begin(&capture, (struct log_options){.level = CONF_LOG_INFO});
	event.type = EVENT_HANDOVER;
	log_handle_event(capture.log, &event);
	event.type = EVENT_TUNNEL_ERROR;
	log_handle_event(capture.log, &event);
	fflush(capture.out);
	assert_non_null(strstr(capture.text, " outage_ms=133 "));
	assert_null(strstr(capture.text, "value"));
	end(&capture);
}

static void test_journal_and_json(void **state)
{
	struct capture capture;
	struct event event = denied(NS_PER_S);
	json_t *line;

	(void)state;
	begin(&capture, (struct log_options){
				.level = CONF_LOG_INFO, .format = CONF_LOG_JSON, .journal = true});
	log_handle_event(capture.log, &event);
	fflush(capture.out);
	assert_memory_equal(capture.text, "<4>{", 4);
	line = json_loads(capture.text + 3, 0, NULL);
	assert_non_null(line);
	assert_string_equal(json_string_value(json_object_get(line, "event")),
			    "registration.denied");
	assert_string_equal(json_string_value(json_object_get(line, "instance")), "hub");
	assert_int_equal(json_integer_value(json_object_get(line, "code")), 133);
	assert_null(json_object_get(line, "port"));
	json_decref(line);
	end(&capture);
}

/* Ports go by their names. */
static void test_port(void **state)
{
	struct capture capture;
	struct event event = {.type = EVENT_PORT_DOWN, .port = 1, .tunnel = {FWD_NONE, 0}};

	(void)state;
	begin(&capture, (struct log_options){.level = CONF_LOG_INFO});
	log_handle_event(capture.log, &event);
	event.port = 2;
	log_handle_event(capture.log, &event);
	fflush(capture.out);
	assert_non_null(strstr(capture.text, "port.down port=core\n"));
	assert_non_null(strstr(capture.text, "port.down port=2\n"));
	end(&capture);
}

/* Octets of a peer must not break a line or the JSON. */
static void test_hostile_text(void **state)
{
	struct capture capture;
	struct event event = denied(NS_PER_S);

	(void)state;
	begin(&capture, (struct log_options){.level = CONF_LOG_INFO});
	snprintf(event.text, sizeof(event.text), "a\nb");
	log_handle_event(capture.log, &event);
	snprintf(event.text, sizeof(event.text), "\xff\xfe");
	log_handle_event(capture.log, &event);
	assert_int_equal(count_lines(&capture), 2);
	assert_non_null(strstr(capture.text, "text=\"a\\nb\""));
	assert_non_null(strstr(capture.text, "(not printable)"));
	end(&capture);
}

static void test_levels(void **state)
{
	static const struct {
		enum conf_log_level level;
		size_t lines;
	} cases[] = {{CONF_LOG_ERROR, 1},
		     {CONF_LOG_WARNING, 2},
		     {CONF_LOG_INFO, 3},
		     {CONF_LOG_DEBUG, 4}};
	static const enum event_type types[] = {EVENT_RELOAD_FAILED, EVENT_LOST, EVENT_REGISTERED,
						EVENT_REFRESHED};

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		struct capture capture;

		begin(&capture, (struct log_options){.level = CONF_LOG_ERROR});
		log_set(capture.log, cases[i].level, CONF_LOG_TEXT);
		for (size_t j = 0; j < 4; j++)
			log_daemon(capture.log, types[j], &(struct now){1, 1}, "x");
		assert_int_equal(count_lines(&capture), cases[i].lines);
		assert_int_equal(log_count(capture.log, EVENT_REFRESHED), 1);
		end(&capture);
	}
}

static void test_rate_limit(void **state)
{
	struct capture capture;
	struct event event;

	(void)state;
	begin(&capture, (struct log_options){.level = CONF_LOG_INFO});
	for (int i = 0; i < LOG_RATE + 5; i++) {
		event = denied(NS_PER_S + (uint64_t)i);
		log_handle_event(capture.log, &event);
	}
	assert_int_equal(count_lines(&capture), LOG_RATE);
	assert_int_equal(log_suppressed(capture.log, EVENT_REGISTRATION_DENIED), 5);
	assert_int_equal(log_count(capture.log, EVENT_REGISTRATION_DENIED), LOG_RATE + 5);
	/* Another type has a rate of its own. */
	log_daemon(capture.log, EVENT_LOST, &event.when, "x");
	assert_int_equal(count_lines(&capture), LOG_RATE + 1);
	/* The next of its type, a second later, tells what was left out, once. */
	event = denied(2 * NS_PER_S);
	log_handle_event(capture.log, &event);
	log_handle_event(capture.log, &event);
	fflush(capture.out);
	assert_non_null(strstr(capture.text, " suppressed=5\n"));
	assert_null(strstr(strstr(capture.text, " suppressed=5\n") + 2, "suppressed"));
	end(&capture);
}

static void test_flush(void **state)
{
	struct capture capture;
	struct event event = denied(NS_PER_S);
	struct now same = {NS_PER_S + 5, 0};
	struct now later = {2 * NS_PER_S, 0};

	(void)state;
	begin(&capture, (struct log_options){.level = CONF_LOG_INFO});
	for (int i = 0; i < LOG_RATE + 1; i++)
		log_handle_event(capture.log, &event);
	log_flush(capture.log, &same);
	assert_int_equal(count_lines(&capture), LOG_RATE);
	log_flush(capture.log, &later);
	log_flush(capture.log, &later);
	assert_int_equal(count_lines(&capture), LOG_RATE + 1);
	assert_non_null(strstr(capture.text, " suppressed=1\n"));
	end(&capture);
}

struct kept {
	size_t n;
	size_t n_of_type[EVENT_MAX];
	uint64_t first, last; /* mono */
};

static void look_at(void *arg, const struct event *event)
{
	struct kept *kept = arg;

	if (kept->n++ == 0)
		kept->first = event->when.mono;
	assert_true(kept->n == 1 || event->when.mono >= kept->last);
	kept->last = event->when.mono;
	kept->n_of_type[event->type]++;
}

static struct kept kept_by(const struct log *log)
{
	struct kept kept = {0};

	log_walk_kept(log, look_at, &kept);
	return kept;
}

static void test_kept(void **state)
{
	struct capture capture;
	struct kept kept;

	(void)state;
	begin(&capture, (struct log_options){.level = CONF_LOG_ERROR});
	assert_int_equal(kept_by(capture.log).n, 0);
	for (uint64_t i = 0; i < LOG_KEPT + 3; i++) {
		struct event event = denied(i);

		log_handle_event(capture.log, &event);
	}
	kept = kept_by(capture.log);
	assert_int_equal(kept.n, LOG_KEPT);
	assert_int_equal(kept.first, 3);
	assert_int_equal(kept.last, LOG_KEPT + 2);
	log_daemon(capture.log, EVENT_REFRESHED, &(struct now){LOG_KEPT + 3, 1}, "debug");
	assert_int_equal(kept_by(capture.log).last, LOG_KEPT + 2);
	end(&capture);
}

/* What an attacker makes happen again and again leaves what happened beside it to be seen. */
static void test_a_flood_keeps_to_its_share(void **state)
{
	struct capture capture;
	struct kept kept;

	(void)state;
	begin(&capture, (struct log_options){.level = CONF_LOG_ERROR});
	for (uint64_t i = 0; i < 4 * LOG_KEPT; i++) {
		struct event event = denied(i);

		if (i % LOG_KEPT_SHARE == 0)
			log_daemon(capture.log, EVENT_LOST, &event.when, "rare");
		log_handle_event(capture.log, &event);
	}
	kept = kept_by(capture.log);
	assert_int_equal(kept.n, LOG_KEPT);
	assert_int_equal(kept.n_of_type[EVENT_LOST], 16);
	/* and others drive out the flood in their turn */
	for (uint64_t i = 0; i < LOG_KEPT; i++)
		log_daemon(capture.log, (enum event_type)(EVENT_LOST + i % 5),
			   &(struct now){4 * LOG_KEPT + i, 1}, "later");
	kept = kept_by(capture.log);
	assert_int_equal(kept.n, LOG_KEPT);
	assert_int_equal(kept.n_of_type[EVENT_REGISTRATION_DENIED], 0);
	end(&capture);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_text),
		cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_journal_and_json),
		cmocka_unit_test(test_hostile_text),
		cmocka_unit_test(test_levels),
		cmocka_unit_test(test_rate_limit),
		cmocka_unit_test(test_flush),
		cmocka_unit_test(test_kept),
		cmocka_unit_test(test_a_flood_keeps_to_its_share),
		cmocka_unit_test(test_port),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
