/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The asked side: a peer's Registration Request, judged row by row (RFC 6521, section 3.3.3; haaro.md,
 * section 14.1). The decision is a value; acceptance.c carries it out, answer.c answers. Thread: control
 * core.
 */
#ifndef RO_CORRESPONDENT_H
#define RO_CORRESPONDENT_H

#include "ro/claim.h"

/* A Registration Request to our home address. */
void correspondent_handle(struct ro *ro, const struct datagram *datagram);

/* The hub has answered about a held claim, or has not in time: the rows that waited for it. */
void correspondent_resume(struct claim *claim, bool answered);

#endif
