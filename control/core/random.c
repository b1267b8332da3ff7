/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Drawing from a struct random, and the seeded source of simulation and replay: xoshiro256**
 * (Blackman and Vigna, 2018), its state filled by splitmix64.
 */
#include "core/random.h"

#include <string.h>

static uint64_t rotate(uint64_t x, unsigned int bits)
{
	return x << bits | x >> (64 - bits);
}

static uint64_t splitmix(uint64_t *state)
{
	uint64_t z = *state += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return z ^ z >> 31;
}

static uint64_t xoshiro(uint64_t s[4])
{
	uint64_t result = rotate(s[1] * 5, 7) * 9;
	uint64_t t = s[1] << 17;

	s[2] ^= s[0];
	s[3] ^= s[1];
	s[1] ^= s[2];
	s[0] ^= s[3];
	s[2] ^= t;
	s[3] = rotate(s[3], 45);
	return result;
}

void random_seed(struct random_seeded *seeded, uint64_t seed)
{
	for (int purpose = 0; purpose < RANDOM_PURPOSE_MAX; purpose++)
		for (int i = 0; i < 4; i++)
			seeded->stream[purpose][i] = splitmix(&seed);
}

void random_seeded_fill(void *state, enum random_purpose purpose, uint8_t *bytes, size_t len)
{
	struct random_seeded *seeded = state;
	size_t part;

	for (; len > 0; bytes += part, len -= part) {
		uint64_t value = xoshiro(seeded->stream[purpose]);

		part = len < sizeof(value) ? len : sizeof(value);
		memcpy(bytes, &value, part);
	}
}

uint64_t random_u64(const struct random *random, enum random_purpose purpose)
{
	uint64_t value;

	random->fill(random->state, purpose, (uint8_t *)&value, sizeof(value));
	return value;
}

uint64_t random_below(const struct random *random, enum random_purpose purpose, uint64_t bound)
{
	/* Values under this would make small results likelier than large ones: draw again. */
	uint64_t unfair = -bound % bound;
	uint64_t value;

	do
		value = random_u64(random, purpose);
	while (value < unfair);
	return value % bound;
}
