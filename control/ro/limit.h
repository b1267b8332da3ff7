/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * How much signalling of others is answered (haaro.md, section 21, rows 2 and 3): each address at which
 * a peer is known, home or care-of, has a share; all others share one, in which no network of 256
 * addresses has more than its part. So who only names a peer takes nothing from it.
 */
#ifndef RO_LIMIT_H
#define RO_LIMIT_H

#include "ro/state.h"

/* peer: whom the message names, NULL: nobody known. True, and counted, if it may be worked on now. */
bool ro_limit_take(struct ro *ro, struct peer *peer, const struct ip_addr *source);

#endif
