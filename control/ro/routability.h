/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Our own return routability procedure with a peer: Test Inits out, tests in (RFC 6521, section 3.2;
 * haaro.md, sections 7.3 and 7.4). When it is run and what follows is session.c's. Thread: control
 * core.
 */
#ifndef RO_ROUTABILITY_H
#define RO_ROUTABILITY_H

#include "ro/state.h"

/* A token that may still be used: for the care-of test, one of that address. */
bool token_is_good(const struct peer *peer, enum rr_test test, const struct ip_addr *care_of);
void token_forget(struct peer *peer, enum rr_test test);

/* Sends the Inits of the tokens that are missing, each with a fresh cookie. */
void routability_send(struct session *session);

/* Nothing that is on its way counts any more. */
void routability_stop(struct session *session);

/* A Home or Care-of Test; true if it was asked for and its token is stored. */
bool routability_take(struct ro *ro, const struct datagram *datagram, struct peer **peer);

#endif
