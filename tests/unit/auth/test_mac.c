/* SPDX-License-Identifier: BSD-3-Clause */
/* Codes against RFC 2202 (HMAC-MD5, HMAC-SHA1), RFC 4231 (HMAC-SHA256) and RFC 2002's MD5 mode. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "auth/mac.h"

struct vector {
	enum conf_algorithm algorithm;
	const char *key; /* hexadecimal; of all vectors with a key of 1 to 64 octets */
	const char *data;
	const char *code;
};

#define OF_50(octet)                                                                              \
	octet octet octet octet octet octet octet octet octet octet octet octet octet octet octet \
		octet octet octet octet octet octet octet octet octet octet octet octet octet     \
			octet octet octet octet octet octet octet octet octet octet octet octet   \
				octet octet octet octet octet octet octet octet octet octet
#define OF_20(octet)                                                                              \
	octet octet octet octet octet octet octet octet octet octet octet octet octet octet octet \
		octet octet octet octet octet
#define OF_16(octet)                                                                              \
	octet octet octet octet octet octet octet octet octet octet octet octet octet octet octet \
		octet
#define KEY_25   "0102030405060708090a0b0c0d0e0f10111213141516171819"
#define HI_THERE "4869205468657265"
#define JEFE     "4a656665"
#define NOTHING  "7768617420646f2079612077616e7420666f72206e6f7468696e673f"
#define TRUNC    "546573742057697468205472756e636174696f6e"

static const struct vector vectors[] = {
	/* RFC 2202, section 2, cases 1 to 5 */
	{CONF_HMAC_MD5, OF_16("0b"), HI_THERE, "9294727a3638bb1c13f48ef8158bfc9d"},
	{CONF_HMAC_MD5, JEFE, NOTHING, "750c783e6ab0b503eaa86e310a5db738"},
	{CONF_HMAC_MD5, OF_16("aa"), OF_50("dd"), "56be34521d144c88dbb8c733f0e8b3f6"},
	{CONF_HMAC_MD5, KEY_25, OF_50("cd"), "697eaf0aca3a3aea3a75164746ffaa79"},
	{CONF_HMAC_MD5, OF_16("0c"), TRUNC, "56461ef2342edc00f9bab995690efd4c"},
	/* section 3, cases 1 to 5 */
	{CONF_HMAC_SHA1, OF_20("0b"), HI_THERE, "b617318655057264e28bc0b6fb378c8ef146be00"},
	{CONF_HMAC_SHA1, JEFE, NOTHING, "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79"},
	{CONF_HMAC_SHA1, OF_20("aa"), OF_50("dd"), "125d7342b9ac11cd91a39af48aa17b4f63f175d3"},
	{CONF_HMAC_SHA1, KEY_25, OF_50("cd"), "4c9007f4026250c6bc8414f9bf50c86c2d7235da"},
	{CONF_HMAC_SHA1, OF_20("0c"), TRUNC, "4c1a03424b55e07fe7f27be1d58bb9324a9a5a04"},
	/* RFC 4231, cases 1 to 5; the first 16 octets, as case 5 itself does */
	{CONF_HMAC_SHA256_128, OF_20("0b"), HI_THERE, "b0344c61d8db38535ca8afceaf0bf12b"},
	{CONF_HMAC_SHA256_128, JEFE, NOTHING, "5bdcc146bf60754e6a042426089575c7"},
	{CONF_HMAC_SHA256_128, OF_20("aa"), OF_50("dd"), "773ea91e36800e46854db8ebd09181a7"},
	{CONF_HMAC_SHA256_128, KEY_25, OF_50("cd"), "82558a389a443c0ea4cc819899f2083a"},
	{CONF_HMAC_SHA256_128, OF_20("0c"), TRUNC, "a3b6167473100ee06e0c796c2955552b"},
	/* MD5 of "JefeJefe" with the data between */
	{CONF_MD5_PREFIX_SUFFIX, JEFE, NOTHING, "7cc4f53c56c1352098e989529f5db7fc"},
};

static size_t unhex(const char *text, uint8_t *bytes)
{
	size_t len = strlen(text) / 2;
	size_t i;
	unsigned int octet;

	for (i = 0; i < len; i++) {
		assert_int_equal(sscanf(text + 2 * i, "%2x", &octet), 1);
		bytes[i] = (uint8_t)octet;
	}
	return len;
}

static int setup(void **state)
{
	return mac_engine_create((struct mac_engine **)state);
}

static int teardown(void **state)
{
	mac_engine_destroy(*state);
	return 0;
}

/* All vectors twice: a context that was used is as good as a fresh one. */
static void test_vectors(void **state)
{
	uint8_t secret[CONF_SECRET_MAX], data[64], expected[MAC_SIZE_MAX], code[MAC_SIZE_MAX];
	struct mac_key key;
	size_t i, secret_len, len;

	for (i = 0; i < 2 * sizeof(vectors) / sizeof(vectors[0]); i++) {
		const struct vector *vector = &vectors[i / 2];

		secret_len = unhex(vector->key, secret);
		len = unhex(vector->data, data);
		assert_int_equal(mac_key_init(&key, *state, vector->algorithm, secret, secret_len),
				 0);
		assert_int_equal(mac_compute(&key, data, len, code), 0);
		assert_int_equal(unhex(vector->code, expected), mac_len(vector->algorithm));
		assert_memory_equal(code, expected, mac_len(vector->algorithm));
		mac_key_fini(&key);
	}
}

/* FIPS 180-4: nothing, "abc", and the message of two blocks. */
static void test_sha1(void **state)
{
	static const struct {
		const char *data;
		const char *digest;
	} digests[] = {
		{"", "da39a3ee5e6b4b0d3255bfef95601890afd80709"},
		{"abc", "a9993e364706816aba3e25717850c26c9cd0d89d"},
		{"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
		 "84983e441c3bd26ebaae4aa1f95129e5e54670f1"},
	};
	uint8_t expected[MAC_SHA1_SIZE], digest[MAC_SHA1_SIZE];
	size_t i;

	for (i = 0; i < sizeof(digests) / sizeof(digests[0]); i++) {
		assert_int_equal(mac_digest_sha1(*state, (const uint8_t *)digests[i].data,
						 strlen(digests[i].data), digest),
				 0);
		assert_int_equal(unhex(digests[i].digest, expected), MAC_SHA1_SIZE);
		assert_memory_equal(digest, expected, MAC_SHA1_SIZE);
	}
}

static void test_key_bounds(void **state)
{
	uint8_t secret[CONF_SECRET_MAX + 1] = {1};
	struct mac_key key;

	assert_int_equal(mac_key_init(&key, *state, CONF_HMAC_MD5, secret, 0), -EINVAL);
	assert_int_equal(mac_key_init(&key, *state, CONF_HMAC_MD5, secret, 1), 0);
	assert_int_equal(mac_key_init(&key, *state, CONF_HMAC_MD5, secret, CONF_SECRET_MAX), 0);
	assert_int_equal(mac_key_init(&key, *state, CONF_HMAC_MD5, secret, CONF_SECRET_MAX + 1),
			 -EINVAL);
	assert_int_equal(mac_key_init(&key, *state, CONF_ALGORITHM_MAX, secret, 16), -EINVAL);
}

static void test_fini_wipes(void **state)
{
	static const struct mac_key wiped;
	uint8_t secret[16];
	struct mac_key key;

	memset(secret, 0x5a, sizeof(secret));
	assert_int_equal(mac_key_init(&key, *state, CONF_HMAC_MD5, secret, sizeof(secret)), 0);
	mac_key_fini(&key);
	assert_memory_equal(&key, &wiped, sizeof(key));
}

static void test_equal(void **state)
{
	(void)state;
	assert_true(mac_is_equal((const uint8_t *)"abc", (const uint8_t *)"abd", 2));
	assert_false(mac_is_equal((const uint8_t *)"abc", (const uint8_t *)"abd", 3));
	assert_false(mac_is_equal((const uint8_t *)"bbc", (const uint8_t *)"abc", 3));
}

static void test_names(void **state)
{
	(void)state;
	assert_string_equal(mac_name(CONF_HMAC_MD5), "hmac-md5");
	assert_string_equal(mac_name(CONF_HMAC_SHA256_128), "hmac-sha256-128");
	assert_string_equal(mac_name(CONF_ALGORITHM_MAX), "?");
	assert_int_equal(mac_len(CONF_HMAC_SHA1), 20);
	assert_int_equal(mac_len(CONF_ALGORITHM_MAX), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_vectors),    cmocka_unit_test(test_sha1),
		cmocka_unit_test(test_key_bounds), cmocka_unit_test(test_fini_wipes),
		cmocka_unit_test(test_equal),      cmocka_unit_test(test_names),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
