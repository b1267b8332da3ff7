/* SPDX-License-Identifier: BSD-3-Clause */
/* The tunnel table's writer: tunnel.h says what it promises. */
#include "table/tunnel.h"

#include <arpa/inet.h>
#include <errno.h>
#include <string.h>

#include "encap/encap.h"
#include "table/memory.h"

static uint64_t counters_size(uint32_t capacity, uint32_t n_workers)
{
	return (uint64_t)sizeof(struct tunnel_counters_line) * capacity * n_workers;
}

static void poison(struct tunnel_entry *entry)
{
	uint32_t generation = entry->generation;

	memset(entry, 0, sizeof(*entry));
	entry->adjacency = FWD_NONE;
	entry->source_path = FWD_NONE;
	entry->generation = generation;
}

struct tunnel_table *tunnel_table_create(uint32_t capacity, uint32_t n_workers, struct rcu *rcu,
					 int socket)
{
	struct tunnel_table *table = table_alloc(sizeof(*table), socket);

	if (!table)
		return NULL;
	table->rcu = rcu;
	table->capacity = capacity;
	table->n_workers = n_workers;
	table->entries = table_alloc(sizeof(*table->entries) * capacity, socket);
	table->counters = table_alloc(counters_size(capacity, n_workers), socket);
	table->set = table_alloc(sizeof(*table->set) * capacity, socket);
	if (!table->entries || !table->counters || !table->set ||
	    ids_init(&table->ids, capacity, socket) < 0) {
		tunnel_table_destroy(table);
		return NULL;
	}
	for (uint32_t i = 0; i < capacity; i++)
		poison(&table->entries[i]);
	return table;
}

void tunnel_table_destroy(struct tunnel_table *table)
{
	if (!table)
		return;
	ids_fini(&table->ids);
	table_free(table->set);
	table_free(table->counters);
	table_free(table->entries);
	table_free(table);
}

uint64_t tunnel_table_memory(uint32_t capacity, uint32_t n_workers)
{
	return table_memory(sizeof(struct tunnel_table)) +
	       table_memory(sizeof(struct tunnel_entry) * (uint64_t)capacity) +
	       table_memory(counters_size(capacity, n_workers)) +
	       table_memory(sizeof(struct fwd_tunnel) * (uint64_t)capacity) + ids_memory(capacity);
}

/* What all encapsulations have in common; the template is the encapsulation's own. */
static void fill(struct tunnel_entry *entry, const struct fwd_tunnel *tunnel)
{
	uint32_t generation = entry->generation + 1;

	memset(entry, 0, sizeof(*entry));
	entry->adjacency = tunnel->adjacency;
	entry->mtu = tunnel->mtu;
	entry->encap = (uint8_t)tunnel->encap;
	entry->remote = tunnel->remote.v4;
	entry->key_remote = tunnel->remote.v4;
	entry->key_local = tunnel->local.v4;
	entry->key_remote_port = htons(tunnel->remote_port);
	entry->key_local_port = htons(tunnel->local_port);
	entry->key_encap = (uint8_t)tunnel->encap;
	entry->source = (uint8_t)tunnel->source;
	entry->destination = (uint8_t)tunnel->destination;
	entry->source_path = tunnel->source_path;
	entry->generation = generation;
	entry->realm = tunnel->realm;
	entry->accept = (uint8_t)tunnel->accept;
	entry->is_limited =
		tunnel->destination != FWD_DESTINATION_ANY || tunnel->accept != FWD_ACCEPT_ALL;
	entry->live = 1;
	encap_table[tunnel->encap]->build(tunnel, entry);
}

int tunnel_table_insert(struct tunnel_table *table, const struct fwd_tunnel *tunnel,
			struct tunnel_ref *ref)
{
	int result = ids_take(&table->ids, &ref->index);

	if (result == -EAGAIN) {
		rcu_reclaim(table->rcu);
		result = ids_take(&table->ids, &ref->index);
	}
	if (result < 0)
		return result;
	fill(&table->entries[ref->index], tunnel);
	ref->generation = table->entries[ref->index].generation;
	table->set[ref->index] = *tunnel;
	for (uint32_t worker = 0; worker < table->n_workers; worker++)
		memset(tunnel_counters_at(table, worker, ref->index), 0,
		       sizeof(struct tunnel_counters_line));
	return 0;
}

bool tunnel_table_is_live(const struct tunnel_table *table, struct tunnel_ref ref)
{
	return ids_is_live(&table->ids, ref.index) &&
	       table->entries[ref.index].generation == ref.generation;
}

int tunnel_table_set_adjacency(struct tunnel_table *table, struct tunnel_ref ref,
			       uint32_t adjacency)
{
	if (!tunnel_table_is_live(table, ref))
		return -ENOENT;
	table->set[ref.index].adjacency = adjacency;
	/* release: the adjacency's slot was pointed to its record before this names it */
	__atomic_store_n(&table->entries[ref.index].adjacency, adjacency, __ATOMIC_RELEASE);
	return 0;
}

int tunnel_table_set_mtu(struct tunnel_table *table, struct tunnel_ref ref, uint16_t mtu)
{
	if (!tunnel_table_is_live(table, ref))
		return -ENOENT;
	table->set[ref.index].mtu = mtu;
	__atomic_store_n(&table->entries[ref.index].mtu, mtu, __ATOMIC_RELAXED);
	return 0;
}

static void reclaim(void *owner, uint32_t id)
{
	struct tunnel_table *table = owner;

	poison(&table->entries[id]);
	ids_release(&table->ids, id);
}

int tunnel_table_remove(struct tunnel_table *table, struct tunnel_ref ref)
{
	if (!tunnel_table_is_live(table, ref))
		return -ENOENT;
	if (rcu_reserve(table->rcu, 1) < 0)
		return -EAGAIN;
	ids_retire(&table->ids, ref.index);
	return rcu_retire(table->rcu, reclaim, table, ref.index);
}

static uint64_t load(const uint64_t *counter)
{
	return __atomic_load_n(counter, __ATOMIC_RELAXED);
}

static void counters_sum(const struct tunnel_table *table, uint32_t index,
			 struct tunnel_counters *sum)
{
	*sum = (struct tunnel_counters){0};
	for (uint32_t worker = 0; worker < table->n_workers; worker++) {
		const struct tunnel_counters *mine = tunnel_counters_at(table, worker, index);
		uint64_t heard = load(&mine->heard);

		sum->received.packets += load(&mine->received.packets);
		sum->received.bytes += load(&mine->received.bytes);
		sum->sent.packets += load(&mine->sent.packets);
		sum->sent.bytes += load(&mine->sent.bytes);
		sum->drops += load(&mine->drops);
		if (heard > sum->heard)
			sum->heard = heard;
	}
}

int tunnel_table_read(const struct tunnel_table *table, uint32_t index,
		      struct fwd_tunnel_state *state)
{
	if (!ids_is_live(&table->ids, index))
		return -ENOENT;
	state->ref = (struct tunnel_ref){index, table->entries[index].generation};
	state->set = table->set[index];
	counters_sum(table, index, &state->counters);
	return 0;
}
