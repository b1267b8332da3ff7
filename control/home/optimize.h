/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What a router is told about route optimization itself (RFC 6521, sections 5.1 and 5.2; haaro.md,
 * section 9): whether it may, and what its capability (153/1) permits until the next request. What it
 * is told of others is advertise.h. Thread: control core.
 */
#ifndef HOME_OPTIMIZE_H
#define HOME_OPTIMIZE_H

#include "home/decision.h"
#include "home/request.h"

struct home;
struct subscriber;

/* Notes what the request says of an accepted registration, in all bindings of the router. */
void optimize_accept(struct home *home, const struct request *request);

/*
 * Fills in the Route Optimization Reply, for a registration that was accepted or is answered again;
 * leaves it absent if the request has no capability or this hub does no route optimization.
 */
void optimize_answer(struct home *home, const struct request *request,
		     const struct decision *decision, struct registration_reply *reply);

/* Whether others may be told of the router now: its last request, and policy. */
bool optimize_is_permitted(const struct subscriber *subscriber);

/* What they are told of it: that it can only open connections. */
bool optimize_is_outbound(const struct subscriber *subscriber);

#endif
