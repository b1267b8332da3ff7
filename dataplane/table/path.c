/* SPDX-License-Identifier: BSD-3-Clause */
/* The path table's writer: path.h says what it promises. */
#include "table/path.h"

#include <errno.h>
#include <string.h>

#include "table/memory.h"

static_assert(DROP_MAX <= PATH_DOWN_MASK + 1, "a drop reason fits its field");

static uint64_t counters_size(uint32_t capacity, uint32_t n_workers)
{
	return (uint64_t)sizeof(struct path_counters_line) * capacity * n_workers;
}

struct path_table *path_table_create(uint32_t capacity, uint32_t n_workers, struct rcu *rcu,
				     int socket)
{
	struct path_table *table = table_alloc(sizeof(*table), socket);

	if (!table)
		return NULL;
	table->rcu = rcu;
	table->capacity = capacity;
	table->n_workers = n_workers;
	table->entries = table_alloc(sizeof(*table->entries) * capacity, socket);
	table->counters = table_alloc(counters_size(capacity, n_workers), socket);
	table->backups = table_alloc(sizeof(*table->backups) * capacity, socket);
	table->generations = table_alloc(capacity, socket);
	if (!table->entries || !table->counters || !table->backups || !table->generations ||
	    ids_init(&table->ids, capacity, socket) < 0) {
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
	table_free(table->generations);
	table_free(table->backups);
	table_free(table->counters);
	table_free(table->entries);
	table_free(table);
}

uint64_t path_table_memory(uint32_t capacity, uint32_t n_workers)
{
	return table_memory(sizeof(struct path_table)) +
	       table_memory(sizeof(uint64_t) * (uint64_t)capacity) +
	       table_memory(counters_size(capacity, n_workers)) +
	       table_memory(sizeof(uint32_t) * (uint64_t)capacity) + table_memory(capacity) +
	       ids_memory(capacity);
}

static bool is_watched(uint64_t entry)
{
	return (entry & PATH_WATCHED_RECEIVED) != 0;
}

/* The entry becomes that, and the number of those that are watched follows. */
static void store(struct path_table *table, uint32_t index, uint64_t entry)
{
	uint32_t n = table->n_watched + is_watched(entry) - is_watched(table->entries[index]);

	/* release: the tunnel's entry was filled before this names it */
	__atomic_store_n(&table->entries[index], entry, __ATOMIC_RELEASE);
	__atomic_store_n(&table->n_watched, n, __ATOMIC_RELAXED);
}

static void store_path(struct path_table *table, uint32_t index, const struct fwd_path *path)
{
	uint64_t entry = (uint64_t)table->generations[index] << PATH_GENERATION_SHIFT |
			 (uint64_t)path->down << PATH_DOWN_SHIFT | path->tunnel;

	entry |= (path->notify_send ? PATH_NOTIFY_SEND : 0) |
		 (path->notify_receive ? PATH_NOTIFY_RECEIVE : 0) |
		 (path->direct ? PATH_DIRECT : 0) | (path->count ? PATH_COUNT : 0);
	table->backups[index] = path->backup;
	store(table, index, entry);
}

int path_table_insert(struct path_table *table, const struct fwd_path *path, uint32_t *index)
{
	int result = ids_take(&table->ids, index);

	if (result == -EAGAIN) {
		rcu_reclaim(table->rcu);
		result = ids_take(&table->ids, index);
	}
	if (result < 0)
		return result;
	table->generations[*index]++;
	for (uint32_t worker = 0; worker < table->n_workers; worker++)
		memset(path_counters_at(table, worker, *index), 0,
		       sizeof(struct path_counters_line));
	store_path(table, *index, path);
	return 0;
}

int path_table_set(struct path_table *table, uint32_t index, const struct fwd_path *path)
{
	if (!ids_is_live(&table->ids, index))
		return -ENOENT;
	store_path(table, index, path);
	return 0;
}

static void reclaim(void *owner, uint32_t id)
{
	struct path_table *table = owner;

	store(table, id, PATH_POISON);
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
		.notify_send = entry & PATH_NOTIFY_SEND,
		.notify_receive = entry & PATH_NOTIFY_RECEIVE,
		.direct = entry & PATH_DIRECT,
		.count = entry & PATH_COUNT,
		.down = path_entry_down(entry),
	};
	return 0;
}

static void add(struct counter *sum, const struct counter *mine)
{
	sum->packets += __atomic_load_n(&mine->packets, __ATOMIC_RELAXED);
	sum->bytes += __atomic_load_n(&mine->bytes, __ATOMIC_RELAXED);
}

int path_table_counters_read(const struct path_table *table, uint32_t index,
			     struct path_counters *sum)
{
	if (!ids_is_live(&table->ids, index))
		return -ENOENT;
	*sum = (struct path_counters){0};
	for (uint32_t worker = 0; worker < table->n_workers; worker++) {
		const struct path_counters *mine = path_counters_at(table, worker, index);

		add(&sum->sent_hub, &mine->sent_hub);
		add(&sum->sent_direct, &mine->sent_direct);
		add(&sum->received_hub, &mine->received_hub);
		add(&sum->received_direct, &mine->received_direct);
	}
	return 0;
}

bool path_table_is_same(const struct path_table *table, uint32_t index, uint8_t generation)
{
	return ids_is_live(&table->ids, index) && table->generations[index] == generation;
}
