/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The Mobile-Correspondent Authentication Extension made and checked (RFC 6521, section 5.3;
 * haaro.md, sections 4.3 and 7.2). The code is over one contiguous run, from the first octet of the
 * message up to the authenticator (A1). Thread: that of the engine.
 *
 *     | 49 | 22 | 2 | 0 | home nonce index, 2 | care-of nonce index, 2 | authenticator, 16 |
 */
#include "auth/correspondent.h"

#include <errno.h>

#define SUBTYPE    2
#define FIXED_SIZE 6 /* of what the length counts: all but the authenticator */

static int compute(struct mac_engine *engine, const struct correspondent_key *key,
		   const uint8_t *message, size_t len, uint8_t code[MAC_SIZE_MAX])
{
	struct mac_key hmac;
	int result;

	result = mac_key_init(&hmac, engine, CONF_HMAC_SHA1, key->bytes, key->len);
	if (result < 0)
		return result;
	result = mac_compute(&hmac, message, len, code);
	mac_key_fini(&hmac);
	return result;
}

int correspondent_sign(struct mac_engine *engine, const struct correspondent_key *key,
		       struct writer *writer)
{
	uint8_t code[MAC_SIZE_MAX];
	int result;

	write_u8(writer, EXTENSION_ROUTE_OPTIMIZATION);
	write_u8(writer, FIXED_SIZE + CORRESPONDENT_LEN);
	write_u8(writer, SUBTYPE);
	write_u8(writer, 0); /* reserved */
	write_u16(writer, key->home_index);
	write_u16(writer, key->care_of_index);
	if (writer->failed)
		return -ENOSPC;
	result = compute(engine, key, writer->bytes, writer->len, code);
	if (result < 0)
		return result;
	write_bytes(writer, code, CORRESPONDENT_LEN);
	return writer->failed ? -ENOSPC : 0;
}

bool correspondent_verify(struct mac_engine *engine, const struct correspondent_key *key,
			  const uint8_t *message, const struct message_correspondent *auth)
{
	uint8_t code[MAC_SIZE_MAX];

	if (auth->count != 1 || auth->authenticator_len != CORRESPONDENT_LEN)
		return false;
	return compute(engine, key, message, auth->covered, code) == 0 &&
	       mac_is_equal(code, auth->authenticator, CORRESPONDENT_LEN);
}
