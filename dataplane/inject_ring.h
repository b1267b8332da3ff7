/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The way down: packets that the control core hands to one worker, as bytes and ids. One producer,
 * one consumer; slots in order.
 */
#ifndef DATAPLANE_INJECT_RING_H
#define DATAPLANE_INJECT_RING_H

#include <stdalign.h>

#include "haaro/punt.h"

struct inject_slot {
	struct inject inject;
	uint16_t len;
	uint8_t bytes[PUNT_PACKET_MAX];
};

struct inject_ring {
	struct inject_slot *slots;
	uint32_t mask;
	alignas(64) uint32_t head; /* next to write; w: control, r: worker */
	alignas(64) uint32_t tail; /* next to read; w: worker, r: control */
};

/* slots: a power of two. -ENOMEM. */
int inject_ring_create(struct inject_ring *ring, uint32_t slots, int socket);
void inject_ring_destroy(struct inject_ring *ring);
uint64_t inject_ring_memory(uint32_t slots);

/* Control core. -ENOSPC: full; -EINVAL: longer than a slot or empty. */
int inject_ring_write(struct inject_ring *ring, const struct inject *inject, const uint8_t *bytes,
		      size_t len);

/* Worker. The oldest slot or NULL; it stays the worker's until inject_ring_pop(). */
static inline const struct inject_slot *inject_ring_peek(const struct inject_ring *ring)
{
	uint32_t tail = ring->tail;

	if (__atomic_load_n(&ring->head, __ATOMIC_ACQUIRE) == tail)
		return NULL;
	return &ring->slots[tail & ring->mask];
}

static inline void inject_ring_pop(struct inject_ring *ring)
{
	__atomic_store_n(&ring->tail, ring->tail + 1, __ATOMIC_RELEASE);
}

#endif
