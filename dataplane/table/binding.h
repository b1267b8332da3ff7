/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Bindings: the outer header of an arriving tunnel packet -> tunnel index.
 *
 * Shape. A power of two of buckets, each one cache line of eight slots: a 32-bit signature (part of
 * a seeded hash of the key) and a 32-bit tunnel index. The key itself is not here: a slot whose
 * signature matches is confirmed against the key fields in line 1 of the tunnel's entry, which
 * decapsulation needs anyway. So a hit costs two cache lines and a miss one.
 *
 * Overflow. A key whose bucket is full goes to the next bucket with room. A search goes on to the
 * next bucket when it met no slot that says "empty", hence a slot that keys have passed by is not
 * empty but "removed" when its key leaves, until none of those that passed is left (counted on the
 * writer's side). Half of the slots stay free, so an insert succeeds up to the capacity.
 *
 * Any port. A key of ENCAP_UDP whose remote port is 0 stands for every port of that far end that has no
 * key of its own. It is looked for when the packet's own key was not found, and only while there is
 * such a key at all, so neither what is bound nor what a hub drops pays for it. These are two searches:
 * one between which a key of its own comes and any's goes may find neither.
 *
 * RCU. Writer: the control core. Readers: workers; a tunnel index is good until the reader's next
 * quiescent state. Inserting stores the index, then the signature; setting another tunnel is one
 * store; removing stores the signature. A slot may be used again at once: a reader that saw the old
 * signature and the new index finds that the key is another's and takes it for no match, which is
 * true of a moment in its interval, as the old key had gone. What may not be used again at once is
 * the tunnel: that is the tunnel table's grace period.
 *
 * Capacity: fixed when made; -ENOSPC when it is reached.
 */
#ifndef TABLE_BINDING_H
#define TABLE_BINDING_H

#include <stddef.h>
#include <string.h>

#include "table/tunnel.h"

#define BINDING_SLOTS 8
#define BINDING_BURST 64

/* Signatures that are none. */
#define BINDING_EMPTY   0
#define BINDING_REMOVED 1

struct binding_key {
	be32 remote; /* outer source */
	be32 local;  /* outer destination */
	be16 remote_port;
	be16 local_port; /* ENCAP_UDP, else 0 */
	uint8_t encap;
};

struct binding_bucket {
	alignas(64) uint32_t signature[BINDING_SLOTS]; /* w: control, r: workers */
	uint32_t tunnel[BINDING_SLOTS];
};

struct binding_table {
	struct binding_bucket *buckets;
	uint32_t mask;
	uint32_t n_any; /* w: control, r: workers; keys from any port */
	uint64_t seed[2];
	/* the rest: control only */
	uint32_t *passed; /* of each bucket: how many keys it was too full for */
	uint32_t capacity;
	uint32_t n_live;
};

/* seed: random, so that nobody outside can choose keys that collide. */
struct binding_table *binding_table_create(uint32_t capacity, uint64_t seed, int socket);
/* The tunnel's own key fields must equal key. -EINVAL, -EEXIST, -ENOSPC. */
int binding_table_insert(struct binding_table *table, const struct tunnel_table *tunnels,
			 const struct binding_key *key, uint32_t tunnel);
/* -EINVAL, -ENOENT. */
int binding_table_set(struct binding_table *table, const struct tunnel_table *tunnels,
		      const struct binding_key *key, uint32_t tunnel);
/* To be called before the tunnel is removed. -ENOENT. */
int binding_table_remove(struct binding_table *table, const struct tunnel_table *tunnels,
			 const struct binding_key *key);
void binding_table_destroy(struct binding_table *table);
uint64_t binding_table_memory(uint32_t capacity);

/* --- the reader's side ---------------------------------------------------------------------- */

/* FWD_NONE where there is none, not for any port either. */
void binding_lookup_bulk(const struct binding_table *table, const struct tunnel_table *tunnels,
			 const struct binding_key *keys, uint32_t *found, unsigned int n);

/* Addresses and ports of a key, in two loads; they lie alike in a key and in a tunnel's entry. */
struct binding_words {
	uint64_t addresses;
	uint32_t ports;
};

static_assert(offsetof(struct binding_key, remote_port) == 8 &&
		      offsetof(struct binding_key, encap) == 12,
	      "addresses, then ports");
static_assert(offsetof(struct tunnel_entry, key_remote_port) ==
			      offsetof(struct tunnel_entry, key_remote) + 8 &&
		      offsetof(struct tunnel_entry, key_encap) ==
			      offsetof(struct tunnel_entry, key_remote) + 12,
	      "likewise");

static inline struct binding_words binding_words(const void *remote)
{
	struct binding_words words;

	memcpy(&words.addresses, remote, sizeof(words.addresses));
	memcpy(&words.ports, (const uint8_t *)remote + 8, sizeof(words.ports));
	return words;
}

static inline bool binding_key_matches(const struct tunnel_entry *entry,
				       const struct binding_key *key)
{
	struct binding_words ours = binding_words((const uint8_t *)entry +
						  offsetof(struct tunnel_entry, key_remote)),
			     theirs = binding_words(key);

	/* without branches: it almost always matches, but a burst pays for each that does not */
	return ((ours.addresses ^ theirs.addresses) | (ours.ports ^ theirs.ports) |
		(uint32_t)(entry->key_encap ^ key->encap) | (uint32_t)!entry->live) == 0;
}

/* Folded products of the halves, each mixed with a secret: the finalizer of the wyhash family. */
static inline uint64_t binding_hash(const struct binding_table *table,
				    const struct binding_key *key)
{
	struct binding_words words = binding_words(key);
	uint64_t rest = (uint64_t)key->encap << 32 | words.ports;
	__uint128_t product =
		(__uint128_t)(words.addresses ^ table->seed[0]) * (rest ^ table->seed[1]);
	uint64_t folded = (uint64_t)product ^ (uint64_t)(product >> 64);

	product = (__uint128_t)folded * UINT64_C(0x9e3779b97f4a7c15);
	return (uint64_t)product ^ (uint64_t)(product >> 64);
}

static inline uint32_t binding_signature(uint64_t hash)
{
	uint32_t signature = (uint32_t)(hash >> 32);

	return signature > BINDING_REMOVED ? signature : signature + 2;
}

#endif
