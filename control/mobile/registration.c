/* SPDX-License-Identifier: BSD-3-Clause */
/* Asking for a registration and losing one. What an answer does is in outcome.c. */
#include "mobile/registration.h"

#include "mobile/forward.h"
#include "mobile/networks.h"
#include "mobile/request.h"
#include "mobile/schedule.h"

#define LEAVING_TRIES 3

/* So many without an answer are news: after 15 seconds of asking. */
#define TELLING_TRIES 4

struct event mobile_registration_event(const struct mobile *mobile, enum event_type type)
{
	const struct mobile_registration *registration = &mobile->registration;
	struct event event = core_event(mobile->core, type);

	event.home_address = mobile->conf->mobile.home_address;
	event.peer = mobile->agent;
	event.peer_port = MESSAGE_UDP_PORT;
	event.identification = mobile->request.identification;
	event.spi = mobile->conf->mobile.keys[0].spi;
	if (mobile->active) {
		event.port = mobile->active->port;
		event.care_of = mobile->active->care_of;
	}
	if (registration->live) {
		event.tunnel = tunnel_ref(registration->tunnel);
		event.lifetime = registration->granted == TIME_NEVER
					 ? UINT32_MAX
					 : (uint32_t)time_in_seconds(registration->granted);
	}
	return event;
}

uint64_t mobile_registration_heard(const struct mobile *mobile)
{
	uint64_t heard = mobile->registration.answered;
	uint64_t data = mobile_forward_heard(mobile);

	if (mobile->watch.heard > heard)
		heard = mobile->watch.heard;
	return data > heard ? data : heard;
}

void mobile_registration_suspect(struct mobile *mobile, uint64_t since)
{
	if (mobile->outage_since == 0)
		mobile->outage_since = since;
}

static void set_state(struct mobile *mobile)
{
	mobile->state = mobile->registration.live ? MOBILE_REFRESHING : MOBILE_REGISTERING;
}

static void start_round(struct mobile *mobile)
{
	mobile->tries = 0;
	mobile->tries_here = 0;
	if (mobile->forgets) {
		mobile->forgets = false;
		mobile->no_udp = false;
		mobile->force_udp = false;
		mobile_networks_restore(&mobile->networks);
		for (size_t i = 0; i < mobile->order.n; i++)
			mobile->order.best[i]->refused_until = 0;
	}
	set_state(mobile);
}

static void set_uplink(struct mobile *mobile, struct uplink *uplink)
{
	if (mobile->active == uplink)
		return;
	mobile->active = uplink;
	mobile->tries_here = 0;
	mobile->request.waiting = false;
	/* What the hub said about encapsulations was said about the other care-of address. */
	mobile->no_udp = false;
	mobile->force_udp = false;
}

void mobile_registration_start(struct mobile *mobile, struct uplink *uplink)
{
	set_uplink(mobile, uplink);
	start_round(mobile);
	mobile_registration_transmit(mobile);
}

void mobile_registration_go_on(struct mobile *mobile, struct uplink *uplink)
{
	set_uplink(mobile, uplink);
	set_state(mobile);
	mobile_registration_transmit(mobile);
}

/*
 * A probe that is answered again makes us ask at once, so a long spacing costs nothing. Where
 * probes are off, or never answered although a registration was, only asking can tell that the hub
 * is back.
 */
static uint64_t longest_wait(const struct mobile *mobile)
{
	uint64_t lifetime = mobile->conf->mobile.lifetime;
	uint64_t longest = SCHEDULE_LONGEST;
	bool heard = mobile->last_uplink == NULL;

	for (size_t i = 0; i < mobile->order.n; i++)
		heard |= mobile->order.best[i]->heard;
	if (!mobile->conf->mobile.watch_uplinks.interval || !heard)
		longest = SCHEDULE_LONGEST_BLIND;
	return lifetime < longest ? lifetime : longest;
}

/* At most one request a second, whatever it is for; if it is too early the timer brings us back. */
static bool may_send(struct mobile *mobile)
{
	uint64_t mono = mobile->core->now.mono;

	if (!mobile->asked || mono >= mobile->last_sent + SCHEDULE_SPACING)
		return true;
	core_timer_set(mobile->core, &mobile->send_timer,
		       mobile->last_sent + SCHEDULE_SPACING - mono);
	return false;
}

/*
 * A hub drops what it cannot authenticate without a word (mip4-base.md, row 8), so a wrong key looks
 * like a dead hub, were it not for the echoes. Told once for each time of silence.
 */
static void tell_unanswered(struct mobile *mobile)
{
	struct event event = mobile_registration_event(mobile, EVENT_UNANSWERED);
	const char *port = mobile->conf->ports[mobile->active->port].name;
	bool is_there = mobile->active->probe.heard >= mobile->last_sent;

	event.value = mobile->tries;
	snprintf(event.text, sizeof(event.text),
		 is_there ? "by %s the hub answers echoes, but no request: compare home address, "
			    "SPI and key with its subscribers, and see its show violations"
			  : "by %s nothing is heard of the hub: it is down, or the way to it is",
		 port);
	core_post(mobile->core, &event);
}

void mobile_registration_transmit(struct mobile *mobile)
{
	const struct conf_mobile *conf = &mobile->conf->mobile;
	bool again = mobile->tries_here > 0 && mobile->request.waiting;
	struct mobile_nat_request ask;

	if (!may_send(mobile))
		return;
	if (!mobile_nat_ask(conf, mobile->no_udp, mobile->force_udp, &ask)) {
		mobile_registration_hold(mobile, SCHEDULE_REFUSED, true);
		return;
	}
	if (mobile->tries == TELLING_TRIES)
		tell_unanswered(mobile);
	mobile_forward_open(mobile, mobile->active, &ask);
	mobile_request_send(mobile, mobile_lifetime(conf), &ask, again);
	if (mobile->tries > 0)
		mobile->counters.retransmissions++;
	mobile->tries++;
	mobile->tries_here++;
	core_timer_set(mobile->core, &mobile->send_timer,
		       schedule_timeout(mobile->tries, longest_wait(mobile)));
}

void mobile_registration_stop(struct mobile *mobile)
{
	mobile->active = NULL;
	mobile->request.waiting = false;
	mobile->state = MOBILE_DOWN;
	core_timer_stop(mobile->core, &mobile->send_timer);
	echo_stop(&mobile->watch);
}

void mobile_registration_hold(struct mobile *mobile, uint64_t wait, bool forgets)
{
	mobile->request.waiting = false;
	mobile->forgets = forgets;
	mobile->state = MOBILE_HELD;
	core_timer_set(mobile->core, &mobile->send_timer, wait);
}

void mobile_registration_lose(struct mobile *mobile, const char *why, bool at_once)
{
	struct event event;

	if (!mobile->registration.live)
		return;
	mobile_registration_suspect(mobile, mobile_registration_heard(mobile));
	event = mobile_registration_event(mobile, EVENT_LOST);
	snprintf(event.text, sizeof(event.text), "%s", why);
	core_post(mobile->core, &event);
	echo_stop(&mobile->watch);
	core_timer_stop(mobile->core, &mobile->expiry_timer);
	mobile->registration.live = false;
	mobile->registration.tunnel = NULL;
	mobile_forward_down(mobile, at_once);
	if (mobile->state == MOBILE_REFRESHING)
		mobile->state = MOBILE_REGISTERING;
}

void mobile_registration_leave(struct mobile *mobile)
{
	static const struct mobile_nat_request nothing;

	if (mobile->state != MOBILE_LEAVING) {
		mobile->state = MOBILE_LEAVING;
		mobile->tries = 0;
		mobile->tries_here = 0;
		mobile->request.waiting = false;
		echo_stop(&mobile->watch);
	}
	if (!mobile->asked || !mobile->active || mobile->tries == LEAVING_TRIES) {
		mobile_registration_end(mobile);
		return;
	}
	if (!may_send(mobile))
		return;
	mobile_request_send(mobile, 0, &nothing, mobile->tries > 0 && mobile->request.waiting);
	mobile->tries++;
	core_timer_set(mobile->core, &mobile->send_timer, SCHEDULE_SPACING);
}

void mobile_registration_end(struct mobile *mobile)
{
	mobile->state = MOBILE_LEFT;
	mobile->request.waiting = false;
	mobile->registration.live = false;
	mobile->registration.tunnel = NULL;
	core_timer_stop(mobile->core, &mobile->send_timer);
	core_timer_stop(mobile->core, &mobile->expiry_timer);
	core_timer_stop(mobile->core, &mobile->review_timer);
	echo_stop(&mobile->watch);
	mobile_forward_down(mobile, true);
}
