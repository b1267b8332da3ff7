/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Randomness as a parameter: one stream per purpose, so that drawing more for one purpose does not
 * shift another's sequence in a seeded run. The daemon's streams draw from OpenSSL's RAND; a
 * simulator's and a replay's from a seed.
 */
#ifndef CORE_RANDOM_H
#define CORE_RANDOM_H

#include <stddef.h>
#include <stdint.h>

enum random_purpose {
	RANDOM_IDENTIFICATION, /* low bits of timestamps, nonces of replay protection */
	RANDOM_JITTER,         /* of refreshes and retransmissions */
	RANDOM_NONCE,          /* nonces and router keys of return routability: secrets */
	RANDOM_PACKET,         /* IPv4 Identification of packets we make */
	RANDOM_COOKIE,         /* cookies of return routability */
	RANDOM_PURPOSE_MAX
};

struct random {
	/* Fills bytes; must not fail (the daemon exits rather than run without randomness). */
	void (*fill)(void *state, enum random_purpose purpose, uint8_t *bytes, size_t len);
	void *state;
};

/* A seeded source for simulation and replay: same seed, same streams. Not for secrets in the field. */
struct random_seeded {
	uint64_t stream[RANDOM_PURPOSE_MAX][4]; /* xoshiro256** */
};

void random_seed(struct random_seeded *seeded, uint64_t seed);
void random_seeded_fill(void *seeded, enum random_purpose purpose, uint8_t *bytes, size_t len);

uint64_t random_u64(const struct random *random, enum random_purpose purpose);

/* Uniform in 0..bound-1; bound >= 1. */
uint64_t random_below(const struct random *random, enum random_purpose purpose, uint64_t bound);

#endif
