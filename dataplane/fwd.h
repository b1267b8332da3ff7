/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * One data plane: what struct fwd of the contract is inside this room.
 */
#ifndef DATAPLANE_FWD_H
#define DATAPLANE_FWD_H

#include "haaro/dataplane.h"

#include "eal.h"
#include "port.h"
#include "punt_ring.h"
#include "table/tables.h"
#include "worker.h"

struct fwd {
	struct tables tables;

	/* the rest: control only, but for what workers were given pointers to */
	const struct conf *conf;
	struct dataplane_options options;
	struct eal eal;
	struct rte_mempool *pool;
	struct rte_mempool *frames; /* port.h; NULL: no port needs it */
	struct port ports[CONF_PORTS_MAX];
	uint16_t n_ports;
	struct port_setup setup;
	struct punt_ring punts;
	struct worker_shared *shared;
	struct worker **workers;
	uint32_t n_workers;
	bool running;
	uint64_t drops[DROP_MAX]; /* counted by the control core (drop_count) */
	uint64_t inject_failed;   /* refused before a worker saw them */
};

#endif
