/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What a peer's reply does (RFC 6521, section 3.3.3; haaro.md, section 13), and how the direct tunnel
 * of an accepted registration is brought up. Thread: control core.
 */
#ifndef RO_OUTCOME_H
#define RO_OUTCOME_H

#include "ro/state.h"

/* A Registration Reply from a router's home address. */
void outcome_handle(struct ro *ro, const struct datagram *datagram);

/*
 * The next of the peer's care-of addresses is tried; if the tunnel stands already, or the peer must open
 * it, nothing is to be done. False: none is left.
 */
bool outcome_probe(struct session *session);

/* Whether the peer is at this address, as it said or as its own registration came. */
bool outcome_is_its(const struct peer *peer, const struct ip_addr *care_of);

/* The peer has registered here: what code 2 held back is acted on now. */
void outcome_confirm(struct peer *peer);

/* It has, perhaps from another address: our own registration's tunnel leads there from now on. */
void outcome_follow(struct peer *peer);

#endif
