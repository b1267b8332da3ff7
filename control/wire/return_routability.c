/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Home Test Init, Care-of Test Init, Home Test and Care-of Test (RFC 6521, sections 5.6 to 5.9). No
 * extension is allowed in them: what stands behind the fixed part means nothing. Pure, any thread.
 */
#include "wire/return_routability.h"

static const uint8_t init_types[RR_TEST_MAX] = {
	[RR_HOME] = MESSAGE_HOME_TEST_INIT,
	[RR_CARE_OF] = MESSAGE_CARE_OF_TEST_INIT,
};

static const uint8_t reply_types[RR_TEST_MAX] = {
	[RR_HOME] = MESSAGE_HOME_TEST,
	[RR_CARE_OF] = MESSAGE_CARE_OF_TEST,
};

static enum wire_result test_of_type(const uint8_t types[RR_TEST_MAX], uint8_t type,
				     enum rr_test *test)
{
	for (*test = RR_HOME; *test < RR_TEST_MAX; (*test)++) {
		if (types[*test] == type)
			return WIRE_OK;
	}
	return WIRE_TYPE;
}

/* Leaves what is not there as it was: the reader has failed then. */
static void read_octets(struct reader *reader, uint8_t *octets, size_t len)
{
	const uint8_t *bytes = read_bytes(reader, len);

	if (bytes)
		memcpy(octets, bytes, len);
}

enum wire_result test_init_parse(const uint8_t *payload, size_t len, struct test_init *init)
{
	struct reader reader = reader_of(payload, len);
	uint8_t type = read_u8(&reader);

	read_u8(&reader); /* reserved */
	read_octets(&reader, init->cookie, RR_COOKIE_SIZE);
	if (reader.failed)
		return WIRE_SHORT;
	return test_of_type(init_types, type, &init->test);
}

enum wire_result test_reply_parse(const uint8_t *payload, size_t len, struct test_reply *reply)
{
	struct reader reader = reader_of(payload, len);
	uint8_t type = read_u8(&reader);

	read_u8(&reader); /* reserved */
	reply->nonce_index = read_u16(&reader);
	read_octets(&reader, reply->cookie, RR_COOKIE_SIZE);
	read_octets(&reader, reply->token, RR_TOKEN_SIZE);
	if (reader.failed)
		return WIRE_SHORT;
	return test_of_type(reply_types, type, &reply->test);
}

enum wire_result test_init_build(const struct test_init *init, struct writer *writer)
{
	write_u8(writer, init_types[init->test]);
	write_u8(writer, 0);
	write_bytes(writer, init->cookie, RR_COOKIE_SIZE);
	return writer->failed ? WIRE_SPACE : WIRE_OK;
}

enum wire_result test_reply_build(const struct test_reply *reply, struct writer *writer)
{
	write_u8(writer, reply_types[reply->test]);
	write_u8(writer, 0);
	write_u16(writer, reply->nonce_index);
	write_bytes(writer, reply->cookie, RR_COOKIE_SIZE);
	write_bytes(writer, reply->token, RR_TOKEN_SIZE);
	return writer->failed ? WIRE_SPACE : WIRE_OK;
}
