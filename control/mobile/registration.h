/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The registration: asking, waiting, having, losing (RFC 5944, section 3.6). Knows nothing of why
 * it is asked to ask: handover.c and client.c decide. Thread: control core.
 *
 *     DOWN ── an uplink ──> REGISTERING ── accepted ──> REGISTERED ── refresh due ──> REFRESHING
 *                            │   ^  ^                      ^   │                        │
 *                            │   │  └──── lost ────────────┼───┴────────────────────────┤
 *                            v   │                         └──────── accepted ──────────┤
 *                            HELD┘ <──────────── denied ────────────────────────────────┘
 */
#ifndef MOBILE_REGISTRATION_H
#define MOBILE_REGISTRATION_H

#include "mobile/reply.h"
#include "mobile/state.h"

/* Asks anew by uplink, as soon as the one-a-second rule allows. Ends any wait. */
void mobile_registration_start(struct mobile *mobile, struct uplink *uplink);

/* Goes on asking by another uplink: the transmissions so far count for the spacing. */
void mobile_registration_go_on(struct mobile *mobile, struct uplink *uplink);

/* Sends the next transmission of this round, or sets the timer to when it may be sent. */
void mobile_registration_transmit(struct mobile *mobile);

/* No uplink is usable: stops asking. What the hub holds stays valid until it expires. */
void mobile_registration_stop(struct mobile *mobile);

/* Waits before it asks again; forgets: then asks for everything that was refused so far again. */
void mobile_registration_hold(struct mobile *mobile, uint64_t wait, bool forgets);

/*
 * Deregistration: the next try of three, a second apart, or the end after the last. Whoever could
 * hold a binding of ours is asked to drop it; with nothing ever asked for the end is at once.
 */
void mobile_registration_leave(struct mobile *mobile);

/* Deregistered or given up: nothing is forwarded or received any more. */
void mobile_registration_end(struct mobile *mobile);

/* The registration is gone: nothing is forwarded. at_once: nothing is received any more either. */
void mobile_registration_lose(struct mobile *mobile, const char *why, bool at_once);

/* Something failed: outages count from the last sign of life. */
void mobile_registration_suspect(struct mobile *mobile, uint64_t since);

/* When the hub was last heard in any way; 0: never. */
uint64_t mobile_registration_heard(const struct mobile *mobile);

/* An event about this router, with what is known of its registration filled in. */
struct event mobile_registration_event(const struct mobile *mobile, enum event_type type);

#endif
