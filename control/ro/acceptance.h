/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Carries out what correspondent.c decided: a peer's registration here, its tunnel, its end (RFC 6521,
 * sections 3.3.3, 3.3.4 and 3.3.6; haaro.md, sections 14.1 to 14.5). Thread: control core.
 */
#ifndef RO_ACCEPTANCE_H
#define RO_ACCEPTANCE_H

#include "ro/claim.h"

/* 0, or 2 if our own request to it is out and our home address is the smaller one. */
uint8_t acceptance_code(const struct claim *claim);

/* Answers too. <0: its tunnel cannot be opened, and nothing has been done. */
int acceptance_take(struct claim *claim);
void acceptance_remove(struct claim *claim);

/* The peer's registration here is over, for whatever cause; its tunnels go on receiving for grace. */
void acceptance_end(struct peer *peer, uint64_t grace);

#endif
