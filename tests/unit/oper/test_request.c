/* SPDX-License-Identifier: BSD-3-Clause */
/* The request line and haarod's command line. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "oper/options.h"
#include "oper/request.h"

static int parse(struct request *request, const char *line)
{
	return request_parse(request, line, strlen(line));
}

static void test_words(void **state)
{
	struct request request;
	size_t n;

	(void)state;
	assert_int_equal(parse(&request, "  show \t bindings 192.0.2.1 \r"), 0);
	assert_int_equal(request.n_words, 3);
	assert_string_equal(request.words[0], "show");
	assert_string_equal(request.words[1], "bindings");
	assert_string_equal(request.words[2], "192.0.2.1");
	assert_true(request_begins(&request, "show bindings", &n));
	assert_int_equal(n, 2);
	assert_false(request_begins(&request, "show binding", &n));
	assert_false(request_begins(&request, "show bindings 192.0.2.1 more", &n));
	assert_int_equal(parse(&request, ""), 0);
	assert_int_equal(request.n_words, 0);
}

static void test_bounds(void **state)
{
	struct request request;
	char line[REQUEST_SIZE + 1];

	(void)state;
	memset(line, 'a', sizeof(line));
	assert_int_equal(request_parse(&request, line, REQUEST_SIZE - 1), 0);
	assert_int_equal(strlen(request.words[0]), REQUEST_SIZE - 1);
	assert_int_equal(request_parse(&request, line, REQUEST_SIZE), -EMSGSIZE);
	assert_int_equal(parse(&request, "1 2 3 4 5 6 7 8"), 0);
	assert_int_equal(request.n_words, REQUEST_WORDS);
	assert_int_equal(parse(&request, "1 2 3 4 5 6 7 8 9"), -E2BIG);
}

static void test_octets(void **state)
{
	struct request request;

	(void)state;
	assert_int_equal(request_parse(&request, "a\0b", 3), -EBADMSG);
	assert_int_equal(parse(&request, "a\x1f"), -EBADMSG);
	assert_int_equal(parse(&request, "a\x7f"), -EBADMSG);
	assert_int_equal(parse(&request, "a\xc3\xa4"), -EBADMSG);
	assert_int_equal(parse(&request, "a\rb"), -EBADMSG);
	assert_int_equal(parse(&request, "!~"), 0);
}

static int options(struct options *options, const char *a, const char *b, const char *c)
{
	char words[4][64] = {"haarod"};
	const char *given[3] = {a, b, c};
	char *argv[5] = {words[0]};
	struct error err;
	int argc = 1;

	for (int i = 0; i < 3 && given[i] != NULL; i++) {
		snprintf(words[argc], sizeof(words[argc]), "%s", given[i]);
		argv[argc] = words[argc];
		argc++;
	}
	return options_parse(options, argc, argv, &err);
}

static void test_options(void **state)
{
	struct options got;

	(void)state;
	assert_int_equal(options(&got, "hub.yaml", NULL, NULL), 0);
	assert_int_equal(got.action, ACTION_RUN);
	assert_int_equal(options(&got, "--check", "hub.yaml", NULL), 0);
	assert_int_equal(got.action, ACTION_CHECK);
	assert_int_equal(options(&got, "--replay", "18446744073709551615", "hub.yaml"), 0);
	assert_int_equal(got.action, ACTION_REPLAY);
	assert_true(got.seed == UINT64_MAX);
	assert_int_equal(options(&got, "--replay", "18446744073709551616", "hub.yaml"), -EINVAL);
	assert_int_equal(options(&got, "--replay", "-1", "hub.yaml"), -EINVAL);
	assert_int_equal(options(&got, "--replay", "1x", "hub.yaml"), -EINVAL);
	assert_int_equal(options(&got, "--version", NULL, NULL), 0);
	assert_int_equal(got.action, ACTION_VERSION);
	assert_int_equal(options(&got, NULL, NULL, NULL), -EINVAL);
	assert_int_equal(options(&got, "a", "b", NULL), -EINVAL);
	assert_int_equal(options(&got, "--check", "--print", "a"), -EINVAL);
	assert_int_equal(options(&got, "--counters=x", "a", NULL), -EINVAL);
	assert_int_equal(options(&got, "--frob", "a", NULL), -EINVAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_words),
		cmocka_unit_test(test_bounds),
		cmocka_unit_test(test_octets),
		cmocka_unit_test(test_options),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
