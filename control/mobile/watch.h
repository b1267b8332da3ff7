/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What is watched, how often: the hub through the tunnel in use, and natively from each uplink
 * (tunnels.md, section 5.1; RFC 3519, section 4.9). Thread: control core.
 */
#ifndef MOBILE_WATCH_H
#define MOBILE_WATCH_H

#include "mobile/state.h"

/*
 * After an accepting reply: watches the hub through the registration's tunnel, from the beginning
 * if the tunnel is another one or the hub was silent. Without a watch, or one slower than a NAT
 * forgets, a UDP tunnel is kept alive at the hub's interval.
 */
void mobile_watch_follow(struct mobile *mobile, bool another);

/* Probes an uplink from its care-of address, or stops if it is not usable. From the beginning. */
void mobile_watch_uplink(struct mobile *mobile, struct uplink *uplink);

#endif
