/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The Prefix Advertisement of a reply (RFC 6521, sections 3.1.1 and 5.5; haaro.md, section 9). What a
 * router is told of others, most desired first:
 *
 *     1. those that the configuration prefers
 *     2. those that it talks to through this hub (pairs.h)
 *     3. the rest, as many as fit: each reply goes on where the last one ended, so that in time
 *        everybody is told
 *
 * 1 and 2 are a bounded number of routers and take at most half of the room. Of a router with more
 * networks than fit, those that fit are told.
 *
 * Thread: control core.
 */
#ifndef HOME_ADVERTISE_H
#define HOME_ADVERTISE_H

#include "home/decision.h"
#include "home/request.h"

struct home;

#define ADVERTISE_PREFERRED 16 /* of 1, in one reply */

/*
 * Fills in the advertisement that answers a request, if it gets one; its octets are good until the
 * next call. room: octets that the message has left for the whole extension.
 */
void advertise_answer(struct home *home, const struct request *request,
		      const struct decision *decision, size_t room,
		      struct registration_reply *reply);

#endif
