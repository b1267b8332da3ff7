/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Tunnels: index -> struct tunnel_entry (tunnel_entry.h), and per worker their counters.
 *
 * RCU. Writer: the control core. Readers: workers; a pointer from tunnel_at() is good until the
 * reader's next quiescent state. An entry is filled before anything names it and does not change
 * after that, but for adjacency and mtu, one store each. tunnel_table_remove() changes nothing that
 * readers see: the caller has removed its binding and moved every path off it, and packets in
 * flight use the entry to their end. After the grace period it is poisoned (live 0, no underlay,
 * MTU 0) and the index may be given out again, with the next generation: a reference that outlived
 * its tunnel is noticed by that.
 *
 * Counters. Each worker writes lines of its own and nobody else does, but for the control core that
 * zeroes them when an index is given out, at which time no worker can hold it. Reading adds them up
 * without asking anyone; a sum may be a few packets old.
 *
 * Capacity: fixed when made; -ENOSPC when all are live, -EAGAIN while removed ones wait.
 */
#ifndef TABLE_TUNNEL_H
#define TABLE_TUNNEL_H

#include "haaro/counters.h"

#include "table/ids.h"
#include "table/rcu.h"
#include "table/tunnel_entry.h"

struct tunnel_counters_line {
	alignas(64) struct tunnel_counters counters; /* w: one worker, r: control */
};

static_assert(sizeof(struct tunnel_counters_line) == 64, "one cache line");

struct tunnel_table {
	struct tunnel_entry *entries;          /* w: control, r: workers */
	struct tunnel_counters_line *counters; /* w: workers; [worker][index] */
	uint32_t capacity;
	/* the rest: control only */
	uint32_t n_workers;
	struct fwd_tunnel *set; /* what each was made from */
	struct ids ids;
	struct rcu *rcu;
};

struct tunnel_table *tunnel_table_create(uint32_t capacity, uint32_t n_workers, struct rcu *rcu,
					 int socket);
/* The fields were checked by the caller. -ENOSPC, -EAGAIN. */
int tunnel_table_insert(struct tunnel_table *table, const struct fwd_tunnel *tunnel,
			struct tunnel_ref *ref);
/* False: no such tunnel, or another generation of it; then the changes below are -ENOENT. */
bool tunnel_table_is_live(const struct tunnel_table *table, struct tunnel_ref ref);
int tunnel_table_set_adjacency(struct tunnel_table *table, struct tunnel_ref ref,
			       uint32_t adjacency);
int tunnel_table_set_mtu(struct tunnel_table *table, struct tunnel_ref ref, uint16_t mtu);
/* -ENOENT, -EAGAIN. */
int tunnel_table_remove(struct tunnel_table *table, struct tunnel_ref ref);
/* -ENOENT. */
int tunnel_table_read(const struct tunnel_table *table, uint32_t index,
		      struct fwd_tunnel_state *state);
void tunnel_table_destroy(struct tunnel_table *table);
uint64_t tunnel_table_memory(uint32_t capacity, uint32_t n_workers);

/* --- the reader's side ---------------------------------------------------------------------- */

/* index: from a path or a binding; never checked. */
static inline const struct tunnel_entry *tunnel_at(const struct tunnel_table *table, uint32_t index)
{
	return &table->entries[index];
}

/* Line 0 is for sending, line 1 for receiving. */
static inline void tunnel_prefetch(const struct tunnel_table *table, uint32_t index,
				   unsigned int line)
{
	__builtin_prefetch((const uint8_t *)&table->entries[index] + 64 * line);
}

/* Those of one worker, by tunnel index. */
static inline struct tunnel_counters_line *tunnel_counters_of(const struct tunnel_table *table,
							      unsigned int worker)
{
	return &table->counters[(size_t)worker * table->capacity];
}

static inline struct tunnel_counters *tunnel_counters_at(const struct tunnel_table *table,
							 unsigned int worker, uint32_t index)
{
	return &tunnel_counters_of(table, worker)[index].counters;
}

#endif
