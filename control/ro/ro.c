/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Route optimization: its life, its reload, and the way in for datagrams, events and marks. Nothing is
 * decided here; state.h says where.
 */
#include "ro/ro.h"

#include <errno.h>
#include <stdlib.h>

#include "ro/cache.h"
#include "ro/correspondent.h"
#include "ro/direct.h"
#include "ro/handover.h"
#include "ro/health.h"
#include "ro/outcome.h"
#include "ro/path.h"
#include "ro/responder.h"
#include "ro/routability.h"
#include "ro/session.h"
#include "ro/state.h"
#include "ro/tell.h"
#include "ro/trigger.h"
#include "ro/verify.h"

#define LEAVE_TIME (3 * NS_PER_S)

/* --- timers --------------------------------------------------------------------------------------------- */

static void nonces_over(struct timer *timer, void *arg)
{
	(void)timer;
	responder_wipe(arg);
}

static void age_over(struct timer *timer, void *arg)
{
	(void)timer;
	cache_age(arg);
}

static void held_over(struct timer *timer, void *arg)
{
	(void)timer;
	handover_resume(arg);
}

static void more_due(struct timer *timer, void *arg)
{
	(void)timer;
	handover_ask_for_more(arg);
}

static void mesh_due(struct timer *timer, void *arg)
{
	(void)timer;
	trigger_mesh(arg);
}

/* --- life ------------------------------------------------------------------------------------------------ */

int ro_create(struct ro **made, struct core *core, struct link *link, struct mobile *mobile,
	      const struct conf *conf, struct error *err)
{
	struct ro *ro = calloc(1, sizeof(*ro));
	int result;

	if (!ro)
		return error_set(err, -ENOMEM, "out of memory");
	ro->core = core;
	ro->link = link;
	ro->mobile = mobile;
	ro->conf = conf;
	ro->direct_handlers = &health_handlers;
	ro->look = trigger_look;
	ro->capability = mobile_capability_of(conf);
	timer_init(&ro->nonce_timer, nonces_over, ro);
	timer_init(&ro->age_timer, age_over, ro);
	timer_init(&ro->held_timer, held_over, ro);
	timer_init(&ro->more_timer, more_due, ro);
	timer_init(&ro->mesh_timer, mesh_due, ro);
	result = mac_engine_create(&ro->engine);
	if (result < 0) {
		free(ro);
		return error_set(err, result, "OpenSSL lacks HMAC-SHA1; check its configuration");
	}
	ntp_clock_init(&ro->clock, &core->now);
	nonces_init(&ro->nonces, &core->random);
	cache_age(ro);
	*made = ro;
	return 0;
}

void ro_destroy(struct ro *ro)
{
	if (!ro)
		return;
	verify_clear(ro);
	cache_clear(ro);
	core_timer_stop(ro->core, &ro->nonce_timer);
	core_timer_stop(ro->core, &ro->age_timer);
	core_timer_stop(ro->core, &ro->more_timer);
	core_timer_stop(ro->core, &ro->mesh_timer);
	nonces_fini(&ro->nonces);
	mac_engine_destroy(ro->engine);
	free(ro);
}

/* Peers know us by another encapsulation: they are asked for this one. */
static void ask_anew(struct ro *ro)
{
	ro->preferred = ro_mono(ro);
	for (struct peer *peer = ro->peers; peer; peer = peer->hh.next)
		if (peer_is_registered(peer) && !peer_is_asked(peer))
			session_ask(peer->session);
}

/*
 * Every registration and every token is about the home address. A request does not name whom it is meant
 * for (haaro.md, section 21, row 20): none that was made for the old one may be good for the new one.
 */
static void begin_anew(struct ro *ro)
{
	uint64_t made = ro->nonces.made;

	verify_clear(ro);
	cache_clear(ro);
	nonces_fini(&ro->nonces);
	nonces_init(&ro->nonces, &ro->core->random);
	ro->nonces.made = made;
}

/* What it claimed is believed no longer: it may claim it again, and the hub is asked then. */
static void distrust(struct peer *peer)
{
	for (struct ro_prefix *prefix = peer->prefixes; prefix; prefix = prefix->next)
		prefix->listed = prefix->listed && !prefix->claimed;
	cache_drop_claims(peer);
}

void ro_reload(struct ro *ro, const struct conf *next)
{
	bool moved = !addr_is_equal(&ro->conf->mobile.home_address, &next->mobile.home_address);
	bool another =
		ro_conf(ro)->encapsulations[0] != next->mobile.optimization.encapsulations[0];

	if (moved)
		begin_anew(ro);
	ro->conf = next;
	handover_set_capability(ro);
	if (!ro->capability.is_present && ro->granted) {
		ro->granted = false;
		handover_leave_all(ro, "route optimization was switched off");
	}
	if (another)
		ask_anew(ro);
	for (struct peer *peer = ro->peers; peer; peer = peer->hh.next) {
		path_forgive(peer);
		if (!ro_conf(ro)->trust_claims)
			distrust(peer);
		path_route(peer);
		path_review(peer);
	}
	trigger_mesh(ro);
}

/* --- the way in ------------------------------------------------------------------------------------------- */

bool ro_takes(const struct ro *ro, const struct datagram *datagram)
{
	switch (message_type(datagram->payload, datagram->len)) {
	case MESSAGE_HOME_TEST_INIT:
	case MESSAGE_CARE_OF_TEST_INIT:
	case MESSAGE_HOME_TEST:
	case MESSAGE_CARE_OF_TEST:
	case MESSAGE_REQUEST:
		return true;
	case MESSAGE_REPLY:
		return peer_find(ro, &datagram->source) != NULL;
	default:
		return false;
	}
}

void ro_handle_datagram(struct ro *ro, const struct datagram *datagram)
{
	struct peer *peer;

	switch (message_type(datagram->payload, datagram->len)) {
	case MESSAGE_HOME_TEST_INIT:
	case MESSAGE_CARE_OF_TEST_INIT:
		responder_handle(ro, datagram);
		break;
	case MESSAGE_HOME_TEST:
	case MESSAGE_CARE_OF_TEST:
		if (routability_take(ro, datagram, &peer))
			session_tested(peer->session);
		break;
	case MESSAGE_REQUEST:
		correspondent_handle(ro, datagram);
		break;
	default:
		outcome_handle(ro, datagram);
		break;
	}
}

static void handle_echo(struct ro *ro, const struct event *event)
{
	struct peer *peer = peer_find(ro, &event->peer);

	if (peer && event->tunnel.index != FWD_NONE)
		(void)direct_handle_reply(peer, event);
}

/* ICMP is not authenticated: a reason to look, no more (tunnels.md, section 7.4). */
static void handle_tunnel_error(struct ro *ro, const struct event *event)
{
	struct peer *peer = peer_find(ro, &event->home_address);

	for (struct direct *direct = peer ? peer->directs : NULL; direct; direct = direct->next)
		if (direct->tunnel && tunnel_ref(direct->tunnel).index == event->tunnel.index)
			direct_hurry(direct);
}

void ro_handle_event(struct ro *ro, const struct event *event)
{
	switch (event->type) {
	case EVENT_REGISTERED:
	case EVENT_REFRESHED:
	case EVENT_HANDOVER:
		if (!ro->leaving)
			handover_take_reply(ro);
		break;
	case EVENT_PORT_DOWN:
	case EVENT_PORT_GONE:
		handover_cut(ro, event->port);
		break;
	case EVENT_ECHO_REPLY:
		handle_echo(ro, event);
		break;
	case EVENT_TUNNEL_ERROR:
		handle_tunnel_error(ro, event);
		break;
	default:
		break;
	}
}

void ro_handle_notify(struct ro *ro, const struct punt *punt)
{
	if (!ro->leaving)
		trigger_notify(ro, punt->path);
}

/* --- the operator ------------------------------------------------------------------------------------------ */

int ro_start(struct ro *ro, const struct ip_addr *home_address)
{
	struct peer *peer = peer_find(ro, home_address);

	if (!peer)
		return -ENOENT;
	if (!ro->granted || ro->leaving)
		return -ENOTCONN;
	if (peer->stopped)
		peer->reason = NULL;
	peer->stopped = false;
	path_forgive(peer);
	return trigger_fire(peer, TRIGGER_MANUAL);
}

int ro_stop(struct ro *ro, const struct ip_addr *home_address)
{
	struct peer *peer = peer_find(ro, home_address);

	if (!peer)
		return -ENOENT;
	if (peer->stopped)
		return -EALREADY;
	peer->stopped = true;
	handover_leave(peer, "stopped by the operator");
	peer->reason = "stopped by the operator";
	return 0;
}

/* --- leaving ------------------------------------------------------------------------------------------------ */

void ro_shutdown(struct ro *ro)
{
	if (ro->leaving)
		return;
	ro->leaving = true;
	ro->leave_by = ro_mono(ro) + LEAVE_TIME;
	core_timer_stop(ro->core, &ro->more_timer);
	core_timer_stop(ro->core, &ro->mesh_timer);
	handover_leave_all(ro, "we leave");
}

bool ro_is_drained(const struct ro *ro)
{
	if (!ro->leaving || ro_mono(ro) >= ro->leave_by)
		return ro->leaving;
	for (const struct peer *peer = ro->peers; peer; peer = peer->hh.next)
		if (peer->session && peer->session->removing)
			return false;
	return true;
}
