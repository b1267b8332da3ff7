/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A clock that follows the wall clock forward and never back (mip4-base section 7.1). Offsets are
 * differences of two clocks modulo 2^64, compared as signed numbers. Thread: control core.
 */
#include "auth/ntp_clock.h"

#define SLEW     2000 /* one nanosecond in as many is lost while ahead of the wall clock: 500 ppm */
#define REPORTED ((int64_t)NS_PER_S)

uint64_t ntp_from_unix(uint64_t unix_ns)
{
	uint64_t seconds = unix_ns / NS_PER_S + NTP_UNIX_OFFSET;
	uint64_t fraction = ((unix_ns % NS_PER_S) << 32) / NS_PER_S;

	return seconds << 32 | fraction; /* the era's number falls off */
}

void ntp_clock_init(struct ntp_clock *clock, const struct now *now)
{
	*clock = (struct ntp_clock){
		.offset = now->wall - now->mono,
		.seen = now->wall - now->mono,
		.updated = now->mono,
		.started = ntp_from_unix(now->wall),
		.started_mono = now->mono,
	};
}

/* How far the clock is ahead of the wall clock as last seen. */
static uint64_t ahead(const struct ntp_clock *clock)
{
	int64_t difference = (int64_t)(clock->offset - clock->seen);

	return difference > 0 ? (uint64_t)difference : 0;
}

/* What of that it loses until mono. Reading includes it, so an update makes no step. */
static uint64_t slewed(const struct ntp_clock *clock, uint64_t mono)
{
	uint64_t loss = time_between(clock->updated, mono) / SLEW;

	return loss < ahead(clock) ? loss : ahead(clock);
}

int64_t ntp_clock_update(struct ntp_clock *clock, const struct now *now)
{
	uint64_t wall_offset = now->wall - now->mono;
	int64_t step = (int64_t)(wall_offset - clock->seen);
	uint64_t loss = slewed(clock, now->mono);

	/* Whole nanoseconds lost only: the rest of the time counts at the next update. */
	clock->updated = loss < ahead(clock) ? clock->updated + loss * SLEW : now->mono;
	clock->offset -= loss;
	clock->seen = wall_offset;
	if ((int64_t)(wall_offset - clock->offset) > 0)
		clock->offset = wall_offset;
	if (ahead(clock) == 0)
		clock->updated = now->mono;
	return step >= REPORTED || step <= -REPORTED ? step : 0;
}

uint64_t ntp_clock_read(const struct ntp_clock *clock, const struct now *now)
{
	return ntp_from_unix(now->mono + clock->offset - slewed(clock, now->mono));
}
