/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Return routability: no octets are both an Init and a reply; what is built of them is what came,
 * but for the reserved octet and what stood behind, and parses to the same again.
 */
#include <string.h>

#include "fuzz.h"
#include "wire/return_routability.h"

static void check_rebuilt(const uint8_t *data, const struct writer *writer)
{
	FUZZ_CHECK(writer->bytes[0] == data[0] && writer->bytes[1] == 0);
	FUZZ_CHECK(memcmp(writer->bytes + 2, data + 2, writer->len - 2) == 0);
}

static void check_init(const uint8_t *data, const struct test_init *init)
{
	uint8_t bytes[16];
	struct writer writer = writer_of(bytes, sizeof(bytes));
	struct test_init again;

	FUZZ_CHECK(init->test < RR_TEST_MAX);
	FUZZ_CHECK(test_init_build(init, &writer) == WIRE_OK);
	check_rebuilt(data, &writer);
	FUZZ_CHECK(test_init_parse(bytes, writer.len, &again) == WIRE_OK);
	FUZZ_CHECK(again.test == init->test);
	FUZZ_CHECK(memcmp(again.cookie, init->cookie, RR_COOKIE_SIZE) == 0);
}

static void check_reply(const uint8_t *data, const struct test_reply *reply)
{
	uint8_t bytes[32];
	struct writer writer = writer_of(bytes, sizeof(bytes));
	struct test_reply again;

	FUZZ_CHECK(reply->test < RR_TEST_MAX);
	FUZZ_CHECK(test_reply_build(reply, &writer) == WIRE_OK);
	check_rebuilt(data, &writer);
	FUZZ_CHECK(test_reply_parse(bytes, writer.len, &again) == WIRE_OK);
	FUZZ_CHECK(again.test == reply->test && again.nonce_index == reply->nonce_index);
	FUZZ_CHECK(memcmp(again.cookie, reply->cookie, RR_COOKIE_SIZE) == 0);
	FUZZ_CHECK(memcmp(again.token, reply->token, RR_TOKEN_SIZE) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct test_init init;
	struct test_reply reply;
	bool is_init = test_init_parse(data, len, &init) == WIRE_OK;
	bool is_reply = test_reply_parse(data, len, &reply) == WIRE_OK;

	FUZZ_CHECK(!is_init || !is_reply);
	if (is_init)
		check_init(data, &init);
	if (is_reply)
		check_reply(data, &reply);
	return 0;
}
