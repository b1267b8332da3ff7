/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * show tunnels: where each ends, how it gets there and what went through it. neighbours: next hops.
 */
#include "oper/show.h"
#include "oper/snapshot.h"

static bool take(void *arg, const struct link_tunnel_view *view)
{
	struct link_tunnel_view *copy = snapshot_row(arg, sizeof(*copy));
	const char *name = snapshot_text(arg, view->name);

	if (copy != NULL) {
		*copy = *view;
		copy->name = name;
	}
	return true;
}

static void walk(const struct running *running, struct snapshot *snapshot)
{
	link_walk_tunnels(haaro_link(running->haaro), take, snapshot);
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

static json_t *tunnel_row(const struct running *running, const struct link_tunnel_view *view,
			  const struct fwd_tunnel_state *state)
{
	bool has_underlay = view->next_hop.family != IP_NONE;
	json_t *row = json_object();

	json_object_set_new(row, "tunnel", show_number(view->ref.index));
	json_object_set_new(row, "name",
			    view->name[0] != '\0' ? show_text(view->name) : json_null());
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

/* One that went since the copy was made is left out. */
static json_t *row(const struct running *running, const void *taken)
{
	const struct link_tunnel_view *view = taken;
	struct fwd_tunnel_state state;

	if (running->ops->tunnel_read(running->fwd, view->ref.index, &state) < 0 ||
	    state.ref.generation != view->ref.generation)
		return NULL;
	return tunnel_row(running, view, &state);
}

int show_tunnels(struct answer *answer, const struct running *running)
{
	static const struct snapshot_kind kind = {sizeof(struct link_tunnel_view), walk, row};

	return snapshot_show(answer, running, &kind);
}
