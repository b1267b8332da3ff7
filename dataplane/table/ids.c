/* SPDX-License-Identifier: BSD-3-Clause */
/* Indices: a stack of the free ones. */
#include "table/ids.h"

#include <assert.h>
#include <errno.h>

#include "table/memory.h"

enum { ID_FREE, ID_LIVE, ID_RETIRED };

int ids_init(struct ids *ids, uint32_t capacity, int socket)
{
	*ids = (struct ids){.capacity = capacity, .n_free = capacity};
	ids->stack = table_alloc(sizeof(*ids->stack) * capacity, socket);
	ids->state = table_alloc(capacity, socket);
	if (!ids->stack || !ids->state) {
		ids_fini(ids);
		return -ENOMEM;
	}
	for (uint32_t i = 0; i < capacity; i++)
		ids->stack[i] = capacity - 1 - i;
	return 0;
}

void ids_fini(struct ids *ids)
{
	table_free(ids->stack);
	table_free(ids->state);
	*ids = (struct ids){0};
}

uint64_t ids_memory(uint32_t capacity)
{
	return table_memory(sizeof(uint32_t) * (uint64_t)capacity) + table_memory(capacity);
}

int ids_take(struct ids *ids, uint32_t *id)
{
	if (ids->n_free == 0)
		return ids->n_live == ids->capacity ? -ENOSPC : -EAGAIN;
	*id = ids->stack[--ids->n_free];
	ids->n_live++;
	ids->state[*id] = ID_LIVE;
	return 0;
}

void ids_retire(struct ids *ids, uint32_t id)
{
	assert(ids->state[id] == ID_LIVE);
	ids->state[id] = ID_RETIRED;
	ids->n_live--;
}

void ids_release(struct ids *ids, uint32_t id)
{
	assert(ids->state[id] == ID_RETIRED);
	ids->state[id] = ID_FREE;
	ids->stack[ids->n_free++] = id;
}

bool ids_is_live(const struct ids *ids, uint32_t id)
{
	return id < ids->capacity && ids->state[id] == ID_LIVE;
}
