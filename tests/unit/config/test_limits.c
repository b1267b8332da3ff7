/* SPDX-License-Identifier: BSD-3-Clause */
/* Size: files that are meant to hurt end in a complaint; a hundred thousand subscribers load. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include <cmocka.h>

#include "conf_texts.h"

#define MIB ((size_t)1 << 20)

/* A text of count times the same piece between a head and a tail. */
static char *repeated(const char *head, const char *piece, size_t count, const char *tail)
{
	size_t len = strlen(piece);
	char *text = malloc(strlen(head) + len * count + strlen(tail) + 1);
	char *at;

	assert_non_null(text);
	at = stpcpy(text, head);
	for (; count > 0; count--) {
		memcpy(at, piece, len);
		at += len;
	}
	memcpy(at, tail, strlen(tail) + 1);
	return text;
}

static void check_bad(char *text, const char *subscribers, const char *complaint)
{
	struct error err;

	assert_null(parse(text, subscribers, &err));
	if (!strstr(err.text, complaint))
		fail_msg("expected '%s' in\n%s", complaint, err.text);
	free(text);
}

static void test_hostile(void **state)
{
	(void)state;
	check_bad(repeated("version: ", "[", 100000, ""), NULL, "nested deeper than 16 levels");
	check_bad(repeated("version: ", "{a: ", 100000, ""), NULL, "nested deeper than 16 levels");
	check_bad(repeated("", "- ", 100000, "a\n"), NULL, "nested deeper than 16 levels");
	check_bad(repeated(HUB_TEXT "tunnels: [", "x,", 2100000, "]\n"), NULL,
		  "more than 2000000 values");
	check_bad(repeated(HUB_TEXT "name: ", "x", 4 * MIB, "\n"), NULL, "at most 31 are possible");
	check_bad(repeated("", "x", 1000, ": 1\n"), NULL, "unknown key 'xxxx");
	check_bad(repeated(HUB_TEXT "  home-networks: [", "1.2.3.0/24, ", 1025, "]\n"), NULL,
		  "given twice");
	check_bad(repeated(HUB_TEXT "# ", "x", 16 * MIB, "\n"), NULL, "is larger than 16 MiB");
	check_bad(repeated("", "\n", 15 * MIB, ""), NULL, "holds no configuration");
	check_bad(repeated("a: \"", "\\x41", 1 * MIB, ""), NULL, "not YAML");
}

static void test_hostile_subscribers(void **state)
{
	char *text;

	(void)state;
	/* 1024 realms of 256 names each are possible, and no more. */
	text = repeated("version: 1\nrealms: [{name: a, sees: [", "a,", 257, "]}]\n");
	check_bad(strdup(HUB_TEXT "  subscribers: s\n"), text, "sees: 257 items");
	free(text);
	text = repeated("version: 1\nrealms: [", "{name: a},", 1025, "]\n");
	check_bad(strdup(HUB_TEXT "  subscribers: s\n"), text, "realms: 1025 items");
	free(text);
	text = repeated("version: 1\nrouters: [", "{name: a},", 100000, "]\n");
	check_bad(strdup(HUB_TEXT "  subscribers: s\n"), text, "there is more; mend these first");
	free(text);
}

static char *subscribers_of(unsigned int n)
{
	char *text = NULL;
	size_t len = 0;
	FILE *out = open_memstream(&text, &len);
	unsigned int i;

	fputs("version: 1\nrouters:\n", out);
	for (i = 0; i < n; i++)
		fprintf(out,
			"  - name: r%u\n"
			"    home-address: 11.%u.%u.%u\n"
			"    keys:\n"
			"      - {spi: 1000, secret: \"" SECRET_64 "\"}\n"
			"    networks: [12.%u.%u.%u/32, 13.%u.%u.%u/32]\n"
			"    nat: allow\n",
			i, i >> 16, i >> 8 & 255, i & 255, i >> 16, i >> 8 & 255, i & 255, i >> 16,
			i >> 8 & 255, i & 255);
	fclose(out);
	return text;
}

#define BIG_HUB_TEXT                                   \
	"version: 1\n"                                 \
	"role: home-agent\n" HUB_PORTS "home-agent:\n" \
	"  address: 198.51.100.1\n"                    \
	"  home-networks: [11.0.0.0/8]\n"              \
	"  subscribers: s\n"                           \
	"capacity: {tunnels: 1000000, prefixes: 4000000}\n"

/* The bound is a hundred times what a good machine takes: a quadratic check would break it. */
static void test_many_subscribers(void **state)
{
	char *subscribers = subscribers_of(SUBSCRIBERS);
	struct timespec before, after;
	struct conf *conf;
	struct error err;

	(void)state;
	clock_gettime(CLOCK_MONOTONIC, &before);
	conf = parse(BIG_HUB_TEXT, subscribers, &err);
	clock_gettime(CLOCK_MONOTONIC, &after);
	if (!conf)
		fail_msg("%s", err.text);
	assert_int_equal(conf->home.subscribers.n_routers, SUBSCRIBERS);
	assert_int_equal(conf->home.subscribers.routers[SUBSCRIBERS - 1].n_networks, 2);
	conf_free(conf);
	free(subscribers);
	print_message("%u subscribers in %.2f s\n", (unsigned int)SUBSCRIBERS,
		      (double)(after.tv_sec - before.tv_sec) +
			      (double)(after.tv_nsec - before.tv_nsec) / 1e9);
	assert_true(after.tv_sec - before.tv_sec < 60);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_hostile),
		cmocka_unit_test(test_hostile_subscribers),
		cmocka_unit_test(test_many_subscribers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
