/* SPDX-License-Identifier: BSD-3-Clause */
/* Marks and counts in, sessions out. */
#include "ro/trigger.h"

#include <errno.h>

#include "ro/direct.h"
#include "ro/outcome.h"
#include "ro/path.h"
#include "ro/session.h"
#include "ro/tell.h"

#define SPACING    NS_PER_S /* of triggers, per peer */
#define MESH_START 20       /* peers at once */

static struct path_counters counters_of(const struct peer *peer)
{
	const struct core *core = peer->ro->core;
	struct path_counters counters = {0};

	(void)core->ops->path_counters_read(core->fwd, peer->path.index, &counters);
	return counters;
}

static void look_in(struct peer *peer, uint64_t after)
{
	core_timer_set(peer->ro->core, &peer->look, after);
	path_mark(peer);
}

/* --- asking ---------------------------------------------------------------------------------------------- */

int trigger_fire(struct peer *peer, enum trigger trigger)
{
	int result;

	peer->triggered = ro_mono(peer->ro);
	peer->ro->counters.triggers++;
	result = session_start(peer, trigger);
	if (result == -EHOSTDOWN)
		path_hold(peer, peer->reason, 0);
	else if (result < 0 && result != -EBUSY)
		look_in(peer, SPACING);
	return result;
}

/* --- how much traffic -------------------------------------------------------------------------------------- */

static bool is_counting(const struct ro *ro)
{
	return ro_conf(ro)->threshold_packets > 1 || ro_conf(ro)->threshold_bytes > 0;
}

static bool is_enough(const struct peer *peer, const struct counter *now,
		      const struct counter *then)
{
	const struct conf_optimization *conf = ro_conf(peer->ro);

	return now->packets - then->packets >= conf->threshold_packets &&
	       now->bytes - then->bytes >= conf->threshold_bytes;
}

static void begin_counting(struct peer *peer, enum trigger trigger)
{
	peer->wanted = trigger;
	peer->counted = counters_of(peer);
	look_in(peer, ro_conf(peer->ro)->threshold_within);
}

static void end_counting(struct peer *peer)
{
	const struct path_counters now = counters_of(peer);
	enum trigger trigger = peer->wanted;
	bool enough = trigger == TRIGGER_SEND
			      ? is_enough(peer, &now.sent_hub, &peer->counted.sent_hub)
			      : is_enough(peer, &now.received_hub, &peer->counted.received_hub);

	peer->wanted = TRIGGER_NONE;
	if (enough && !path_is_held(peer))
		(void)trigger_fire(peer, trigger);
}

/* --- whether there is any ------------------------------------------------------------------------------------ */

static void wake(struct peer *peer)
{
	peer->active = true;
	peer->traffic = counters_of(peer);
	look_in(peer, ro_conf(peer->ro)->keepalive_idle);
	for (struct direct *direct = peer->directs; direct; direct = direct->next) {
		if (direct->tunnel != peer->path.direct)
			continue;
		direct_follow_traffic(direct);
		direct_hurry(direct); /* it may have died in its sleep */
	}
}

static bool has_moved(const struct path_counters *now, const struct path_counters *then)
{
	return now->sent_direct.packets != then->sent_direct.packets ||
	       now->received_direct.packets != then->received_direct.packets;
}

static void look_at_traffic(struct peer *peer)
{
	const struct path_counters now = counters_of(peer);

	peer->active = has_moved(&now, &peer->traffic);
	peer->traffic = now;
	for (struct direct *direct = peer->directs; direct; direct = direct->next)
		direct_follow_traffic(direct);
	if (peer->active)
		look_in(peer, ro_conf(peer->ro)->keepalive_idle);
	else
		path_mark(peer);
}

/* A hold-down is over. */
static void go_on(struct peer *peer)
{
	if (!peer_is_accepted(peer) || !ro_conf(peer->ro)->request || peer_is_asked(peer))
		return;
	/* Who is registered here waits for us (RFC 6521, section 6.5). */
	if (!peer_is_registered(peer)) {
		(void)trigger_fire(peer, TRIGGER_MUTUAL);
	} else if (!direct_proven(peer)) {
		peer->session->probed = 0;
		(void)outcome_probe(peer->session);
	}
}

/*
 * Our packets go directly, by the peer's own registration: its packets wait for ours. The timer of a
 * hold-down is that of the look at traffic, which ends if there is none.
 */
static void complete(struct peer *peer)
{
	if (peer_is_registered(peer) || peer_is_asked(peer))
		return;
	if (!path_is_held(peer))
		go_on(peer);
	else if (!peer->active)
		look_in(peer, time_between(ro_mono(peer->ro), peer->held_until));
}

/* --- the ways in ----------------------------------------------------------------------------------------------- */

void trigger_look(struct timer *timer, void *arg)
{
	struct peer *peer = arg;

	(void)timer;
	if (peer->path.direct) {
		look_at_traffic(peer);
		complete(peer);
	} else {
		if (peer->wanted != TRIGGER_NONE)
			end_counting(peer);
		if (!path_is_held(peer))
			go_on(peer);
	}
	path_mark(peer);
}

void trigger_notify(struct ro *ro, uint32_t path)
{
	struct peer *peer;
	enum trigger trigger;

	HASH_FIND(by_path, ro->by_path, &path, sizeof(path), peer);
	if (!peer)
		return;
	trigger = peer->path.notify_receive ? TRIGGER_RECEIVE : TRIGGER_SEND;
	if (peer->path.direct)
		wake(peer);
	else if (!peer->path.notify_send && !peer->path.notify_receive)
		return; /* an old mark */
	else if (is_counting(ro))
		begin_counting(peer, trigger);
	else
		(void)trigger_fire(peer, trigger);
	path_mark(peer);
}

void trigger_mesh(struct ro *ro)
{
	unsigned int started = 0;

	if (ro_conf(ro)->trigger != CONF_TRIGGER_MESH || !ro->granted || ro->leaving ||
	    !ro_conf(ro)->request)
		return;
	for (struct peer *peer = ro->peers; peer && started < MESH_START; peer = peer->hh.next)
		started += peer->advertised && path_may_ask(peer, CONF_TRIGGER_MESH) &&
			   trigger_fire(peer, TRIGGER_MESH) == 0;
	core_timer_set(ro->core, &ro->mesh_timer, SPACING);
}
