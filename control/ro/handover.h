/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Our own side has changed: the registration, the care-of address, networks, ports (RFC 6521, section
 * 3.3.6; haaro.md, sections 10 and 15). Thread: control core.
 */
#ifndef RO_HANDOVER_H
#define RO_HANDOVER_H

#include "ro/state.h"

/* The hub has accepted a registration of ours: what it says of route optimization, from where we are. */
void handover_take_reply(struct ro *ro);

/* It is some time since the hub told of routers that were new to us. */
void handover_ask_for_more(struct ro *ro);

/* A port of ours is down or gone. */
void handover_cut(struct ro *ro, uint16_t port);

/* The configuration, or what the hub sees of us, may ask for another capability. */
void handover_set_capability(struct ro *ro);

/* What the hub was asked about others is answered, or overdue. */
void handover_resume(struct ro *ro);

/* Both registrations with a peer end, and it is reached by the hub. */
void handover_leave(struct peer *peer, const char *why);

/* Route optimization is over for now: every peer is left. */
void handover_leave_all(struct ro *ro, const char *why);

#endif
