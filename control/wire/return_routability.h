/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The four messages of return routability, between bytes and structs (RFC 6521, sections 5.6 to
 * 5.9; haaro.md, sections 4.6 and 4.7). Pure functions, any thread.
 *
 *     Home Test Init 24, Care-of Test Init 25    | type | 0 | cookie, 8 octets |
 *     Home Test 26, Care-of Test 27              | type | 0 | nonce index, 2 | cookie, 8 | token, 8 |
 */
#ifndef WIRE_RETURN_ROUTABILITY_H
#define WIRE_RETURN_ROUTABILITY_H

#include "wire/cursor.h"
#include "wire/message.h"

#define RR_COOKIE_SIZE 8
#define RR_TOKEN_SIZE  8

/* Which of the two ways a test goes: through the home agent, or natively. */
enum rr_test { RR_HOME, RR_CARE_OF, RR_TEST_MAX };

struct test_init {
	enum rr_test test;
	uint8_t cookie[RR_COOKIE_SIZE];
};

struct test_reply {
	enum rr_test test;
	uint16_t nonce_index;
	uint8_t cookie[RR_COOKIE_SIZE]; /* of the Init that it answers */
	uint8_t token[RR_TOKEN_SIZE];   /* keygen token */
};

/* WIRE_SHORT, WIRE_TYPE: discard silently. Octets behind the message and its reserved octet are
 * ignored. */
enum wire_result test_init_parse(const uint8_t *payload, size_t len, struct test_init *init);
enum wire_result test_reply_parse(const uint8_t *payload, size_t len, struct test_reply *reply);

/* Append the message; WIRE_SPACE if it does not fit. */
enum wire_result test_init_build(const struct test_init *init, struct writer *writer);
enum wire_result test_reply_build(const struct test_reply *reply, struct writer *writer);

#endif
