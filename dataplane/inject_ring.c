/* SPDX-License-Identifier: BSD-3-Clause */
/* The way down; inject_ring.h has the contract. */
#include "inject_ring.h"

#include <errno.h>
#include <string.h>

#include <rte_malloc.h>

int inject_ring_create(struct inject_ring *ring, uint32_t slots, int socket)
{
	*ring = (struct inject_ring){.mask = slots - 1};
	ring->slots = rte_zmalloc_socket("inject", slots * sizeof(*ring->slots), 64, socket);
	return ring->slots == NULL ? -ENOMEM : 0;
}

void inject_ring_destroy(struct inject_ring *ring)
{
	rte_free(ring->slots);
	ring->slots = NULL;
}

uint64_t inject_ring_memory(uint32_t slots)
{
	return slots * sizeof(struct inject_slot);
}

int inject_ring_write(struct inject_ring *ring, const struct inject *inject, const uint8_t *bytes,
		      size_t len)
{
	uint32_t head = ring->head;
	struct inject_slot *slot = &ring->slots[head & ring->mask];

	if (len == 0 || len > PUNT_PACKET_MAX)
		return -EINVAL;
	if (head - __atomic_load_n(&ring->tail, __ATOMIC_ACQUIRE) > ring->mask)
		return -ENOSPC;
	slot->inject = *inject;
	slot->len = (uint16_t)len;
	memcpy(slot->bytes, bytes, len);
	__atomic_store_n(&ring->head, head + 1, __ATOMIC_RELEASE);
	return 0;
}
