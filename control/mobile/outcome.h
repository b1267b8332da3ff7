/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What an answer of the hub does (mip4-base.md, section 10, row 7). Thread: control core.
 */
#ifndef MOBILE_OUTCOME_H
#define MOBILE_OUTCOME_H

#include "mobile/reply.h"

/* A reply that passed every check: acts on its code. */
void mobile_outcome_handle(struct mobile *mobile, const struct registration_reply *reply);

#endif
