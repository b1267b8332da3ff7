/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Deadlines of the control core: a heap of intrusive timers in virtual time. Nothing here reads a
 * clock; timers_run() is told the time.
 *
 * Thread: control core. Ownership: a struct timer lives in the object it belongs to; stop it before
 * the object is freed. Cost: O(log n) to set and stop, O(1) to see the next.
 */
#ifndef CORE_TIMER_H
#define CORE_TIMER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct timer;

typedef void (*timer_expired)(struct timer *timer, void *arg);

struct timer {
	uint64_t deadline; /* mono */
	uint64_t order;    /* equal deadlines expire in the order they were set */
	size_t position;   /* in the heap, from 1; 0: not set */
	timer_expired expired;
	void *arg;
};

struct timers {
	struct timer **heap; /* from index 1 */
	size_t count;
	size_t size;
	uint64_t order;
};

int timers_init(struct timers *timers);
void timers_fini(struct timers *timers);

/* Makes a timer known to no heap yet. */
void timer_init(struct timer *timer, timer_expired expired, void *arg);

/* Sets or moves a timer. -ENOMEM leaves it as it was. */
int timer_set(struct timers *timers, struct timer *timer, uint64_t deadline);
void timer_stop(struct timers *timers, struct timer *timer);

static inline bool timer_is_set(const struct timer *timer)
{
	return timer->position != 0;
}

/* The earliest deadline, TIME_NEVER if there is none. */
uint64_t timers_next(const struct timers *timers);

/*
 * Expires everything due at mono, in order of deadline. What a handler sets anew and is due runs too,
 * so a handler that sets a deadline in the past for ever would never return: set after now.
 */
void timers_run(struct timers *timers, uint64_t mono);

#endif
