/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Indices of a table of the model, with how many others name each: free, live or retired. Arrays
 * grow by doubling as indices are used.
 */
#ifndef SIM_FWD_MODEL_INDEX_H
#define SIM_FWD_MODEL_INDEX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct model_index {
	size_t entry_size;
	uint8_t *entries;  /* entry_size octets each */
	uint8_t *use;      /* MODEL_FREE, … */
	uint32_t *refs;    /* how many others name it */
	uint32_t *free;    /* indices to give out again, the last first */
	uint32_t *retired; /* indices that wait for reclaim */
	uint32_t size;     /* of the arrays */
	uint32_t n_used;   /* indices that were ever given out */
	uint32_t n_live, n_free, n_retired;
	uint32_t capacity;
};

void model_index_init(struct model_index *index, uint32_t capacity, size_t entry_size);
void model_index_fini(struct model_index *index);

/* -ENOSPC; -ENOMEM. The entry is zeroed the first time an index is given out. */
int model_index_take(struct model_index *index, uint32_t *id);
void model_index_retire(struct model_index *index, uint32_t id);
/* The retired become free. */
void model_index_reclaim(struct model_index *index);

bool model_index_is_live(const struct model_index *index, uint32_t id);
/* NULL when it is not live. */
void *model_index_at(const struct model_index *index, uint32_t id);
/* by: +1 or -1; no effect on an index that is none. */
void model_index_refer(struct model_index *index, uint32_t id, int by);
uint32_t model_index_refs(const struct model_index *index, uint32_t id);

#endif
