/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Grace periods, and the one queue of things that wait for them.
 *
 * Readers. Each worker is a reader with a number. Between two calls of rcu_reader_quiescent() it
 * may follow any index or pointer that it loaded from a table in that interval, and nothing that it
 * loaded before. It calls rcu_reader_quiescent() once per turn, when it holds nothing; before it
 * sleeps it goes offline, and then holds nothing until it is online again. A reader never waits,
 * never retries and never writes to a table.
 *
 * Writer. The control core alone. A change of what readers see is one aligned store; what the store
 * makes unreachable is then retired: rcu_retire() notes the moment, and rcu_reclaim() calls the
 * free function once every reader has been quiescent or offline after that moment.
 *
 * Why that is enough. A reader that can hold the old thing loaded it before the store, hence in an
 * interval that began before the moment; when that reader's interval has ended it holds nothing,
 * and a later interval begins after the store and cannot find it. So the order is: unpublish,
 * retire, grace period, reuse; what is retired stays whole and true until its free function is
 * called, so that a packet in flight goes the old way to its end and is not lost for the change.
 *
 * Capacity. The queue is bounded. A writer calls rcu_reserve() before it unpublishes anything, and
 * passes its -EAGAIN up: nothing has been changed then. Nothing here ever blocks.
 */
#ifndef TABLE_RCU_H
#define TABLE_RCU_H

#include <stdint.h>

#include <rte_rcu_qsbr.h>

typedef void (*rcu_free)(void *owner, uint32_t id);

struct rcu_retired {
	uint64_t token; /* the grace period that it waits for */
	rcu_free free;
	void *owner;
	uint32_t id;
};

struct rcu {
	struct rte_rcu_qsbr *qsbr; /* w: readers their own line, r: control */
	/* the rest: control only */
	struct rcu_retired *queue; /* ring, oldest at head, tokens ascending */
	uint32_t capacity;
	uint32_t head;
	uint32_t pending;
};

/* Readers are numbered 0..n_readers-1 and start offline. NULL: out of memory. */
struct rcu *rcu_create(uint32_t n_readers, uint32_t retire_capacity, int socket);
/* Frees all that is pending without a grace period: no reader may run any more. */
void rcu_destroy(struct rcu *rcu);
uint64_t rcu_memory(uint32_t n_readers, uint32_t retire_capacity);

/* Makes sure that the next n calls of rcu_retire() succeed; -EAGAIN if they would not. */
int rcu_reserve(struct rcu *rcu, uint32_t n);

/* To be called after the store that made id unreachable. -EAGAIN when the queue is full. */
int rcu_retire(struct rcu *rcu, rcu_free fn, void *owner, uint32_t id);

/* Frees whatever has passed its grace period, oldest first. Returns how many still wait. */
uint32_t rcu_reclaim(struct rcu *rcu);

/* --- the reader's side ---------------------------------------------------------------------- */

static inline void rcu_reader_online(struct rcu *rcu, unsigned int reader)
{
	rte_rcu_qsbr_thread_online(rcu->qsbr, reader);
}

static inline void rcu_reader_offline(struct rcu *rcu, unsigned int reader)
{
	rte_rcu_qsbr_thread_offline(rcu->qsbr, reader);
}

static inline void rcu_reader_quiescent(struct rcu *rcu, unsigned int reader)
{
	rte_rcu_qsbr_quiescent(rcu->qsbr, reader);
}

#endif
