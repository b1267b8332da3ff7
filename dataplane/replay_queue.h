/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Reception by the packets' own clock, for replay: the packets of all queues in the order of their
 * timestamps, in bursts that are close in time, so that a capture of minutes is not over in one turn
 * and what the control core does meanwhile falls between the right packets.
 */
#ifndef DATAPLANE_REPLAY_QUEUE_H
#define DATAPLANE_REPLAY_QUEUE_H

#include <rte_mbuf.h>

#include "haaro/clock.h"

#define REPLAY_STASH  64
#define REPLAY_WINDOW NS_PER_MS /* what is one burst */

/* What was read from a queue and is not due yet. */
struct replay_queue {
	uint32_t next, n;
	uint64_t times[REPLAY_STASH];
	struct rte_mbuf *mbufs[REPLAY_STASH];
};

struct replay {
	int timestamp_offset; /* where the PMD writes it */
	uint64_t timestamp_flag;
	uint32_t n_queues;
	struct replay_queue *queues; /* one per queue of the worker */
};

int replay_create(struct replay *replay, uint32_t n_queues);
void replay_destroy(struct replay *replay);

/* Adds what was received from a queue whose stash is empty; now stands for a missing timestamp. */
void replay_add(struct replay *replay, uint32_t queue, uint32_t n, uint64_t now);

/* The queue whose next packet is the oldest; -1: all are empty. */
int replay_choose(const struct replay *replay);

/* Takes its next burst; time: that of its last packet. Returns how many. */
uint16_t replay_take(struct replay *replay, uint32_t queue, struct rte_mbuf **mbufs,
		     uint64_t *time);

#endif
