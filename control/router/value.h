/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The router as a value: what input.c, dispatch.c, deadline.c and router.c share. It owns the parts
 * and keeps no protocol state of its own. Thread: control core.
 */
#ifndef ROUTER_VALUE_H
#define ROUTER_VALUE_H

#include "router/router.h"

struct haaro {
	struct core core;
	const struct conf *conf;
	struct link *link;
	struct home *home;     /* NULL: not a Home Agent */
	struct mobile *mobile; /* NULL: not a Mobile Router */
	struct ro *ro;         /* likewise */
	bool stopping;         /* peers are being left; then the hub */
	haaro_subscriber subscriber;
	void *subscriber_arg;
	bool reclaiming; /* removals waited for their grace period when last looked */
};

/* Every entry point begins and ends with these: the time, and the events that it caused. */
void router_enter(struct haaro *haaro, const struct now *now);
void router_dispatch(struct haaro *haaro);

#endif
