/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Where the daemon's time and randomness come from: the one place that reads the clocks of the
 * system and OpenSSL's generator. A replay has its own (replay.c). Any thread.
 */
#ifndef OPER_SOURCE_H
#define OPER_SOURCE_H

#include "haaro/clock.h"

#include "core/random.h"

/* Since 1970, in nanoseconds. The monotonic time is the data plane's (dataplane_time). */
uint64_t source_wall(void);

/* Draws from OpenSSL's RAND; the process ends if that fails, rather than run without randomness. */
struct random source_random(void);

#endif
