/* SPDX-License-Identifier: BSD-3-Clause */
/* Registration Reply: no octets break the parser; parse, build, parse, build is stable. */
#include <string.h>

#include "fuzz.h"
#include "wire/registration.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static struct registration_reply reply;
	uint8_t once[MESSAGE_SIZE], twice[MESSAGE_SIZE];
	struct writer first = writer_of(once, sizeof(once));
	struct writer second = writer_of(twice, sizeof(twice));

	if (registration_reply_parse(data, len, &reply) != WIRE_OK)
		return 0;
	FUZZ_CHECK(reply.n_acks <= REGISTRATION_NETWORKS_MAX);
	FUZZ_CHECK(reply.auth.count == 0 ||
		   reply.auth.covered + reply.auth.authenticator_len <= len);
	if (reply.text.len > 0)
		FUZZ_CHECK(reply.text.text >= data &&
			   reply.text.text + reply.text.len <= data + len);
	FUZZ_CHECK(registration_reply_build(&reply, &first) == WIRE_OK);
	FUZZ_CHECK(registration_reply_parse(once, first.len, &reply) == WIRE_OK);
	FUZZ_CHECK(registration_reply_build(&reply, &second) == WIRE_OK);
	FUZZ_CHECK(first.len == second.len && memcmp(once, twice, first.len) == 0);
	return 0;
}
