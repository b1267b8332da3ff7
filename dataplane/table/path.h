/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Paths: a stable index for "how to reach that router" -> the tunnel that leads there now.
 *
 * RCU. Writer: the control core. Readers: workers, one 64-bit load; what it says holds until the
 * reader's next quiescent state. path_table_set() is one store, so that every route that names the
 * path moves at once and no reader sees half of a change. path_table_remove() changes nothing that
 * readers see: the caller has moved all routes off the path; readers that still hold the index find
 * the entry as it was until the grace period is over. Then it is poisoned ("no tunnel, no_route")
 * and the index may be given out again.
 *
 * Capacity: fixed when made; -ENOSPC when all are live, -EAGAIN while removed ones wait.
 */
#ifndef TABLE_PATH_H
#define TABLE_PATH_H

#include "haaro/forwarding.h"

#include "table/ids.h"
#include "table/rcu.h"

/*
 * An entry:   63..40     39       38..32               31..0
 *             reserved   notify   down: drop_reason    tunnel index or FWD_NONE
 */
#define PATH_NOTIFY     (UINT64_C(1) << 39)
#define PATH_DOWN_SHIFT 32
#define PATH_DOWN_MASK  UINT64_C(0x7f)
#define PATH_POISON     ((uint64_t)DROP_NO_ROUTE << PATH_DOWN_SHIFT | FWD_NONE)

struct path_table {
	uint64_t *entries; /* w: control, r: workers */
	/* the rest: control only */
	uint32_t *backups;
	struct ids ids;
	struct rcu *rcu;
};

struct path_table *path_table_create(uint32_t capacity, struct rcu *rcu, int socket);
/* -ENOSPC, -EAGAIN. */
int path_table_insert(struct path_table *table, const struct fwd_path *path, uint32_t *index);
/* -ENOENT. */
int path_table_set(struct path_table *table, uint32_t index, const struct fwd_path *path);
/* -ENOENT, -EAGAIN. */
int path_table_remove(struct path_table *table, uint32_t index);
/* -ENOENT. */
int path_table_read(const struct path_table *table, uint32_t index, struct fwd_path *path);
void path_table_destroy(struct path_table *table);
uint64_t path_table_memory(uint32_t capacity);

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

static inline bool path_entry_notify(uint64_t entry)
{
	return entry & PATH_NOTIFY;
}

#endif
