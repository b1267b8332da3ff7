/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * HMAC (RFC 2104), the prefix+suffix mode of RFC 2002 and plain SHA-1 on OpenSSL's EVP. One working
 * context per algorithm, keyed anew for each message: measured, a context per key saves a quarter of
 * a microsecond and costs a kilobyte for each of 100 000 routers. Thread: that of the engine.
 */
#include "auth/mac.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/params.h>

struct algorithm {
	const char *name;
	const char *digest; /* NULL: not an HMAC */
	size_t len;
};

static const struct algorithm algorithms[CONF_ALGORITHM_MAX] = {
	[CONF_HMAC_MD5] = {"hmac-md5", "MD5", 16},
	[CONF_MD5_PREFIX_SUFFIX] = {"md5-prefix-suffix", NULL, 16},
	[CONF_HMAC_SHA1] = {"hmac-sha1", "SHA1", 20},
	[CONF_HMAC_SHA256_128] = {"hmac-sha256-128", "SHA256", 16},
};

struct mac_engine {
	EVP_MAC_CTX *hmac[CONF_ALGORITHM_MAX]; /* of those that have a digest */
	EVP_MD *md5;
	EVP_MD *sha1;
	EVP_MD_CTX *digest; /* of both */
};

static EVP_MAC_CTX *hmac_create(EVP_MAC *mac, const char *digest)
{
	char name[16];
	OSSL_PARAM params[2];
	EVP_MAC_CTX *context = EVP_MAC_CTX_new(mac);

	snprintf(name, sizeof(name), "%s", digest);
	params[0] = OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, name, 0);
	params[1] = OSSL_PARAM_construct_end();
	if (context && EVP_MAC_CTX_set_params(context, params) == 1)
		return context;
	EVP_MAC_CTX_free(context);
	return NULL;
}

static int fetch(struct mac_engine *engine)
{
	EVP_MAC *mac = EVP_MAC_fetch(NULL, "HMAC", NULL);
	int result = -ENOTSUP;
	size_t i;

	if (!mac)
		return result;
	for (i = 0; i < CONF_ALGORITHM_MAX; i++) {
		if (!algorithms[i].digest)
			continue;
		engine->hmac[i] = hmac_create(mac, algorithms[i].digest);
		if (!engine->hmac[i])
			goto out_mac;
	}
	engine->md5 = EVP_MD_fetch(NULL, "MD5", NULL);
	engine->sha1 = EVP_MD_fetch(NULL, "SHA1", NULL);
	if (!engine->md5 || !engine->sha1)
		goto out_mac;
	engine->digest = EVP_MD_CTX_new();
	result = engine->digest ? 0 : -ENOMEM;
out_mac:
	EVP_MAC_free(mac); /* the contexts hold it */
	return result;
}

int mac_engine_create(struct mac_engine **engine)
{
	struct mac_engine *fresh = calloc(1, sizeof(*fresh));
	int result;

	*engine = NULL;
	if (!fresh)
		return -ENOMEM;
	result = fetch(fresh);
	if (result < 0)
		mac_engine_destroy(fresh);
	else
		*engine = fresh;
	return result;
}

void mac_engine_destroy(struct mac_engine *engine)
{
	size_t i;

	if (!engine)
		return;
	for (i = 0; i < CONF_ALGORITHM_MAX; i++)
		EVP_MAC_CTX_free(engine->hmac[i]);
	EVP_MD_CTX_free(engine->digest);
	EVP_MD_free(engine->sha1);
	EVP_MD_free(engine->md5);
	free(engine);
}

int mac_key_init(struct mac_key *key, struct mac_engine *engine, enum conf_algorithm algorithm,
		 const uint8_t *secret, size_t len)
{
	if (algorithm >= CONF_ALGORITHM_MAX || len < 1 || len > CONF_SECRET_MAX)
		return -EINVAL;
	*key = (struct mac_key){.engine = engine, .algorithm = algorithm, .len = len};
	memcpy(key->secret, secret, len);
	return 0;
}

void mac_key_fini(struct mac_key *key)
{
	mac_wipe(key, sizeof(*key));
}

size_t mac_len(enum conf_algorithm algorithm)
{
	return algorithm < CONF_ALGORITHM_MAX ? algorithms[algorithm].len : 0;
}

const char *mac_name(enum conf_algorithm algorithm)
{
	return algorithm < CONF_ALGORITHM_MAX ? algorithms[algorithm].name : "?";
}

/* MD5(key | data | key), RFC 2002, section 3.5.1. */
static int compute_prefix_suffix(const struct mac_key *key, const uint8_t *data, size_t len,
				 uint8_t code[EVP_MAX_MD_SIZE])
{
	EVP_MD_CTX *context = key->engine->digest;

	return EVP_DigestInit_ex2(context, key->engine->md5, NULL) == 1 &&
			       EVP_DigestUpdate(context, key->secret, key->len) == 1 &&
			       EVP_DigestUpdate(context, data, len) == 1 &&
			       EVP_DigestUpdate(context, key->secret, key->len) == 1 &&
			       EVP_DigestFinal_ex(context, code, NULL) == 1
		       ? 0
		       : -EIO;
}

static int compute_hmac(const struct mac_key *key, const uint8_t *data, size_t len,
			uint8_t code[EVP_MAX_MD_SIZE])
{
	EVP_MAC_CTX *context = key->engine->hmac[key->algorithm];
	size_t written;

	return EVP_MAC_init(context, key->secret, key->len, NULL) == 1 &&
			       EVP_MAC_update(context, data, len) == 1 &&
			       EVP_MAC_final(context, code, &written, EVP_MAX_MD_SIZE) == 1
		       ? 0
		       : -EIO;
}

int mac_compute(const struct mac_key *key, const uint8_t *data, size_t len,
		uint8_t code[MAC_SIZE_MAX])
{
	uint8_t whole[EVP_MAX_MD_SIZE];
	int result;

	if (algorithms[key->algorithm].digest)
		result = compute_hmac(key, data, len, whole);
	else
		result = compute_prefix_suffix(key, data, len, whole);
	if (result == 0)
		memcpy(code, whole, mac_len(key->algorithm));
	mac_wipe(whole, sizeof(whole)); /* of a nonce it is a token */
	return result;
}

int mac_digest_sha1(struct mac_engine *engine, const uint8_t *data, size_t len,
		    uint8_t digest[MAC_SHA1_SIZE])
{
	return EVP_DigestInit_ex2(engine->digest, engine->sha1, NULL) == 1 &&
			       EVP_DigestUpdate(engine->digest, data, len) == 1 &&
			       EVP_DigestFinal_ex(engine->digest, digest, NULL) == 1
		       ? 0
		       : -EIO;
}

bool mac_is_equal(const uint8_t *a, const uint8_t *b, size_t len)
{
	return CRYPTO_memcmp(a, b, len) == 0;
}

void mac_wipe(void *bytes, size_t len)
{
	OPENSSL_cleanse(bytes, len);
}
