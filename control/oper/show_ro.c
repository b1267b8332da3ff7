/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * show ro, sessions, nonces: route optimization at a branch, counts and ages only. Neighbours:
 * show_ro_told.c has the routers that the hub tells of.
 */
#include <errno.h>
#include <stdlib.h>

#include "haaro/addr.h"

#include "oper/command.h"
#include "oper/show.h"

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
	json_object_set_new(row, "last_outage_ms", show_number(view->last_outage / NS_PER_MS));
	json_object_set_new(row, "worst_outage_ms", show_number(view->worst_outage / NS_PER_MS));
}

static json_t *session_row(const struct ro_session_view *view)
{
	json_t *row =
		json_pack("{so ss ss ss}", "home_address", show_addr(&view->home_address), "state",
			  ro_state_name(view->state), "out", view->direct_out ? "direct" : "hub",
			  "in", view->direct_in ? "direct" : "hub");

	add_tunnel(row, view);
	add_history(row, view);
	add_counter(row, "sent_direct", &view->traffic.sent_direct);
	add_counter(row, "sent_hub", &view->traffic.sent_hub);
	add_counter(row, "received_direct", &view->traffic.received_direct);
	add_counter(row, "received_hub", &view->traffic.received_hub);
	return row;
}

/* Sessions begin and end between two pieces of a long answer, so that the walk is copied first. */
struct session_copy {
	struct ro_session_view view;
	char reason[96];
};

struct taking {
	struct ip_addr only; /* IP_NONE: all */
	size_t n;
	size_t room;
	struct session_copy *copies; /* NULL while counting */
};

static bool take(void *arg, const struct ro_session_view *view)
{
	struct taking *taking = arg;

	if (addr_is_set(&taking->only) && !addr_is_equal(&taking->only, &view->home_address))
		return true;
	if (taking->copies != NULL) {
		struct session_copy *copy = &taking->copies[taking->n];

		if (taking->n == taking->room)
			return false;
		copy->view = *view;
		snprintf(copy->reason, sizeof(copy->reason), "%s", view->reason);
		copy->view.reason = copy->reason;
	}
	taking->n++;
	return true;
}

static int take_all(struct answer *answer, const struct ro *ro)
{
	struct taking taking = {0};
	int result = command_address(answer, 0, &taking.only);

	if (result < 0)
		return result;
	ro_walk_sessions(ro, take, &taking);
	if (taking.n == 0 && addr_is_set(&taking.only))
		return error_set(&answer->err, -ENOENT,
				 "nothing goes on with %s; show ro cache has who is known",
				 command_argument(answer, 0));
	if (taking.n == 0)
		return 0;
	taking.copies = calloc(taking.n, sizeof(taking.copies[0]));
	if (taking.copies == NULL)
		return error_set(&answer->err, -ENOMEM, "out of memory");
	taking.room = taking.n;
	taking.n = 0;
	ro_walk_sessions(ro, take, &taking);
	answer->snapshot = taking.copies;
	answer->n_snapshot = taking.n;
	return 0;
}

int show_ro_sessions(struct answer *answer, const struct running *running)
{
	const struct ro *ro = show_branch(answer, running);
	const struct session_copy *copies;

	if (ro == NULL)
		return -ENOENT;
	if (answer->snapshot == NULL) {
		int result = take_all(answer, ro);

		if (result < 0)
			return result;
	}
	copies = answer->snapshot;
	for (int n = 0; n < ANSWER_ROWS && answer->cursor < answer->n_snapshot; n++)
		answer_row(answer, session_row(&copies[answer->cursor++].view));
	return answer->cursor < answer->n_snapshot;
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
