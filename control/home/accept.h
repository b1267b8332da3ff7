/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Carries out an acceptance: bindings, tunnel, path and routes, all or nothing. Thread: control core.
 */
#ifndef HOME_ACCEPT_H
#define HOME_ACCEPT_H

#include "home/decision.h"
#include "home/request.h"

struct home;

/*
 * 0: done; the networks' codes are final. Otherwise the code to deny with (130, 128, 147), with
 * decision->reason: nothing of this router has changed.
 */
uint8_t accept_registration(struct home *home, const struct request *request,
			    struct decision *decision);

/* Removes the bindings that a deregistration names (mip4-base.md section 12.1). */
void accept_removal(struct home *home, const struct request *request);

#endif
