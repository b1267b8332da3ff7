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

#include "haaro/types.h"

struct local_table {
	uint64_t *slots; /* w: control, r: workers; address << 32 | flags; 0: empty, ends a chain */
	uint32_t mask;
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

static inline uint32_t local_hash(be32 addr)
{
	uint32_t hash = addr * 0x9e3779b1u; /* 2^32 over the golden ratio */

	return hash ^ hash >> 15;
}

static inline unsigned int local_flags(const struct local_table *table, be32 addr)
{
	uint32_t hash = local_hash(addr);

	for (uint32_t i = 0; i <= table->mask; i++) {
		uint64_t slot =
			__atomic_load_n(&table->slots[(hash + i) & table->mask], __ATOMIC_RELAXED);

		if (slot >> 32 == addr || slot == 0)
			return (uint32_t)slot;
	}
	return 0;
}

#endif
