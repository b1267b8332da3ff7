/* SPDX-License-Identifier: BSD-3-Clause */
/* Reception in the order of timestamps; replay_queue.h. */
#include "replay_queue.h"

#include <errno.h>
#include <stdlib.h>

#include <rte_mbuf_dyn.h>

int replay_create(struct replay *replay, uint32_t n_queues)
{
	if (rte_mbuf_dyn_rx_timestamp_register(&replay->timestamp_offset,
					       &replay->timestamp_flag) != 0)
		return -ENOMEM;
	replay->n_queues = n_queues;
	replay->queues = calloc(n_queues, sizeof(*replay->queues));
	return replay->queues == NULL ? -ENOMEM : 0;
}

void replay_destroy(struct replay *replay)
{
	for (uint32_t i = 0; replay->queues != NULL && i < replay->n_queues; i++) {
		struct replay_queue *queue = &replay->queues[i];

		while (queue->next < queue->n)
			rte_pktmbuf_free(queue->mbufs[queue->next++]);
	}
	free(replay->queues);
	replay->queues = NULL;
	replay->n_queues = 0;
}

/* net_pcap counts microseconds. */
static uint64_t time_of(const struct replay *replay, struct rte_mbuf *mbuf, uint64_t now)
{
	if (!(mbuf->ol_flags & replay->timestamp_flag))
		return now;
	return time_micros(
		*RTE_MBUF_DYNFIELD(mbuf, replay->timestamp_offset, rte_mbuf_timestamp_t *));
}

void replay_add(struct replay *replay, uint32_t index, uint32_t n, uint64_t now)
{
	struct replay_queue *queue = &replay->queues[index];

	for (uint32_t i = 0; i < n; i++)
		queue->times[i] = time_of(replay, queue->mbufs[i], now);
	queue->next = 0;
	queue->n = n;
}

int replay_choose(const struct replay *replay)
{
	int oldest = -1;

	for (uint32_t i = 0; i < replay->n_queues; i++) {
		const struct replay_queue *queue = &replay->queues[i];

		if (queue->next < queue->n &&
		    (oldest < 0 ||
		     queue->times[queue->next] <
			     replay->queues[oldest].times[replay->queues[oldest].next]))
			oldest = (int)i;
	}
	return oldest;
}

uint16_t replay_take(struct replay *replay, uint32_t index, struct rte_mbuf **mbufs, uint64_t *time)
{
	struct replay_queue *queue = &replay->queues[index];
	uint64_t until = queue->times[queue->next] + REPLAY_WINDOW;
	uint16_t n = 0;

	for (uint32_t i = 0; i < replay->n_queues; i++) { /* not past the others' next */
		const struct replay_queue *other = &replay->queues[i];

		if (i != index && other->next < other->n && other->times[other->next] < until)
			until = other->times[other->next];
	}
	do {
		*time = queue->times[queue->next];
		mbufs[n++] = queue->mbufs[queue->next++];
	} while (queue->next < queue->n && queue->times[queue->next] <= until);
	return n;
}
