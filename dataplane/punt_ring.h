/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The way up: packets that workers hand to the control core, as bytes and ids.
 *
 * An array of slots and two rings of slot numbers, one of free slots and one of full ones. Many
 * workers produce (in the order in which they claim a place, so arrival order is kept), the control
 * core alone consumes. Both rings use relaxed tail sync: a worker that loses its CPU between claim
 * and commit stops nobody but the consumer, and no producer ever spins for another.
 */
#ifndef DATAPLANE_PUNT_RING_H
#define DATAPLANE_PUNT_RING_H

#include <rte_ring.h>

#include "haaro/error.h"
#include "haaro/punt.h"

struct punt_slot {
	struct punt punt; /* without bytes */
	uint8_t bytes[PUNT_PACKET_MAX];
};

struct punt_ring {
	struct punt_slot *slots;
	struct rte_ring *full;
	struct rte_ring *free;
	uint32_t
		held; /* control: slot whose bytes the last punt_ring_read() lent; UINT32_MAX: none */
};

/* slots: a power of two. -ENOMEM with err. */
int punt_ring_create(struct punt_ring *ring, uint32_t slots, int socket, struct error *err);
void punt_ring_destroy(struct punt_ring *ring);
uint64_t punt_ring_memory(uint32_t slots);

/* Worker. False: no slot is free. */
bool punt_ring_write(struct punt_ring *ring, const struct punt *punt, const uint8_t *bytes);

/* Control core. 1 with a packet, whose bytes are good until the next call; 0: none. */
int punt_ring_read(struct punt_ring *ring, struct punt *punt);

/* Control core. */
bool punt_ring_is_empty(const struct punt_ring *ring);

#endif
