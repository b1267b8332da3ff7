/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * When a Mobile Router sends: retransmissions, refreshes, back-offs, as pure functions of counts
 * and times (RFC 5944, sections 3.6.1 and 3.6.3; mip4-base.md, sections 9 to 11). Any thread.
 */
#ifndef MOBILE_SCHEDULE_H
#define MOBILE_SCHEDULE_H

#include "haaro/clock.h"

/* RFC 5944, section 3.6.3: at most one request a second to one home agent, whatever the reason. */
#define SCHEDULE_SPACING NS_PER_S

/* The longest wait between two transmissions of one registration. */
#define SCHEDULE_LONGEST (60 * NS_PER_S)

/*
 * The same where no probe can tell that the hub is back: what is asked again at most this far apart
 * is bound again within 20 s of the hub's return.
 */
#define SCHEDULE_LONGEST_BLIND (15 * NS_PER_S)

#define SCHEDULE_DENIED_FIRST   (30 * NS_PER_S) /* codes 128 and 130, and repeated 133 */
#define SCHEDULE_DENIED_LONGEST (600 * NS_PER_S)
#define SCHEDULE_REFUSED        (600 * NS_PER_S) /* denials that only a person can mend */
#define SCHEDULE_REVOKED        (30 * NS_PER_S)

/* How long to wait for the answer to the sent-th transmission (from 1): 1, 2, 4 … 32 s, then
 * longest. */
uint64_t schedule_timeout(unsigned int sent, uint64_t longest);

/*
 * When to refresh a registration that was asked for at sent and granted for lifetime: at 75 % of
 * it, 10 % earlier or later by chance (a number of 0..UINT32_MAX, uniform), but early enough for
 * three retransmissions. TIME_NEVER for an infinite lifetime.
 */
uint64_t schedule_refresh(uint64_t sent, uint64_t lifetime, uint32_t chance);

/* The wait after the denials-th denial in a row (from 1) that asks for patience: 30 s doubling to
 * 600 s. */
uint64_t schedule_denied(unsigned int denials);

#endif
