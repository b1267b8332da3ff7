/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The home agent's clock for Identifications (RFC 5944, section 5.7.1; mip4-base section 7.1). A
 * wall clock that steps back by more than the tolerance would make every renewal fail, and its
 * retry too: so this one never does. Thread: control core.
 */
#ifndef AUTH_NTP_CLOCK_H
#define AUTH_NTP_CLOCK_H

#include "haaro/clock.h"

/*
 * Wall time at start plus monotonic time: never runs back. A forward step of the wall clock is
 * taken at once; a backward step is not: the clock loses it slowly (500 ppm), as if slewed.
 */
struct ntp_clock {
	uint64_t offset;  /* this clock less mono, nanoseconds since 1970, modulo 2^64 */
	uint64_t seen;    /* wall less mono at the last update */
	uint64_t updated; /* mono of the last update */
	uint64_t started; /* this clock at its start, NTP format */
	uint64_t started_mono;
};

void ntp_clock_init(struct ntp_clock *clock, const struct now *now);

/*
 * Looks at the wall clock; call once per entry into the role. Returns the step of the wall clock
 * since the last call in nanoseconds if it was 1 s or more either way (tell the operator), else 0.
 */
int64_t ntp_clock_update(struct ntp_clock *clock, const struct now *now);

/* The time, NTP format: seconds since 1900 modulo 2^32, and the binary fraction. */
uint64_t ntp_clock_read(const struct ntp_clock *clock, const struct now *now);

/* NTP format of nanoseconds since 1970, and back to whole seconds. */
uint64_t ntp_from_unix(uint64_t unix_ns);

static inline uint32_t ntp_seconds(uint64_t ntp)
{
	return (uint32_t)(ntp >> 32);
}

#endif
