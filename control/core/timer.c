/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A binary heap of intrusive timers. Ties are broken by the order of setting, so that a run in
 * virtual time is the same every time.
 */
#include "core/timer.h"

#include <errno.h>
#include <stdlib.h>

#include "haaro/clock.h"

#define TIMERS_FIRST_SIZE 64

static bool timer_is_before(const struct timer *a, const struct timer *b)
{
	return a->deadline != b->deadline ? a->deadline < b->deadline : a->order < b->order;
}

static void place(struct timers *timers, struct timer *timer, size_t position)
{
	timers->heap[position] = timer;
	timer->position = position;
}

static void sift_up(struct timers *timers, struct timer *timer, size_t position)
{
	while (position > 1 && timer_is_before(timer, timers->heap[position / 2])) {
		place(timers, timers->heap[position / 2], position);
		position /= 2;
	}
	place(timers, timer, position);
}

static void sift_down(struct timers *timers, struct timer *timer, size_t position)
{
	size_t child;

	while ((child = 2 * position) <= timers->count) {
		if (child < timers->count &&
		    timer_is_before(timers->heap[child + 1], timers->heap[child]))
			child++;
		if (!timer_is_before(timers->heap[child], timer))
			break;
		place(timers, timers->heap[child], position);
		position = child;
	}
	place(timers, timer, position);
}

static int make_room(struct timers *timers)
{
	struct timer **heap;
	size_t size;

	if (timers->count + 1 < timers->size)
		return 0;
	size = timers->size ? 2 * timers->size : TIMERS_FIRST_SIZE;
	heap = reallocarray(timers->heap, size, sizeof(heap[0]));
	if (!heap)
		return -ENOMEM;
	timers->heap = heap;
	timers->size = size;
	return 0;
}

int timers_init(struct timers *timers)
{
	*timers = (struct timers){0};
	return make_room(timers);
}

void timers_fini(struct timers *timers)
{
	for (size_t i = 1; i <= timers->count; i++)
		timers->heap[i]->position = 0;
	free(timers->heap);
	*timers = (struct timers){0};
}

void timer_init(struct timer *timer, timer_expired expired, void *arg)
{
	*timer = (struct timer){.expired = expired, .arg = arg};
}

int timer_set(struct timers *timers, struct timer *timer, uint64_t deadline)
{
	if (!timer_is_set(timer) && make_room(timers) < 0)
		return -ENOMEM;
	timer_stop(timers, timer);
	timer->deadline = deadline;
	timer->order = timers->order++;
	sift_up(timers, timer, ++timers->count);
	return 0;
}

void timer_stop(struct timers *timers, struct timer *timer)
{
	size_t position = timer->position;
	struct timer *last;

	if (position == 0)
		return;
	timer->position = 0;
	last = timers->heap[timers->count--];
	if (last == timer)
		return;
	if (position > 1 && timer_is_before(last, timers->heap[position / 2]))
		sift_up(timers, last, position);
	else
		sift_down(timers, last, position);
}

uint64_t timers_next(const struct timers *timers)
{
	return timers->count ? timers->heap[1]->deadline : TIME_NEVER;
}

void timers_run(struct timers *timers, uint64_t mono)
{
	struct timer *timer;

	while (timers_next(timers) <= mono) {
		timer = timers->heap[1];
		timer_stop(timers, timer);
		timer->expired(timer, timer->arg);
	}
}
