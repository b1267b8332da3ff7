/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The rows of the processing table that judge what an authenticated request asks for (mip4-base.md
 * section 12, rows 10 to 23). Each returns true if it decides, and then has filled the decision; what
 * it finds out otherwise it leaves there for the rows after it. None has an effect.
 */
#ifndef HOME_JUDGE_H
#define HOME_JUDGE_H

#include "home/decision.h"
#include "home/request.h"
#include "home/state.h"

bool judge_addresses(struct home *home, struct request *request, struct decision *decision);
bool judge_removal(struct home *home, struct request *request, struct decision *decision);
bool judge_care_of(struct home *home, struct request *request, struct decision *decision);
bool judge_tunnel(struct home *home, struct request *request, struct decision *decision);
bool judge_reverse(struct home *home, struct request *request, struct decision *decision);
bool judge_limits(struct home *home, struct request *request, struct decision *decision);
bool judge_networks(struct home *home, struct request *request, struct decision *decision);

/* The networks that a request asks for, each with its code; changes nothing. For duplicates too. */
void judge_claims(struct home *home, const struct request *request, struct claims *claims);

#endif
