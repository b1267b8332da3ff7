/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Where packets to a peer go: the one place that decides it, after anything has changed (RFC 6521,
 * sections 3.3.2 and 3.3.3; haaro.md, section 12). Thread: control core.
 */
#ifndef RO_PATH_H
#define RO_PATH_H

#include "ro/state.h"

/*
 * Directly if a tunnel is proven, and the peer is registered here, or we are there and the
 * configuration does not wait for it; else by the hub. One store, whatever the number of prefixes.
 */
void path_review(struct peer *peer);

/* Back to the hub at once; outage: nanoseconds that packets were lost for, 0: none. */
void path_fall(struct peer *peer, const char *why, uint64_t outage);

/* Which of the peer's prefixes have their routes: after a change of the cache or a registration. */
void path_route(struct peer *peer);

/* Sets the marks that make workers tell of traffic (haaro.md, section 12.1). */
void path_mark(struct peer *peer);

/* Whether we may ask it for a direct path by ourselves, if that is what asks for one here. */
bool path_may_ask(const struct peer *peer, enum conf_trigger trigger);

/* Leaves the peer alone for its hold-down, or for at least; doubles the next one. */
void path_hold(struct peer *peer, const char *why, uint64_t least);
bool path_is_held(const struct peer *peer);
void path_forgive(struct peer *peer);

#endif
