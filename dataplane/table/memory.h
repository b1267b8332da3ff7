/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Memory of the tables: zeroed, aligned to cache lines, from hugepages where there are any. Taken
 * when the tables are made and never while they are used.
 */
#ifndef TABLE_MEMORY_H
#define TABLE_MEMORY_H

#include <stddef.h>
#include <stdint.h>

/* NULL: out of memory. socket: NUMA node, -1 for any. */
void *table_alloc(size_t size, int socket);
void table_free(void *memory);

/* What an allocation of so many bytes takes, with what the allocator adds. */
uint64_t table_memory(uint64_t size);

#endif
