/* SPDX-License-Identifier: BSD-3-Clause */
/* Indices of the model's tables in growing arrays. */
#include "fwd_model_index.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { MODEL_FREE, MODEL_LIVE, MODEL_RETIRED };

void model_index_init(struct model_index *index, uint32_t capacity, size_t entry_size)
{
	*index = (struct model_index){.capacity = capacity, .entry_size = entry_size};
}

void model_index_fini(struct model_index *index)
{
	free(index->entries);
	free(index->use);
	free(index->refs);
	free(index->free);
	free(index->retired);
	*index = (struct model_index){0};
}

/* The array with room for more, zeroed; NULL: no memory, and the array is as it was. */
static void *grown(void *array, size_t entry_size, uint32_t from, uint32_t to)
{
	uint8_t *bytes = realloc(array, entry_size * to);

	if (bytes)
		memset(bytes + entry_size * from, 0, entry_size * (to - from));
	return bytes;
}

static int grow(struct model_index *index)
{
	uint32_t from = index->size;
	uint32_t to = from ? 2 * from : 4;
	void *entries, *use, *refs, *spare, *retired;

	if (to > index->capacity)
		to = index->capacity;
	entries = grown(index->entries, index->entry_size, from, to);
	index->entries = entries ? entries : index->entries;
	use = grown(index->use, sizeof(*index->use), from, to);
	index->use = use ? use : index->use;
	refs = grown(index->refs, sizeof(*index->refs), from, to);
	index->refs = refs ? refs : index->refs;
	spare = grown(index->free, sizeof(*index->free), from, to);
	index->free = spare ? spare : index->free;
	retired = grown(index->retired, sizeof(*index->retired), from, to);
	index->retired = retired ? retired : index->retired;
	if (!entries || !use || !refs || !spare || !retired)
		return -ENOMEM;
	index->size = to;
	return 0;
}

int model_index_take(struct model_index *index, uint32_t *id)
{
	if (index->n_live == index->capacity)
		return -ENOSPC;
	if (index->n_free == 0 && index->n_used == index->capacity)
		model_index_reclaim(index);
	if (index->n_free > 0) {
		*id = index->free[--index->n_free];
	} else {
		if (index->n_used == index->size && grow(index) < 0)
			return -ENOMEM;
		*id = index->n_used++;
	}
	index->use[*id] = MODEL_LIVE;
	index->refs[*id] = 0;
	index->n_live++;
	return 0;
}

void model_index_retire(struct model_index *index, uint32_t id)
{
	index->use[id] = MODEL_RETIRED;
	index->retired[index->n_retired++] = id;
	index->n_live--;
}

void model_index_reclaim(struct model_index *index)
{
	while (index->n_retired > 0) {
		uint32_t id = index->retired[--index->n_retired];

		index->use[id] = MODEL_FREE;
		index->free[index->n_free++] = id;
	}
}

bool model_index_is_live(const struct model_index *index, uint32_t id)
{
	return id < index->n_used && index->use[id] == MODEL_LIVE;
}

void *model_index_at(const struct model_index *index, uint32_t id)
{
	return model_index_is_live(index, id) ? index->entries + index->entry_size * id : NULL;
}

void model_index_refer(struct model_index *index, uint32_t id, int by)
{
	if (id < index->n_used)
		index->refs[id] += (uint32_t)by;
}

uint32_t model_index_refs(const struct model_index *index, uint32_t id)
{
	return id < index->n_used ? index->refs[id] : 0;
}
