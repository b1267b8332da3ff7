/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Registration Replies: bytes to a reply that has passed every check that comes before acting on
 * its code (RFC 5944, section 3.6.2; mip4-base.md, section 10, rows 2 to 6). Row 1, the UDP
 * checksum, is link's. Thread: control core.
 */
#ifndef MOBILE_REPLY_H
#define MOBILE_REPLY_H

#include "mobile/state.h"
#include "wire/registration.h"

/*
 * 0: reply is filled and authentic. -EBADMSG: does not parse; -ENOMSG: not the answer to the last
 * request, or not about us; -EACCES: authenticator missing or wrong. All three mean drop.
 */
int mobile_reply_check(const struct mobile *mobile, const struct datagram *datagram,
		       struct registration_reply *reply);

#endif
