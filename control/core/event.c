/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Names and levels of events, and the queue between those who tell and those who handle.
 */
#include "core/event.h"

#include <errno.h>
#include <stdlib.h>

#include "core/core.h"

#define EVENTS_FIRST_SIZE 16 /* power of two */

static const struct {
	const char *name;
	enum event_level level;
	const char *number;
} kinds[EVENT_MAX] = {
#define X(constant, name, level, number) [EVENT_##constant] = {name, EVENT_##level, number},
	EVENT_LIST(X)
#undef X
};

const char *event_name(enum event_type type)
{
	return type < EVENT_MAX ? kinds[type].name : "?";
}

enum event_level event_level(enum event_type type)
{
	return type < EVENT_MAX ? kinds[type].level : EVENT_ERROR;
}

const char *event_number_name(enum event_type type)
{
	return type < EVENT_MAX ? kinds[type].number : NULL;
}

int event_queue_init(struct event_queue *queue)
{
	*queue = (struct event_queue){.size = EVENTS_FIRST_SIZE};
	queue->ring = calloc(queue->size, sizeof(queue->ring[0]));
	return queue->ring ? 0 : -ENOMEM;
}

void event_queue_fini(struct event_queue *queue)
{
	free(queue->ring);
	*queue = (struct event_queue){0};
}

bool event_take(struct event_queue *queue, struct event *event)
{
	if (queue->count == 0)
		return false;
	*event = queue->ring[queue->head];
	queue->head = (queue->head + 1) & (queue->size - 1);
	queue->count--;
	return true;
}

static int grow(struct event_queue *queue)
{
	size_t size = 2 * queue->size;
	struct event *ring = calloc(size, sizeof(ring[0]));
	size_t count = queue->count;

	if (!ring)
		return -ENOMEM;
	for (size_t i = 0; i < count; i++)
		event_take(queue, &ring[i]);
	free(queue->ring);
	*queue = (struct event_queue){.ring = ring, .size = size, .count = count};
	return 0;
}

struct event core_event(const struct core *core, enum event_type type)
{
	return (struct event){
		.type = type,
		.when = core->now,
		.port = PORT_NONE,
		.tunnel = {.index = FWD_NONE},
	};
}

void core_post(struct core *core, const struct event *event)
{
	struct event_queue *queue = &core->events;

	/* Out of memory: the event is lost, and says so where it can still be seen. */
	if (queue->count == queue->size && grow(queue) < 0) {
		core->events_lost++;
		return;
	}
	queue->ring[(queue->head + queue->count) & (queue->size - 1)] = *event;
	queue->count++;
}
