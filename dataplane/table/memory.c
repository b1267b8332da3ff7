/* SPDX-License-Identifier: BSD-3-Clause */
/* Table memory over rte_malloc(). */
#include "table/memory.h"

#include <rte_common.h>
#include <rte_malloc.h>

void *table_alloc(size_t size, int socket)
{
	return rte_zmalloc_socket(NULL, size, RTE_CACHE_LINE_SIZE,
				  socket < 0 ? SOCKET_ID_ANY : socket);
}

void table_free(void *memory)
{
	rte_free(memory);
}

uint64_t table_memory(uint64_t size)
{
	/* a header of two lines, and the alignment */
	return RTE_ALIGN_CEIL(size, (uint64_t)RTE_CACHE_LINE_SIZE) + 3 * RTE_CACHE_LINE_SIZE;
}
