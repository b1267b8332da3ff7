/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Requests of peers that wait for the hub's word about their prefixes: the hub is asked by a
 * registration of our own that names the router (flag S), at most once a second (RFC 6521, sections 3.1
 * and 3.3; haaro.md, section 14.2). Bounded: one per router, RO_VERIFY_MAX in all, RO_VERIFY_HOLD each.
 * Thread: control core.
 */
#ifndef RO_VERIFY_H
#define RO_VERIFY_H

#include "ro/claim.h"

/* Whether asking could help: there is room, and the hub has not just said that it does not know it. */
bool verify_is_due(const struct claim *claim);

/* Keeps an authenticated claim, in the place of an older one of the same router; asks the hub. */
void verify_hold(const struct claim *claim);

/* Asks about the next router that waits, if the hub may be asked now; else the timer comes back. */
void verify_ask(struct ro *ro);

/* The hub has answered, told says to what: notes who it does not know. */
void verify_note(struct ro *ro, const struct mobile_optimization *told);

/* Takes out a claim that need not wait any more; answered: the hub's word is in the cache. */
bool verify_take(struct ro *ro, struct claim *claim, bool *answered);

void verify_clear(struct ro *ro);

#endif
