/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The asking side towards one peer (RFC 6521, sections 3.2 and 3.3.3; haaro.md, section 13):
 *
 *     NOTHING ── session_start() ──> ROUTABILITY ── both tests ──> REGISTRATION ── accepted ──┐
 *        ^            │ keys are there ──────────────────────────────^  │ code 2              │
 *        │                                                              v                     │
 *        ├── no answer: hold-down <────────────────────────────── PREACCEPTED                 │
 *        └── registered: the timer is that of the refresh <───────────┴─ the peer's request ──┘
 *
 * What an answer does is in outcome.c. Thread: control core.
 */
#ifndef RO_SESSION_H
#define RO_SESSION_H

#include "ro/state.h"

/*
 * Asks for a direct path from the care-of address that is best for this peer, or goes on with what is
 * being asked. -EBUSY: it is being asked or registered already; -EHOSTDOWN: neither side can open;
 * -EUSERS: as many peers as the configuration allows; -ENETUNREACH: no care-of address; -ENOMEM.
 */
int session_start(struct peer *peer, enum trigger trigger);

/* Our care-of address for this peer has changed: registers anew from the present one, at once. */
void session_move(struct peer *peer);

/* Asks once more: with tokens that are still good, or after new tests. */
void session_ask(struct session *session);

/* Sends what the session is at once more, without waiting for its timer. */
void session_register(struct session *session);

/* A test was answered: goes on if it was the last one. */
void session_tested(struct session *session);

/* Code 2: the peer's own request must come now. */
void session_wait(struct session *session);

/* Deregisters at the peer; what it holds for us is gone for us at once. */
void session_leave(struct peer *peer, const char *why);

/* What was asked came to nothing: hold-down of at least so long; by the hub until then. */
void session_fail(struct session *session, const char *why, uint64_t least);

/* Accepted until expires; the timer is set to its refresh. */
void session_settle(struct session *session, uint64_t lifetime);

/* The registration is over for us; the peer's own may go on. */
void session_end(struct session *session);

/* The care-of address to use towards this peer now; false: there is none. */
bool session_care_of(const struct peer *peer, struct mobile_care_of *care_of);

void session_free(struct peer *peer);

#endif
