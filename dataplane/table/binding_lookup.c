/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The binding table's reader, for a burst at a time: hash all and prefetch their buckets; find the
 * first slot that may match of each and prefetch its tunnel; confirm. The rare rest (a signature
 * shared by two keys, a bucket that overflowed) is searched one by one. What was not found is looked
 * for once more, likewise, as coming from any port.
 */
#include "table/binding.h"

static uint32_t load(const uint32_t *word)
{
	return __atomic_load_n(word, __ATOMIC_RELAXED);
}

/* Four signatures at once; the lanes are loaded whole, which is all that the table asks for. */
typedef uint32_t signatures __attribute__((vector_size(16)));

/* A bit for each slot that has the signature. */
static unsigned int matches(const struct binding_bucket *bucket, uint32_t signature)
{
	const signatures *have = (const signatures *)(const void *)bucket->signature;
	const signatures want = {signature, signature, signature, signature};
	const signatures low = {1, 2, 4, 8}, high = {16, 32, 64, 128};
	signatures bits =
		((signatures)(have[0] == want) & low) | ((signatures)(have[1] == want) & high);

	bits |= __builtin_shufflevector(bits, bits, 2, 3, 0, 1);
	bits |= __builtin_shufflevector(bits, bits, 1, 0, 3, 2);
	return bits[0];
}

static uint32_t search(const struct binding_table *table, const struct tunnel_table *tunnels,
		       const struct binding_key *key, uint64_t hash)
{
	for (uint32_t i = 0; i <= table->mask; i++) {
		const struct binding_bucket *bucket =
			&table->buckets[((uint32_t)hash + i) & table->mask];
		unsigned int ends = matches(bucket, BINDING_EMPTY);
		unsigned int mask = matches(bucket, binding_signature(hash));

		for (; mask != 0; mask &= mask - 1) {
			uint32_t tunnel = load(&bucket->tunnel[__builtin_ctz(mask)]);

			if (binding_key_matches(tunnel_at(tunnels, tunnel), key))
				return tunnel;
		}
		if (ends)
			return FWD_NONE;
	}
	return FWD_NONE;
}

/* True: there are some that were not found. */
static bool lookup_burst(const struct binding_table *table, const struct tunnel_table *tunnels,
			 const struct binding_key *keys, uint32_t *found, unsigned int n)
{
	uint64_t hashes[BINDING_BURST];
	bool missed = false;

	for (unsigned int i = 0; i < n; i++) {
		hashes[i] = binding_hash(table, &keys[i]);
		__builtin_prefetch(&table->buckets[(uint32_t)hashes[i] & table->mask]);
	}
	for (unsigned int i = 0; i < n; i++) {
		const struct binding_bucket *bucket =
			&table->buckets[(uint32_t)hashes[i] & table->mask];
		unsigned int mask = matches(bucket, binding_signature(hashes[i]));

		found[i] = FWD_NONE;
		if (mask != 0) {
			found[i] = load(&bucket->tunnel[__builtin_ctz(mask)]);
			tunnel_prefetch(tunnels, found[i], 1);
		}
	}
	for (unsigned int i = 0; i < n; i++)
		if (found[i] == FWD_NONE ||
		    !binding_key_matches(tunnel_at(tunnels, found[i]), &keys[i])) {
			found[i] = search(table, tunnels, &keys[i], hashes[i]);
			missed |= found[i] == FWD_NONE;
		}
	return missed;
}

static void lookup_any_port(const struct binding_table *table, const struct tunnel_table *tunnels,
			    const struct binding_key *keys, uint32_t *found, unsigned int n)
{
	struct binding_key any[BINDING_BURST];
	uint32_t places[BINDING_BURST], others[BINDING_BURST];
	unsigned int n_any = 0;

	for (unsigned int i = 0; i < n; i++) {
		if (found[i] != FWD_NONE || keys[i].encap != ENCAP_UDP)
			continue;
		any[n_any] = keys[i];
		any[n_any].remote_port = 0;
		places[n_any++] = i;
	}
	lookup_burst(table, tunnels, any, others, n_any);
	for (unsigned int i = 0; i < n_any; i++)
		found[places[i]] = others[i];
}

void binding_lookup_bulk(const struct binding_table *table, const struct tunnel_table *tunnels,
			 const struct binding_key *keys, uint32_t *found, unsigned int n)
{
	for (unsigned int done = 0; done < n; done += BINDING_BURST) {
		unsigned int left = n - done, burst = left < BINDING_BURST ? left : BINDING_BURST;

		if (lookup_burst(table, tunnels, keys + done, found + done, burst) &&
		    load(&table->n_any) != 0)
			lookup_any_port(table, tunnels, keys + done, found + done, burst);
	}
}
