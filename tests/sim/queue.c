/* SPDX-License-Identifier: BSD-3-Clause */
/* What will happen: a heap by time, and by the order of making among equals. */
#include <stdlib.h>
#include <string.h>

#include "sim.h"

static bool is_before(const struct sim_event *a, const struct sim_event *b)
{
	return a->time != b->time ? a->time < b->time : a->order < b->order;
}

static void place(struct sim *sim, struct sim_event *event, size_t hole)
{
	while (hole > 1 && is_before(event, sim->heap[hole / 2])) {
		sim->heap[hole] = sim->heap[hole / 2];
		hole /= 2;
	}
	sim->heap[hole] = event;
}

struct sim_event *queue_event(struct sim *sim, uint64_t time, enum sim_kind kind, uint32_t node,
			      const uint8_t *bytes, size_t len)
{
	struct sim_event *event = calloc(1, sizeof(*event) + len);

	if (sim->n_events + 2 > sim->heap_size) {
		sim->heap_size = sim->heap_size ? 2 * sim->heap_size : 1024;
		sim->heap = realloc(sim->heap, sim->heap_size * sizeof(sim->heap[0]));
	}
	if (!event || !sim->heap)
		abort();
	event->time = time;
	event->order = sim->order++;
	event->kind = kind;
	event->node = node;
	event->life = sim->nodes[node].life;
	event->len = len;
	if (len > 0)
		memcpy(event->bytes, bytes, len);
	place(sim, event, ++sim->n_events);
	return event;
}

struct sim_event *queue_take(struct sim *sim, uint64_t until)
{
	struct sim_event *first, *last;
	size_t hole = 1, child;

	if (sim->n_events == 0 || sim->heap[1]->time > until)
		return NULL;
	first = sim->heap[1];
	last = sim->heap[sim->n_events--];
	while ((child = 2 * hole) <= sim->n_events) {
		if (child < sim->n_events && is_before(sim->heap[child + 1], sim->heap[child]))
			child++;
		if (is_before(last, sim->heap[child]))
			break;
		sim->heap[hole] = sim->heap[child];
		hole = child;
	}
	if (sim->n_events > 0)
		sim->heap[hole] = last;
	return first;
}

void queue_free(struct sim *sim)
{
	while (sim->n_events > 0)
		free(sim->heap[sim->n_events--]);
	free(sim->heap);
}
