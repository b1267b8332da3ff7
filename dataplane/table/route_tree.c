/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Entries and groups of the route table. An invariant carries it: an entry names a group exactly
 * while some prefix inside it is longer than the entry's own bits. So a range between two prefixes
 * never covers such an entry whole, and painting never has to walk down into what it overwrites.
 */
#include "table/route_tree.h"

#include <assert.h>
#include <errno.h>

#define LEVELS_MAX 2 /* groups on one way: 16 + 8 + 8 */

static uint32_t *group_at(const struct route_table *table, uint32_t id)
{
	return &table->groups[(size_t)id << ROUTE_GROUP_BITS];
}

static void store(uint32_t *entry, uint32_t value)
{
	/* release: a group was filled before an entry names it */
	__atomic_store_n(entry, value, __ATOMIC_RELEASE);
}

unsigned int route_tree_groups(const struct route_table *table, uint8_t len)
{
	if (len <= table->root_bits)
		return 0;
	return (len - table->root_bits + ROUTE_GROUP_BITS - 1u) / ROUTE_GROUP_BITS;
}

/* The entries that name the groups on the way to addr, as far as there are groups; returns how
 * many. */
static unsigned int chain(const struct route_table *table, uint32_t addr, unsigned int levels,
			  uint32_t **entries)
{
	unsigned int shift = 32u - table->root_bits;
	uint32_t *entry = &table->root[addr >> shift];
	unsigned int n = 0;

	while (n < levels && (*entry & NEXTHOP_EXTENDED)) {
		entries[n++] = entry;
		shift -= ROUTE_GROUP_BITS;
		entry = group_at(table, *entry & NEXTHOP_ID_MASK) + (addr >> shift & 0xff);
	}
	if (n < levels)
		entries[n] = entry; /* where the next group would hang */
	return n;
}

/* Takes n groups or none. */
static int take(struct route_table *table, unsigned int n, uint32_t *ids)
{
	if (table->ids.n_free < n)
		rcu_reclaim(table->rcu);
	if (table->ids.n_free < n)
		return table->ids.capacity - table->ids.n_live < n ? -ENOSPC : -EAGAIN;
	for (unsigned int i = 0; i < n; i++)
		ids_take(&table->ids, &ids[i]);
	return 0;
}

int route_tree_enter(struct route_table *table, uint32_t addr, uint8_t len)
{
	unsigned int levels = route_tree_groups(table, len);
	uint32_t *entries[LEVELS_MAX];
	uint32_t ids[LEVELS_MAX];
	unsigned int have = chain(table, addr, levels, entries);
	int result = take(table, levels - have, ids);

	if (result < 0)
		return result;
	for (unsigned int i = have; i < levels; i++) {
		uint32_t id = ids[i - have];

		table->n_longer[id] = 0;
		route_group_fill(group_at(table, id), *entries[i]);
		store(entries[i], NEXTHOP_EXTENDED | id);
		chain(table, addr, levels, entries);
	}
	for (unsigned int i = 0; i < levels; i++)
		table->n_longer[*entries[i] & NEXTHOP_ID_MASK]++;
	return 0;
}

static void reclaim(void *owner, uint32_t id)
{
	struct route_table *table = owner;

	/* poison: nobody may look any more; who does, finds no route */
	route_group_fill(group_at(table, id), ROUTE_GROUP_CLEAR);
	ids_release(&table->ids, id);
}

void route_tree_leave(struct route_table *table, uint32_t addr, uint8_t len)
{
	unsigned int levels = route_tree_groups(table, len);
	uint32_t *entries[LEVELS_MAX];

	chain(table, addr, levels, entries);
	while (levels-- > 0) {
		uint32_t id = *entries[levels] & NEXTHOP_ID_MASK;

		if (--table->n_longer[id] > 0)
			continue;
		store(entries[levels], group_at(table, id)[0]);
		ids_retire(&table->ids, id);
		rcu_retire(table->rcu, reclaim, table, id);
	}
}

static void paint_below(struct route_table *table, uint32_t entry, unsigned int shift,
			const uint32_t range[2], uint32_t nexthop);

/* Paints range, which lies within what entries cover; each covers 2^shift addresses. */
static void paint_entries(struct route_table *table, uint32_t *entries, unsigned int shift,
			  const uint32_t range[2], uint32_t nexthop)
{
	uint32_t mask = shift == 0 ? 0 : UINT32_MAX >> (32 - shift);
	uint32_t base = range[0] >> shift;
	uint32_t n = (range[1] >> shift) - base;

	for (uint32_t i = 0; i <= n; i++) {
		uint32_t part[2] = {(base + i) << shift, (base + i) << shift | mask};

		if (i == 0)
			part[0] = range[0];
		if (i == n)
			part[1] = range[1];
		if (part[1] - part[0] == mask) {
			assert(!(entries[i] & NEXTHOP_EXTENDED));
			store(&entries[i], nexthop);
		} else {
			paint_below(table, entries[i], shift, part, nexthop);
		}
	}
}

static void paint_below(struct route_table *table, uint32_t entry, unsigned int shift,
			const uint32_t range[2], uint32_t nexthop)
{
	uint32_t *group = group_at(table, entry & NEXTHOP_ID_MASK);

	assert(entry & NEXTHOP_EXTENDED);
	shift -= ROUTE_GROUP_BITS;
	paint_entries(table, group + (range[0] >> shift & 0xff), shift, range, nexthop);
}

void route_tree_paint(struct route_table *table, uint32_t first, uint32_t last, uint32_t nexthop)
{
	unsigned int shift = 32u - table->root_bits;
	const uint32_t range[2] = {first, last};

	paint_entries(table, &table->root[first >> shift], shift, range, nexthop);
}
