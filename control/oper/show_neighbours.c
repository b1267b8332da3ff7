/* SPDX-License-Identifier: BSD-3-Clause */
/* show neighbours: next hops and hosts, resolved by ARP or configured. */
#include <errno.h>
#include <stdlib.h>

#include "oper/show.h"

struct taking {
	struct link_neighbour_view *views; /* NULL while counting */
	size_t n_views;
};

static bool take(void *arg, const struct link_neighbour_view *view)
{
	struct taking *taking = arg;

	if (taking->views != NULL)
		taking->views[taking->n_views] = *view;
	taking->n_views++;
	return true;
}

static int take_all(struct answer *answer, const struct link *link)
{
	struct taking taking = {0};

	link_walk_neighbours(link, take, &taking);
	taking.views = calloc(taking.n_views + 1, sizeof(*taking.views));
	if (taking.views == NULL)
		return error_set(&answer->err, -ENOMEM, "out of memory");
	taking.n_views = 0;
	link_walk_neighbours(link, take, &taking);
	answer->snapshot = taking.views;
	answer->n_snapshot = taking.n_views;
	return 0;
}

static json_t *row(const struct running *running, const struct link_neighbour_view *view)
{
	bool has_mac = view->state == NEIGHBOUR_REACHABLE || view->state == NEIGHBOUR_PROBE ||
		       view->state == NEIGHBOUR_STATIC;
	json_t *row = json_object();

	json_object_set_new(row, "address", show_addr(&view->address));
	json_object_set_new(row, "port", show_port(running, view->port));
	json_object_set_new(row, "state", json_string(neighbour_state_name(view->state)));
	json_object_set_new(row, "mac", has_mac ? show_mac(&view->mac) : json_null());
	json_object_set_new(row, "age_s", show_seconds(view->age));
	json_object_set_new(row, "adjacency", show_index(view->adjacency));
	json_object_set_new(row, "users", show_number(view->users));
	json_object_set_new(row, "waiting", show_number(view->waiting));
	return row;
}

int show_neighbours(struct answer *answer, const struct running *running)
{
	const struct link_neighbour_view *views;

	if (answer->snapshot == NULL) {
		int result = take_all(answer, haaro_link(running->haaro));

		if (result < 0)
			return result;
	}
	views = answer->snapshot;
	for (int n = 0; n < ANSWER_ROWS && answer->cursor < answer->n_snapshot; n++)
		answer_row(answer, row(running, &views[answer->cursor++]));
	return answer->cursor < answer->n_snapshot;
}
