/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Registration Request: no octets break the parser; what it makes of them is built into a message
 * that parses to the same again; and the authenticator can be checked over what it points at.
 */
#include <string.h>

#include "auth/sa.h"
#include "fuzz.h"
#include "wire/registration.h"

static void check_association(const uint8_t *data, const struct message_auth *auth)
{
	static const struct conf_key key = {.spi = 0x100, .secret = {{1}, 16}};
	struct mac_engine *engine;
	const struct sa_entry *entry;
	struct sa sa;

	FUZZ_CHECK(mac_engine_create(&engine) == 0);
	FUZZ_CHECK(sa_init(&sa, engine, &key, 1) == 0);
	FUZZ_CHECK(sa_verify(&sa, data, auth, &entry) < SA_RESULT_MAX);
	sa_fini(&sa);
	mac_engine_destroy(engine);
}

static void check_correspondent(const uint8_t *data, size_t len,
				const struct message_correspondent *auth)
{
	if (auth->count == 0)
		return;
	FUZZ_CHECK(auth->covered == auth->offset + 8);
	FUZZ_CHECK(auth->covered + auth->authenticator_len <= len);
	FUZZ_CHECK(auth->authenticator == data + auth->covered);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static struct registration_request request;
	uint8_t once[MESSAGE_SIZE], twice[MESSAGE_SIZE];
	struct writer first = writer_of(once, sizeof(once));
	struct writer second = writer_of(twice, sizeof(twice));

	if (registration_request_parse(data, len, &request) != WIRE_OK)
		return 0;
	FUZZ_CHECK(request.n_networks <= REGISTRATION_NETWORKS_MAX);
	if (request.auth.count > 0) {
		FUZZ_CHECK(request.auth.covered + request.auth.authenticator_len <= len);
		FUZZ_CHECK(request.auth.authenticator == data + request.auth.covered);
	}
	if (request.auth.count == 1 && request.auth.authenticator_len == 16)
		check_association(data, &request.auth);
	check_correspondent(data, len, &request.correspondent);
	FUZZ_CHECK(registration_request_build(&request, &first) == WIRE_OK);
	FUZZ_CHECK(registration_request_parse(once, first.len, &request) == WIRE_OK);
	FUZZ_CHECK(registration_request_build(&request, &second) == WIRE_OK);
	FUZZ_CHECK(first.len == second.len && memcmp(once, twice, first.len) == 0);
	return 0;
}
