/* SPDX-License-Identifier: BSD-3-Clause */
/* Tokens and keys: the vectors of haaro.md section 22, octet by octet. */
#include "haaro/addr.h"

#include "auth/keygen.h"
#include "cmocka_all.h"
#include "hex.h"

#define HOME_TOKEN    "aa f4 e7 89 ca 68 22 70"
#define CARE_OF_TOKEN "e0 b0 53 8b b5 0d b9 1d"
#define KEY           "53 9f fa bb 29 59 6f 69 84 dc d7 c2 26 00 d6 ca da 56 39 e3"
#define KEY_AT_END    "a2 d3 71 f3 db f1 a4 e0 1f ac 8f 22 6c 20 7e 2a f5 0f 52 d6"

static struct mac_engine *engine;

static struct nonce nonce_of(uint16_t index, const char *bytes)
{
	struct nonce nonce = {.index = index, .used = true};

	hex_read(bytes, nonce.bytes, sizeof(nonce.bytes));
	hex_read("10 11 12 13 14 15 16 17 18 19 1a 1b 1c 1d 1e 1f", nonce.key, sizeof(nonce.key));
	return nonce;
}

static void assert_octets(const uint8_t *bytes, size_t len, const char *expected)
{
	uint8_t octets[64];

	assert_int_equal(hex_read(expected, octets, sizeof(octets)), len);
	assert_memory_equal(bytes, octets, len);
}

/* Proves: H7-027, H7-028 */
static void test_tokens(void **state)
{
	struct nonce home = nonce_of(0x1234, "a0 a1 a2 a3 a4 a5 a6 a7");
	struct nonce care_of = nonce_of(0x1235, "b0 b1 b2 b3 b4 b5 b6 b7");
	uint8_t token[RR_TOKEN_SIZE];
	int i;

	(void)state;
	for (i = 0; i < 2; i++) { /* a context that was used is as good as a fresh one */
		assert_int_equal(
			keygen_token(engine, &home, RR_HOME, inet_addr("192.0.2.3"), token), 0);
		assert_octets(token, sizeof(token), HOME_TOKEN);
		assert_int_equal(keygen_token(engine, &care_of, RR_CARE_OF,
					      inet_addr("203.0.113.30"), token),
				 0);
		assert_octets(token, sizeof(token), CARE_OF_TOKEN);
	}
}

/* Whatever goes in counts: the address, the nonce, the router key and which test it is. */
static void test_all_of_it_counts(void **state)
{
	struct nonce nonce = nonce_of(0x1234, "a0 a1 a2 a3 a4 a5 a6 a7");
	uint8_t right[RR_TOKEN_SIZE], token[RR_TOKEN_SIZE];
	be32 addr = inet_addr("192.0.2.3");
	size_t i;

	(void)state;
	keygen_token(engine, &nonce, RR_HOME, addr, right);
	keygen_token(engine, &nonce, RR_CARE_OF, addr, token);
	assert_memory_not_equal(token, right, sizeof(token));
	keygen_token(engine, &nonce, RR_HOME, inet_addr("192.0.2.2"), token);
	assert_memory_not_equal(token, right, sizeof(token));
	for (i = 0; i < NONCE_SIZE; i++) {
		nonce.bytes[i] ^= 1;
		keygen_token(engine, &nonce, RR_HOME, addr, token);
		assert_memory_not_equal(token, right, sizeof(token));
		nonce.bytes[i] ^= 1;
	}
	for (i = 0; i < NONCE_KEY_SIZE; i++) {
		nonce.key[i] ^= 1;
		keygen_token(engine, &nonce, RR_HOME, addr, token);
		assert_memory_not_equal(token, right, sizeof(token));
		nonce.key[i] ^= 1;
	}
	/* but not the index, by which both ends only name it */
	nonce.index++;
	keygen_token(engine, &nonce, RR_HOME, addr, token);
	assert_memory_equal(token, right, sizeof(token));
}

/* Proves: H7-033 */
static void test_keys(void **state)
{
	uint8_t home[RR_TOKEN_SIZE], care_of[RR_TOKEN_SIZE], key[KEYGEN_KEY_SIZE];

	(void)state;
	hex_read(HOME_TOKEN, home, sizeof(home));
	hex_read(CARE_OF_TOKEN, care_of, sizeof(care_of));
	assert_int_equal(keygen_key(engine, home, care_of, key), 0);
	assert_octets(key, sizeof(key), KEY);
	assert_int_equal(keygen_key(engine, home, NULL, key), 0);
	assert_octets(key, sizeof(key), KEY_AT_END);
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
		cmocka_unit_test(test_tokens),
		cmocka_unit_test(test_all_of_it_counts),
		cmocka_unit_test(test_keys),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
