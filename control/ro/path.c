/* SPDX-License-Identifier: BSD-3-Clause */
/* Path, routes, marks and hold-down of a peer. */
#include "ro/path.h"

#include "link/removal.h"
#include "ro/direct.h"
#include "ro/tell.h"

/* --- routes ---------------------------------------------------------------------------------------- */

/*
 * A peer that is registered here and did not list a prefix gets no packets for it, and none from it
 * are taken: unless we registered there, for then the hub's word about it is enough.
 */
static bool is_to_be_routed(const struct ro_prefix *prefix)
{
	const struct peer *peer = prefix->peer;

	return !prefix->ours &&
	       (!peer_is_accepted(peer) || peer_is_registered(peer) || prefix->listed);
}

static int set_route(const struct peer *peer, const struct ip_prefix *prefix)
{
	const struct fwd_route route = {
		.realm = REALM_MAIN,
		.prefix = *prefix,
		.nexthop = {.kind = NEXTHOP_PATH, .id = peer->path.index},
	};

	return link_route_set(peer->ro->link, &route);
}

/* The default route is the hub's for ever: two halves of everything go before it. */
static size_t pieces(const struct ro_prefix *prefix, struct ip_prefix piece[2])
{
	if (prefix->key.len > 0) {
		piece[0] = prefix_v4(prefix->key.addr, prefix->key.len);
		return 1;
	}
	piece[0] = prefix_v4(0, 1);
	piece[1] = prefix_v4(htonl(UINT32_C(1) << 31), 1);
	return 2;
}

static void route_one(struct ro_prefix *prefix)
{
	struct ip_prefix piece[2];
	size_t n = pieces(prefix, piece);
	bool routed = is_to_be_routed(prefix);

	if (prefix->routed == routed)
		return;
	for (size_t i = 0; i < n; i++) {
		if (!routed)
			link_route_remove(prefix->peer->ro->link, REALM_MAIN, &piece[i]);
		else if (set_route(prefix->peer, &piece[i]) < 0)
			return; /* no room: by the hub, as if nobody had told of it */
	}
	prefix->routed = routed;
}

void path_route(struct peer *peer)
{
	const struct ip_prefix host = prefix_v4(peer->home_address.v4, 32);

	if (!peer->routed)
		peer->routed = set_route(peer, &host) == 0;
	for (struct ro_prefix *prefix = peer->prefixes; prefix; prefix = prefix->next)
		route_one(prefix);
}

/* --- marks ----------------------------------------------------------------------------------------- */

bool path_may_ask(const struct peer *peer, enum conf_trigger trigger)
{
	const struct ro *ro = peer->ro;

	return ro_conf(ro)->trigger == trigger && ro_conf(ro)->request && ro->granted &&
	       !ro->leaving && !peer->stopped && !path_is_held(peer) && !peer_is_registered(peer) &&
	       !peer_is_asked(peer);
}

/* Whatever else was looked at meanwhile: when the hold-down is over, that is noticed. */
static void look_when_free(struct peer *peer)
{
	struct ro *ro = peer->ro;

	if (!peer->path.direct && path_is_held(peer) && !timer_is_set(&peer->look))
		core_timer_set(ro->core, &peer->look, time_between(ro_mono(ro), peer->held_until));
}

void path_mark(struct peer *peer)
{
	struct mobile_path *path = &peer->path;
	bool looking = timer_is_set(&peer->look);
	bool send =
		path->direct ? !peer->active : !looking && path_may_ask(peer, CONF_TRIGGER_SEND);
	bool receive = !path->direct && !looking && path_may_ask(peer, CONF_TRIGGER_RECEIVE);

	look_when_free(peer);
	if (path->notify_send == send && path->notify_receive == receive)
		return;
	path->notify_send = send;
	path->notify_receive = receive;
	mobile_path_update(peer->ro->mobile, path);
}

/* --- the path -------------------------------------------------------------------------------------- */

static struct direct *wanted(const struct peer *peer)
{
	bool immediate = ro_conf(peer->ro)->mutual == CONF_MUTUAL_IMMEDIATE;

	if (peer->barred || peer->stopped)
		return NULL;
	if (peer_is_accepted(peer) || (peer_is_registered(peer) && immediate))
		return direct_proven(peer);
	return NULL;
}

static void go_direct(struct peer *peer, struct direct *direct)
{
	struct ro *ro = peer->ro;
	bool was_direct = peer->path.direct != NULL;

	peer->path.direct = direct->tunnel;
	peer->reason = NULL;
	mobile_path_update(ro->mobile, &peer->path);
	if (was_direct) {
		peer->handovers++;
		ro->counters.handovers++;
		tell_peer(peer, EVENT_RO_MOVED, (uint32_t)(direct->keepalive.srtt / NS_PER_US),
			  "to another direct tunnel");
		return;
	}
	peer->direct_since = ro_mono(ro);
	peer->active = true;
	ro->n_direct++;
	ro->counters.ups++;
	core_timer_set(ro->core, &peer->look, ro_conf(ro)->keepalive_idle);
	direct_follow_traffic(direct);
	tell_peer(peer, EVENT_RO_DIRECT, (uint32_t)(direct->keepalive.srtt / NS_PER_US),
		  "by %s over %s", ro->conf->ports[direct->port].name, encap_name(direct->encap));
}

void path_fall(struct peer *peer, const char *why, uint64_t outage)
{
	struct ro *ro = peer->ro;

	peer->reason = why;
	if (!peer->path.direct) {
		path_mark(peer);
		return;
	}
	peer->path.direct = NULL;
	mobile_path_update(ro->mobile, &peer->path); /* before anything else: packets wait */
	ro->n_direct--;
	ro->counters.falls++;
	peer->direct_since = 0;
	peer->falls++;
	peer->outage += outage;
	peer->last_outage = outage;
	if (outage > peer->worst_outage)
		peer->worst_outage = outage;
	tell_peer(peer, EVENT_RO_FALL, (uint32_t)(outage / NS_PER_MS), "%s", why);
	path_mark(peer);
}

/*
 * A tunnel without traffic is watched at leisure, and not for large packets: before traffic is put on it,
 * it must answer once more. Its answer has the path reviewed.
 */
static void ask(struct peer *peer, struct direct *direct)
{
	peer->active = true;
	direct_follow_traffic(direct);
	direct_hurry(direct);
}

void path_review(struct peer *peer)
{
	struct direct *direct = wanted(peer);

	if (direct && direct->tunnel != peer->path.direct && !direct_is_fresh(direct))
		ask(peer, direct);
	else if (direct && direct->tunnel != peer->path.direct)
		go_direct(peer, direct);
	else if (!direct && peer->path.direct)
		path_fall(peer, peer->reason ? peer->reason : "no registration", 0);
	path_mark(peer);
}

/* --- hold-down --------------------------------------------------------------------------------------- */

bool path_is_held(const struct peer *peer)
{
	return peer->held_until > ro_mono(peer->ro);
}

void path_hold(struct peer *peer, const char *why, uint64_t least)
{
	const struct conf_optimization *conf = ro_conf(peer->ro);
	uint64_t hold = peer->hold ? peer->hold : conf->hold_down_first;

	peer->hold = 2 * hold < conf->hold_down_longest ? 2 * hold : conf->hold_down_longest;
	if (hold < least)
		hold = least;
	peer->reason = why;
	peer->held_until = ro_mono(peer->ro) + hold;
	core_timer_set(peer->ro->core, &peer->look, hold);
	path_mark(peer);
}

void path_forgive(struct peer *peer)
{
	/* What waits for the end of the hold-down goes on at once. */
	if (path_is_held(peer) && !peer->path.direct)
		core_timer_set(peer->ro->core, &peer->look, 0);
	peer->hold = 0;
	peer->held_until = 0;
	peer->denied = false;
	peer->closed_until = 0;
	path_mark(peer);
}
