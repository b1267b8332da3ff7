/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The retire queue over DPDK's quiescent-state RCU (its core calls only: the "dq" calls of 22.11
 * are experimental). Tokens ascend along the queue, so reclaiming stops at the first that is too
 * young.
 */
#include "table/rcu.h"

#include <errno.h>

#include "table/memory.h"

struct rcu *rcu_create(uint32_t n_readers, uint32_t retire_capacity, int socket)
{
	struct rcu *rcu = table_alloc(sizeof(*rcu), socket);

	if (!rcu)
		return NULL;
	rcu->capacity = retire_capacity;
	rcu->queue = table_alloc(sizeof(*rcu->queue) * retire_capacity, socket);
	rcu->qsbr = table_alloc(rte_rcu_qsbr_get_memsize(n_readers), socket);
	if (!rcu->queue || !rcu->qsbr || rte_rcu_qsbr_init(rcu->qsbr, n_readers) != 0)
		goto out_free;
	for (uint32_t i = 0; i < n_readers; i++)
		if (rte_rcu_qsbr_thread_register(rcu->qsbr, i) != 0)
			goto out_free;
	return rcu;
out_free:
	rcu_destroy(rcu);
	return NULL;
}

static void free_oldest(struct rcu *rcu)
{
	const struct rcu_retired oldest = rcu->queue[rcu->head];

	rcu->head = rcu->head + 1 == rcu->capacity ? 0 : rcu->head + 1;
	rcu->pending--;
	oldest.free(oldest.owner, oldest.id);
}

void rcu_destroy(struct rcu *rcu)
{
	if (!rcu)
		return;
	while (rcu->pending > 0)
		free_oldest(rcu);
	table_free(rcu->qsbr);
	table_free(rcu->queue);
	table_free(rcu);
}

uint64_t rcu_memory(uint32_t n_readers, uint32_t retire_capacity)
{
	return table_memory(sizeof(struct rcu)) +
	       table_memory(rte_rcu_qsbr_get_memsize(n_readers)) +
	       table_memory(sizeof(struct rcu_retired) * (uint64_t)retire_capacity);
}

int rcu_reserve(struct rcu *rcu, uint32_t n)
{
	if (rcu->capacity - rcu->pending >= n)
		return 0;
	rcu_reclaim(rcu);
	return rcu->capacity - rcu->pending >= n ? 0 : -EAGAIN;
}

int rcu_retire(struct rcu *rcu, rcu_free fn, void *owner, uint32_t id)
{
	uint32_t tail;

	if (rcu->pending == rcu->capacity)
		return -EAGAIN;
	tail = rcu->head + rcu->pending;
	if (tail >= rcu->capacity)
		tail -= rcu->capacity;
	rcu->queue[tail] = (struct rcu_retired){
		.token = rte_rcu_qsbr_start(rcu->qsbr), .free = fn, .owner = owner, .id = id};
	rcu->pending++;
	return 0;
}

uint32_t rcu_reclaim(struct rcu *rcu)
{
	if (rcu->pending == 0)
		return 0;
	/* A reader that is seen offline below, and comes online after that, must find what was
	 * unpublished above gone: the stores before the loads, the counterpart of its own fence. */
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	while (rcu->pending > 0 &&
	       rte_rcu_qsbr_check(rcu->qsbr, rcu->queue[rcu->head].token, false) == 1)
		free_oldest(rcu);
	return rcu->pending;
}
