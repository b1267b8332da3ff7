/* SPDX-License-Identifier: BSD-3-Clause */
/* Registration Revocation and Acknowledgment: the fixed part comes back as it was. */
#include <string.h>

#include "fuzz.h"
#include "wire/revocation.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct revocation revocation;
	struct revocation_ack ack;
	uint8_t bytes[32];
	struct writer writer = writer_of(bytes, sizeof(bytes));

	if (revocation_parse(data, len, &revocation) == WIRE_OK) {
		FUZZ_CHECK(revocation_build(&revocation, &writer) == WIRE_OK);
		FUZZ_CHECK(memcmp(bytes + 4, data + 4, writer.len - 4) == 0);
		FUZZ_CHECK(revocation.auth.count == 0 ||
			   revocation.auth.covered + revocation.auth.authenticator_len <= len);
	}
	if (revocation_ack_parse(data, len, &ack) == WIRE_OK) {
		FUZZ_CHECK(revocation_ack_build(&ack, &writer) == WIRE_OK);
		FUZZ_CHECK(memcmp(bytes + 4, data + 4, writer.len - 4) == 0);
		FUZZ_CHECK(ack.auth.count == 0 ||
			   ack.auth.covered + ack.auth.authenticator_len <= len);
	}
	return 0;
}
