/* SPDX-License-Identifier: BSD-3-Clause */
/* show ro, cache, sessions, nonces, advertised: route optimization, counts and ages only. */
#include <errno.h>

#include "haaro/addr.h"

#include "oper/command.h"
#include "oper/show.h"

static const struct ro *branch_only(struct answer *answer, const struct running *running)
{
	const struct ro *ro = haaro_ro(running->haaro);

	if (ro == NULL)
		error_set(&answer->err, -ENOENT,
			  "a home agent has no peers; try show ro advertised");
	return ro;
}

int show_ro(struct answer *answer, const struct running *running)
{
	const struct ro *ro = branch_only(answer, running);
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

/* --- cache --------------------------------------------------------------------------- */

static json_t *prefix_list(const struct ro_peer_view *view)
{
	json_t *list = json_array();

	for (size_t i = 0; i < view->n_prefixes; i++) {
		const struct ro_prefix_view *prefix = &view->prefixes[i];

		json_array_append_new(
			list,
			json_pack("{so so sb so}", "prefix", show_prefix(&prefix->prefix), "realm",
				  show_text(prefix->realm), "routed", (int)prefix->routed,
				  "problem",
				  prefix->problem ? json_string(prefix->problem) : json_null()));
	}
	return list;
}

static bool cache_row(void *arg, const struct ro_peer_view *view)
{
	json_t *names = json_array();

	for (size_t i = 0; i < view->n_prefixes; i++)
		json_array_append_new(names, show_prefix(&view->prefixes[i].prefix));
	answer_row(arg,
		   json_pack("{so sb sb sb so so so so}", "home_address",
			     show_addr(&view->home_address), "advertised", (int)view->advertised,
			     "outbound_only", (int)view->outbound_only, "stale", (int)view->stale,
			     "age_s", show_seconds(view->age), "prefixes", names, "realm",
			     view->n_prefixes ? show_text(view->prefixes[0].realm) : json_null(),
			     "details", prefix_list(view)));
	return true;
}

int show_ro_cache(struct answer *answer, const struct running *running)
{
	const struct ro *ro = branch_only(answer, running);

	if (ro == NULL)
		return -ENOENT;
	ro_walk_cache(ro, cache_row, answer);
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

struct session_filter {
	struct answer *answer;
	struct ip_addr wanted; /* IP_NONE: all */
	bool found;
};

static bool visit_session(void *arg, const struct ro_session_view *view)
{
	struct session_filter *filter = arg;

	if (addr_is_set(&filter->wanted) && !addr_is_equal(&filter->wanted, &view->home_address))
		return true;
	filter->found = true;
	answer_row(filter->answer, session_row(view));
	return true;
}

int show_ro_sessions(struct answer *answer, const struct running *running)
{
	const struct ro *ro = branch_only(answer, running);
	const char *text = command_argument(answer, 0);
	struct session_filter filter = {.answer = answer};
	be32 v4;

	if (ro == NULL)
		return -ENOENT;
	if (text != NULL && inet_pton(AF_INET, text, &v4) != 1)
		return error_set(&answer->err, -EINVAL, "%s is not an IPv4 address", text);
	if (text != NULL)
		filter.wanted = addr_v4(v4);
	ro_walk_sessions(ro, visit_session, &filter);
	if (text != NULL && !filter.found)
		return error_set(&answer->err, -ENOENT,
				 "nothing goes on with %s; show ro cache has who is known", text);
	return 0;
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
	const struct ro *ro = branch_only(answer, running);

	if (ro == NULL)
		return -ENOENT;
	ro_walk_nonces(ro, nonce_row, answer);
	return 0;
}

/* --- advertised ---------------------------------------------------------------------- */

static bool advertised_row(void *arg, const struct home_advertised_view *view)
{
	json_t *seen_by = json_array();

	for (size_t i = 0; i < view->n_seen_by; i++)
		json_array_append_new(seen_by, show_text(view->seen_by[i]));
	answer_row(arg, json_pack("{so so so so so sb so so}", "name", show_text(view->name),
				  "home_address", show_addr(&view->home_address), "realm",
				  show_text(view->realm), "prefixes", show_number(view->n_networks),
				  "priority", show_number(view->priority), "outbound_only",
				  (int)view->outbound, "age_s", show_seconds(view->age), "seen_by",
				  seen_by));
	return true;
}

int show_ro_advertised(struct answer *answer, const struct running *running)
{
	const struct home *home = haaro_home(running->haaro);

	if (home == NULL)
		return error_set(&answer->err, -ENOENT,
				 "a branch advertises nobody; ask the hub, or show ro cache here");
	home_walk_advertised(home, advertised_row, answer);
	return 0;
}
