/* SPDX-License-Identifier: BSD-3-Clause */
#include "real.h"

#include <stdlib.h>

#include "fwd.h"
#include "stage/stage.h"

#define WORKERS 2

struct fwd *real_create(uint32_t tunnels, uint32_t prefixes, uint32_t neighbours)
{
	const struct tables_capacity capacity = {
		.tunnels = tunnels,
		.prefixes = prefixes,
		.neighbours = neighbours,
		.workers = WORKERS,
		.seed = 1,
		.socket = -1,
	};
	struct fwd *fwd = calloc(1, sizeof(*fwd));
	struct error err;

	if (fwd && tables_create(&fwd->tables, &capacity, &err) < 0) {
		free(fwd);
		return NULL;
	}
	return fwd;
}

void real_destroy(struct fwd *fwd)
{
	tables_destroy(&fwd->tables);
	free(fwd);
}

unsigned int real_local(const struct fwd *fwd, be32 addr)
{
	return local_flags(fwd->tables.locals, addr);
}

/* One of the workers, which have nothing but their part of the tables: nothing goes up. */
static struct worker *worker_of(const struct fwd *fwd, unsigned int index)
{
	static struct worker workers[WORKERS];

	workers[index].index = index;
	workers[index].tables = &fwd->tables;
	return &workers[index];
}

void real_send(const struct fwd *fwd, uint32_t path, uint16_t len)
{
	struct pkt_view pkt = pkt_fresh(0, 0);

	pkt.len = len;
	watch_sent(worker_of(fwd, len % WORKERS), &pkt, path, path_at(fwd->tables.paths, path));
}

void real_receive(const struct fwd *fwd, uint32_t path, uint32_t tunnel, uint16_t len)
{
	const struct fwd_nexthop source = {.kind = NEXTHOP_PATH, .id = path};
	struct pkt_view pkt = pkt_fresh(0, 0);

	pkt.len = len;
	pkt.tunnel_in = tunnel;
	watch_received(worker_of(fwd, len % WORKERS), &pkt, 0, nexthop_pack(&source));
}
