/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A peer's Home and Care-of Test Init (RFC 6521, section 3.2; haaro.md, section 7.3): answered with a
 * token over the address that it came from, and forgotten. Thread: control core.
 */
#ifndef RO_RESPONDER_H
#define RO_RESPONDER_H

#include "ro/state.h"

void responder_handle(struct ro *ro, const struct datagram *datagram);

/* Nonces that are over are wiped; again when the next one is. */
void responder_wipe(struct ro *ro);

#endif
