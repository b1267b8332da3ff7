/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Authentication of registrations between routers: the Mobile-Correspondent Authentication Extension
 * 49/2, First128(HMAC_SHA1(KRm, message up to it)) (RFC 6521, section 5.3; haaro.md, sections 4.3 and
 * 7.2). Thread: that of the engine.
 */
#ifndef AUTH_CORRESPONDENT_H
#define AUTH_CORRESPONDENT_H

#include "auth/mac.h"
#include "wire/cursor.h"
#include "wire/message.h"

#define CORRESPONDENT_LEN 16 /* octets of the authenticator */

struct correspondent_key {
	size_t len; /* 20 from return routability; a shared key 1..CONF_SECRET_MAX */
	uint8_t bytes[CONF_SECRET_MAX];
	uint16_t home_index; /* both 0 with a shared key */
	uint16_t care_of_index;
};

/*
 * Appends the extension over all that the writer holds: a message from its first octet. -ENOSPC: does
 * not fit, or an earlier write failed; -EIO: the library fails.
 */
int correspondent_sign(struct mac_engine *engine, const struct correspondent_key *key,
		       struct writer *writer);

/*
 * Whether the authenticator of a parsed message is that of key (whose indexes are not looked at), in
 * constant time; false too for more than one, for another length, and if the library fails.
 */
bool correspondent_verify(struct mac_engine *engine, const struct correspondent_key *key,
			  const uint8_t *message, const struct message_correspondent *auth);

#endif
