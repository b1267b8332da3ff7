/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The last security exceptions, for `haaroctl show violations` (after CISCO-MOBILE-IP-MIB's violation
 * table): a ring that overwrites its oldest. Thread: control core.
 */
#ifndef HOME_VIOLATION_H
#define HOME_VIOLATION_H

#include "home/home.h"

#define VIOLATIONS_SIZE 256 /* power of two */

struct violations {
	struct home_violation ring[VIOLATIONS_SIZE];
	uint64_t count; /* ever */
};

/* Takes a copy; its number is given here. */
void violation_insert(struct violations *violations, const struct home_violation *violation);
void violation_walk(const struct violations *violations, home_violation_visit visit, void *arg);

#endif
