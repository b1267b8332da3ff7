/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Packets that wait for their next hop's MAC: a short queue per neighbour, oldest dropped first,
 * and a bound on all of them. The control core owns these packets: one that it drops, it counts.
 * Thread: control core.
 */
#include <stdlib.h>
#include <string.h>

#include "link/internal.h"

struct waiting {
	struct waiting *next;
	bool ours;          /* no punt: nobody to tell */
	struct punt origin; /* how it came; its bytes point to those below */
	size_t len;
	uint8_t bytes[];
};

static struct waiting *take(struct neighbour *neighbour)
{
	struct waiting *waiting = neighbour->oldest;

	if (!waiting)
		return NULL;
	neighbour->oldest = waiting->next;
	if (!neighbour->oldest)
		neighbour->newest = NULL;
	neighbour->n_waiting--;
	neighbour->link->neighbours.n_waiting--;
	return waiting;
}

static void count_drop(struct link *link)
{
	link->counters.waiting_dropped++;
	link->core->ops->drop_count(link->core->fwd, DROP_NO_NEIGHBOUR);
}

void waiting_insert(struct neighbour *neighbour, const struct punt *origin, const uint8_t *packet,
		    size_t len)
{
	struct link *link = neighbour->link;
	struct waiting *waiting;

	if (neighbour->n_waiting >= NEIGHBOUR_WAITING_MAX ||
	    link->neighbours.n_waiting >= NEIGHBOUR_PACKETS_MAX) {
		struct waiting *oldest = take(neighbour);

		count_drop(link);
		free(oldest);
		if (!oldest)
			return; /* all places are taken by others: this one is the drop */
	}
	waiting = malloc(sizeof(*waiting) + len);
	if (!waiting) {
		count_drop(link);
		return;
	}
	waiting->next = NULL;
	waiting->ours = !origin;
	waiting->len = len;
	memcpy(waiting->bytes, packet, len);
	if (origin) {
		waiting->origin = *origin;
		waiting->origin.bytes = waiting->bytes;
	}
	if (neighbour->newest)
		neighbour->newest->next = waiting;
	else
		neighbour->oldest = waiting;
	neighbour->newest = waiting;
	neighbour->n_waiting++;
	link->neighbours.n_waiting++;
}

void waiting_send(struct neighbour *neighbour)
{
	struct waiting *waiting;

	while ((waiting = take(neighbour))) {
		neighbour_transmit(neighbour, waiting->bytes, waiting->len);
		free(waiting);
	}
}

void waiting_drop(struct neighbour *neighbour)
{
	struct waiting *waiting;

	while ((waiting = take(neighbour))) {
		count_drop(neighbour->link);
		free(waiting);
	}
}

void waiting_fail(struct neighbour *neighbour)
{
	struct link *link = neighbour->link;
	struct waiting *waiting = neighbour->oldest;
	struct waiting *next;

	/* The errors are packets too, and may push this very neighbour out of the table: let go
	 * first. */
	link->neighbours.n_waiting -= neighbour->n_waiting;
	neighbour->n_waiting = 0;
	neighbour->oldest = NULL;
	neighbour->newest = NULL;
	for (; waiting; waiting = next) {
		next = waiting->next;
		count_drop(link);
		if (!waiting->ours)
			icmp_send_error(link, &icmp_host_unreachable, &waiting->origin);
		free(waiting);
	}
}
