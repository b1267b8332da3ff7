/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Adjacencies: a stable index -> a record of port and Ethernet rewrite.
 *
 * RCU. Writer: the control core. Readers: workers, adjacency_at(): one load of the slot, then the
 * record, which nobody changes while a reader can hold it; the pointer is good until the reader's
 * next quiescent state. adjacency_table_set() fills a fresh record and re-points the slot by one
 * store: everything that leaves by the index moves at once, and no frame has half of the old MAC
 * and half of the new. The old record is retired. adjacency_table_remove() changes nothing that
 * readers see: the caller has moved all tunnels and routes off the index, and a packet that met it
 * before still leaves by it. After the grace period the slot points to record 0, which is
 * ADJACENCY_DOWN for ever, and index and record may be used again.
 *
 * Capacity: fixed when made; -ENOSPC when all are live, -EAGAIN while old records or indices wait.
 */
#ifndef TABLE_ADJACENCY_H
#define TABLE_ADJACENCY_H

#include <assert.h>
#include <stdalign.h>

#include "haaro/forwarding.h"

#include "table/ids.h"
#include "table/rcu.h"

#define ADJACENCY_REWRITE_SIZE 14
#define ADJACENCY_BLOCK_SIZE   16 /* the rewrite is right-aligned in it: one copy */

struct adjacency_entry {
	alignas(32) union {
		uint8_t block[ADJACENCY_BLOCK_SIZE]; /* copied whole */
		struct {
			uint8_t unused[ADJACENCY_BLOCK_SIZE - ADJACENCY_REWRITE_SIZE];
			uint8_t rewrite[ADJACENCY_REWRITE_SIZE]; /* destination, source, 0x0800 */
		};
	};
	uint8_t kind; /* enum adjacency_kind */
	uint8_t reserved;
	uint16_t port;
	uint16_t mtu; /* largest IPv4 packet */
};

static_assert(sizeof(struct adjacency_entry) == 32, "two records per cache line");

struct adjacency_table {
	uint32_t *slots;                 /* w: control, r: workers; index -> record */
	struct adjacency_entry *records; /* immutable while a slot or a reader can name them */
	/* the rest: control only */
	struct ids slot_ids;
	struct ids record_ids;
	struct rcu *rcu;
};

struct adjacency_table *adjacency_table_create(uint32_t capacity, struct rcu *rcu, int socket);
/* -ENOSPC, -EAGAIN. */
int adjacency_table_insert(struct adjacency_table *table, const struct fwd_adjacency *adjacency,
			   uint32_t *index);
/* -ENOENT, -EAGAIN. */
int adjacency_table_set(struct adjacency_table *table, uint32_t index,
			const struct fwd_adjacency *adjacency);
/* -ENOENT, -EAGAIN. */
int adjacency_table_remove(struct adjacency_table *table, uint32_t index);
/* -ENOENT. */
int adjacency_table_read(const struct adjacency_table *table, uint32_t index,
			 struct fwd_adjacency *adjacency);
void adjacency_table_destroy(struct adjacency_table *table);
uint64_t adjacency_table_memory(uint32_t capacity);

/* How many re-pointings can wait for their grace period beside a full table. */
uint32_t adjacency_table_records(uint32_t capacity);

/* Fills a record that no reader can see. */
void adjacency_entry_fill(struct adjacency_entry *entry, const struct fwd_adjacency *adjacency);

/* --- the reader's side ---------------------------------------------------------------------- */

/* index: from a tunnel or a route, not FWD_NONE; never checked. */
static inline const struct adjacency_entry *adjacency_at(const struct adjacency_table *table,
							 uint32_t index)
{
	/* relaxed: the record is reached through the value loaded (address dependency) */
	return &table->records[__atomic_load_n(&table->slots[index], __ATOMIC_RELAXED)];
}

#endif
