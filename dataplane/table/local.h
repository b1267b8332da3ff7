/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Our own addresses: be32 -> LOCAL_… flags, or 0.
 *
 * RCU. Writer: the control core. Readers: workers. A slot is 64 bits (address and flags), always
 * stored and loaded whole, so a reader sees an address with its flags or not at all; nothing is
 * retired, since a reader holds nothing but the value. A removed address keeps its slot (flags 0)
 * as long as a chain of others runs on behind it.
 *
 * Capacity: fixed when made, over half of the slots stay empty; -ENOSPC when it is reached.
 */
#ifndef TABLE_LOCAL_H
#define TABLE_LOCAL_H

#include <rte_branch_prediction.h>

#include "haaro/types.h"

struct local_table {
	uint64_t *slots; /* w: control, r: workers; address << 32 | flags; 0: empty, ends a chain */
	uint32_t mask;
	uint32_t shift; /* 32 less the bits of mask */
	/* the rest: control only */
	uint32_t capacity;
	uint32_t n_live;
};

struct local_table *local_table_create(uint32_t capacity, int socket);
/* flags 0 removes, which always succeeds. -EINVAL: address 0. -ENOSPC. */
int local_table_set(struct local_table *table, be32 addr, unsigned int flags);
void local_table_destroy(struct local_table *table);
uint64_t local_table_memory(uint32_t capacity);

/* --- the reader's side ---------------------------------------------------------------------- */

/* Where the search for an address begins: the high bits of a product depend on all of it. */
static inline uint32_t local_slot(const struct local_table *table, be32 addr)
{
	return addr * 0x9e3779b1u >> table->shift; /* 2^32 over the golden ratio */
}

static inline unsigned int local_flags(const struct local_table *table, be32 addr)
{
	uint32_t slot = local_slot(table, addr);

	for (uint32_t i = 0; i <= table->mask; i++) {
		uint64_t entry = __atomic_load_n(&table->slots[slot], __ATOMIC_RELAXED);

		if (likely(entry == 0) || entry >> 32 == addr)
			return (uint32_t)entry;
		slot = (slot + 1) & table->mask;
	}
	return 0;
}

#endif
