/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Our Registration Request to a peer, as bytes (RFC 6521, section 3.3.3; haaro.md, sections 4.8 and
 * 7.2). Thread: control core.
 */
#ifndef RO_REQUEST_H
#define RO_REQUEST_H

#include "ro/state.h"

/*
 * Sends one from the session's care-of address to the peer's home address, natively; notes in the
 * session what its answer is judged by. A deregistration if the session is removing. The tokens that it
 * takes are good.
 */
void request_send(struct session *session);

/* Whether a key can be made without another test. */
bool request_has_key(const struct session *session);

/* The last one asked for another encapsulation than the next one would. */
bool request_is_outdated(const struct session *session);

/* Wipes the key: no answer is waited for any more. */
void request_forget(struct session *session);

#endif
