/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The bounds of every number, rate and duration: one below, at, and one above each, and that what is
 * taken comes back as it was written, so that no bound is wider than its field. The bounds that the
 * protocols set are named here a second time.
 */
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "conf_texts.h"
#include "schema_walk.h"
#include "value.h"

/* Reads one value by a row, prints it again into text. False: refused. */
static bool read_back(const struct key *key, const char *written, char *text, size_t size)
{
	static const struct doc_limits limits = {.bytes = 1024, .nodes = 16};
	char source[128];
	struct complaints complaints;
	union {
		uint64_t number;
		struct conf_rate rate;
	} value = {0};
	struct error err;
	struct conf conf = {0};
	struct doc doc;
	struct reader reader = {.conf = &conf, .doc = &doc, .complaints = &complaints};
	struct printer printer = {.conf = &conf};
	bool good;

	complaints_init(&complaints, &err);
	snprintf(source, sizeof(source), "x: %s\n", written);
	assert_int_equal(doc_parse(&doc, "x", source, strlen(source), &limits, &complaints), 0);
	good = key->type->read(&reader, key, doc_child(&doc, doc.root, "x"), &value);
	doc_free(&doc);
	assert_int_equal(complaints.count, good ? 0 : 1);
	if (!good)
		return false;
	printer.out = fmemopen(text, size, "w");
	assert_non_null(printer.out);
	key->type->print(&printer, key, &value);
	fclose(printer.out);
	return true;
}

static void value_text_of(const struct key *key, uint64_t number, char *text, size_t size)
{
	const char *unit = key->type == &value_rate ? "/s" : "";

	if (key->type == &value_duration) {
		unit = "ms";
		number /= NS_PER_MS;
	}
	snprintf(text, size, "%" PRIu64 "%s", number, unit);
}

static void check_number(const char *path, const struct key *key, uint64_t number, bool taken)
{
	char written[64], text[64], again[64];

	value_text_of(key, number, written, sizeof(written));
	if (read_back(key, written, text, sizeof(text)) != taken)
		fail_msg("%s: %s is %s", path, written, taken ? "refused" : "taken");
	/* A duration prints with its largest unit; that must read as the same again. */
	if (taken && (!read_back(key, text, again, sizeof(again)) || strcmp(text, again) != 0))
		fail_msg("%s: %s came back as %s", path, written, text);
	if (taken && key->type != &value_duration && strcmp(text, written) != 0)
		fail_msg("%s: %s came back as %s", path, written, text);
}

static void check_row(void *arg, const char *path, const struct key *key)
{
	unsigned int *rows = arg;
	bool number = key->type == &value_number || key->type == &value_udp_port;
	uint64_t step = key->type == &value_duration ? NS_PER_MS : 1;

	if (!number && key->type != &value_duration && key->type != &value_rate)
		return;
	(*rows)++;
	if (key->min > 0)
		check_number(path, key, key->min - step, false);
	check_number(path, key, key->min, true);
	check_number(path, key, key->max, true);
	check_number(path, key, key->max + step, false);
	if (!(key->flags & KEY_POWER_2)) {
		check_number(path, key, key->min + step, true);
		check_number(path, key, key->max - step, true);
	} else {
		check_number(path, key, key->max - 1, false);
	}
}

static void test_every_bound(void **state)
{
	unsigned int rows = 0;

	(void)state;
	schema_walk(&schema_main, check_row, &rows);
	schema_walk(&schema_subscribers, check_row, &rows);
	assert_true(rows > 40);
}

/* Rows whose default is read only where the key is absent must not wait for that to fail. */
static void check_sane(void *arg, const char *path, const struct key *key)
{
	(void)arg;
	if (!key->help || !key->help[0] || key->help[strlen(key->help) - 1] == '.')
		fail_msg("%s: help", path);
	if (key->name[strspn(key->name, "abcdefghijklmnopqrstuvwxyz0123456789-")] != '\0')
		fail_msg("%s: name", path);
	if (!key->type == !key->map)
		fail_msg("%s: neither or both of type and map", path);
	if (!key->def == !(key->flags & (KEY_REQUIRED | KEY_HOME | KEY_MOBILE)))
		fail_msg("%s: required and default", path);
	if (key->list == LIST_ARRAY && key->max == 0)
		fail_msg("%s: an array without a bound", path);
	if (key->map)
		assert_true(key->map->n_keys <= SCHEMA_KEYS_MAX);
}

static void test_rows_are_sane(void **state)
{
	(void)state;
	schema_walk(&schema_main, check_sane, NULL);
	schema_walk(&schema_subscribers, check_sane, NULL);
}

struct bound {
	const struct map *map;
	const char *path;
	uint64_t min, max;
	bool found;
};

static void find_bound(void *arg, const char *path, const struct key *key)
{
	struct bound *bound = arg;

	if (strcmp(path, bound->path) != 0)
		return;
	bound->found = true;
	assert_int_equal(key->min, bound->min);
	assert_int_equal(key->max, bound->max);
}

static void test_bounds_of_protocols(void **state)
{
	static const struct bound bounds[] = {
		/* RFC 5944, section 5.1: SPIs 0..255 are reserved. */
		{&schema_subscribers, "routers[].keys[].spi", 256, UINT32_MAX, false},
		{&schema_main, "mobile-router.key[].spi", 256, UINT32_MAX, false},
		/* RFC 5944, section 3.3: 0 deregisters, 0xffff is infinite. */
		{&schema_main, "home-agent.max-lifetime", NS_PER_S, 65534 * NS_PER_S, false},
		{&schema_main, "home-agent.nat.max-lifetime", NS_PER_S, 65534 * NS_PER_S, false},
		/* RFC 5944, section 5.7.1: more than 3 seconds. */
		{&schema_main, "home-agent.replay.tolerance", 4 * NS_PER_S, 3600 * NS_PER_S, false},
		/* RFC 6521, section 9 (MAX_UPDATE_RATE), and haaro.md, A25. */
		{&schema_main, "mobile-router.route-optimization.keepalive.interval",
		 200 * NS_PER_MS, 3600 * NS_PER_S, false},
		{&schema_main, "mobile-router.route-optimization.lifetime", 10 * NS_PER_S,
		 420 * NS_PER_S, false},
		{&schema_main, "mobile-router.route-optimization.max-lifetime", 10 * NS_PER_S,
		 420 * NS_PER_S, false},
		/* RFC 3519, section 3.2: 16 bits of seconds. */
		{&schema_main, "home-agent.nat.keepalive", NS_PER_S, 65535 * NS_PER_S, false},
		/* RFC 791: every host takes 576 octets; 68 is the least MTU. */
		{&schema_main, "ports[].mtu", 576, 9000, false},
		{&schema_main, "tunnels[].mtu", 68, 9000, false},
		{&schema_main, "ports", 1, CONF_PORTS_MAX, false},
		{&schema_subscribers, "routers[].keys", 1, CONF_KEYS_MAX, false},
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(bounds) / sizeof(bounds[0]); i++) {
		struct bound bound = bounds[i];

		schema_walk(bound.map, find_bound, &bound);
		if (!bound.found)
			fail_msg("%s: no such key", bound.path);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_bound),
		cmocka_unit_test(test_rows_are_sane),
		cmocka_unit_test(test_bounds_of_protocols),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
