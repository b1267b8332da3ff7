/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The ground that every role stands on: the time, deadlines, randomness, events, and the one way to
 * have an effect (struct fwd_ops). A router owns one; roles get a pointer. There is no file-scope
 * mutable state in the control core, so thousands of routers fit in one process.
 */
#ifndef CORE_CORE_H
#define CORE_CORE_H

#include "haaro/clock.h"
#include "haaro/forwarding.h"

#include "core/event.h"
#include "core/random.h"
#include "core/timer.h"

struct core {
	struct now now; /* set by the router at each entry: constant while a call runs */
	struct timers timers;
	struct event_queue events;
	uint64_t events_lost; /* for want of memory */
	struct random random;
	const struct fwd_ops *ops;
	struct fwd *fwd;
};

int core_init(struct core *core, const struct fwd_ops *ops, struct fwd *fwd,
	      const struct random *random);
void core_fini(struct core *core);

/* A zeroed event of that type, stamped with the time; fill it, then event_post(). */
struct event core_event(const struct core *core, enum event_type type);
void core_post(struct core *core, const struct event *event);

static inline int core_timer_set(struct core *core, struct timer *timer, uint64_t after)
{
	return timer_set(&core->timers, timer, core->now.mono + after);
}

static inline void core_timer_stop(struct core *core, struct timer *timer)
{
	timer_stop(&core->timers, timer);
}

#endif
