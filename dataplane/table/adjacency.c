/* SPDX-License-Identifier: BSD-3-Clause */
/* The adjacency table's writer: adjacency.h says what it promises. */
#include "table/adjacency.h"

#include <errno.h>
#include <string.h>

#include "table/memory.h"

#define RECORD_DOWN 0 /* taken for ever: what a free slot points to */

uint32_t adjacency_table_records(uint32_t capacity)
{
	return capacity + (capacity < 1024 ? capacity : 1024) + 64;
}

struct adjacency_table *adjacency_table_create(uint32_t capacity, struct rcu *rcu, int socket)
{
	const struct fwd_adjacency down = {.kind = ADJACENCY_DOWN, .port = PORT_NONE};
	struct adjacency_table *table = table_alloc(sizeof(*table), socket);
	uint32_t n_records = adjacency_table_records(capacity);
	uint32_t record;

	if (!table)
		return NULL;
	table->rcu = rcu;
	table->slots = table_alloc(sizeof(*table->slots) * capacity, socket);
	table->records = table_alloc(sizeof(*table->records) * n_records, socket);
	if (!table->slots || !table->records || ids_init(&table->slot_ids, capacity, socket) < 0 ||
	    ids_init(&table->record_ids, n_records, socket) < 0) {
		adjacency_table_destroy(table);
		return NULL;
	}
	ids_take(&table->record_ids, &record); /* a fresh set begins at 0: RECORD_DOWN */
	for (uint32_t i = 0; i < n_records; i++)
		adjacency_entry_fill(&table->records[i], &down);
	return table;
}

void adjacency_table_destroy(struct adjacency_table *table)
{
	if (!table)
		return;
	ids_fini(&table->record_ids);
	ids_fini(&table->slot_ids);
	table_free(table->records);
	table_free(table->slots);
	table_free(table);
}

uint64_t adjacency_table_memory(uint32_t capacity)
{
	uint32_t n_records = adjacency_table_records(capacity);

	return table_memory(sizeof(struct adjacency_table)) +
	       table_memory(sizeof(uint32_t) * (uint64_t)capacity) +
	       table_memory(sizeof(struct adjacency_entry) * (uint64_t)n_records) +
	       ids_memory(capacity) + ids_memory(n_records);
}

static int take(struct adjacency_table *table, struct ids *ids, uint32_t *id)
{
	int result = ids_take(ids, id);

	if (result == -EAGAIN) {
		rcu_reclaim(table->rcu);
		result = ids_take(ids, id);
	}
	return result;
}

static void reclaim_record(void *owner, uint32_t id)
{
	struct adjacency_table *table = owner;

	/* poison: nobody may look any more; who does, drops */
	memset(&table->records[id], 0, sizeof(table->records[id]));
	table->records[id].kind = ADJACENCY_DOWN;
	ids_release(&table->record_ids, id);
}

static void reclaim_slot(void *owner, uint32_t id)
{
	struct adjacency_table *table = owner;
	uint32_t record = table->slots[id];

	__atomic_store_n(&table->slots[id], RECORD_DOWN, __ATOMIC_RELAXED);
	ids_retire(&table->record_ids, record);
	reclaim_record(table, record);
	ids_release(&table->slot_ids, id);
}

int adjacency_table_insert(struct adjacency_table *table, const struct fwd_adjacency *adjacency,
			   uint32_t *index)
{
	uint32_t record;
	int result = take(table, &table->slot_ids, index);

	if (result < 0)
		return result;
	if (take(table, &table->record_ids, &record) < 0) {
		ids_retire(&table->slot_ids, *index);
		ids_release(&table->slot_ids, *index);
		return -EAGAIN;
	}
	adjacency_entry_fill(&table->records[record], adjacency);
	/* release: the record was filled before this names it */
	__atomic_store_n(&table->slots[*index], record, __ATOMIC_RELEASE);
	return 0;
}

int adjacency_table_set(struct adjacency_table *table, uint32_t index,
			const struct fwd_adjacency *adjacency)
{
	uint32_t record, old;

	if (!ids_is_live(&table->slot_ids, index))
		return -ENOENT;
	if (rcu_reserve(table->rcu, 1) < 0 || take(table, &table->record_ids, &record) < 0)
		return -EAGAIN;
	adjacency_entry_fill(&table->records[record], adjacency);
	old = table->slots[index];
	/* release: the record was filled before this names it */
	__atomic_store_n(&table->slots[index], record, __ATOMIC_RELEASE);
	ids_retire(&table->record_ids, old);
	return rcu_retire(table->rcu, reclaim_record, table, old);
}

int adjacency_table_remove(struct adjacency_table *table, uint32_t index)
{
	if (!ids_is_live(&table->slot_ids, index))
		return -ENOENT;
	if (rcu_reserve(table->rcu, 1) < 0)
		return -EAGAIN;
	ids_retire(&table->slot_ids, index);
	return rcu_retire(table->rcu, reclaim_slot, table, index);
}

int adjacency_table_read(const struct adjacency_table *table, uint32_t index,
			 struct fwd_adjacency *adjacency)
{
	const struct adjacency_entry *entry;

	if (!ids_is_live(&table->slot_ids, index))
		return -ENOENT;
	entry = adjacency_at(table, index);
	*adjacency = (struct fwd_adjacency){
		.kind = (enum adjacency_kind)entry->kind, .port = entry->port, .mtu = entry->mtu};
	memcpy(adjacency->destination.bytes, entry->rewrite, 6);
	memcpy(adjacency->source.bytes, entry->rewrite + 6, 6);
	return 0;
}
