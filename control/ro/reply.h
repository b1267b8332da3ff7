/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A peer's Registration Reply: bytes to one that has passed every check that comes before acting on its
 * code (haaro.md, section 13 and section 21, row 4). Thread: control core.
 */
#ifndef RO_REPLY_H
#define RO_REPLY_H

#include "ro/state.h"

/*
 * 0: authentic. 1: a hint that a nonce is over (201 to 203), which nobody can sign: believed only for
 * what it costs. -EBADMSG: does not parse; -ENOMSG: not the answer to the last request; -EACCES:
 * authenticator missing or wrong. All three mean drop.
 */
int reply_check(const struct ro *ro, const struct session *session, const struct datagram *datagram,
		struct registration_reply *reply);

#endif
