/* SPDX-License-Identifier: BSD-3-Clause */
/* Neighbours whose MAC the configuration gives. Thread: control core. Neighbour: neighbour.c. */
#include <errno.h>
#include <stdlib.h>

#include "link/internal.h"

struct held {
	struct neighbour **list;
	size_t count;
};

static bool is_held(const struct held *held, const struct neighbour *neighbour)
{
	for (size_t i = 0; i < held->count; i++)
		if (held->list[i] == neighbour)
			return true;
	return false;
}

/* Lets go of what is not in keep as well: there the MAC is still given. */
static void let_go(struct held *held, const struct held *keep)
{
	for (size_t i = 0; i < held->count; i++) {
		if (!is_held(keep, held->list[i]))
			neighbour_unset_static(held->list[i]);
		neighbour_release(held->list[i]);
	}
	free(held->list);
	*held = (struct held){0};
}

static size_t count_neighbours(const struct conf *conf)
{
	size_t count = 0;

	for (size_t i = 0; i < conf->n_ports; i++)
		count += conf->ports[i].n_neighbours;
	return count;
}

static int hold_all(struct link *link, const struct conf *conf, struct held *held)
{
	size_t count = count_neighbours(conf);
	int result = 0;

	held->list = calloc(count + 1, sizeof(held->list[0]));
	if (!held->list)
		return -ENOMEM;
	for (uint16_t i = 0; i < conf->n_ports; i++) {
		const struct conf_port *port = &conf->ports[i];

		for (size_t j = 0; j < port->n_neighbours && result == 0; j++) {
			result = neighbour_hold(link, i, port->neighbours[j].address.v4,
						&held->list[held->count]);
			held->count += result == 0;
		}
	}
	return result;
}

static void set_all(const struct conf *conf, const struct held *held)
{
	size_t n = 0;

	for (size_t i = 0; i < conf->n_ports; i++)
		for (size_t j = 0; j < conf->ports[i].n_neighbours; j++)
			neighbour_set_static(held->list[n++], &conf->ports[i].neighbours[j].mac);
}

int static_neighbours_apply(struct link *link, const struct conf *conf)
{
	struct held old = {link->static_neighbours, link->n_static_neighbours};
	struct held held = {0};
	int result = hold_all(link, conf, &held);

	if (result < 0) {
		for (size_t i = 0; i < held.count; i++)
			neighbour_release(held.list[i]);
		free(held.list);
		return result;
	}
	set_all(conf, &held);
	let_go(&old, &held);
	link->static_neighbours = held.list;
	link->n_static_neighbours = held.count;
	return 0;
}

void static_neighbours_clear(struct link *link)
{
	struct held old = {link->static_neighbours, link->n_static_neighbours};

	let_go(&old, &(struct held){0});
	link->static_neighbours = NULL;
	link->n_static_neighbours = 0;
}
