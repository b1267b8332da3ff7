/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Message authentication codes by name (mip4-base section 6.3), on OpenSSL 3. An engine holds what
 * is fetched once and the working contexts; it belongs to one thread and one router, keys hold a
 * pointer to it.
 */
#ifndef AUTH_MAC_H
#define AUTH_MAC_H

#include "haaro/conf.h"

#define MAC_SIZE_MAX  20
#define MAC_SHA1_SIZE 20

struct mac_engine;

/* -ENOMEM; -ENOTSUP: the library lacks one of the algorithms (a FIPS provider has no MD5). */
int mac_engine_create(struct mac_engine **engine);
void mac_engine_destroy(struct mac_engine *engine); /* after its keys; NULL is fine */

/* A key ready for use. Members are mac.c's own. */
struct mac_key {
	struct mac_engine *engine;
	enum conf_algorithm algorithm;
	size_t len;
	uint8_t secret[CONF_SECRET_MAX];
};

/* len 1..CONF_SECRET_MAX, else -EINVAL. The secret is copied; mac_key_fini() wipes the copy. */
int mac_key_init(struct mac_key *key, struct mac_engine *engine, enum conf_algorithm algorithm,
		 const uint8_t *secret, size_t len);
void mac_key_fini(struct mac_key *key);

/* Octets of the code: 16, or 20 for HMAC-SHA1. */
size_t mac_len(enum conf_algorithm algorithm);
const char *mac_name(enum conf_algorithm algorithm);

/* Writes mac_len() octets. 0, or -EIO if the library fails. */
int mac_compute(const struct mac_key *key, const uint8_t *data, size_t len,
		uint8_t code[MAC_SIZE_MAX]);

/* SHA-1 of the data alone: no code, but how RFC 6521 makes a key of tokens. 0, or -EIO. */
int mac_digest_sha1(struct mac_engine *engine, const uint8_t *data, size_t len,
		    uint8_t digest[MAC_SHA1_SIZE]);

/* In time that depends on len alone. */
bool mac_is_equal(const uint8_t *a, const uint8_t *b, size_t len);

/* Overwrites a secret, for good. */
void mac_wipe(void *bytes, size_t len);

#endif
