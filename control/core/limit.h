/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A rate limit in one word (GCRA): the time at which the next event is on schedule. Zero is a full
 * bucket. Thread: its owner's.
 */
#ifndef CORE_LIMIT_H
#define CORE_LIMIT_H

#include <stdbool.h>
#include <stdint.h>

/* True, and counted, if an event at now keeps to one per interval with at most burst at once. */
static inline bool limit_take(uint64_t *schedule, uint64_t now, uint64_t interval, uint32_t burst)
{
	uint64_t next = *schedule > now ? *schedule : now;

	if (next - now > interval * (burst - 1))
		return false;
	*schedule = next + interval;
	return true;
}

#endif
