/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Registration Replies of a correspondent (RFC 6521, section 3.3.3; haaro.md, section 4.9): from our home
 * address by the hub to where the request came from. Thread: control core.
 */
#ifndef RO_ANSWER_H
#define RO_ANSWER_H

#include "ro/claim.h"

/* With the claim's code; signed, unless it is one that nobody can sign. */
void answer_refuse(const struct claim *claim);

/* Accepted: acknowledgements, encapsulation, our care-of addresses; kept for a duplicate. */
void answer_accept(const struct claim *claim, const struct registration_care_ofs *care_ofs);

/* Deregistered. */
void answer_remove(const struct claim *claim);

/* What the accepted request was answered with, once more. */
void answer_again_send(const struct claim *claim);

#endif
