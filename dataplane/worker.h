/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A worker: one turn of worker_poll() takes a burst from each of its queues through the stages and
 * sends what comes out. A thread is only a caller; replay calls it from the control core's thread.
 *
 * All of a worker is its own but what is marked otherwise. It never allocates, locks or logs; it
 * reads the tables between two quiescent states and holds nothing of them across.
 */
#ifndef DATAPLANE_WORKER_H
#define DATAPLANE_WORKER_H

#include "haaro/counters.h"

#include "inject_ring.h"
#include "pairs.h"
#include "pkt.h"
#include "policer.h"
#include "port.h"
#include "punt_ring.h"
#include "replay_queue.h"
#include "table/tables.h"

#define BURST_SIZE  64
#define MADE_SIZE   256 /* fragments at once; more than the largest packet makes */
#define VECTOR_SIZE (BURST_SIZE + MADE_SIZE)

struct vector {
	uint32_t n;
	struct pkt_view *pkts[VECTOR_SIZE];
};

struct worker_queue {
	uint16_t port; /* index */
	uint16_t queue;
};

/* Everything that is counted, read by the control core without asking: w: worker, r: control. */
struct worker_stats {
	struct worker_counters worker;
	struct fwd_counters sums;
	struct {
		struct counter received;
		struct counter sent;
	} port[CONF_PORTS_MAX];
};

/* What workers share with the control core beside tables, ports and rings. */
struct worker_shared {
	alignas(64) uint32_t idle; /* enum conf_idle; w: control, r: workers */
	uint32_t stop;             /* w: control, r: workers */
	int wake_fd;               /* constant */
	alignas(64) uint32_t
		sleeping; /* the control core sleeps; w: control, and the worker that wakes it */
};

struct worker {
	/* constant after worker_init() */
	unsigned int index;
	uint32_t n_workers;
	const struct tables *tables;
	struct port *ports;
	uint16_t n_ports;
	uint16_t signalling_port; /* host order */
	bool packet_clock;
	struct rte_mempool *pool;
	struct punt_ring *punts;
	struct worker_shared *shared;
	struct worker_queue queues[CONF_PORTS_MAX * PORT_QUEUES_MAX];
	uint32_t n_queues;
	struct replay replay; /* packet_clock */

	/* of this turn */
	uint64_t now; /* mono */
	enum stage stage;
	uint32_t punted; /* since the last wake */
	uint16_t ip_id;
	uint32_t n_made;
	uint32_t n_garbage;
	uint64_t last_tsc;
	struct policer policers[PUNT_CLASS_MAX];
	struct inject_ring injects; /* w: control (producer side) */
	struct vector vectors[STAGE_MAX];
	struct rte_mbuf *garbage[VECTOR_SIZE];
	struct pkt_view views[BURST_SIZE];
	struct pkt_view made[MADE_SIZE];
	struct pair_table pairs; /* w: worker, r: control */

	alignas(64) struct worker_stats stats;
};

/* One turn; returns how many packets it handled. */
unsigned int worker_poll(struct worker *worker);

/* A thread's life: polls and sleeps until told to stop, then drains its queues. */
int worker_main(void *worker);

/* --- for stages ----------------------------------------------------------------------------- */

/* For the few; a stage keeps the end of the vector that nearly all go to in a register. */
static inline void worker_pass(struct worker *w, struct pkt_view *pkt, enum stage stage)
{
	struct vector *vector = &w->vectors[stage];

	vector->pkts[vector->n++] = pkt;
}

/* Frees the buffer at the end of the turn. */
static inline void worker_discard(struct worker *w, struct pkt_view *pkt)
{
	w->garbage[w->n_garbage++] = pkt->mbuf;
	if (w->n_garbage == VECTOR_SIZE) {
		rte_pktmbuf_free_bulk(w->garbage, w->n_garbage);
		w->n_garbage = 0;
	}
}

/* Counts the drop of a packet by reason, stage and tunnel. */
void worker_count_drop(struct worker *w, const struct pkt_view *pkt, enum drop_reason reason);

/* Drops it. */
void worker_drop(struct worker *w, struct pkt_view *pkt, enum drop_reason reason);

/* Drops it, and has the control core send the ICMP error that belongs to reason where one may be
 * sent at all (RFC 1122, section 3.2.2). */
void worker_refuse(struct worker *w, struct pkt_view *pkt, enum drop_reason reason);

/* Hands it up; the punt stage does it. */
static inline void worker_punt(struct worker *w, struct pkt_view *pkt, enum punt_reason reason)
{
	pkt->punt = (uint8_t)reason;
	worker_pass(w, pkt, STAGE_PUNT);
}

#endif
