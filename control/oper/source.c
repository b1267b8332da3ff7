/* SPDX-License-Identifier: BSD-3-Clause */
/* The real clock and the real randomness; neighbours: loop.c, and replay.c with other ones. */
#include "oper/source.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include <openssl/rand.h>

uint64_t source_wall(void)
{
	struct timespec spec;

	clock_gettime(CLOCK_REALTIME, &spec);
	return time_seconds((uint64_t)spec.tv_sec) + (uint64_t)spec.tv_nsec;
}

static void fill(void *state, enum random_purpose purpose, uint8_t *bytes, size_t len)
{
	(void)state;
	(void)purpose; /* one generator serves all: it has no sequence that could shift */
	while (len > 0) {
		int part = len > INT_MAX ? INT_MAX : (int)len;

		if (RAND_bytes(bytes, part) != 1) {
			fputs("haarod: no randomness to be had from OpenSSL; stopping\n", stderr);
			abort();
		}
		bytes += part;
		len -= (size_t)part;
	}
}

struct random source_random(void)
{
	return (struct random){.fill = fill, .state = NULL};
}
