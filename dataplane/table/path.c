/* SPDX-License-Identifier: BSD-3-Clause */
/* The path table's writer: path.h says what it promises. */
#include "table/path.h"

#include <errno.h>

#include "table/memory.h"

static_assert(DROP_MAX <= PATH_DOWN_MASK + 1, "a drop reason fits its field");

struct path_table *path_table_create(uint32_t capacity, struct rcu *rcu, int socket)
{
	struct path_table *table = table_alloc(sizeof(*table), socket);

	if (!table)
		return NULL;
	table->rcu = rcu;
	table->entries = table_alloc(sizeof(*table->entries) * capacity, socket);
	table->backups = table_alloc(sizeof(*table->backups) * capacity, socket);
	if (!table->entries || !table->backups || ids_init(&table->ids, capacity, socket) < 0) {
		path_table_destroy(table);
		return NULL;
	}
	for (uint32_t i = 0; i < capacity; i++)
		table->entries[i] = PATH_POISON;
	return table;
}

void path_table_destroy(struct path_table *table)
{
	if (!table)
		return;
	ids_fini(&table->ids);
	table_free(table->backups);
	table_free(table->entries);
	table_free(table);
}

uint64_t path_table_memory(uint32_t capacity)
{
	return table_memory(sizeof(struct path_table)) +
	       table_memory(sizeof(uint64_t) * (uint64_t)capacity) +
	       table_memory(sizeof(uint32_t) * (uint64_t)capacity) + ids_memory(capacity);
}

static void store(struct path_table *table, uint32_t index, const struct fwd_path *path)
{
	uint64_t entry = (uint64_t)path->down << PATH_DOWN_SHIFT |
			 (path->notify ? PATH_NOTIFY : 0) | path->tunnel;

	table->backups[index] = path->backup;
	/* release: the tunnel's entry was filled before this names it */
	__atomic_store_n(&table->entries[index], entry, __ATOMIC_RELEASE);
}

int path_table_insert(struct path_table *table, const struct fwd_path *path, uint32_t *index)
{
	int result = ids_take(&table->ids, index);

	if (result == -EAGAIN) {
		rcu_reclaim(table->rcu);
		result = ids_take(&table->ids, index);
	}
	if (result == 0)
		store(table, *index, path);
	return result;
}

int path_table_set(struct path_table *table, uint32_t index, const struct fwd_path *path)
{
	if (!ids_is_live(&table->ids, index))
		return -ENOENT;
	store(table, index, path);
	return 0;
}

static void reclaim(void *owner, uint32_t id)
{
	struct path_table *table = owner;

	__atomic_store_n(&table->entries[id], PATH_POISON, __ATOMIC_RELAXED);
	ids_release(&table->ids, id);
}

int path_table_remove(struct path_table *table, uint32_t index)
{
	if (!ids_is_live(&table->ids, index))
		return -ENOENT;
	if (rcu_reserve(table->rcu, 1) < 0)
		return -EAGAIN;
	ids_retire(&table->ids, index);
	return rcu_retire(table->rcu, reclaim, table, index);
}

int path_table_read(const struct path_table *table, uint32_t index, struct fwd_path *path)
{
	uint64_t entry;

	if (!ids_is_live(&table->ids, index))
		return -ENOENT;
	entry = table->entries[index];
	*path = (struct fwd_path){
		.tunnel = path_entry_tunnel(entry),
		.backup = table->backups[index],
		.notify = path_entry_notify(entry),
		.down = path_entry_down(entry),
	};
	return 0;
}
