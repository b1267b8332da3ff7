/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Indices of a table: which are free, live, or retired (removed, and waiting for their grace
 * period). Control core only. The index that was freed last is given out first: its memory is in the
 * cache, and memory that was never used stays untouched. (Who keeps an index too long is found out by
 * generations, not by hope.)
 *
 * All live: -ENOSPC. Not all live, but the others retired: -EAGAIN, reclaim and try again.
 */
#ifndef TABLE_IDS_H
#define TABLE_IDS_H

#include <stdbool.h>
#include <stdint.h>

struct ids {
	uint32_t *stack; /* the free indices; at first the lowest on top */
	uint8_t *state;  /* of each index */
	uint32_t capacity;
	uint32_t n_free;
	uint32_t n_live;
};

int ids_init(struct ids *ids, uint32_t capacity, int socket);
void ids_fini(struct ids *ids);
uint64_t ids_memory(uint32_t capacity);

/* free -> live */
int ids_take(struct ids *ids, uint32_t *id);
/* live -> retired */
void ids_retire(struct ids *ids, uint32_t id);
/* retired -> free */
void ids_release(struct ids *ids, uint32_t id);

bool ids_is_live(const struct ids *ids, uint32_t id);

#endif
