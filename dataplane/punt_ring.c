/* SPDX-License-Identifier: BSD-3-Clause */
/* The way up; punt_ring.h has the contract. */
#include "punt_ring.h"

#include <errno.h>
#include <string.h>

#include <rte_errno.h>
#include <rte_malloc.h>
#include <rte_ring_elem.h>

#define SLOT_NONE UINT32_MAX

static struct rte_ring *ring_of(const char *name, uint32_t slots, int socket, unsigned int flags)
{
	/* exact size: every slot fits, although a ring of n holds n - 1 otherwise */
	return rte_ring_create_elem(name, sizeof(uint32_t), slots, socket, RING_F_EXACT_SZ | flags);
}

int punt_ring_create(struct punt_ring *ring, uint32_t slots, int socket, struct error *err)
{
	*ring = (struct punt_ring){.held = SLOT_NONE};
	ring->slots = rte_zmalloc_socket("punt", slots * sizeof(*ring->slots), 64, socket);
	ring->full = ring_of("punt_full", slots, socket, RING_F_MP_RTS_ENQ | RING_F_SC_DEQ);
	ring->free = ring_of("punt_free", slots, socket, RING_F_SP_ENQ | RING_F_MC_RTS_DEQ);
	if (ring->slots == NULL || ring->full == NULL || ring->free == NULL) {
		punt_ring_destroy(ring);
		return error_set(err, -ENOMEM,
				 "no memory for %u slots of the punt ring; lower capacity.ring",
				 slots);
	}
	for (uint32_t i = 0; i < slots; i++)
		rte_ring_enqueue_elem(ring->free, &i, sizeof(i));
	return 0;
}

void punt_ring_destroy(struct punt_ring *ring)
{
	rte_ring_free(ring->free);
	rte_ring_free(ring->full);
	rte_free(ring->slots);
	*ring = (struct punt_ring){.held = SLOT_NONE};
}

uint64_t punt_ring_memory(uint32_t slots)
{
	return slots * (sizeof(struct punt_slot) + 4 * sizeof(uint32_t)) + 4096;
}

bool punt_ring_write(struct punt_ring *ring, const struct punt *punt, const uint8_t *bytes)
{
	struct punt_slot *slot;
	uint32_t i;

	if (rte_ring_dequeue_elem(ring->free, &i, sizeof(i)) != 0)
		return false;
	slot = &ring->slots[i];
	slot->punt = *punt;
	memcpy(slot->bytes, bytes, punt->len);
	/* cannot fail: there are as many places as slots */
	rte_ring_enqueue_elem(ring->full, &i, sizeof(i));
	return true;
}

int punt_ring_read(struct punt_ring *ring, struct punt *punt)
{
	uint32_t i;

	if (ring->held != SLOT_NONE) {
		rte_ring_enqueue_elem(ring->free, &ring->held, sizeof(ring->held));
		ring->held = SLOT_NONE;
	}
	if (rte_ring_dequeue_elem(ring->full, &i, sizeof(i)) != 0)
		return 0;
	ring->held = i;
	*punt = ring->slots[i].punt;
	punt->bytes = ring->slots[i].bytes;
	return 1;
}

bool punt_ring_is_empty(const struct punt_ring *ring)
{
	return rte_ring_empty(ring->full);
}
