/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Time as a parameter. Every instant and every duration in Haaro is a uint64_t of nanoseconds; only
 * this file converts. Instants come in two kinds that never mix:
 *
 *  - mono: since an arbitrary start, never runs back. Every deadline, age and rate uses it.
 *  - wall: since 1970-01-01T00:00:00Z, may step. Only the registration Identification (RFC 5944,
 *    section 5.7) and what a person reads use it.
 */
#ifndef HAARO_CLOCK_H
#define HAARO_CLOCK_H

#include <stdint.h>

/* Another library's header may have one, of type double; ours counts whole nanoseconds. */
#undef NS_PER_S

#define NS_PER_US  UINT64_C(1000)
#define NS_PER_MS  UINT64_C(1000000)
#define NS_PER_S   UINT64_C(1000000000)
#define TIME_NEVER UINT64_MAX

/* Seconds from 1900 (NTP, RFC 5905) to 1970 (Unix). */
#define NTP_UNIX_OFFSET UINT64_C(2208988800)

struct now {
	uint64_t mono;
	uint64_t wall;
};

static inline uint64_t time_micros(uint64_t us)
{
	return us * NS_PER_US;
}

static inline uint64_t time_millis(uint64_t ms)
{
	return ms * NS_PER_MS;
}

static inline uint64_t time_seconds(uint64_t s)
{
	return s * NS_PER_S;
}

/* Whole seconds in a duration, rounded down. */
static inline uint64_t time_in_seconds(uint64_t duration)
{
	return duration / NS_PER_S;
}

/* From a to b, or 0 if b is not later. */
static inline uint64_t time_between(uint64_t a, uint64_t b)
{
	return b > a ? b - a : 0;
}

#endif
