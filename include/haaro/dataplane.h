/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The life of the data plane: what main.c and the replay loop call. Everything else goes through
 * struct fwd_ops.
 *
 *     create -> start -> (workers poll) -> stop -> destroy
 *     create -> (replay: poll by the caller) -> destroy
 *
 * One instance per process: EAL (DPDK's environment) allows no more. Thread: the caller of
 * dataplane_create() becomes EAL's main lcore and the control core; it calls all of these.
 */
#ifndef HAARO_DATAPLANE_H
#define HAARO_DATAPLANE_H

#include "haaro/conf.h"
#include "haaro/error.h"
#include "haaro/forwarding.h"

struct dataplane_options {
	bool no_hugepages;   /* run on ordinary memory */
	bool no_threads;     /* replay and tests: dataplane_poll() instead of dataplane_start() */
	bool packet_clock;   /* time is that of the received packets (net_pcap), not of the TSC */
	bool interrupted_ok; /* reserved, false */
};

/*
 * Computes EAL's arguments from the configuration, starts EAL, opens every port, makes the tables.
 * On failure nothing is left and err says what to change. -ENOMEM: memory (err has the number of
 * hugepages that it takes), -ENODEV: a port, -EINVAL: configuration.
 */
struct fwd *dataplane_create(const struct conf *conf, const struct dataplane_options *options,
			     struct error *err);

/* Starts one thread per worker. */
int dataplane_start(struct fwd *fwd, struct error *err);

/* Stops the workers after their queues are drained, and waits for them. */
void dataplane_stop(struct fwd *fwd);

/* Frees everything, EAL and what it left under the run directory included. NULL is fine. */
void dataplane_destroy(struct fwd *fwd);

/* One turn of one worker (0..workers-1), as its thread would; returns packets handled. */
unsigned int dataplane_poll(struct fwd *fwd, unsigned int worker);
unsigned int dataplane_workers(const struct fwd *fwd);

/* Mono time as the workers see it: TSC, or that of the last packet (packet_clock). */
uint64_t dataplane_time(const struct fwd *fwd);

/*
 * A file descriptor that becomes readable when a worker put something on the punt ring while the
 * control core slept. dataplane_sleep(true) before sleeping (returns false if there is something to
 * read already), dataplane_sleep(false) after.
 */
int dataplane_wake_fd(const struct fwd *fwd);
bool dataplane_sleep(struct fwd *fwd, bool sleeping);

/* A change of idle policy, by reload. */
void dataplane_set_idle(struct fwd *fwd, enum conf_idle idle);

/* How much memory the configuration takes, in bytes, before anything is started (--check). */
uint64_t dataplane_memory(const struct conf *conf);

extern const struct fwd_ops dataplane_ops;

#endif
