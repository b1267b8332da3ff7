/* SPDX-License-Identifier: BSD-3-Clause */
/* The own addresses' writer: local.h says what it promises. */
#include "table/local.h"

#include <errno.h>

#include <rte_common.h>

#include "table/memory.h"

#define SLOT_NONE UINT32_MAX

static uint32_t slots_of(uint32_t capacity)
{
	return rte_align32pow2(2 * capacity + 2);
}

struct local_table *local_table_create(uint32_t capacity, int socket)
{
	struct local_table *table = table_alloc(sizeof(*table), socket);

	if (!table)
		return NULL;
	table->capacity = capacity;
	table->mask = slots_of(capacity) - 1;
	table->shift = 32 - (uint32_t)__builtin_popcount(table->mask);
	table->slots = table_alloc(sizeof(*table->slots) * slots_of(capacity), socket);
	if (!table->slots) {
		local_table_destroy(table);
		return NULL;
	}
	return table;
}

void local_table_destroy(struct local_table *table)
{
	if (!table)
		return;
	table_free(table->slots);
	table_free(table);
}

uint64_t local_table_memory(uint32_t capacity)
{
	return table_memory(sizeof(struct local_table)) +
	       table_memory(sizeof(uint64_t) * (uint64_t)slots_of(capacity));
}

static void store(struct local_table *table, uint32_t slot, uint64_t value)
{
	__atomic_store_n(&table->slots[slot], value, __ATOMIC_RELAXED);
}

/* The slot that holds addr, or SLOT_NONE; free: the first on the way that could take it. */
static uint32_t find(const struct local_table *table, be32 addr, uint32_t *free)
{
	uint32_t first = local_slot(table, addr);

	*free = SLOT_NONE;
	for (uint32_t i = 0; i <= table->mask; i++) {
		uint32_t slot = (first + i) & table->mask;

		if (*free == SLOT_NONE && (uint32_t)table->slots[slot] == 0)
			*free = slot;
		if (table->slots[slot] == 0)
			return SLOT_NONE;
		if (table->slots[slot] >> 32 == addr)
			return slot;
	}
	return SLOT_NONE;
}

/*
 * Ends the chain as early as it can: removed addresses just before an empty slot become empty. No
 * address behind them depends on them, as there is none before the end of the chain.
 */
static void trim(struct local_table *table, uint32_t slot)
{
	if (table->n_live > 0 && table->slots[(slot + 1) & table->mask] != 0)
		return;
	while (table->slots[slot] != 0 && (uint32_t)table->slots[slot] == 0) {
		store(table, slot, 0);
		slot = (slot - 1) & table->mask;
	}
}

int local_table_set(struct local_table *table, be32 addr, unsigned int flags)
{
	uint32_t free;
	uint32_t slot = find(table, addr, &free);
	bool is_live = slot != SLOT_NONE && (uint32_t)table->slots[slot] != 0;

	if (addr == 0)
		return -EINVAL;
	if (flags == 0) {
		if (is_live) {
			store(table, slot, (uint64_t)addr << 32);
			table->n_live--;
			trim(table, slot);
		}
		return 0;
	}
	if (!is_live && table->n_live == table->capacity)
		return -ENOSPC;
	store(table, slot != SLOT_NONE ? slot : free, (uint64_t)addr << 32 | flags);
	table->n_live += !is_live;
	return 0;
}
