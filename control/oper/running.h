/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The running daemon as the commands of an operator see it: reading commands take it const,
 * changing ones do not. Owned by loop.c. Thread: control core.
 */
#ifndef OPER_RUNNING_H
#define OPER_RUNNING_H

#include "haaro/conf.h"
#include "haaro/forwarding.h"

#include "oper/log.h"
#include "router/router.h"

#define RUNNING_WORKERS_MAX 64

/* What the last reload came to, for show reload. */
struct reload_result {
	bool is_tried;
	bool ok;
	struct now when;
	struct error error; /* the reason, if it failed */
};

/* Two readings of the workers' cycles, a second apart: how busy they are now, not since start. */
struct busy_sample {
	uint64_t total; /* cycles at the last reading */
	uint64_t busy;
	uint64_t last_total; /* cycles between the last two */
	uint64_t last_busy;
};

struct running {
	struct conf *conf; /* the one in use; a reload replaces and frees it */
	struct haaro *haaro;
	const struct fwd_ops *ops;
	struct fwd *fwd;
	unsigned int workers;
	struct log *log;
	struct now now;     /* of this turn of the loop, or of the callback that runs */
	struct now started; /* when packets began to move */
	bool is_started;
	bool is_stopping;
	bool hugepages; /* the data plane stands on them */
	struct reload_result reload;
	struct busy_sample busy[RUNNING_WORKERS_MAX];
};

/*
 * Reads the clocks into running->now; first thing in whatever the loop calls, since it may have slept.
 * The monotonic time is the data plane's: packets and counters carry it.
 */
void running_see_time(struct running *running);

#endif
