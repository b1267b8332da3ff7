/* SPDX-License-Identifier: BSD-3-Clause */
/* The life of the data plane: haaro/dataplane.h. One start ladder, one unwind ladder. */
#include "haaro/dataplane.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

#include <rte_cycles.h>
#include <rte_launch.h>
#include <rte_lcore.h>
#include <rte_malloc.h>

#include "af_packet.h"
#include "fwd.h"

enum {
	POOL_CACHE = 256,
	POOL_BUFFERS_MIN = 2048,
	FRAMES_CACHE = 64,
	FRAMES_PER_WORKER = 256, /* a burst, what the cache may hide, and some handed over */
	FRAME_OVERHEAD = 18,     /* Ethernet header and CRC */
	LOCAL_PORT_HOME = 434,   /* of a Home Agent (RFC 5944, section 3.3) */
	NOTIFY_PER_SECOND = 100  /* route optimization triggers; not worth a key */
};

#define MEMORY_BASE  (UINT64_C(24) << 20) /* EAL's own, and what drivers take */
#define SEED_FIXED   UINT64_C(0x6861617261)
#define BUFFER_MORE  (sizeof(struct rte_mbuf) + 2 * RTE_CACHE_LINE_SIZE)
#define BUFFERS_MORE (UINT64_C(2) * POOL_CACHE + VECTOR_SIZE + 2 * BURST_SIZE)

/* --- how much --------------------------------------------------------------------------------- */

static uint32_t workers_of(const struct conf *conf)
{
	return conf->workers.cores != NULL ? (uint32_t)conf->workers.n_cores : conf->workers.count;
}

/* Room for the largest packet of any port in one buffer: stages know single segments only. */
static uint16_t buffer_size(const struct conf *conf)
{
	uint32_t size = RTE_MBUF_DEFAULT_DATAROOM;

	for (size_t i = 0; i < conf->n_ports; i++) {
		uint32_t frame = (uint32_t)conf->ports[i].mtu + FRAME_OVERHEAD;

		size = frame > size ? frame : size;
	}
	return (uint16_t)(RTE_ALIGN(size, 64) + RTE_PKTMBUF_HEADROOM);
}

/* Every descriptor of every queue filled, every worker's cache, and what is on its way. */
static uint32_t buffers_of(const struct conf *conf)
{
	uint64_t workers = workers_of(conf), n;

	if (conf->capacity.buffers != 0)
		return conf->capacity.buffers;
	n = conf->n_ports * workers * 2 * conf->capacity.queue + workers * BUFFERS_MORE;
	return (uint32_t)(n > POOL_BUFFERS_MIN ? n : POOL_BUFFERS_MIN);
}

/* Room for a slot of net_af_packet's rings; 0: the other buffers have it, or nobody needs it. */
static uint16_t frame_size(const struct conf *conf)
{
	uint32_t size = 0;

	for (size_t i = 0; i < conf->n_ports; i++) {
		uint32_t slot = af_packet_slot_size(conf->ports[i].device);

		size = slot > size ? slot : size;
	}
	size = RTE_ALIGN(size, 64) + RTE_PKTMBUF_HEADROOM;
	return size > buffer_size(conf) ? (uint16_t)size : 0;
}

/*
 * net_af_packet fills no descriptors and copies what it sends: few buffers are on their way at once.
 * Other devices keep them until sent, so all of their transmit descriptors may hold some.
 */
static uint32_t frames_of(const struct conf *conf)
{
	uint32_t workers = workers_of(conf), n = workers * FRAMES_PER_WORKER;

	for (size_t i = 0; i < conf->n_ports; i++)
		n += af_packet_drives(conf->ports[i].device) ? 0 : workers * conf->capacity.queue;
	return n;
}

static struct tables_capacity capacity_of(const struct conf *conf)
{
	return (struct tables_capacity){
		.tunnels = conf->capacity.tunnels,
		.prefixes = conf->capacity.prefixes,
		.neighbours = conf->capacity.neighbours,
		.workers = workers_of(conf),
		.seed = SEED_FIXED,
		.socket = SOCKET_ID_ANY,
	};
}

uint64_t dataplane_memory(const struct conf *conf)
{
	struct tables_capacity capacity = capacity_of(conf);
	uint64_t bytes = MEMORY_BASE + tables_memory(&capacity);

	bytes += buffers_of(conf) * (buffer_size(conf) + (uint64_t)BUFFER_MORE);
	if (frame_size(conf) != 0)
		bytes += frames_of(conf) * (frame_size(conf) + (uint64_t)BUFFER_MORE);
	bytes += punt_ring_memory(conf->capacity.ring);
	bytes += workers_of(conf) *
		 (sizeof(struct worker) + inject_ring_memory(conf->capacity.ring));
	return bytes + bytes / 16; /* alignment, and what the allocator cannot use */
}

static int check(const struct conf *conf, struct error *err)
{
	uint32_t workers = workers_of(conf);

	if (conf->n_ports == 0 || conf->n_ports > CONF_PORTS_MAX)
		return error_set(err, -EINVAL, "ports: 1 to %u are possible", CONF_PORTS_MAX);
	if (workers == 0 || workers >= RTE_MAX_LCORE)
		return error_set(err, -EINVAL, "workers: 1 to %u are possible", RTE_MAX_LCORE - 1);
	if (!rte_is_power_of_2(conf->capacity.ring) || !rte_is_power_of_2(conf->capacity.queue))
		return error_set(err, -EINVAL,
				 "capacity.ring and capacity.queue must be powers of two");
	if (conf->capacity.tunnels == 0 || conf->capacity.tunnels > FWD_ID_MAX ||
	    conf->capacity.prefixes == 0 || conf->capacity.neighbours == 0)
		return error_set(err, -EINVAL,
				 "capacity: tunnels, prefixes and neighbours must be "
				 "at least 1, tunnels below 2^24");
	return 0;
}

/* --- making the parts ---------------------------------------------------------------------------- */

static int create_pools(struct fwd *fwd, struct error *err)
{
	uint32_t n = buffers_of(fwd->conf), n_frames = frames_of(fwd->conf);
	uint32_t cache = n >= 4 * POOL_CACHE ? POOL_CACHE : 0; /* a tiny pool must not hide in it */
	uint16_t size = frame_size(fwd->conf);

	fwd->pool = rte_pktmbuf_pool_create("packets", n, cache, 0, buffer_size(fwd->conf),
					    SOCKET_ID_ANY);
	if (size != 0)
		fwd->frames = rte_pktmbuf_pool_create("frames", n_frames, FRAMES_CACHE, 0, size,
						      SOCKET_ID_ANY);
	if (fwd->pool != NULL && (size == 0 || fwd->frames != NULL))
		return 0;
	error_set(err, -ENOMEM, "no memory for %u packet buffers; lower capacity.buffers", n);
	eal_explain(&fwd->eal, err);
	return -ENOMEM;
}

static int create_tables(struct fwd *fwd, struct error *err)
{
	struct tables_capacity capacity = capacity_of(fwd->conf);

	/* Replay gives the same frames every time; live, nobody outside may choose collisions. */
	if (!fwd->options.no_threads &&
	    getrandom(&capacity.seed, sizeof(capacity.seed), 0) != sizeof(capacity.seed))
		capacity.seed ^= rte_rdtsc();
	return tables_create(&fwd->tables, &capacity, err);
}

static void set_policers(struct worker *w, const struct conf_policer *conf)
{
	const uint32_t rates[PUNT_CLASS_MAX] = {
		[PUNT_CLASS_BOUND] = conf->bound.per_second,
		[PUNT_CLASS_PEER] = conf->peer.per_second,
		[PUNT_CLASS_UNKNOWN] = conf->unknown.per_second,
		[PUNT_CLASS_KEEPALIVE] = conf->keepalive.per_second,
		[PUNT_CLASS_ARP] = conf->arp.per_second,
		[PUNT_CLASS_LOCAL] = conf->local.per_second,
		[PUNT_CLASS_RESOLVE] = conf->resolve.per_second,
		[PUNT_CLASS_ERROR] = conf->errors.per_second,
		[PUNT_CLASS_NOTIFY] = NOTIFY_PER_SECOND,
	};

	for (unsigned int i = 0; i < PUNT_CLASS_MAX; i++)
		policer_init(&w->policers[i], rates[i], w->n_workers);
}

static int create_worker(struct fwd *fwd, unsigned int index, struct error *err)
{
	const struct conf *conf = fwd->conf;
	struct worker *w = rte_zmalloc("worker", sizeof(*w), RTE_CACHE_LINE_SIZE);

	fwd->workers[index] = w;
	if (w == NULL)
		return error_set(err, -ENOMEM, "no memory for worker %u", index);
	w->index = index;
	w->n_workers = fwd->n_workers;
	w->tables = &fwd->tables;
	w->ports = fwd->ports;
	w->n_ports = fwd->n_ports;
	w->signalling_port =
		conf->role == CONF_MOBILE_ROUTER ? conf->mobile.local_port : LOCAL_PORT_HOME;
	w->packet_clock = fwd->options.packet_clock;
	w->pool = fwd->pool;
	w->punts = &fwd->punts;
	w->shared = fwd->shared;
	w->stats.worker.core = UINT16_MAX;
	w->now = w->packet_clock ? NS_PER_S : 0;
	set_policers(w, &conf->policer);
	pair_table_init(&w->pairs, index);
	if (inject_ring_create(&w->injects, conf->capacity.ring, SOCKET_ID_ANY) != 0)
		return error_set(err, -ENOMEM,
				 "no memory for %u slots of an inject ring; lower capacity.ring",
				 conf->capacity.ring);
	return 0;
}

/* Queue q of a port belongs to worker (q + port) mod n: single-queue ports spread as well. */
static int deal_queues(struct fwd *fwd, struct error *err)
{
	for (uint16_t p = 0; p < fwd->n_ports; p++) {
		for (uint16_t q = 0; q < fwd->ports[p].n_rx; q++) {
			struct worker *w = fwd->workers[(unsigned int)(q + p) % fwd->n_workers];

			w->queues[w->n_queues++] = (struct worker_queue){.port = p, .queue = q};
		}
	}
	for (unsigned int i = 0; fwd->options.packet_clock && i < fwd->n_workers; i++) {
		if (replay_create(&fwd->workers[i]->replay, fwd->workers[i]->n_queues) != 0)
			return error_set(err, -ENOMEM, "no memory for the packets' clock");
	}
	return 0;
}

static int create_workers(struct fwd *fwd, struct error *err)
{
	int status = 0;

	fwd->shared = rte_zmalloc("shared", sizeof(*fwd->shared), RTE_CACHE_LINE_SIZE);
	fwd->workers = calloc(fwd->n_workers, sizeof(struct worker *));
	if (fwd->shared == NULL || fwd->workers == NULL)
		return error_set(err, -ENOMEM, "no memory for workers");
	fwd->shared->idle = fwd->conf->workers.idle;
	fwd->shared->wake_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	if (fwd->shared->wake_fd < 0)
		return error_set(err, -errno, "eventfd: %s", strerror(errno));
	for (unsigned int i = 0; status == 0 && i < fwd->n_workers; i++)
		status = create_worker(fwd, i, err);
	return status;
}

static void destroy_workers(struct fwd *fwd)
{
	for (unsigned int i = 0; fwd->workers != NULL && i < fwd->n_workers; i++) {
		if (fwd->workers[i] != NULL) {
			inject_ring_destroy(&fwd->workers[i]->injects);
			replay_destroy(&fwd->workers[i]->replay);
		}
		rte_free(fwd->workers[i]);
	}
	free(fwd->workers);
	if (fwd->shared != NULL && fwd->shared->wake_fd > 0)
		close(fwd->shared->wake_fd);
	rte_free(fwd->shared);
}

static int open_ports(struct fwd *fwd, struct error *err)
{
	int status = 0;

	fwd->setup = (struct port_setup){
		.workers = fwd->n_workers,
		.queue = fwd->conf->capacity.queue,
		.pool = fwd->pool,
		.frames = fwd->frames,
	};
	for (uint16_t i = 0; status == 0 && i < fwd->n_ports; i++) {
		struct port *port = &fwd->ports[i];

		port->conf = &fwd->conf->ports[i];
		port->index = i;
		/* until the control core says what it is: nothing is forwarded from it */
		port->role = PORT_ROLE_UPLINK;
		port->up = 1;
		status = port_open(port, &fwd->setup, err);
		if (status == -ENODEV)
			eal_explain(&fwd->eal, err);
	}
	return status;
}

static void close_ports(struct fwd *fwd)
{
	for (uint16_t i = 0; i < fwd->n_ports; i++) {
		port_close(&fwd->ports[i]);
		rte_ring_free(fwd->ports[i].handover);
	}
}

struct fwd *dataplane_create(const struct conf *conf, const struct dataplane_options *options,
			     struct error *err)
{
	struct fwd *fwd;

	if (check(conf, err) != 0)
		return NULL;
	fwd = calloc(1, sizeof(*fwd));
	if (fwd == NULL) {
		error_set(err, -ENOMEM, "out of memory");
		return NULL;
	}
	fwd->conf = conf;
	fwd->options = *options;
	fwd->n_ports = (uint16_t)conf->n_ports;
	fwd->n_workers = workers_of(conf);
	fwd->punts.held = UINT32_MAX;

	if (eal_init(&fwd->eal, conf, options, dataplane_memory(conf), err) != 0)
		goto out_free;
	if (create_pools(fwd, err) != 0)
		goto out_eal;
	if (create_tables(fwd, err) != 0)
		goto out_eal;
	if (punt_ring_create(&fwd->punts, conf->capacity.ring, SOCKET_ID_ANY, err) != 0)
		goto out_tables;
	if (create_workers(fwd, err) != 0)
		goto out_workers;
	if (open_ports(fwd, err) != 0)
		goto out_ports;
	if (deal_queues(fwd, err) != 0)
		goto out_ports;
	eal_quiet(&fwd->eal);
	return fwd;

out_ports:
	close_ports(fwd);
out_workers:
	destroy_workers(fwd);
	punt_ring_destroy(&fwd->punts);
out_tables:
	tables_destroy(&fwd->tables);
out_eal:
	eal_fini(&fwd->eal);
out_free:
	free(fwd);
	return NULL;
}

/* --- running ------------------------------------------------------------------------------------------ */

int dataplane_start(struct fwd *fwd, struct error *err)
{
	for (unsigned int i = 0; i < fwd->n_workers; i++) {
		struct worker *w = fwd->workers[i];

		if (fwd->conf->workers.cores != NULL)
			w->stats.worker.core = fwd->conf->workers.cores[i];
		if (rte_eal_remote_launch(worker_main, w, i + 1) != 0) {
			fwd->running = true; /* those before it */
			dataplane_stop(fwd);
			return error_set(err, -EIO, "worker %u does not start", i);
		}
	}
	fwd->running = true;
	return 0;
}

void dataplane_stop(struct fwd *fwd)
{
	if (!fwd->running)
		return;
	__atomic_store_n(&fwd->shared->stop, 1, __ATOMIC_RELEASE);
	for (unsigned int i = 0; i < fwd->n_workers; i++)
		rte_eal_wait_lcore(i + 1);
	fwd->running = false;
	fwd->shared->stop = 0;
}

void dataplane_destroy(struct fwd *fwd)
{
	if (fwd == NULL)
		return;
	dataplane_stop(fwd);
	close_ports(fwd);
	destroy_workers(fwd);
	punt_ring_destroy(&fwd->punts);
	tables_destroy(&fwd->tables);
	rte_mempool_free(fwd->pool);
	rte_mempool_free(fwd->frames);
	eal_fini(&fwd->eal);
	free(fwd);
}

unsigned int dataplane_poll(struct fwd *fwd, unsigned int worker)
{
	struct worker *w = fwd->workers[worker];
	unsigned int handled;

	/* between turns the caller changes tables: it must not wait for this worker then */
	rcu_reader_online(fwd->tables.rcu, worker);
	w->last_tsc = rte_rdtsc();
	handled = worker_poll(w);
	rcu_reader_offline(fwd->tables.rcu, worker);
	return handled;
}

unsigned int dataplane_workers(const struct fwd *fwd)
{
	return fwd->n_workers;
}

uint64_t dataplane_time(const struct fwd *fwd)
{
	struct timespec now;
	uint64_t latest = 0;

	if (fwd->options.packet_clock) {
		for (unsigned int i = 0; i < fwd->n_workers; i++) {
			if (fwd->workers[i]->now > latest)
				latest = fwd->workers[i]->now;
		}
		return latest;
	}
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * NS_PER_S + (uint64_t)now.tv_nsec;
}

int dataplane_wake_fd(const struct fwd *fwd)
{
	return fwd->shared->wake_fd;
}

bool dataplane_sleep(struct fwd *fwd, bool sleeping)
{
	uint64_t count;

	if (!sleeping) {
		__atomic_store_n(&fwd->shared->sleeping, 0, __ATOMIC_RELAXED);
		if (read(fwd->shared->wake_fd, &count, sizeof(count)) < 0)
			return true; /* nobody woke us */
		return true;
	}
	__atomic_store_n(&fwd->shared->sleeping, 1, __ATOMIC_RELAXED);
	/* Pairs with wake_control() of the worker. */
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	if (punt_ring_is_empty(&fwd->punts))
		return true;
	__atomic_store_n(&fwd->shared->sleeping, 0, __ATOMIC_RELAXED);
	return false;
}

void dataplane_set_idle(struct fwd *fwd, enum conf_idle idle)
{
	__atomic_store_n(&fwd->shared->idle, (uint32_t)idle, __ATOMIC_RELAXED);
}
