/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The registry's numbers of route optimization, the whole and peer by peer; neighbour: metrics.c has
 * the others. A branch's peers are bounded by its own configuration. A hub's bindings and tunnels are
 * not told one by one: there may be 100 000 of them, and a collector keeps a series for each.
 */
#include <stdlib.h>

#include "haaro/addr.h"

#include "oper/metrics_family.h"

/* --- peer by peer -------------------------------------------------------------------- */

/*
 * Whatever max-peers says: the control core answers no keepalive while it writes, and a peer takes
 * it about 15 us.
 */
#define SESSIONS_MOST 4096

struct session {
	char peer[ADDR_TEXT_SIZE];
	struct ro_session_view view; /* its reason is over with the visit */
};

/* All that is told of, copied at one moment: each family goes through them once. */
struct sessions {
	struct session *session;
	size_t n;
	size_t most;
	size_t omitted; /* for want of room */
	bool engaged;   /* which are taken now: those with a registration, or the others */
};

static bool take(void *arg, const struct ro_session_view *view)
{
	bool engaged = view->registered != 0 || view->accepted != 0;
	struct sessions *sessions = arg;
	struct session *session;

	if (engaged != sessions->engaged)
		return true;
	if (sessions->n == sessions->most) {
		sessions->omitted++;
		return true;
	}
	session = &sessions->session[sessions->n++];
	addr_print(&view->home_address, session->peer);
	session->view = *view;
	session->view.reason = "";
	return true;
}

/*
 * show ro sessions keeps a peer for as long as the hub tells of it; over time there may be more of
 * them than max-peers. Those that carry traffic come first, the others in the order in which they
 * became known, so that a series that has begun goes on.
 */
static void take_sessions(const struct running *running, struct sessions *sessions)
{
	const struct ro *ro = haaro_ro(running->haaro);
	size_t most = running->conf->mobile.optimization.max_peers;

	*sessions = (struct sessions){.most = most < SESSIONS_MOST ? most : SESSIONS_MOST};
	sessions->session = calloc(sessions->most, sizeof(*sessions->session));
	if (sessions->session == NULL)
		sessions->most = 0;
	sessions->engaged = true;
	ro_walk_sessions(ro, take, sessions);
	sessions->engaged = false;
	ro_walk_sessions(ro, take, sessions);
}

static void begin_of_peer(struct walk *walk, const char *family, enum metric_type type,
			  const char *help)
{
	family_begin(walk, family, type, help);
	walk->metric.of_peer = true;
}

static void tell_ways(struct walk *walk, const struct session *session, bool bytes)
{
	const struct path_counters *traffic = &session->view.traffic;
	const struct {
		const char *direction;
		const char *path;
		const struct counter *counter;
	} ways[] = {
		{"out", "direct", &traffic->sent_direct},
		{"out", "hub", &traffic->sent_hub},
		{"in", "direct", &traffic->received_direct},
		{"in", "hub", &traffic->received_hub},
	};

	family_label(walk, 0, "peer", session->peer);
	for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
		family_label(walk, 1, "direction", ways[i].direction);
		family_label(walk, 2, "path", ways[i].path);
		family_tell(walk, bytes ? ways[i].counter->bytes : ways[i].counter->packets);
	}
}

static void walk_traffic(struct walk *walk, const struct sessions *sessions)
{
	begin_of_peer(walk, "haaro_ro_session_packets", METRIC_COUNTER,
		      "users' packets to and from the peer, by path");
	for (size_t i = 0; i < sessions->n; i++)
		tell_ways(walk, &sessions->session[i], false);
	begin_of_peer(walk, "haaro_ro_session_bytes", METRIC_COUNTER, "their octets");
	for (size_t i = 0; i < sessions->n; i++)
		tell_ways(walk, &sessions->session[i], true);
}

/* Two numbers, never one: a path of which one direction alone is direct is what to look for. */
static void walk_direct(struct walk *walk, const struct sessions *sessions)
{
	begin_of_peer(walk, "haaro_ro_session_direct", METRIC_GAUGE,
		      "1 if packets of this direction go directly, 0 if by the hub");
	for (size_t i = 0; i < sessions->n; i++) {
		const struct session *session = &sessions->session[i];

		family_label(walk, 0, "peer", session->peer);
		family_label(walk, 1, "direction", "out");
		family_tell(walk, session->view.direct_out);
		family_label(walk, 1, "direction", "in");
		family_tell(walk, session->view.direct_in);
	}
}

/* X(family, help, expression on struct ro_session_view) */
#define SESSION_LIST(X)                                                           \
	X("haaro_ro_session_handovers",                                           \
	  "times that its direct path followed a new care-of address", handovers) \
	X("haaro_ro_session_falls", "times that it fell back to the hub", falls)  \
	X("haaro_ro_session_outage_ms",                                           \
	  "milliseconds that packets were lost for at most, by all these falls",  \
	  outage / NS_PER_MS)

static void walk_sessions(struct walk *walk)
{
	struct sessions sessions;

	take_sessions(walk->running, &sessions);
	walk_direct(walk, &sessions);
	walk_traffic(walk, &sessions);
#define X(family, help, member)                                          \
	begin_of_peer(walk, family, METRIC_COUNTER, help);               \
	for (size_t i = 0; i < sessions.n; i++) {                        \
		family_label(walk, 0, "peer", sessions.session[i].peer); \
		family_tell(walk, sessions.session[i].view.member);      \
	}
	SESSION_LIST(X)
#undef X
	family_tell_one(walk, "haaro_ro_sessions_omitted", METRIC_GAUGE,
			"peers left out of the numbers by peer: over max-peers or 4096",
			sessions.omitted);
	free(sessions.session);
}

/* --- the whole ----------------------------------------------------------------------- */

void metrics_walk_ro(struct walk *walk)
{
	const struct ro *ro = haaro_ro(walk->running->haaro);
	const struct ro_counters *counters;
	struct ro_view view;

	if (ro == NULL)
		return;
	counters = ro_counters(ro);
	ro_read(ro, &view);
#define X(field, name, help) \
	family_tell_one(walk, "haaro_ro_" name, METRIC_COUNTER, help, counters->field);
	RO_COUNTER_LIST(X)
#undef X
	family_tell_codes(walk, "haaro_ro_denied_by_code",
			  "our registrations that peers denied, by reply code",
			  counters->denied_by_code);
	family_tell_codes(walk, "haaro_ro_refused_by_code",
			  "peers' registrations refused, by reply code", counters->refused_by_code);
	family_tell_one(walk, "haaro_ro_peers", METRIC_GAUGE, "routers that the hub told of",
			view.peers);
	family_tell_one(walk, "haaro_ro_prefixes", METRIC_GAUGE, "their prefixes", view.prefixes);
	family_tell_one(walk, "haaro_ro_sessions", METRIC_GAUGE, "peers registered here or there",
			view.sessions);
	family_tell_one(walk, "haaro_ro_paths_direct", METRIC_GAUGE, "peers reached directly now",
			view.direct);
	walk_sessions(walk);
}
