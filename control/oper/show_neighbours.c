/* SPDX-License-Identifier: BSD-3-Clause */
/* show neighbours: next hops and hosts, resolved by ARP or configured. */
#include "oper/show.h"
#include "oper/snapshot.h"

static bool take(void *arg, const struct link_neighbour_view *view)
{
	struct link_neighbour_view *copy = snapshot_row(arg, sizeof(*copy));

	if (copy != NULL)
		*copy = *view;
	return true;
}

static void walk(const struct running *running, struct snapshot *snapshot)
{
	link_walk_neighbours(haaro_link(running->haaro), take, snapshot);
}

static json_t *row(const struct running *running, const void *taken)
{
	const struct link_neighbour_view *view = taken;
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
	static const struct snapshot_kind kind = {sizeof(struct link_neighbour_view), walk, row};

	return snapshot_show(answer, running, &kind);
}
