/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Time: what is due now, and when to come back. Removals that wait for their grace period are a
 * reason to come back soon, for until then their entries are not free. Thread: control core.
 */
#include "router/value.h"

#define RECLAIM_AFTER (5 * NS_PER_MS)

void router_enter(struct haaro *haaro, const struct now *now)
{
	haaro->core.now = *now;
}

uint64_t haaro_deadline(const struct haaro *haaro)
{
	uint64_t next = timers_next(&haaro->core.timers);
	uint64_t reclaim = haaro->core.now.mono + RECLAIM_AFTER;

	return haaro->reclaiming && reclaim < next ? reclaim : next;
}

void haaro_tick(struct haaro *haaro, const struct now *now)
{
	struct core *core = &haaro->core;

	router_enter(haaro, now);
	timers_run(&core->timers, now->mono);
	router_dispatch(haaro);
	haaro->reclaiming = core->ops->reclaim(core->fwd) > 0;
}
