/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * control/auth with all of its secrets hidden: keys, authenticators made and received, nonces, tokens
 * and KRm. Signing, deriving and checking neither branch nor index on them, OpenSSL's part included.
 */
#include "auth/correspondent.h"
#include "auth/keygen.h"
#include "auth/sa.h"
#include "cmocka_all.h"
#include "secret.h"

#define SPI 0x100

static struct mac_engine *engine;

struct signed_message {
	uint8_t bytes[128];
	struct writer writer;
};

static void begin(struct signed_message *message)
{
	static const uint8_t text[44] = "any octets: a registration is as good";

	message->writer = writer_of(message->bytes, sizeof(message->bytes));
	write_bytes(&message->writer, text, sizeof(text));
}

/* The last octet: only a comparison of all of them finds it wrong. */
static void forge(struct signed_message *message)
{
	message->bytes[message->writer.len - 1] ^= 1;
}

/* --- registrations with the hub ------------------------------------------------------------------ */

static enum sa_result verify_by(const struct sa *sa, bool forged)
{
	const struct sa_entry *entry = &sa->entries[0];
	size_t len = mac_len(entry->key.algorithm);
	struct signed_message message;
	struct message_auth auth;

	begin(&message);
	assert_int_equal(sa_sign(entry, &message.writer), 0);
	if (forged)
		forge(&message);
	auth = (struct message_auth){
		.count = 1,
		.spi = SPI,
		.covered = message.writer.len - len,
		.authenticator = message.bytes + message.writer.len - len,
		.authenticator_len = len,
	};
	return sa_verify(sa, message.bytes, &auth, &entry);
}

static enum sa_result verify_home(enum conf_algorithm algorithm, bool forged)
{
	struct conf_key key = {.spi = SPI, .algorithm = algorithm, .secret.len = 16};
	enum sa_result result;
	struct sa sa;

	secret_hide(key.secret.bytes, key.secret.len);
	assert_int_equal(sa_init(&sa, engine, &key, 1), 0);
	result = verify_by(&sa, forged);
	sa_fini(&sa);
	return result;
}

static void test_home_authentication(void **state)
{
	(void)state;
	for (enum conf_algorithm i = 0; i < CONF_ALGORITHM_MAX; i++) {
		assert_int_equal(verify_home(i, false), SA_OK);
		secret_assert_compared(1);
		assert_int_equal(verify_home(i, true), SA_BAD_AUTHENTICATOR);
		secret_assert_compared(1);
	}
}

/* --- registrations between routers ---------------------------------------------------------------- */

/* As a correspondent makes it: from Kcr by tokens to KRm. */
static void derive(struct correspondent_key *key)
{
	struct nonce nonce = {.index = 1, .used = true};
	uint8_t tokens[RR_TEST_MAX][RR_TOKEN_SIZE];

	secret_hide(nonce.bytes, sizeof(nonce.bytes));
	secret_hide(nonce.key, sizeof(nonce.key));
	for (enum rr_test test = 0; test < RR_TEST_MAX; test++)
		assert_int_equal(keygen_token(engine, &nonce, test, 1, tokens[test]), 0);
	*key = (struct correspondent_key){.len = KEYGEN_KEY_SIZE};
	assert_int_equal(keygen_key(engine, tokens[RR_HOME], tokens[RR_CARE_OF], key->bytes), 0);
}

static bool verify_correspondent(bool forged)
{
	struct message_correspondent auth = {.count = 1, .authenticator_len = CORRESPONDENT_LEN};
	struct signed_message message;
	struct correspondent_key key;

	derive(&key);
	begin(&message);
	assert_int_equal(correspondent_sign(engine, &key, &message.writer), 0);
	if (forged)
		forge(&message);
	auth.covered = message.writer.len - CORRESPONDENT_LEN;
	auth.authenticator = message.bytes + auth.covered;
	return correspondent_verify(engine, &key, message.bytes, &auth);
}

static void test_correspondent_authentication(void **state)
{
	(void)state;
	assert_true(verify_correspondent(false));
	secret_assert_compared(1);
	assert_false(verify_correspondent(true));
	secret_assert_compared(1);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_home_authentication),
		cmocka_unit_test(test_correspondent_authentication),
	};
	int status;

	(void)argc;
	if (mac_engine_create(&engine) < 0)
		return 1;
	status = SECRET_RUN(argv[0], tests);
	mac_engine_destroy(engine);
	return status;
}
