/* SPDX-License-Identifier: BSD-3-Clause */
/* The binding table's writer: binding.h says what it promises; binding_lookup.c is the reader. */
#include "table/binding.h"

#include <errno.h>

#include <rte_common.h>

#include "table/memory.h"

struct place {
	uint32_t bucket;
	unsigned int slot;
};

static uint32_t buckets_of(uint32_t capacity)
{
	return rte_align32pow2((2 * capacity + BINDING_SLOTS - 1) / BINDING_SLOTS);
}

struct binding_table *binding_table_create(uint32_t capacity, uint64_t seed, int socket)
{
	struct binding_table *table = table_alloc(sizeof(*table), socket);
	uint32_t n_buckets = buckets_of(capacity);

	if (!table)
		return NULL;
	table->capacity = capacity;
	table->mask = n_buckets - 1;
	/* odd constants, so that a zero seed still mixes (replay runs on fixed seeds) */
	table->seed[0] = seed ^ UINT64_C(0xa0761d6478bd642f);
	table->seed[1] = (seed << 32 | seed >> 32) ^ UINT64_C(0xe7037ed1a0b428db);
	table->buckets = table_alloc(sizeof(*table->buckets) * n_buckets, socket);
	table->passed = table_alloc(sizeof(*table->passed) * n_buckets, socket);
	if (!table->buckets || !table->passed) {
		binding_table_destroy(table);
		return NULL;
	}
	return table;
}

void binding_table_destroy(struct binding_table *table)
{
	if (!table)
		return;
	table_free(table->passed);
	table_free(table->buckets);
	table_free(table);
}

uint64_t binding_table_memory(uint32_t capacity)
{
	uint64_t n_buckets = buckets_of(capacity);

	return table_memory(sizeof(struct binding_table)) +
	       table_memory(sizeof(struct binding_bucket) * n_buckets) +
	       table_memory(sizeof(uint32_t) * n_buckets);
}

/* Where key is, if it is there. */
static bool find(const struct binding_table *table, const struct tunnel_table *tunnels,
		 const struct binding_key *key, struct place *place)
{
	uint64_t hash = binding_hash(table, key);
	uint32_t signature = binding_signature(hash);

	for (uint32_t i = 0; i <= table->mask; i++) {
		uint32_t index = ((uint32_t)hash + i) & table->mask;
		const struct binding_bucket *bucket = &table->buckets[index];
		bool ends = false;

		for (unsigned int slot = 0; slot < BINDING_SLOTS; slot++) {
			ends |= bucket->signature[slot] == BINDING_EMPTY;
			if (bucket->signature[slot] == signature &&
			    binding_key_matches(tunnel_at(tunnels, bucket->tunnel[slot]), key)) {
				*place = (struct place){index, slot};
				return true;
			}
		}
		if (ends)
			return false;
	}
	return false;
}

static unsigned int free_slot(const struct binding_bucket *bucket)
{
	unsigned int slot = 0;

	while (slot < BINDING_SLOTS && bucket->signature[slot] > BINDING_REMOVED)
		slot++;
	return slot;
}

static bool is_any(const struct binding_key *key)
{
	return key->encap == ENCAP_UDP && key->remote_port == 0;
}

static void count_any(struct binding_table *table, const struct binding_key *key, int by)
{
	if (is_any(key))
		__atomic_store_n(&table->n_any, table->n_any + (uint32_t)by, __ATOMIC_RELAXED);
}

int binding_table_insert(struct binding_table *table, const struct tunnel_table *tunnels,
			 const struct binding_key *key, uint32_t tunnel)
{
	uint64_t hash = binding_hash(table, key);
	uint32_t index = (uint32_t)hash & table->mask;
	struct place place;
	unsigned int slot;

	if (!binding_key_matches(tunnel_at(tunnels, tunnel), key))
		return -EINVAL;
	if (find(table, tunnels, key, &place))
		return -EEXIST;
	if (table->n_live == table->capacity)
		return -ENOSPC;
	while ((slot = free_slot(&table->buckets[index])) == BINDING_SLOTS) {
		table->passed[index]++;
		index = (index + 1) & table->mask;
	}
	count_any(table, key, +1);
	/* release: the tunnel's entry before its index, the index before the signature */
	__atomic_store_n(&table->buckets[index].tunnel[slot], tunnel, __ATOMIC_RELEASE);
	__atomic_store_n(&table->buckets[index].signature[slot], binding_signature(hash),
			 __ATOMIC_RELEASE);
	table->n_live++;
	return 0;
}

int binding_table_set(struct binding_table *table, const struct tunnel_table *tunnels,
		      const struct binding_key *key, uint32_t tunnel)
{
	struct place place;

	if (!binding_key_matches(tunnel_at(tunnels, tunnel), key))
		return -EINVAL;
	if (!find(table, tunnels, key, &place))
		return -ENOENT;
	__atomic_store_n(&table->buckets[place.bucket].tunnel[place.slot], tunnel,
			 __ATOMIC_RELEASE);
	return 0;
}

static void store_signature(struct binding_bucket *bucket, unsigned int slot, uint32_t signature)
{
	__atomic_store_n(&bucket->signature[slot], signature, __ATOMIC_RELEASE);
}

/* One key that had passed by is gone; after the last, removed slots end a search again. */
static void unpass(struct binding_table *table, uint32_t index)
{
	struct binding_bucket *bucket = &table->buckets[index];

	if (--table->passed[index] > 0)
		return;
	for (unsigned int slot = 0; slot < BINDING_SLOTS; slot++)
		if (bucket->signature[slot] == BINDING_REMOVED)
			store_signature(bucket, slot, BINDING_EMPTY);
}

int binding_table_remove(struct binding_table *table, const struct tunnel_table *tunnels,
			 const struct binding_key *key)
{
	struct place place;

	if (!find(table, tunnels, key, &place))
		return -ENOENT;
	store_signature(&table->buckets[place.bucket], place.slot,
			table->passed[place.bucket] > 0 ? BINDING_REMOVED : BINDING_EMPTY);
	for (uint32_t index = (uint32_t)binding_hash(table, key) & table->mask;
	     index != place.bucket; index = (index + 1) & table->mask)
		unpass(table, index);
	count_any(table, key, -1);
	table->n_live--;
	return 0;
}
