/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A token bucket as one instant (the generic cell rate algorithm): the time at which the bucket would
 * be full again. Each worker has one per class, with its share of the configured rate; no state is
 * shared.
 */
#ifndef DATAPLANE_POLICER_H
#define DATAPLANE_POLICER_H

#include <stdbool.h>

#include "haaro/clock.h"

struct policer {
	uint64_t interval;  /* between packets at the full rate; 0: nothing passes */
	uint64_t tolerance; /* (burst - 1) intervals */
	uint64_t full_at;   /* mono */
};

/* rate: packets per second over all workers. The burst is what comes in 100 ms, at least 1. */
static inline void policer_init(struct policer *policer, uint32_t rate, uint32_t workers)
{
	uint32_t share = rate / workers, burst = share / 10;

	*policer = (struct policer){0};
	if (rate == 0)
		return;
	policer->interval = NS_PER_S * workers / rate;
	policer->tolerance = burst > 1 ? (burst - 1) * policer->interval : 0;
}

static inline bool policer_pass(struct policer *policer, uint64_t now)
{
	if (policer->interval == 0 || policer->full_at > now + policer->tolerance)
		return false;
	policer->full_at = (policer->full_at > now ? policer->full_at : now) + policer->interval;
	return true;
}

#endif
