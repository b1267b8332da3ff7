/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The NAT table of RFC 6521, section 3.1.2, as a function of what is known (haaro.md, sections 11.3
 * and 11.4): who can open a tunnel between one of our care-of addresses and a peer.
 */
#ifndef RO_NAT_H
#define RO_NAT_H

#include "ro/state.h"

enum nat_entry {
	NAT_ABSENT, /* no NAT is known of: any encapsulation, we may open */
	NAT_OPENS,  /* UDP, and we can open it */
	NAT_CLOSED, /* UDP, and the peer must open it */
};

enum nat_entry nat_lookup(const struct peer *peer, uint16_t port);

/* Neither can open: no direct path, whatever is tried. */
bool nat_forbids(const struct peer *peer, uint16_t port);

#endif
