/* SPDX-License-Identifier: BSD-3-Clause */
/* Every number has a name, and the classes of reply codes are those of the registry. */
#include <string.h>

#include "cmocka_all.h"
#include "wire/message.h"

static void test_reply_codes(void **state)
{
	unsigned int code;

	(void)state;
	for (code = 0; code < 256; code++)
		assert_true(strlen(reply_code_name(code)) > 0);
	assert_string_equal(reply_code_name(133), "identification mismatch");
	assert_string_equal(reply_code_name(116), "foreign agent: invalid home agent address");
	assert_string_equal(reply_code_name(73), "foreign agent: other refusal");
	assert_string_equal(reply_code_name(63), "unassigned code");
	assert_string_equal(reply_code_name(194), "unassigned code");
	assert_string_equal(reply_code_name(256), "unassigned code");
}

static void test_reply_classes(void **state)
{
	(void)state;
	assert_true(reply_code_is_success(0));
	assert_true(reply_code_is_success(8));
	assert_false(reply_code_is_success(9));
	assert_true(reply_code_is_home(8));
	assert_false(reply_code_is_home(9));
	assert_false(reply_code_is_home(127));
	assert_true(reply_code_is_home(128));
	assert_true(reply_code_is_home(192));
	assert_false(reply_code_is_home(193));
}

static void test_other_names(void **state)
{
	(void)state;
	assert_string_equal(network_code_name(NETWORK_UNASSIGNED), "no prefix to assign");
	assert_string_equal(network_code_name(5), "unassigned code");
	assert_string_equal(wire_result_name(WIRE_EXTENSION_UNKNOWN),
			    "unknown non-skippable extension");
	assert_string_equal(wire_result_name(WIRE_RESULT_MAX), "?");
}

static void test_type(void **state)
{
	(void)state;
	assert_int_equal(message_type((const uint8_t *)"\x0f", 1), MESSAGE_REVOCATION_ACK);
	assert_int_equal(message_type((const uint8_t *)"\x0f", 0), MESSAGE_NONE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_reply_codes),
		cmocka_unit_test(test_reply_classes),
		cmocka_unit_test(test_other_names),
		cmocka_unit_test(test_type),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
