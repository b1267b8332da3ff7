/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Keygen tokens and KRm (RFC 6521, section 3.2; haaro.md, sections 7.2 and 20, A2, A3 and A41). The
 * test's number is one octet, as in RFC 6275; the cookie takes no part. Thread: that of the engine.
 */
#include "auth/keygen.h"

#include <string.h>

#define ADDR_SIZE 4

_Static_assert(RR_HOME == 0 && RR_CARE_OF == 1,
	       "the number of a test is what it puts into a token");
_Static_assert(KEYGEN_KEY_SIZE == MAC_SHA1_SIZE, "KRm is a SHA-1 digest");

int keygen_token(struct mac_engine *engine, const struct nonce *nonce, enum rr_test test, be32 addr,
		 uint8_t token[RR_TOKEN_SIZE])
{
	uint8_t data[ADDR_SIZE + NONCE_SIZE + 1];
	uint8_t code[MAC_SIZE_MAX];
	struct mac_key key;
	int result;

	result = mac_key_init(&key, engine, CONF_HMAC_SHA1, nonce->key, sizeof(nonce->key));
	if (result < 0)
		return result;
	memcpy(data, &addr, ADDR_SIZE);
	memcpy(data + ADDR_SIZE, nonce->bytes, NONCE_SIZE);
	data[ADDR_SIZE + NONCE_SIZE] = (uint8_t)test;
	result = mac_compute(&key, data, sizeof(data), code);
	if (result == 0)
		memcpy(token, code, RR_TOKEN_SIZE);
	mac_key_fini(&key);
	mac_wipe(data, sizeof(data));
	mac_wipe(code, sizeof(code));
	return result;
}

int keygen_key(struct mac_engine *engine, const uint8_t home[RR_TOKEN_SIZE], const uint8_t *care_of,
	       uint8_t key[KEYGEN_KEY_SIZE])
{
	uint8_t tokens[2 * RR_TOKEN_SIZE];
	size_t len = RR_TOKEN_SIZE;
	int result;

	memcpy(tokens, home, RR_TOKEN_SIZE);
	if (care_of) {
		memcpy(tokens + RR_TOKEN_SIZE, care_of, RR_TOKEN_SIZE);
		len += RR_TOKEN_SIZE;
	}
	result = mac_digest_sha1(engine, tokens, len, key);
	mac_wipe(tokens, sizeof(tokens));
	return result;
}
