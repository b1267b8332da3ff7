/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Answers: Registration Replies built from a decision, signed and sent (mip4-base.md section 12.2).
 */
#ifndef HOME_REPLY_H
#define HOME_REPLY_H

#include "home/decision.h"
#include "home/request.h"

struct home;

/* Answers a request as decided. A failure to send is counted: the router will ask again. */
void reply_send(struct home *home, const struct request *request, const struct decision *decision);

/* Sends any message to a subscriber and notes when. */
void home_send(struct home *home, struct subscriber *subscriber, const struct datagram *datagram);

#endif
