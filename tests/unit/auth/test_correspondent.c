/* SPDX-License-Identifier: BSD-3-Clause */
/* Authentication between routers: the messages of haaro.md section 22, and what is no proof. */
#include <errno.h>

#include "auth/correspondent.h"
#include "cmocka_all.h"
#include "hex.h"
#include "vectors.h"

#define FIXED 8 /* octets of the extension before its authenticator */

#define KEY        "53 9f fa bb 29 59 6f 69 84 dc d7 c2 26 00 d6 ca da 56 39 e3"
#define KEY_AT_END "a2 d3 71 f3 db f1 a4 e0 1f ac 8f 22 6c 20 7e 2a f5 0f 52 d6"

/* By a key shared beforehand, "shared beforehand", with indexes of 0 and with others. */
#define SHARED                                            \
	"01 22 01 2c c0 00 02 03 c6 33 64 01 cb 00 71 1e" \
	"d2 f1 a3 ca 51 c0 ff ee 31 16 02 00 00 00 00 00" \
	"3d 71 70 03 2f 6a d0 0c 26 a8 17 a5 a5 5f 2d 4a"
#define SHARED_INDEXED                                    \
	"01 22 01 2c c0 00 02 03 c6 33 64 01 cb 00 71 1e" \
	"d2 f1 a3 ca 51 c0 ff ee 31 16 02 00 12 34 12 35" \
	"25 b2 ab 4e bb 02 68 a7 a6 4b 27 51 9f be d2 c6"

static const struct vector {
	const char *message;
	const char *key;
	size_t len;
	uint16_t home_index;
	uint16_t care_of_index;
} vectors[] = {
	{VECTOR_PEER_REQUEST, KEY, 64, 0x1234, 0x1235},
	{VECTOR_PEER_REPLY, KEY, 70, 0x1234, 0x1235},
	{VECTOR_PEER_DEREGISTRATION, KEY_AT_END, 48, 0x1234, 0},
};

#define N_VECTORS (sizeof(vectors) / sizeof(vectors[0]))

static struct mac_engine *engine;
static uint8_t bytes[128];

static struct correspondent_key key_of(const struct vector *vector)
{
	struct correspondent_key key = {
		.home_index = vector->home_index,
		.care_of_index = vector->care_of_index,
	};

	key.len = hex_read(vector->key, key.bytes, sizeof(key.bytes));
	return key;
}

static struct correspondent_key key_shared(void)
{
	struct correspondent_key key = {.len = 17};

	memcpy(key.bytes, "shared beforehand", 17);
	return key;
}

/* What the codec says of a message of len octets that ends with its extension. */
static struct message_correspondent auth_of(size_t len)
{
	size_t offset = len - FIXED - CORRESPONDENT_LEN;

	return (struct message_correspondent){
		.count = 1,
		.home_index = (uint16_t)(bytes[offset + 4] << 8 | bytes[offset + 5]),
		.care_of_index = (uint16_t)(bytes[offset + 6] << 8 | bytes[offset + 7]),
		.offset = offset,
		.covered = offset + FIXED,
		.authenticator = bytes + offset + FIXED,
		.authenticator_len = CORRESPONDENT_LEN,
	};
}

static void assert_signed(const struct correspondent_key *key, const char *message, size_t len)
{
	size_t offset = len - FIXED - CORRESPONDENT_LEN;
	struct writer writer;
	uint8_t room[128];

	assert_int_equal(hex_read(message, bytes, sizeof(bytes)), len);
	writer = writer_of(room, len);
	write_bytes(&writer, bytes, offset);
	assert_int_equal(correspondent_sign(engine, key, &writer), 0);
	assert_int_equal(writer.len, len);
	assert_memory_equal(room, bytes, len);
}

/* Proves: H7-131 */
static void test_vectors(void **state)
{
	struct message_correspondent auth;
	struct correspondent_key key;
	size_t i;

	(void)state;
	for (i = 0; i < N_VECTORS; i++) {
		key = key_of(&vectors[i]);
		assert_signed(&key, vectors[i].message, vectors[i].len);
		auth = auth_of(vectors[i].len);
		assert_true(correspondent_verify(engine, &key, bytes, &auth));
		/* by the key of the other vectors not */
		key = key_of(&vectors[i == 0 ? 2 : 0]);
		assert_int_equal(correspondent_verify(engine, &key, bytes, &auth), i == 1);
	}
}

/* Each bit of the message counts, those of subtype, reserved octet and indexes (A1) too. */
static void test_every_octet_counts(void **state)
{
	struct message_correspondent auth;
	struct correspondent_key key;
	size_t i, bit;

	(void)state;
	for (i = 0; i < N_VECTORS; i++) {
		key = key_of(&vectors[i]);
		hex_read(vectors[i].message, bytes, sizeof(bytes));
		auth = auth_of(vectors[i].len);
		for (bit = 0; bit < 8 * vectors[i].len; bit++) {
			bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
			assert_false(correspondent_verify(engine, &key, bytes, &auth));
			bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
		}
	}
}

/* One, of sixteen octets, is a proof; none, two and any other length are not. */
static void test_refused(void **state)
{
	struct correspondent_key key = key_of(&vectors[0]);
	struct message_correspondent auth;
	size_t len;

	(void)state;
	hex_read(VECTOR_PEER_REQUEST, bytes, sizeof(bytes));
	auth = auth_of(64);
	auth.count = 0;
	assert_false(correspondent_verify(engine, &key, bytes, &auth));
	auth.count = 2;
	assert_false(correspondent_verify(engine, &key, bytes, &auth));
	auth.count = 1;
	for (len = 0; len <= 20; len++) {
		auth.authenticator_len = len;
		assert_int_equal(correspondent_verify(engine, &key, bytes, &auth), len == 16);
	}
	auth.authenticator_len = CORRESPONDENT_LEN;
	key.len = 0; /* no key is no proof */
	assert_false(correspondent_verify(engine, &key, bytes, &auth));
}

/* Proves: R-08 */
static void test_shared_key(void **state)
{
	struct correspondent_key key = key_shared();
	struct message_correspondent auth;

	(void)state;
	assert_signed(&key, SHARED, 48);
	auth = auth_of(48);
	assert_true(correspondent_verify(engine, &key, bytes, &auth));
	/* what another writes into the indexes is covered, but means nothing */
	hex_read(SHARED_INDEXED, bytes, sizeof(bytes));
	assert_true(correspondent_verify(engine, &key, bytes, &auth));
}

static void test_key_lengths(void **state)
{
	struct correspondent_key key = {0};
	struct message_correspondent auth;
	struct writer writer;

	(void)state;
	memset(key.bytes, 0x5a, sizeof(key.bytes));
	for (key.len = 1; key.len <= CONF_SECRET_MAX; key.len++) {
		writer = writer_of(bytes, sizeof(bytes));
		memset(write_room(&writer, 24), 1, 24);
		assert_int_equal(correspondent_sign(engine, &key, &writer), 0);
		auth = auth_of(writer.len);
		assert_true(correspondent_verify(engine, &key, bytes, &auth));
	}
}

static void test_sign_room(void **state)
{
	struct correspondent_key key = key_of(&vectors[0]);
	struct writer writer;
	size_t size;

	(void)state;
	for (size = 24; size < 24 + FIXED + CORRESPONDENT_LEN; size++) {
		writer = writer_of(bytes, size);
		write_room(&writer, 24);
		assert_int_equal(correspondent_sign(engine, &key, &writer), -ENOSPC);
	}
	writer = writer_of(bytes, size);
	write_room(&writer, 24);
	assert_int_equal(correspondent_sign(engine, &key, &writer), 0);
	assert_int_equal(correspondent_sign(engine, &key, &writer), -ENOSPC);
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
		cmocka_unit_test(test_vectors),     cmocka_unit_test(test_every_octet_counts),
		cmocka_unit_test(test_refused),     cmocka_unit_test(test_shared_key),
		cmocka_unit_test(test_key_lengths), cmocka_unit_test(test_sign_room),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
