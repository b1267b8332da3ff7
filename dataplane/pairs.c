/* SPDX-License-Identifier: BSD-3-Clause */
/* The table of pairs: pairs.h says what it promises. */
#include "pairs.h"

#include "haaro/forwarding.h"

#define KEY_ID_BITS 24
#define WEIGHT_MASK UINT64_C(0xff)
#define SAMPLE      (UINT64_C(1) << 8)

static_assert(FWD_ID_MAX < 1u << KEY_ID_BITS, "two paths and their generations fit a key");
static_assert(PAIR_WEIGHT_MAX <= WEIGHT_MASK, "a weight fits its field");

/* 63..56 from's generation, 55..48 to's, 47..24 from, 23..0 to. Never 0: no path talks to itself. */
static uint64_t key_of(const struct pair *pair)
{
	return (uint64_t)pair->from_generation << 56 | (uint64_t)pair->to_generation << 48 |
	       (uint64_t)pair->from << KEY_ID_BITS | pair->to;
}

static struct pair pair_of(uint64_t key)
{
	return (struct pair){
		.from = (uint32_t)(key >> KEY_ID_BITS) & FWD_ID_MAX,
		.to = (uint32_t)key & FWD_ID_MAX,
		.from_generation = (uint8_t)(key >> 56),
		.to_generation = (uint8_t)(key >> 48),
	};
}

void pair_table_init(struct pair_table *table, unsigned int worker)
{
	table->random = UINT64_C(0x9e3779b97f4a7c15) * (worker + 1);
	table->next = pair_table_gap(table) - FWD_PAIR_SAMPLE;
}

/* xorshift64 (Marsaglia, "Xorshift RNGs", 2003). */
uint32_t pair_table_gap(struct pair_table *table)
{
	uint32_t gap;

	table->random ^= table->random << 13;
	table->random ^= table->random >> 7;
	table->random ^= table->random << 17;
	gap = FWD_PAIR_SAMPLE - table->place;
	table->place = (uint32_t)(table->random >> 32) % FWD_PAIR_SAMPLE;
	return gap + table->place;
}

static struct pair_set *set_of(struct pair_table *table, uint64_t key)
{
	return &table->sets[(key * UINT64_C(0x9e3779b97f4a7c15) >> 32) % PAIR_SETS];
}

static void store(uint64_t *word, uint64_t value)
{
	__atomic_store_n(word, value, __ATOMIC_RELAXED);
}

/* A reader sees no key, or the new key and a value that was stored before it. */
static void replace(struct pair_set *set, unsigned int way, uint64_t key)
{
	store(&set->keys[way], 0);
	__atomic_store_n(&set->values[way], SAMPLE + 1, __ATOMIC_RELEASE);
	__atomic_store_n(&set->keys[way], key, __ATOMIC_RELEASE);
}

/* Bits of ways are collected without branches: which way it is nobody can foresee. */
void pair_table_count(struct pair_table *table, const struct pair *pair)
{
	uint64_t key = key_of(pair), value;
	struct pair_set *set = set_of(table, key);
	unsigned int met = 0, free = 0;

	for (unsigned int way = 0; way < PAIR_WAYS; way++) {
		met |= (unsigned int)(set->keys[way] == key) << way;
		free |= (unsigned int)((set->values[way] & WEIGHT_MASK) == 0) << way;
	}
	if (met != 0) {
		value = set->values[__builtin_ctz(met)];
		value += SAMPLE + ((value & WEIGHT_MASK) < PAIR_WEIGHT_MAX);
		store(&set->values[__builtin_ctz(met)], value);
	} else if (free != 0) {
		replace(set, (unsigned int)__builtin_ctz(free), key);
	} else {
		for (unsigned int way = 0; way < PAIR_WAYS; way++)
			store(&set->values[way], set->values[way] - 1);
	}
}

bool pair_table_read(const struct pair_table *table, uint32_t entry, struct pair *pair,
		     uint64_t *samples)
{
	const struct pair_set *set = &table->sets[entry / PAIR_WAYS];
	const uint64_t *at = &set->keys[entry % PAIR_WAYS];
	uint64_t key = __atomic_load_n(at, __ATOMIC_ACQUIRE);
	uint64_t value = __atomic_load_n(&set->values[entry % PAIR_WAYS], __ATOMIC_ACQUIRE);

	if (key == 0 || __atomic_load_n(at, __ATOMIC_RELAXED) != key)
		return false;
	*pair = pair_of(key);
	*samples = value >> 8;
	return true;
}
