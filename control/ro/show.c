/* SPDX-License-Identifier: BSD-3-Clause */
/* Route optimization as an operator sees it. */
#include <assert.h>
#include <stdlib.h>

#include "ro/cache.h"
#include "ro/direct.h"
#include "ro/path.h"
#include "ro/state.h"

const char *ro_state_name(enum ro_state state)
{
	static const char *const names[] = {
#define X(constant, name) [RO_STATE_##constant] = (name),
		RO_STATE_LIST(X)
#undef X
	};

	static_assert(sizeof(names) / sizeof(names[0]) == RO_STATE_MAX, "every state has a name");
	return state < RO_STATE_MAX ? names[state] : "?";
}

/* How long until mono; 0: it is over. */
static uint64_t until(const struct ro *ro, uint64_t mono)
{
	return time_between(ro_mono(ro), mono);
}

static uint64_t since(const struct ro *ro, uint64_t mono)
{
	return mono ? time_between(mono, ro_mono(ro)) : TIME_NEVER;
}

/* --- cache ----------------------------------------------------------------------------------------------- */

static const char *problem_of(const struct ro_prefix *prefix)
{
	if (prefix->ours)
		return "inside one of our own networks";
	return prefix->routed ? NULL : "not in the router's own registration here, or no room";
}

static bool visit_peer(const struct ro *ro, const struct peer *peer, ro_peer_visit visit, void *arg)
{
	struct ro_prefix_view *prefixes = calloc(peer->n_prefixes + 1, sizeof(prefixes[0]));
	struct ro_peer_view view = {
		.home_address = peer->home_address,
		.advertised = peer->advertised,
		.outbound_only = peer->outbound_only,
		.stale = peer->seen &&
			 time_between(peer->seen, ro_mono(ro)) > mobile_granted(ro->mobile),
		.age = since(ro, peer->seen),
		.prefixes = prefixes,
	};
	bool more;

	if (!prefixes)
		return false;
	for (struct ro_prefix *prefix = peer->prefixes; prefix; prefix = prefix->next)
		prefixes[view.n_prefixes++] = (struct ro_prefix_view){
			.prefix = prefix_v4(prefix->key.addr, prefix->key.len),
			.realm = prefix->realm,
			.valid = true,
			.routed = prefix->routed,
			.problem = problem_of(prefix),
		};
	more = visit(arg, &view);
	free(prefixes);
	return more;
}

void ro_walk_cache(const struct ro *ro, ro_peer_visit visit, void *arg)
{
	const struct peer *peer = ro->peers;

	while (peer && visit_peer(ro, peer, visit, arg))
		peer = peer->hh.next;
}

/* --- sessions ---------------------------------------------------------------------------------------------- */

/* One that only waits for what a far end may send says nothing of one that is being tried. */
static unsigned nearness(const struct direct *direct)
{
	static const unsigned of_state[] = {
		[DIRECT_LINGER] = 0,  [DIRECT_HALF] = 1, [DIRECT_SILENT] = 2,
		[DIRECT_PROBING] = 2, [DIRECT_UP] = 3,
	};

	if (direct->tunnel && direct->tunnel == direct->peer->path.direct)
		return 4;
	return of_state[direct->state];
}

const struct direct *direct_foremost(const struct peer *peer)
{
	const struct direct *foremost = peer->directs;

	for (const struct direct *direct = foremost; direct; direct = direct->next)
		if (nearness(direct) > nearness(foremost))
			foremost = direct;
	return foremost;
}

static enum ro_state asking_state(const struct session *session)
{
	switch (session->asking) {
	case ASKING_ROUTABILITY:
		return session->removing ? RO_STATE_LEAVING : RO_STATE_ROUTABILITY;
	case ASKING_REGISTRATION:
		return RO_STATE_REGISTERING;
	case ASKING_PREACCEPTED:
		return RO_STATE_PREACCEPTED;
	case ASKING_REMOVAL:
		return RO_STATE_LEAVING;
	case ASKING_NOTHING:
		break;
	}
	return RO_STATE_IDLE;
}

static enum ro_state state_of(const struct peer *peer)
{
	if (peer->path.direct)
		return RO_STATE_DIRECT;
	if (peer->stopped)
		return RO_STATE_STOPPED;
	if (!peer_is_registered(peer) && peer_is_asked(peer))
		return asking_state(peer->session);
	if (direct_proven(peer))
		return RO_STATE_WAITING;
	if (peer_is_engaged(peer))
		return RO_STATE_PROBING;
	return path_is_held(peer) ? RO_STATE_HELD : RO_STATE_IDLE;
}

static void add_direct(const struct peer *peer, struct ro_session_view *view)
{
	const struct direct *direct = direct_foremost(peer);

	view->tunnel.index = FWD_NONE;
	view->heard = TIME_NEVER;
	if (!direct || direct->state == DIRECT_LINGER)
		return;
	view->encap = direct->encap;
	view->local = direct->local;
	view->remote = direct->remote;
	view->remote_port = direct->remote_port;
	if (!direct->tunnel)
		return;
	view->tunnel = tunnel_ref(direct->tunnel);
	view->rtt = direct->keepalive.srtt;
	view->heard = since(peer->ro, direct->keepalive.heard);
	view->lost = keepalive_lost(&direct->keepalive);
	view->direct_in = direct->state == DIRECT_UP && peer_is_registered(peer);
}

static bool is_of_interest(const struct peer *peer)
{
	return peer->session || peer->correspondence || peer->directs || peer->stopped ||
	       path_is_held(peer);
}

static struct ro_session_view session_view(const struct peer *peer)
{
	const struct ro *ro = peer->ro;
	struct ro_session_view view = {
		.home_address = peer->home_address,
		.state = state_of(peer),
		.direct_out = peer->path.direct != NULL,
		.registered = peer_is_registered(peer) ? until(ro, peer->session->expires) : 0,
		.accepted = peer_is_accepted(peer) ? until(ro, peer->correspondence->expires) : 0,
		.held = until(ro, peer->held_until),
		.reason = peer->reason && !peer->path.direct ? peer->reason : "",
		.last_code = peer->last_code,
		.attempts = peer->attempts,
		.handovers = peer->handovers,
		.falls = peer->falls,
		.outage = peer->outage,
		.last_outage = peer->last_outage,
		.worst_outage = peer->worst_outage,
		.direct_since = peer->direct_since ? since(ro, peer->direct_since) : 0,
	};

	add_direct(peer, &view);
	(void)ro->core->ops->path_counters_read(ro->core->fwd, peer->path.index, &view.traffic);
	return view;
}

void ro_walk_sessions(const struct ro *ro, ro_session_visit visit, void *arg)
{
	for (const struct peer *peer = ro->peers; peer; peer = peer->hh.next) {
		struct ro_session_view view;

		if (!is_of_interest(peer))
			continue;
		view = session_view(peer);
		if (!visit(arg, &view))
			return;
	}
}

/* --- nonces and the whole ------------------------------------------------------------------------------------ */

void ro_walk_nonces(const struct ro *ro, ro_nonce_visit visit, void *arg)
{
	const struct nonces *nonces = &ro->nonces;

	for (size_t i = 0; i < nonces->n; i++) {
		const struct nonce *nonce = &nonces->held[i];
		struct ro_nonce_view view = {
			.index = nonce->index,
			.used = nonce->used,
			.age = nonce->used ? since(ro, nonce->first_use) : 0,
			.left = nonce->used ? until(ro, nonce->first_use + NONCE_LIFETIME)
					    : NONCE_LIFETIME,
			.current = i + 1 == nonces->n,
		};

		view.current &= view.age < NONCE_PERIOD;
		if (!visit(arg, &view))
			return;
	}
}

void ro_read(const struct ro *ro, struct ro_view *view)
{
	const struct mobile_optimization *told = mobile_optimization(ro->mobile);

	*view = (struct ro_view){
		.enabled = ro->conf->mobile.route_optimization,
		.granted = ro->granted,
		.code = told->answer.code,
		.answered = told->answer.is_present ? since(ro, told->when) : TIME_NEVER,
		.nat = told->answer.nat,
		.outbound_only = ro_is_outbound_only(ro),
		.peers = HASH_COUNT(ro->peers),
		.prefixes = HASH_COUNT(ro->prefixes),
		.direct = ro->n_direct,
		.held_requests = ro->n_held,
	};
	for (const struct peer *peer = ro->peers; peer; peer = peer->hh.next)
		view->sessions += peer_is_engaged(peer);
}

const struct ro_counters *ro_counters(const struct ro *ro)
{
	return &ro->counters;
}
