/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * One turn of a worker, and the thread around it. Receive, the inject ring and the packets of workers
 * without a transmit queue come in here; the stages (stage/stage.h) do the rest.
 */
#include "worker.h"

#include <time.h>
#include <unistd.h>

#include <rte_cycles.h>
#include <rte_ethdev.h>

#include "encap/ipv4.h"
#include "stage/ipv4_view.h"
#include "stage/stage.h"

enum {
	IDLE_SPINS = 256, /* empty turns before the first sleep */
	IDLE_SLEEP_MIN_US = 10,
	IDLE_SLEEP_MAX_US = 200,
	DRAIN_TURNS = 1000, /* at stop: at most so many more turns */
};

typedef void (*stage_function)(struct worker *w, struct vector *in);

static const stage_function stages[STAGE_MAX] = {
	[STAGE_PARSE] = stage_parse,       [STAGE_CLASSIFY] = stage_classify,
	[STAGE_DECAP] = stage_decap,       [STAGE_LOOKUP] = stage_lookup,
	[STAGE_FRAGMENT] = stage_fragment, [STAGE_ENCAP] = stage_encap,
	[STAGE_PUNT] = stage_punt,         [STAGE_TX] = stage_tx,
};

/* --- drops ------------------------------------------------------------------------------------ */

void worker_count_drop(struct worker *w, const struct pkt_view *pkt, enum drop_reason reason)
{
	uint32_t tunnel = pkt->tunnel_in != FWD_NONE ? pkt->tunnel_in : pkt->tunnel_out;

	w->stats.sums.drops[reason]++;
	w->stats.worker.stage[w->stage].drops++;
	if (tunnel != FWD_NONE)
		tunnel_counters_at(w->tables->tunnels, w->index, tunnel)->drops++;
}

void worker_drop(struct worker *w, struct pkt_view *pkt, enum drop_reason reason)
{
	worker_count_drop(w, pkt, reason);
	worker_discard(w, pkt);
}

/* RFC 1122 section 3.2.2: no error about an ICMP error or a later fragment. Addresses that cannot
 * be answered were dropped by parse. ICMP types 3, 4, 5, 11, 12 are errors; what is unknown may be. */
static bool may_complain(const struct pkt_view *pkt)
{
	static const uint32_t queries =
		1u << 0 | 1u << 8 | 1u << 13 | 1u << 14 | 1u << 15 | 1u << 16 | 1u << 17 | 1u << 18;
	uint8_t type;

	if ((pkt->flags & PKT_OURS) || (ipv4_fragment(pkt->ip) & IPV4_OFFSET))
		return false;
	if (pkt->ip[IPV4_PROTOCOL] != PROTOCOL_ICMP)
		return true;
	if (pkt->len <= pkt->header_len)
		return false;
	type = pkt->ip[pkt->header_len];
	return type < 32 && (queries >> type & 1) != 0;
}

void worker_refuse(struct worker *w, struct pkt_view *pkt, enum drop_reason reason)
{
	worker_count_drop(w, pkt, reason);
	if (may_complain(pkt)) {
		pkt->drop = (uint8_t)reason;
		worker_punt(w, pkt, PUNT_ERROR);
	} else {
		worker_discard(w, pkt);
	}
}

/* --- a burst through the stages ------------------------------------------------------------------ */

/* Returns when it ended, which is when the next one starts: reading the counter is not free. */
static inline uint64_t run(struct worker *w, enum stage stage, uint64_t start)
{
	struct vector *in = &w->vectors[stage];
	uint64_t end;

	if (in->n == 0)
		return start;
	w->stage = stage;
	w->stats.worker.stage[stage].packets += in->n;
	stages[stage](w, in);
	w->stats.worker.stage[stage].packets -= in->n; /* what fragment left for its next call */
	end = rte_rdtsc();
	w->stats.worker.stage[stage].cycles += end - start;
	return end;
}

static void run_all(struct worker *w, uint64_t time)
{
	time = run(w, STAGE_PARSE, time);
	time = run(w, STAGE_CLASSIFY, time);
	do {
		time = run(w, STAGE_DECAP, time);
		time = run(w, STAGE_LOOKUP, time);
	} while (unlikely(w->vectors[STAGE_DECAP].n != 0)); /* a tunnel in a tunnel */
	do {
		time = run(w, STAGE_FRAGMENT, time);
		time = run(w, STAGE_ENCAP, time);
		time = run(w, STAGE_PUNT, time);
		time = run(w, STAGE_TX, time);
	} while (unlikely(w->vectors[STAGE_FRAGMENT].n != 0));
	if (w->n_garbage != 0) {
		rte_pktmbuf_free_bulk(w->garbage, w->n_garbage);
		w->n_garbage = 0;
	}
}

/* --- what comes in ---------------------------------------------------------------------------------- */

static uint64_t clock_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now); /* no system call: the kernel's page */
	return (uint64_t)now.tv_sec * NS_PER_S + (uint64_t)now.tv_nsec;
}

/* What the role of the port means for a packet that arrives there. */
static uint8_t arrival_flags(const struct port *port)
{
	switch (port_role(port)) {
	case PORT_ROLE_UPLINK:
		return PKT_UPLINK;
	case PORT_ROLE_LAN:
		return PKT_LAN | PKT_CHECK_SOURCE;
	case PORT_ROLE_HUB:
	default:
		return 0;
	}
}

/* A burst of one queue, that came in since start, through the stages at time w->now. */
static void process(struct worker *w, const struct worker_queue *queue, struct rte_mbuf **mbufs,
		    uint16_t n, uint64_t start)
{
	const struct pkt_view fresh = pkt_fresh(queue->port, arrival_flags(&w->ports[queue->port]));
	struct vector *out = &w->vectors[STAGE_PARSE];
	struct counter *received = &w->stats.port[queue->port].received;
	uint64_t bytes = 0, end;

	for (uint16_t i = 0; i < n; i++) {
		rte_prefetch0(rte_pktmbuf_mtod(mbufs[i], void *));
		pkt_init(&w->views[i], &fresh, mbufs[i]);
		out->pkts[i] = &w->views[i];
		bytes += mbufs[i]->pkt_len;
	}
	out->n = n;
	received->packets += n;
	received->bytes += bytes;
	w->stats.worker.stage[STAGE_RX].packets += n;
	end = rte_rdtsc();
	w->stats.worker.stage[STAGE_RX].cycles += end - start;
	run_all(w, end);
}

static unsigned int receive(struct worker *w, const struct worker_queue *queue)
{
	struct port *port = &w->ports[queue->port];
	struct rte_mbuf *mbufs[BURST_SIZE];
	uint64_t start = rte_rdtsc();
	uint16_t n;

	if (!port_is_active(port))
		return 0;
	n = rte_eth_rx_burst(port->id, queue->queue, mbufs, BURST_SIZE);
	if (n == 0)
		return 0;
	w->now = clock_now();
	process(w, queue, mbufs, n, start);
	return n;
}

/* By the packets' clock, which never runs back: one burst of the queue whose packet is the oldest. */
static unsigned int receive_replayed(struct worker *w)
{
	struct rte_mbuf *mbufs[BURST_SIZE];
	uint64_t time;
	uint16_t n;
	int chosen;

	for (uint32_t i = 0; i < w->n_queues; i++) {
		struct replay_queue *stash = &w->replay.queues[i];
		struct port *port = &w->ports[w->queues[i].port];

		if (stash->next < stash->n || !port_is_active(port))
			continue;
		n = rte_eth_rx_burst(port->id, w->queues[i].queue, stash->mbufs, REPLAY_STASH);
		replay_add(&w->replay, i, n, w->now);
	}
	chosen = replay_choose(&w->replay);
	if (chosen < 0)
		return 0;
	n = replay_take(&w->replay, (uint32_t)chosen, mbufs, &time);
	if (time > w->now)
		w->now = time;
	process(w, &w->queues[chosen], mbufs, n, rte_rdtsc());
	return n;
}

/* Where an injected packet enters the stages; false: it names what is not there (any more). */
static bool place(struct worker *w, struct pkt_view *pkt, const struct inject *inject)
{
	static const struct ipv4_reasons any = {
		DROP_IP_SHORT,    DROP_IP_VERSION,  DROP_IP_HEADER_LENGTH, DROP_IP_LENGTH,
		DROP_IP_CHECKSUM, DROP_IP_TTL_ZERO, DROP_IP_SOURCE,        DROP_IP_DESTINATION};
	const struct tunnel_entry *entry;

	if (inject->kind == INJECT_FRAME) {
		if (inject->port >= w->n_ports)
			return false;
		pkt->out_port = inject->port;
		worker_pass(w, pkt, STAGE_TX);
		return true;
	}
	if (ipv4_view(pkt, rte_pktmbuf_mtod(pkt->mbuf, uint8_t *), pkt->mbuf->data_len, &any) !=
	    DROP_NONE)
		return false;
	switch (inject->kind) {
	case INJECT_ADJACENCY:
		pkt->adjacency = inject->adjacency;
		worker_pass(w, pkt, STAGE_FRAGMENT);
		return true;
	case INJECT_TUNNEL:
		entry = tunnel_at(w->tables->tunnels, inject->tunnel.index);
		if (!entry->live || entry->generation != inject->tunnel.generation)
			return false;
		pkt->tunnel_out = inject->tunnel.index;
		worker_pass(w, pkt, STAGE_FRAGMENT);
		return true;
	case INJECT_LOOKUP:
		worker_pass(w, pkt, STAGE_LOOKUP);
		return true;
	default:
		return false;
	}
}

static unsigned int receive_injected(struct worker *w)
{
	const struct pkt_view fresh = pkt_fresh(PORT_NONE, PKT_OURS);
	const struct inject_slot *slot;
	unsigned int n = 0;

	while (n < BURST_SIZE && (slot = inject_ring_peek(&w->injects)) != NULL) {
		struct rte_mbuf *mbuf = rte_pktmbuf_alloc(w->pool);
		struct pkt_view *pkt = &w->views[n];

		w->stage = STAGE_RX;
		pkt_init(pkt, &fresh, mbuf);
		n++;
		if (unlikely(mbuf == NULL)) {
			worker_count_drop(w, pkt, DROP_NO_BUFFER);
			inject_ring_pop(&w->injects);
			continue;
		}
		memcpy(rte_pktmbuf_append(mbuf, slot->len), slot->bytes, slot->len);
		if (place(w, pkt, &slot->inject)) {
			w->stats.sums.injected++;
		} else {
			w->stats.sums.inject_failed++;
			worker_discard(w, pkt);
		}
		inject_ring_pop(&w->injects);
	}
	if (n == 0)
		return 0;
	if (!w->packet_clock)
		w->now = clock_now();
	run_all(w, rte_rdtsc());
	return n;
}

/* As the owner of a transmit queue: what workers without one left here. */
static unsigned int send_handed_over(struct worker *w)
{
	struct rte_mbuf *mbufs[BURST_SIZE];
	unsigned int total = 0;

	for (uint16_t i = 0; i < w->n_ports; i++) {
		struct port *port = &w->ports[i];
		unsigned int n, sent;

		if (w->index != 0 || !port_is_active(port) || port->handover == NULL)
			continue;
		n = rte_ring_dequeue_burst(port->handover, (void **)mbufs, BURST_SIZE, NULL);
		if (n == 0)
			continue;
		sent = rte_eth_tx_burst(port->id, 0, mbufs, (uint16_t)n);
		w->stats.sums.drops[DROP_TX_FULL] += n - sent;
		w->stats.worker.stage[STAGE_TX].drops += n - sent;
		rte_pktmbuf_free_bulk(mbufs + sent, n - sent);
		total += n;
	}
	return total;
}

unsigned int worker_poll(struct worker *w)
{
	struct worker_counters *counters = &w->stats.worker;
	unsigned int received = 0, handed;
	uint64_t end, spent;

	if (unlikely(w->packet_clock))
		received = receive_replayed(w);
	for (uint32_t i = 0; !w->packet_clock && i < w->n_queues; i++)
		received += receive(w, &w->queues[i]);
	received += receive_injected(w);
	handed = send_handed_over(w);
	rcu_reader_quiescent(w->tables->rcu, w->index);

	end = rte_rdtsc();
	spent = end - w->last_tsc;
	w->last_tsc = end;
	counters->cycles_total += spent;
	counters->polls++;
	counters->packets += received;
	if (received + handed != 0) {
		counters->cycles_busy += spent;
		counters->polls_busy++;
	}
	return received + handed;
}

/* --- the thread -------------------------------------------------------------------------------------- */

/* One write for however many packets went up, and only while the control core sleeps. */
static void wake_control(struct worker *w)
{
	static const uint64_t one = 1;

	if (w->punted == 0)
		return;
	w->punted = 0;
	/* Pairs with the one in dataplane_sleep(): either we see that it sleeps, or it our packet. */
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	if (__atomic_load_n(&w->shared->sleeping, __ATOMIC_RELAXED) &&
	    __atomic_exchange_n(&w->shared->sleeping, 0, __ATOMIC_RELAXED)) {
		ssize_t written = write(w->shared->wake_fd, &one, sizeof(one));

		(void)written; /* it fails only when the counter is full: readable all the same */
	}
}

/* Adaptive polling: spin for a while, then sleep longer and longer, offline to RCU. */
static void idle(struct worker *w, unsigned int *empty, useconds_t *sleep_us)
{
	if (__atomic_load_n(&w->shared->idle, __ATOMIC_RELAXED) == CONF_IDLE_BUSY ||
	    ++*empty < IDLE_SPINS)
		return;
	w->stats.worker.sleeps++;
	rcu_reader_offline(w->tables->rcu, w->index);
	usleep(*sleep_us);
	rcu_reader_online(w->tables->rcu, w->index);
	*sleep_us = *sleep_us * 2 < IDLE_SLEEP_MAX_US ? *sleep_us * 2 : IDLE_SLEEP_MAX_US;
}

int worker_main(void *arg)
{
	struct worker *w = arg;
	useconds_t sleep_us = IDLE_SLEEP_MIN_US;
	unsigned int empty = 0;

	w->last_tsc = rte_rdtsc();
	rcu_reader_online(w->tables->rcu, w->index);
	while (!__atomic_load_n(&w->shared->stop, __ATOMIC_ACQUIRE)) {
		if (worker_poll(w) != 0) {
			empty = 0;
			sleep_us = IDLE_SLEEP_MIN_US;
		} else {
			idle(w, &empty, &sleep_us);
		}
		wake_control(w);
	}
	for (unsigned int i = 0; i < DRAIN_TURNS && worker_poll(w) != 0; i++)
		;
	rcu_reader_offline(w->tables->rcu, w->index);
	return 0;
}
