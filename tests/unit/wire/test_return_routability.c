/* SPDX-License-Identifier: BSD-3-Clause */
/* The messages of return routability: the vectors of haaro.md, section 22, and every bound. */
#include "cmocka_all.h"
#include "core/random.h"
#include "hex.h"
#include "vectors.h"
#include "wire/return_routability.h"

#define INIT_SIZE  10
#define REPLY_SIZE 20

static uint8_t bytes[64];

static void assert_init(const char *hex, enum rr_test test, const char *cookie)
{
	size_t len = hex_read(hex, bytes, sizeof(bytes));
	uint8_t expected[RR_COOKIE_SIZE], room[INIT_SIZE];
	struct writer writer = writer_of(room, sizeof(room));
	struct test_init init;

	hex_read(cookie, expected, sizeof(expected));
	assert_int_equal(len, INIT_SIZE);
	assert_int_equal(test_init_parse(bytes, len, &init), WIRE_OK);
	assert_int_equal(init.test, test);
	assert_memory_equal(init.cookie, expected, sizeof(expected));
	assert_int_equal(test_init_build(&init, &writer), WIRE_OK);
	assert_int_equal(writer.len, len);
	assert_memory_equal(room, bytes, len);
}

static void assert_reply(const char *hex, enum rr_test test, uint16_t index, const char *octets)
{
	size_t len = hex_read(hex, bytes, sizeof(bytes));
	uint8_t expected[RR_COOKIE_SIZE + RR_TOKEN_SIZE], room[REPLY_SIZE];
	struct writer writer = writer_of(room, sizeof(room));
	struct test_reply reply;

	hex_read(octets, expected, sizeof(expected));
	assert_int_equal(len, REPLY_SIZE);
	assert_int_equal(test_reply_parse(bytes, len, &reply), WIRE_OK);
	assert_int_equal(reply.test, test);
	assert_int_equal(reply.nonce_index, index);
	assert_memory_equal(reply.cookie, expected, RR_COOKIE_SIZE);
	assert_memory_equal(reply.token, expected + RR_COOKIE_SIZE, RR_TOKEN_SIZE);
	assert_int_equal(test_reply_build(&reply, &writer), WIRE_OK);
	assert_int_equal(writer.len, len);
	assert_memory_equal(room, bytes, len);
}

static void test_vectors(void **state)
{
	(void)state;
	assert_init(VECTOR_HOME_TEST_INIT, RR_HOME, "11 22 33 44 55 66 77 88");
	assert_init(VECTOR_CARE_OF_TEST_INIT, RR_CARE_OF, "99 aa bb cc dd ee ff 00");
	assert_reply(VECTOR_HOME_TEST, RR_HOME, 0x1234,
		     "11 22 33 44 55 66 77 88 aa f4 e7 89 ca 68 22 70");
	assert_reply(VECTOR_CARE_OF_TEST, RR_CARE_OF, 0x1235,
		     "99 aa bb cc dd ee ff 00 e0 b0 53 8b b5 0d b9 1d");
}

/* Every length under the fixed part is too short, whatever the type; what is behind it is ignored. */
static void test_lengths(void **state)
{
	struct test_init init;
	struct test_reply reply;
	size_t len;

	(void)state;
	hex_read(VECTOR_CARE_OF_TEST_INIT "20 14 ff", bytes, sizeof(bytes));
	for (len = 0; len < INIT_SIZE; len++)
		assert_int_equal(test_init_parse(bytes, len, &init), WIRE_SHORT);
	for (; len <= INIT_SIZE + 3; len++)
		assert_int_equal(test_init_parse(bytes, len, &init), WIRE_OK);
	hex_read(VECTOR_CARE_OF_TEST "20 14 ff", bytes, sizeof(bytes));
	for (len = 0; len < REPLY_SIZE; len++)
		assert_int_equal(test_reply_parse(bytes, len, &reply), WIRE_SHORT);
	for (; len <= REPLY_SIZE + 3; len++)
		assert_int_equal(test_reply_parse(bytes, len, &reply), WIRE_OK);
}

/* A reply is no Init and an Init no reply, so that no answer can be answered. */
static void test_types(void **state)
{
	struct test_init init;
	struct test_reply reply;
	unsigned int type;

	(void)state;
	for (type = 0; type < 256; type++) {
		bytes[0] = (uint8_t)type;
		assert_int_equal(test_init_parse(bytes, INIT_SIZE, &init),
				 type == 24 || type == 25 ? WIRE_OK : WIRE_TYPE);
		assert_int_equal(test_reply_parse(bytes, REPLY_SIZE, &reply),
				 type == 26 || type == 27 ? WIRE_OK : WIRE_TYPE);
	}
}

/* Proves: H7-141, R-03, R-05, R-06 */
static void test_reserved_is_ignored(void **state)
{
	uint8_t room[REPLY_SIZE];
	struct test_reply reply;
	struct test_init init;
	struct writer writer;

	(void)state;
	for (uint8_t test = 0; test < RR_TEST_MAX; test++) {
		hex_read("18 ff 11 22 33 44 55 66 77 88", bytes, sizeof(bytes));
		bytes[0] += test;
		writer = writer_of(room, sizeof(room));
		assert_int_equal(test_init_parse(bytes, INIT_SIZE, &init), WIRE_OK);
		assert_int_equal(test_init_build(&init, &writer), WIRE_OK);
		assert_int_equal(room[1], 0);
		hex_read(VECTOR_HOME_TEST, bytes, sizeof(bytes));
		bytes[0] += test;
		bytes[1] = 0xff;
		writer = writer_of(room, sizeof(room));
		assert_int_equal(test_reply_parse(bytes, REPLY_SIZE, &reply), WIRE_OK);
		assert_int_equal(test_reply_build(&reply, &writer), WIRE_OK);
		assert_int_equal(room[1], 0);
		assert_memory_equal(room + 2, bytes + 2, REPLY_SIZE - 2);
	}
}

static void test_space(void **state)
{
	const struct test_init init = {.test = RR_HOME};
	const struct test_reply reply = {.test = RR_HOME};
	uint8_t room[REPLY_SIZE];
	struct writer writer;
	size_t size;

	(void)state;
	for (size = 0; size <= REPLY_SIZE; size++) {
		writer = writer_of(room, size);
		assert_int_equal(test_init_build(&init, &writer),
				 size < INIT_SIZE ? WIRE_SPACE : WIRE_OK);
		writer = writer_of(room, size);
		assert_int_equal(test_reply_build(&reply, &writer),
				 size < REPLY_SIZE ? WIRE_SPACE : WIRE_OK);
	}
}

static void test_roundtrip(void **state)
{
	struct random_seeded seeded;
	uint8_t room[REPLY_SIZE];
	struct writer writer;
	struct test_init init;
	struct test_reply reply;
	size_t i;

	(void)state;
	random_seed(&seeded, 6521);
	for (i = 0; i < 20000; i++) {
		random_seeded_fill(&seeded, RANDOM_JITTER, bytes, REPLY_SIZE);
		bytes[0] = 24 | (bytes[0] & 1);
		bytes[1] = 0;
		writer = writer_of(room, sizeof(room));
		assert_int_equal(test_init_parse(bytes, REPLY_SIZE, &init), WIRE_OK);
		assert_int_equal(test_init_build(&init, &writer), WIRE_OK);
		assert_memory_equal(room, bytes, INIT_SIZE);
		bytes[0] += 2;
		writer = writer_of(room, sizeof(room));
		assert_int_equal(test_reply_parse(bytes, REPLY_SIZE, &reply), WIRE_OK);
		assert_int_equal(test_reply_build(&reply, &writer), WIRE_OK);
		assert_memory_equal(room, bytes, REPLY_SIZE);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_vectors), cmocka_unit_test(test_lengths),
		cmocka_unit_test(test_types),   cmocka_unit_test(test_reserved_is_ignored),
		cmocka_unit_test(test_space),   cmocka_unit_test(test_roundtrip),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
