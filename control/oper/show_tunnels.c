/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * show tunnels: where each ends, how it gets there and what went through it. The walk is copied
 * first, since tunnels come and go between two pieces of a long answer. neighbours: next hops.
 */
#include <errno.h>
#include <stdlib.h>

#include "oper/show.h"

/* A view whose name is a copy. */
struct copy {
	struct link_tunnel_view view;
	char name[CONF_NAME_SIZE];
};

struct taking {
	struct copy *copies; /* NULL while counting */
	size_t n_copies;
};

static bool take(void *arg, const struct link_tunnel_view *view)
{
	struct taking *taking = arg;

	if (taking->copies != NULL) {
		struct copy *copy = &taking->copies[taking->n_copies];

		copy->view = *view;
		snprintf(copy->name, sizeof(copy->name), "%s", view->name);
	}
	taking->n_copies++;
	return true;
}

static int take_all(struct answer *answer, const struct link *link)
{
	struct taking taking = {0};

	link_walk_tunnels(link, take, &taking);
	taking.copies = calloc(taking.n_copies + 1, sizeof(*taking.copies));
	if (taking.copies == NULL)
		return error_set(&answer->err, -ENOMEM, "out of memory");
	taking.n_copies = 0;
	link_walk_tunnels(link, take, &taking);
	answer->snapshot = taking.copies;
	answer->n_snapshot = taking.n_copies;
	return 0;
}

static void set_counters(json_t *row, const struct running *running,
			 const struct tunnel_counters *counters)
{
	bool heard = counters->heard != 0;

	json_object_set_new(row, "received_packets", show_number(counters->received.packets));
	json_object_set_new(row, "received_bytes", show_number(counters->received.bytes));
	json_object_set_new(row, "sent_packets", show_number(counters->sent.packets));
	json_object_set_new(row, "sent_bytes", show_number(counters->sent.bytes));
	json_object_set_new(row, "drops", show_number(counters->drops));
	json_object_set_new(row, "heard_s",
			    heard ? show_seconds(time_between(counters->heard, running->now.mono))
				  : json_null());
}

static json_t *tunnel_row(const struct running *running, const struct copy *copy,
			  const struct fwd_tunnel_state *state)
{
	const struct link_tunnel_view *view = &copy->view;
	bool has_underlay = view->next_hop.family != IP_NONE;
	json_t *row = json_object();

	json_object_set_new(row, "tunnel", show_number(view->ref.index));
	json_object_set_new(row, "name",
			    copy->name[0] != '\0' ? show_text(copy->name) : json_null());
	json_object_set_new(row, "peer", show_addr(&view->peer));
	json_object_set_new(row, "encapsulation", json_string(encap_name(view->encap)));
	json_object_set_new(row, "local", show_addr(&view->local));
	json_object_set_new(row, "local_port", show_number(view->local_port));
	json_object_set_new(row, "remote", show_addr(&view->remote));
	json_object_set_new(row, "remote_port", show_number(view->remote_port));
	json_object_set_new(row, "port", show_port(running, view->port));
	json_object_set_new(row, "next_hop", show_addr(&view->next_hop));
	json_object_set_new(row, "next_hop_state",
			    has_underlay ? json_string(neighbour_state_name(view->next_hop_state))
					 : json_null());
	json_object_set_new(row, "mtu", show_number(view->mtu));
	json_object_set_new(row, "path_mtu",
			    view->path_mtu != 0 ? show_number(view->path_mtu) : json_null());
	json_object_set_new(row, "path_mtu_age_s",
			    view->path_mtu != 0 ? show_seconds(view->path_mtu_age) : json_null());
	json_object_set_new(row, "errors", show_number(view->errors));
	set_counters(row, running, &state->counters);
	return row;
}

int show_tunnels(struct answer *answer, const struct running *running)
{
	const struct copy *copies;

	if (answer->snapshot == NULL) {
		int result = take_all(answer, haaro_link(running->haaro));

		if (result < 0)
			return result;
	}
	copies = answer->snapshot;
	for (int n = 0; n < ANSWER_ROWS && answer->cursor < answer->n_snapshot; n++) {
		const struct copy *copy = &copies[answer->cursor++];
		struct fwd_tunnel_state state;

		/* One that went since the copy was made is left out. */
		if (running->ops->tunnel_read(running->fwd, copy->view.ref.index, &state) == 0 &&
		    state.ref.generation == copy->view.ref.generation)
			answer_row(answer, tunnel_row(running, copy, &state));
	}
	return answer->cursor < answer->n_snapshot;
}
