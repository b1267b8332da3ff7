/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What asks for a direct path (RFC 6521, section 3.3.1; haaro.md, section 12.1): marks that workers set
 * off, traffic that is looked at, the configuration's mesh, the operator. Thread: control core.
 */
#ifndef RO_TRIGGER_H
#define RO_TRIGGER_H

#include "ro/state.h"

/* A worker met a marked path. */
void trigger_notify(struct ro *ro, uint32_t path);

/* The timer "look" of a peer: ro.c hands it to the cache. */
void trigger_look(struct timer *timer, void *arg);

/* Asks for a direct path now, or says why not in peer->reason. 0, or what session_start() says. */
int trigger_fire(struct peer *peer, enum trigger trigger);

/* Trigger mesh: starts with some of the peers that nothing goes on with; the timer does the others. */
void trigger_mesh(struct ro *ro);

#endif
