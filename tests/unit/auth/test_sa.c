/* SPDX-License-Identifier: BSD-3-Clause */
/* Associations: vectors V1 and V2 of mip4-base section 19, each verdict, roll-over of keys. */
#include <errno.h>

#include "auth/sa.h"
#include "cmocka_all.h"
#include "hex.h"
#include "vectors.h"
#include "wire/registration.h"

#define COVERED_REPLY 87 /* of V2: through its SPI */

static struct mac_engine *engine;
static uint8_t bytes[256];

static struct conf_key key_of(uint32_t spi, enum conf_algorithm algorithm)
{
	struct conf_key key = {.spi = spi, .algorithm = algorithm};

	key.secret.len = hex_read(VECTOR_KEY, key.secret.bytes, sizeof(key.secret.bytes));
	return key;
}

static struct sa sa_of(struct conf_key key)
{
	struct sa sa;

	assert_int_equal(sa_init(&sa, engine, &key, 1), 0);
	return sa;
}

static void test_vector_request(void **state)
{
	struct sa sa = sa_of(key_of(VECTOR_SPI, CONF_HMAC_MD5));
	size_t len = hex_read(VECTOR_REQUEST, bytes, sizeof(bytes));
	static struct registration_request request;
	const struct sa_entry *entry;
	struct writer writer;
	uint8_t room[66];

	(void)state;
	assert_int_equal(registration_request_parse(bytes, len, &request), WIRE_OK);
	assert_int_equal(sa_verify(&sa, bytes, &request.auth, &entry), SA_OK);
	assert_ptr_equal(entry, &sa.entries[0]);
	/* and made from its first 44 octets */
	writer = writer_of(room, sizeof(room));
	write_bytes(&writer, bytes, 44);
	assert_int_equal(sa_sign(entry, &writer), 0);
	assert_int_equal(writer.len, len);
	assert_memory_equal(room, bytes, len);
	sa_fini(&sa);
}

static void test_vector_reply(void **state)
{
	struct sa sa = sa_of(key_of(VECTOR_SPI, CONF_HMAC_MD5));
	size_t len = hex_read(VECTOR_REPLY, bytes, sizeof(bytes));
	static struct registration_reply reply;
	const struct sa_entry *entry;

	(void)state;
	assert_int_equal(registration_reply_parse(bytes, len, &reply), WIRE_OK);
	assert_int_equal(reply.auth.covered, COVERED_REPLY);
	assert_int_equal(sa_verify(&sa, bytes, &reply.auth, &entry), SA_OK);
	sa_fini(&sa);
}

/* Each octet of the message counts, and each of the authenticator. */
static void test_every_octet_counts(void **state)
{
	struct sa sa = sa_of(key_of(VECTOR_SPI, CONF_HMAC_MD5));
	size_t len = hex_read(VECTOR_REPLY, bytes, sizeof(bytes));
	struct message_auth auth = {
		.count = 1,
		.spi = VECTOR_SPI,
		.covered = COVERED_REPLY,
		.authenticator = bytes + COVERED_REPLY,
		.authenticator_len = len - COVERED_REPLY,
	};
	const struct sa_entry *entry;
	size_t bit;

	(void)state;
	for (bit = 0; bit < 8 * len; bit++) {
		bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
		assert_int_equal(sa_verify(&sa, bytes, &auth, &entry), SA_BAD_AUTHENTICATOR);
		assert_non_null(entry);
		bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
	}
	sa_fini(&sa);
}

static void test_verdicts(void **state)
{
	struct sa sa = sa_of(key_of(VECTOR_SPI, CONF_HMAC_MD5));
	size_t len = hex_read(VECTOR_REQUEST, bytes, sizeof(bytes));
	static struct registration_request request;
	const struct sa_entry *entry;
	struct message_auth auth;

	(void)state;
	assert_int_equal(registration_request_parse(bytes, len, &request), WIRE_OK);
	auth = request.auth;
	auth.count = 0;
	assert_int_equal(sa_verify(&sa, bytes, &auth, &entry), SA_MISSING);
	assert_null(entry);
	auth.count = 2;
	assert_int_equal(sa_verify(&sa, bytes, &auth, &entry), SA_MULTIPLE);
	auth = request.auth;
	auth.spi++;
	assert_int_equal(sa_verify(&sa, bytes, &auth, &entry), SA_UNKNOWN_SPI);
	assert_null(entry);
	auth = request.auth;
	auth.authenticator_len = 15;
	assert_int_equal(sa_verify(&sa, bytes, &auth, &entry), SA_BAD_LENGTH);
	auth.authenticator_len = 17;
	assert_int_equal(sa_verify(&sa, bytes, &auth, &entry), SA_BAD_LENGTH);
	auth.authenticator_len = 0;
	assert_int_equal(sa_verify(&sa, bytes, &auth, &entry), SA_BAD_LENGTH);
	assert_string_equal(sa_result_name(SA_UNKNOWN_SPI), "unknown SPI");
	assert_string_equal(sa_result_name(SA_RESULT_MAX), "?");
	sa_fini(&sa);
}

/* What one end signs the other verifies, by every algorithm; two SPIs are live at once. */
static void test_roll_over(void **state)
{
	struct conf_key keys[2];
	enum conf_algorithm algorithm;
	static struct registration_request request;
	const struct sa_entry *entry;
	struct writer writer;
	struct sa sa;
	size_t i;

	(void)state;
	for (algorithm = 0; algorithm < CONF_ALGORITHM_MAX; algorithm++) {
		keys[0] = key_of(0x100, algorithm);
		keys[1] = key_of(0x101, CONF_HMAC_SHA256_128);
		keys[1].secret.bytes[0] ^= 1;
		assert_int_equal(sa_init(&sa, engine, keys, 2), 0);
		for (i = 0; i < 2; i++) {
			request = (struct registration_request){.lifetime = 1};
			writer = writer_of(bytes, sizeof(bytes));
			registration_request_build(&request, &writer);
			assert_int_equal(sa_sign(&sa.entries[i], &writer), 0);
			assert_int_equal(registration_request_parse(bytes, writer.len, &request),
					 WIRE_OK);
			assert_int_equal(request.auth.offset, 24);
			assert_int_equal(sa_verify(&sa, bytes, &request.auth, &entry), SA_OK);
			assert_ptr_equal(entry, &sa.entries[i]);
			/* the other's SPI in its place is not enough */
			bytes[29] ^= 1;
			request.auth.spi ^= 1;
			assert_int_not_equal(sa_verify(&sa, bytes, &request.auth, &entry), SA_OK);
		}
		sa_fini(&sa);
	}
}

static void test_sign_room(void **state)
{
	struct sa sa = sa_of(key_of(VECTOR_SPI, CONF_HMAC_SHA1));
	struct writer writer;
	size_t size;

	(void)state;
	for (size = 24; size < 24 + 26; size++) {
		writer = writer_of(bytes, size);
		write_room(&writer, 24);
		assert_int_equal(sa_sign(&sa.entries[0], &writer), -ENOSPC);
	}
	writer = writer_of(bytes, size);
	write_room(&writer, 24);
	assert_int_equal(sa_sign(&sa.entries[0], &writer), 0);
	assert_int_equal(sa_sign(&sa.entries[0], &writer), -ENOSPC);
	sa_fini(&sa);
}

static void test_init_bounds(void **state)
{
	static const struct sa empty;
	struct conf_key keys[CONF_KEYS_MAX + 1];
	struct sa sa;

	(void)state;
	keys[0] = key_of(255, CONF_HMAC_MD5);
	assert_int_equal(sa_init(&sa, engine, keys, 1), -EINVAL);
	keys[0] = keys[1] = keys[2] = key_of(256, CONF_HMAC_MD5);
	assert_int_equal(sa_init(&sa, engine, keys, 0), -EINVAL);
	assert_int_equal(sa_init(&sa, engine, keys, 1), 0);
	assert_non_null(sa_lookup(&sa, 256));
	assert_null(sa_lookup(&sa, 0));
	sa_fini(&sa);
	assert_memory_equal(&sa, &empty, sizeof(sa));             /* wiped */
	assert_int_equal(sa_init(&sa, engine, keys, 2), -EINVAL); /* the same SPI twice */
	keys[1].spi = UINT32_MAX;
	assert_int_equal(sa_init(&sa, engine, keys, CONF_KEYS_MAX), 0);
	assert_int_equal(sa_init(&sa, engine, keys, CONF_KEYS_MAX + 1), -EINVAL);
	keys[1].secret.len = 0;
	assert_int_equal(sa_init(&sa, engine, keys, 2), -EINVAL);
	assert_memory_equal(&sa, &empty, sizeof(sa));
}

static int setup(void **state)
{
	(void)state;
	return mac_engine_create(&engine);
}

static int teardown(void **state)
{
	(void)state;
	mac_engine_destroy(engine);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_vector_request),     cmocka_unit_test(test_vector_reply),
		cmocka_unit_test(test_every_octet_counts), cmocka_unit_test(test_verdicts),
		cmocka_unit_test(test_roll_over),          cmocka_unit_test(test_sign_room),
		cmocka_unit_test(test_init_bounds),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
