/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Paths: a stable index for "how to reach that router" -> the tunnel that leads there now, and per
 * worker the counters of those that count.
 *
 * RCU. Writer: the control core. Readers: workers, one 64-bit load; what it says holds until the
 * reader's next quiescent state. path_table_set() is one store, so that every route that names the
 * path moves at once and no reader sees half of a change. path_table_remove() changes nothing that
 * readers see: the caller has moved all routes off the path; readers that still hold the index find
 * the entry as it was until the grace period is over. Then it is poisoned ("no tunnel, no_route")
 * and the index may be given out again.
 *
 * Counters. Each worker writes lines of its own, of paths that say so; the control core zeroes them
 * when an index is given out, at which time no worker can hold it.
 *
 * Capacity: fixed when made; -ENOSPC when all are live, -EAGAIN while removed ones wait.
 */
#ifndef TABLE_PATH_H
#define TABLE_PATH_H

#include <assert.h>
#include <stdalign.h>

#include "haaro/forwarding.h"

#include "table/ids.h"
#include "table/rcu.h"

/*
 * An entry:   63..56       55..43     42..39   38..32               31..0
 *             generation   reserved   PATH_…   down: drop_reason    tunnel index or FWD_NONE
 *
 * The generation is another one when the index is given out again, so that what was sampled of the
 * path (pairs.h) is not taken for its successor's.
 */
#define PATH_NOTIFY_SEND      (UINT64_C(1) << 39)
#define PATH_NOTIFY_RECEIVE   (UINT64_C(1) << 40)
#define PATH_DIRECT           (UINT64_C(1) << 41)
#define PATH_COUNT            (UINT64_C(1) << 42)
#define PATH_WATCHED_SENT     (PATH_NOTIFY_SEND | PATH_COUNT)
#define PATH_WATCHED_RECEIVED (PATH_NOTIFY_RECEIVE | PATH_COUNT)
#define PATH_GENERATION_SHIFT 56
#define PATH_DOWN_SHIFT       32
#define PATH_DOWN_MASK        UINT64_C(0x7f)
#define PATH_POISON           ((uint64_t)DROP_NO_ROUTE << PATH_DOWN_SHIFT | FWD_NONE)

struct path_counters_line {
	alignas(64) struct path_counters counters; /* w: one worker, r: control */
};

static_assert(sizeof(struct path_counters_line) == 64, "one cache line");

struct path_table {
	uint64_t *entries;                   /* w: control, r: workers */
	struct path_counters_line *counters; /* w: workers; [worker][index] */
	uint32_t capacity;
	uint32_t n_watched; /* w: control, r: workers; entries with PATH_WATCHED_RECEIVED */
	/* the rest: control only */
	uint32_t n_workers;
	uint32_t *backups;
	uint8_t *generations;
	struct ids ids;
	struct rcu *rcu;
};

struct path_table *path_table_create(uint32_t capacity, uint32_t n_workers, struct rcu *rcu,
				     int socket);
/* -ENOSPC, -EAGAIN. */
int path_table_insert(struct path_table *table, const struct fwd_path *path, uint32_t *index);
/* -ENOENT. */
int path_table_set(struct path_table *table, uint32_t index, const struct fwd_path *path);
/* -ENOENT, -EAGAIN. */
int path_table_remove(struct path_table *table, uint32_t index);
/* -ENOENT. */
int path_table_read(const struct path_table *table, uint32_t index, struct fwd_path *path);
/* -ENOENT. */
int path_table_counters_read(const struct path_table *table, uint32_t index,
			     struct path_counters *sum);
/* Whether an index is still that of the path that had this generation. */
bool path_table_is_same(const struct path_table *table, uint32_t index, uint8_t generation);
void path_table_destroy(struct path_table *table);
uint64_t path_table_memory(uint32_t capacity, uint32_t n_workers);

/* --- the reader's side ---------------------------------------------------------------------- */

static inline void path_prefetch(const struct path_table *table, uint32_t index)
{
	__builtin_prefetch(&table->entries[index]);
}

/* index: from a route; never checked. */
static inline uint64_t path_at(const struct path_table *table, uint32_t index)
{
	return __atomic_load_n(&table->entries[index], __ATOMIC_RELAXED);
}

/* FWD_NONE: there is none, drop for path_entry_down(). */
static inline uint32_t path_entry_tunnel(uint64_t entry)
{
	return (uint32_t)entry;
}

static inline enum drop_reason path_entry_down(uint64_t entry)
{
	return (enum drop_reason)(entry >> PATH_DOWN_SHIFT & PATH_DOWN_MASK);
}

static inline uint8_t path_entry_generation(uint64_t entry)
{
	return (uint8_t)(entry >> PATH_GENERATION_SHIFT);
}

/* Whether the source of any packet may be routed to a path that wants to know: of a hub, none. */
static inline bool path_is_any_watched(const struct path_table *table)
{
	return __atomic_load_n(&table->n_watched, __ATOMIC_RELAXED) != 0;
}

static inline struct path_counters *path_counters_at(const struct path_table *table,
						     unsigned int worker, uint32_t index)
{
	return &table->counters[(size_t)worker * table->capacity + index].counters;
}

#endif
