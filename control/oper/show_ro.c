/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * show ro, sessions, nonces: route optimization at a branch, counts and ages only. Neighbours:
 * show_ro_told.c has the routers that the hub tells of.
 */
#include <errno.h>

#include "haaro/addr.h"

#include "oper/command.h"
#include "oper/show.h"
#include "oper/snapshot.h"

const struct ro *show_branch(struct answer *answer, const struct running *running)
{
	const struct ro *ro = haaro_ro(running->haaro);

	if (ro == NULL)
		error_set(&answer->err, -ENOENT,
			  "a home agent has no peers; try show ro advertised");
	return ro;
}

int show_ro(struct answer *answer, const struct running *running)
{
	const struct ro *ro = show_branch(answer, running);
	struct ro_view view;

	if (ro == NULL)
		return -ENOENT;
	ro_read(ro, &view);
	answer_row(answer,
		   json_pack("{sb sb so so sb sb so so so so so}", "enabled", (int)view.enabled,
			     "granted", (int)view.granted, "code", show_number(view.code),
			     "answered_s", show_seconds(view.answered), "behind_nat", (int)view.nat,
			     "outbound_only", (int)view.outbound_only, "peers",
			     show_number(view.peers), "prefixes", show_number(view.prefixes),
			     "sessions", show_number(view.sessions), "direct",
			     show_number(view.direct), "held_requests",
			     show_number(view.held_requests)));
	return 0;
}

/* --- sessions ------------------------------------------------------------------------ */

static void add_counter(json_t *row, const char *way, const struct counter *counter)
{
	char key[48];

	snprintf(key, sizeof(key), "%s_packets", way);
	json_object_set_new(row, key, show_number(counter->packets));
	snprintf(key, sizeof(key), "%s_bytes", way);
	json_object_set_new(row, key, show_number(counter->bytes));
}

static void add_tunnel(json_t *row, const struct ro_session_view *view)
{
	bool has_tunnel = addr_is_set(&view->remote);

	json_object_set_new(row, "encapsulation",
			    has_tunnel ? json_string(encap_name(view->encap)) : json_null());
	json_object_set_new(row, "tunnel", show_index(view->tunnel.index));
	json_object_set_new(row, "local", show_addr(&view->local));
	json_object_set_new(row, "remote", show_addr(&view->remote));
	json_object_set_new(row, "remote_port",
			    view->remote_port ? show_number(view->remote_port) : json_null());
	json_object_set_new(row, "rtt_us",
			    view->rtt ? show_number(view->rtt / NS_PER_US) : json_null());
	json_object_set_new(row, "heard_s", show_seconds(view->heard));
	json_object_set_new(row, "lost", show_number(view->lost));
}

static json_t *left(uint64_t duration)
{
	return duration ? show_seconds(duration) : json_null();
}

static void add_history(json_t *row, const struct ro_session_view *view)
{
	json_object_set_new(row, "registered_s", left(view->registered));
	json_object_set_new(row, "accepted_s", left(view->accepted));
	json_object_set_new(row, "held_s", left(view->held));
	json_object_set_new(row, "direct_s", left(view->direct_since));
	json_object_set_new(row, "reason", view->reason[0] ? show_text(view->reason) : json_null());
	json_object_set_new(row, "last_code", show_number(view->last_code));
	json_object_set_new(row, "attempts", show_number(view->attempts));
	json_object_set_new(row, "handovers", show_number(view->handovers));
	json_object_set_new(row, "falls", show_number(view->falls));
	json_object_set_new(row, "outage_ms", show_number(view->outage / NS_PER_MS));
	json_object_set_new(row, "last_outage_ms", show_number(view->last_outage / NS_PER_MS));
	json_object_set_new(row, "worst_outage_ms", show_number(view->worst_outage / NS_PER_MS));
}

static json_t *session_row(const struct running *running, const void *taken)
{
	const struct ro_session_view *view = taken;
	json_t *row =
		json_pack("{so ss ss ss}", "home_address", show_addr(&view->home_address), "state",
			  ro_state_name(view->state), "out", view->direct_out ? "direct" : "hub",
			  "in", view->direct_in ? "direct" : "hub");

	(void)running;
	add_tunnel(row, view);
	add_history(row, view);
	add_counter(row, "sent_direct", &view->traffic.sent_direct);
	add_counter(row, "sent_hub", &view->traffic.sent_hub);
	add_counter(row, "received_direct", &view->traffic.received_direct);
	add_counter(row, "received_hub", &view->traffic.received_hub);
	return row;
}

static bool take(void *arg, const struct ro_session_view *view)
{
	struct snapshot *snapshot = arg;
	struct ro_session_view *copy;
	const char *reason;

	if (snapshot_leaves_out(snapshot, &view->home_address))
		return true;
	copy = snapshot_row(snapshot, sizeof(*copy));
	reason = snapshot_text(snapshot, view->reason);
	if (copy != NULL) {
		*copy = *view;
		copy->reason = reason;
	}
	return true;
}

static void walk_sessions(const struct running *running, struct snapshot *snapshot)
{
	ro_walk_sessions(haaro_ro(running->haaro), take, snapshot);
}

int show_ro_sessions(struct answer *answer, const struct running *running)
{
	static const struct snapshot_kind kind = {sizeof(struct ro_session_view), walk_sessions,
						  session_row};
	const char *only = command_argument(answer, 0);
	int result;

	if (show_branch(answer, running) == NULL)
		return -ENOENT;
	result = snapshot_show(answer, running, &kind);
	if (result == 0 && answer->n_snapshot == 0 && only != NULL)
		return error_set(&answer->err, -ENOENT,
				 "nothing goes on with %s; show ro cache has who is known", only);
	return result;
}

/* --- nonces -------------------------------------------------------------------------- */

static bool nonce_row(void *arg, const struct ro_nonce_view *view)
{
	answer_row(arg, json_pack("{so sb so so}", "index", show_number(view->index), "current",
				  (int)view->current, "age_s", show_seconds(view->age), "left_s",
				  show_seconds(view->left)));
	return true;
}

int show_ro_nonces(struct answer *answer, const struct running *running)
{
	const struct ro *ro = show_branch(answer, running);

	if (ro == NULL)
		return -ENOENT;
	ro_walk_nonces(ro, nonce_row, answer);
	return 0;
}
