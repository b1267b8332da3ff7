/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Registration Reply: no octets break the parser; what it points at lies inside; parse, build,
 * parse, build is stable, and never longer than what came.
 */
#include <string.h>

#include "fuzz.h"
#include "wire/registration.h"

static void check_inside(const uint8_t *data, size_t len, const uint8_t *part, size_t part_len)
{
	FUZZ_CHECK(part_len == 0 || (part >= data && part + part_len <= data + len));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static struct registration_reply reply;
	static uint8_t once[UINT16_MAX], twice[UINT16_MAX]; /* an advertisement may be as large */
	struct writer first = writer_of(once, len);
	struct writer second = writer_of(twice, len);

	if (len > sizeof(once))
		return 0;
	if (registration_reply_parse(data, len, &reply) != WIRE_OK)
		return 0;
	FUZZ_CHECK(reply.n_acks <= REGISTRATION_NETWORKS_MAX);
	FUZZ_CHECK(reply.auth.count == 0 ||
		   reply.auth.covered + reply.auth.authenticator_len <= len);
	FUZZ_CHECK(reply.care_ofs.n <= REGISTRATION_CARE_OFS_MAX);
	check_inside(data, len, reply.text.text, reply.text.len);
	check_inside(data, len, reply.advertisement.data, reply.advertisement.len);
	if (reply.correspondent.count > 0) {
		FUZZ_CHECK(reply.correspondent.authenticator == data + reply.correspondent.covered);
		check_inside(data, len, reply.correspondent.authenticator,
			     reply.correspondent.authenticator_len);
	}
	FUZZ_CHECK(registration_reply_build(&reply, &first) == WIRE_OK);
	FUZZ_CHECK(registration_reply_parse(once, first.len, &reply) == WIRE_OK);
	FUZZ_CHECK(registration_reply_build(&reply, &second) == WIRE_OK);
	FUZZ_CHECK(first.len == second.len && memcmp(once, twice, first.len) == 0);
	return 0;
}
