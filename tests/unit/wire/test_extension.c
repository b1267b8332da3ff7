/* SPDX-License-Identifier: BSD-3-Clause */
/* The walk over extensions: every encoding at its bounds, and the skippable rule. */
#include <stdio.h>

#include "cmocka_all.h"
#include "hex.h"
#include "vectors.h"
#include "wire/extension.h"

#define FIXED_REPLY 20

/* As the reply's table will be when route optimization is built, so that V2 is walked whole. */
static const uint8_t forms[256] = {
	[32] = FORM_SIMPLE,  [44] = FORM_SHORT,       [49] = FORM_SHORT,  [50] = FORM_LONG,
	[131] = FORM_SIMPLE, [139] = FORM_DYNAMIC_HA, [144] = FORM_SHORT, [148] = FORM_SHORT,
};

static uint8_t bytes[4096];

static struct extension_walk walk_of(const char *hex)
{
	size_t len = hex_read(hex, bytes, sizeof(bytes));

	return extension_walk_of(reader_of(bytes, len), forms);
}

/* What the first extension of a message without fixed part gives. */
static enum wire_result first(const char *hex, struct extension *extension)
{
	struct extension_walk walk = walk_of(hex);

	return extension_next(&walk, extension);
}

static void test_empty_and_padding(void **state)
{
	struct extension_walk walk;
	struct extension extension;

	(void)state;
	assert_int_equal(first("", &extension), WIRE_END);
	assert_int_equal(first("00", &extension), WIRE_END);
	walk = walk_of("00 00 83 01 61 00 83 01 62");
	assert_int_equal(extension_next(&walk, &extension), WIRE_OK);
	assert_int_equal(extension.offset, 2);
	assert_int_equal(extension_next(&walk, &extension), WIRE_OK);
	assert_int_equal(extension.offset, 6);
	assert_int_equal(extension_next(&walk, &extension), WIRE_END);
}

static void test_simple(void **state)
{
	struct extension extension;

	(void)state;
	assert_int_equal(first("83", &extension), WIRE_EXTENSION_TRUNCATED);
	assert_int_equal(first("83 00", &extension), WIRE_OK);
	assert_int_equal(extension.len, 0);
	assert_int_equal(extension.total, 2);
	assert_int_equal(first("83 02 61", &extension), WIRE_EXTENSION_TRUNCATED);
	assert_int_equal(first("83 02 61 62", &extension), WIRE_OK);
	assert_int_equal(extension.type, 131);
	assert_int_equal(extension.len, 2);
	assert_memory_equal(extension.data, "ab", 2);
}

static void test_short(void **state)
{
	struct extension extension;

	(void)state;
	assert_int_equal(first("94", &extension), WIRE_EXTENSION_TRUNCATED);
	assert_int_equal(first("94 00", &extension), WIRE_EXTENSION_TRUNCATED);
	assert_int_equal(first("94 01", &extension), WIRE_EXTENSION_TRUNCATED);
	assert_int_equal(first("94 01 07", &extension), WIRE_OK);
	assert_int_equal(extension.subtype, 7);
	assert_int_equal(extension.len, 0);
	assert_int_equal(extension.total, 3);
	assert_int_equal(first("94 03 07 61", &extension), WIRE_EXTENSION_TRUNCATED);
	assert_int_equal(first("94 03 07 61 62", &extension), WIRE_OK);
	assert_int_equal(extension.len, 2);
	assert_memory_equal(extension.data, "ab", 2);
}

static void test_long(void **state)
{
	struct extension extension;

	(void)state;
	assert_int_equal(first("32 01 00", &extension), WIRE_EXTENSION_TRUNCATED);
	assert_int_equal(first("32 01 00 00", &extension), WIRE_OK);
	assert_int_equal(extension.subtype, 1);
	assert_int_equal(extension.len, 0);
	assert_int_equal(extension.total, 4);
	assert_int_equal(first("32 01 00 02 61", &extension), WIRE_EXTENSION_TRUNCATED);
	assert_int_equal(first("32 01 00 02 61 62", &extension), WIRE_OK);
	assert_int_equal(extension.len, 2);
	assert_int_equal(first("32 01 ff ff 61 62", &extension), WIRE_EXTENSION_TRUNCATED);
}

/* 1..127 end the walk, 128..255 are passed over by octet 1. */
static void test_skippable_rule(void **state)
{
	char hex[16];
	struct extension_walk walk;
	struct extension extension;
	int type;

	(void)state;
	for (type = 1; type < 256; type++) {
		if (forms[type] != FORM_UNKNOWN)
			continue;
		snprintf(hex, sizeof(hex), "%02x 01 ff", type);
		walk = walk_of(hex);
		assert_int_equal(extension_next(&walk, &extension),
				 type < 128 ? WIRE_EXTENSION_UNKNOWN : WIRE_OK);
		assert_int_equal(walk.type, type);
		if (type < 128)
			continue;
		assert_int_equal(extension.form, FORM_UNKNOWN);
		assert_int_equal(extension.total, 3);
		assert_int_equal(extension_next(&walk, &extension), WIRE_END);
	}
	assert_int_equal(first("ff", &extension), WIRE_EXTENSION_TRUNCATED);
	assert_int_equal(first("ff 00", &extension), WIRE_OK);
	assert_int_equal(first("ff 02 00", &extension), WIRE_EXTENSION_TRUNCATED);
}

/* Both ways to write 139 (RFC 4433 and erratum 898), and what is neither. */
static void test_dynamic_ha(void **state)
{
	struct extension extension;

	(void)state;
	assert_int_equal(first("8b 05 01 c6 33 64 01", &extension), WIRE_OK);
	assert_int_equal(extension.form, FORM_SHORT);
	assert_int_equal(extension.subtype, 1);
	assert_int_equal(extension.len, 4);
	assert_int_equal(first("8b 02 00 04 c6 33 64 01", &extension), WIRE_OK);
	assert_int_equal(extension.form, FORM_LONG);
	assert_int_equal(extension.subtype, 2);
	assert_int_equal(extension.len, 4);
	assert_int_equal(extension.total, 8);
	assert_int_equal(first("8b 05 03 c6 33 64 01", &extension), WIRE_OK);
	assert_int_equal(extension.form, FORM_UNKNOWN);
	assert_int_equal(first("8b 02 00 05 c6", &extension), WIRE_OK);
	assert_int_equal(extension.form, FORM_UNKNOWN);
	assert_int_equal(extension.total, 4);
	assert_int_equal(first("8b", &extension), WIRE_EXTENSION_TRUNCATED);
	assert_int_equal(first("8b 05 01 c6 33 64", &extension), WIRE_EXTENSION_TRUNCATED);
	assert_int_equal(first("8b 01 00 04 c6 33 64", &extension), WIRE_EXTENSION_TRUNCATED);
}

static void test_count(void **state)
{
	struct extension_walk walk;
	struct extension extension;
	size_t i;

	(void)state;
	for (i = 0; i <= EXTENSIONS_MAX; i++)
		memcpy(bytes + 3 * i, "\0\xff\0", 3);
	walk = extension_walk_of(reader_of(bytes, 3 * (EXTENSIONS_MAX + 1)), forms);
	for (i = 0; i < EXTENSIONS_MAX; i++)
		assert_int_equal(extension_next(&walk, &extension), WIRE_OK);
	assert_int_equal(extension_next(&walk, &extension), WIRE_EXTENSION_COUNT);
}

static void test_vector_reply(void **state)
{
	static const uint8_t types[] = {148, 49, 44, 50, 32};
	struct extension_walk walk = walk_of(VECTOR_REPLY);
	struct extension extension;
	struct message_auth auth = {0};
	size_t i;

	(void)state;
	read_bytes(&walk.reader, FIXED_REPLY);
	for (i = 0; i < sizeof(types); i++) {
		assert_int_equal(extension_next(&walk, &extension), WIRE_OK);
		assert_int_equal(extension.type, types[i]);
	}
	assert_int_equal(extension_take_auth(&extension, &auth), WIRE_OK);
	assert_int_equal(auth.spi, VECTOR_SPI);
	assert_int_equal(auth.covered, 103 - 16);
	assert_int_equal(auth.authenticator_len, 16);
	assert_int_equal(extension_next(&walk, &extension), WIRE_END);
}

static void test_auth_bounds(void **state)
{
	struct extension extension;
	struct message_auth auth = {0};

	(void)state;
	assert_int_equal(first("20 03 00 00 01", &extension), WIRE_OK);
	assert_int_equal(extension_take_auth(&extension, &auth), WIRE_EXTENSION_LENGTH);
	assert_int_equal(first("20 04 00 00 01 00", &extension), WIRE_OK);
	assert_int_equal(extension_take_auth(&extension, &auth), WIRE_OK);
	assert_int_equal(auth.authenticator_len, 0);
	assert_int_equal(auth.covered, 6);
	/* the first is what the rest of the struct says */
	assert_int_equal(first("20 05 00 00 02 00 61", &extension), WIRE_OK);
	assert_int_equal(extension_take_auth(&extension, &auth), WIRE_OK);
	assert_int_equal(auth.count, 2);
	assert_int_equal(auth.spi, 0x100);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_empty_and_padding),
		cmocka_unit_test(test_simple),
		cmocka_unit_test(test_short),
		cmocka_unit_test(test_long),
		cmocka_unit_test(test_skippable_rule),
		cmocka_unit_test(test_dynamic_ha),
		cmocka_unit_test(test_count),
		cmocka_unit_test(test_vector_reply),
		cmocka_unit_test(test_auth_bounds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
