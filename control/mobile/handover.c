/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Two questions are kept apart. Is the hub silent through the tunnel? Then ask again, at once. Is
 * one uplink silent while another answers? Then that uplink is a black hole whatever its carrier
 * says: move. If no uplink answers, the hub is down and moving would help nobody; the first answer
 * from anywhere makes us ask at once, so that a hub that comes back has us within seconds.
 */
#include "mobile/handover.h"

#include "mobile/registration.h"
#include "mobile/watch.h"

/* Requests without an answer by one uplink before the next one is tried. */
#define TRIES_PER_UPLINK 3

static bool is_asking(const struct mobile *mobile)
{
	return mobile->state == MOBILE_REGISTERING || mobile->state == MOBILE_REFRESHING;
}

static bool any_is_good(const struct mobile *mobile)
{
	for (size_t i = 0; i < mobile->order.n; i++)
		if (uplink_is_good(mobile->order.best[i]))
			return true;
	return false;
}

/* Probes can only tell that the hub is silent where one was ever answered. */
static bool hub_is_silent(const struct mobile *mobile)
{
	bool heard = false;

	for (size_t i = 0; i < mobile->order.n; i++)
		heard |= mobile->order.best[i]->heard;
	return heard && !any_is_good(mobile);
}

static void tell_uplink(struct mobile *mobile, const struct uplink *uplink, enum event_type type)
{
	struct event event = core_event(mobile->core, type);

	event.home_address = mobile->conf->mobile.home_address;
	event.peer = mobile->agent;
	event.port = uplink->port;
	event.care_of = uplink->care_of;
	snprintf(event.text, sizeof(event.text), "%s", mobile->conf->ports[uplink->port].name);
	core_post(mobile->core, &event);
}

static void set_review(struct mobile *mobile)
{
	uint64_t at = uplink_review_at(&mobile->order, mobile->active);

	if (at == TIME_NEVER)
		core_timer_stop(mobile->core, &mobile->review_timer);
	else
		core_timer_set(mobile->core, &mobile->review_timer,
			       time_between(mobile->core->now.mono, at));
}

void mobile_handover_review(struct mobile *mobile)
{
	struct uplink *next;

	if (mobile_is_leaving(mobile))
		return;
	next = uplink_choose(&mobile->order, mobile->active, mobile->core->now.mono);
	if (!next && mobile->state != MOBILE_DOWN)
		mobile_registration_stop(mobile);
	else if (next && next != mobile->active)
		mobile_registration_start(mobile, next);
	set_review(mobile);
}

/* --- deadlines ------------------------------------------------------------------------------ */

static void ask_on(struct mobile *mobile)
{
	struct uplink *next = mobile->active;

	if (mobile->tries_here >= TRIES_PER_UPLINK && !hub_is_silent(mobile))
		next = uplink_next(&mobile->order, mobile->active);
	if (next == mobile->active) {
		mobile_registration_transmit(mobile);
		return;
	}
	mobile_registration_suspect(mobile, mobile_registration_heard(mobile));
	uplink_fail(mobile->active, mobile->core->now.mono);
	mobile_registration_go_on(mobile, next);
	set_review(mobile);
}

/* A refresh, or the end of a wait: by the uplink that is to be used now. */
static void ask_anew(struct mobile *mobile)
{
	struct uplink *next = uplink_choose(&mobile->order, mobile->active, mobile->core->now.mono);

	mobile_registration_start(mobile, next ? next : mobile->active);
	set_review(mobile);
}

static void send_expired(struct timer *timer, void *arg)
{
	struct mobile *mobile = arg;

	(void)timer;
	switch (mobile->state) {
	case MOBILE_REGISTERED:
	case MOBILE_HELD:
		ask_anew(mobile);
		break;
	case MOBILE_REGISTERING:
	case MOBILE_REFRESHING:
		ask_on(mobile);
		break;
	case MOBILE_LEAVING:
		mobile_registration_leave(mobile);
		break;
	default:
		break;
	}
}

static void expiry_expired(struct timer *timer, void *arg)
{
	struct mobile *mobile = arg;

	(void)timer;
	mobile->counters.expired++;
	mobile_registration_lose(mobile, "its lifetime ran out", false);
}

static void review_expired(struct timer *timer, void *arg)
{
	(void)timer;
	mobile_handover_review(arg);
}

/* --- the hub's watch ------------------------------------------------------------------------ */

/* About the tunnel that is watched: we may be asking by another uplink already. */
static struct event watch_event(const struct mobile *mobile, enum event_type type)
{
	struct event event = mobile_registration_event(mobile, type);

	event.port = mobile->registration.uplink->port;
	event.care_of = mobile->registration.care_of;
	return event;
}

/*
 * First the same uplink again; if that was accepted and the tunnel is silent still, or this uplink has
 * failed before, the next one.
 */
static void ask_after_silence(struct mobile *mobile)
{
	struct uplink *next = mobile->active;

	if (++mobile->silences > 1 || mobile->active->hold_down > UPLINK_HOLD_DOWN)
		next = uplink_next(&mobile->order, mobile->active);
	if (next != mobile->active)
		uplink_fail(mobile->active, mobile->core->now.mono);
	mobile_registration_start(mobile, next);
	set_review(mobile);
}

static void hub_silent(struct echo *echo, void *arg)
{
	struct mobile *mobile = arg;
	struct event event = watch_event(mobile, EVENT_HUB_SILENT);

	event.value = echo->lost;
	mobile->counters.hub_silent++;
	core_post(mobile->core, &event);
	mobile_registration_suspect(mobile, mobile_registration_heard(mobile));
	/* A wait that the hub asked for goes on: it was heard then, and what it said holds. */
	if (mobile->state == MOBILE_REGISTERED)
		ask_after_silence(mobile);
}

static void hub_answered(struct echo *echo, uint32_t lost, void *arg)
{
	struct mobile *mobile = arg;
	struct event event;

	mobile->silences = 0;
	uplink_succeed(mobile->registration.uplink);
	if (lost < echo->pace.losses)
		return;
	event = watch_event(mobile, EVENT_HUB_ANSWERS);
	mobile->last_outage = time_between(mobile->outage_since, mobile->core->now.mono);
	mobile->outage_since = 0;
	event.value = (uint32_t)(mobile->last_outage / NS_PER_MS);
	core_post(mobile->core, &event);
	if (is_asking(mobile))
		mobile_registration_start(mobile, mobile->active);
}

static const struct echo_handlers hub_handlers = {hub_silent, hub_answered};

/* --- the uplinks' probes -------------------------------------------------------------------- */

static struct uplink *uplink_of(struct mobile *mobile, const struct echo *probe)
{
	return &mobile->uplinks[probe->target.port];
}

static void uplink_silent(struct echo *echo, void *arg)
{
	struct mobile *mobile = arg;
	struct uplink *uplink = uplink_of(mobile, echo);

	uplink->answers = false;
	mobile->counters.uplink_silent++;
	tell_uplink(mobile, uplink, EVENT_UPLINK_SILENT);
	if (uplink == mobile->active && any_is_good(mobile))
		mobile_registration_suspect(mobile, mobile_registration_heard(mobile));
	mobile_handover_review(mobile);
}

/* All fell silent together: that was the hub, and says nothing about any of them. */
static void forgive_others(struct mobile *mobile, const struct uplink *uplink)
{
	struct uplink *other;

	for (size_t i = 0; i < mobile->order.n; i++) {
		other = mobile->order.best[i];
		if (other == uplink || !uplink_is_usable(other) || other->answers)
			continue;
		other->answers = true;
		other->good_since = mobile->core->now.mono;
		echo_forgive(&other->probe);
	}
}

static void uplink_answered(struct echo *echo, uint32_t lost, void *arg)
{
	struct mobile *mobile = arg;
	struct uplink *uplink = uplink_of(mobile, echo);
	bool hub_back = hub_is_silent(mobile);

	uplink->heard = true;
	if (!uplink->answers) {
		uplink->answers = true;
		uplink->good_since = mobile->core->now.mono;
		tell_uplink(mobile, uplink, EVENT_UPLINK_ANSWERS);
	}
	if (hub_back)
		forgive_others(mobile, uplink);
	if (lost == 0)
		return;
	mobile_handover_review(mobile);
	/* What was lost with the echoes was lost with the requests: don't wait for the next one. */
	if (is_asking(mobile) || (hub_back && mobile->state == MOBILE_HELD))
		mobile_registration_start(mobile, mobile->active);
}

static const struct echo_handlers uplink_handlers = {uplink_silent, uplink_answered};

/* --- events --------------------------------------------------------------------------------- */

void mobile_handover_take_uplink(struct mobile *mobile, struct uplink *uplink)
{
	bool was_usable = uplink_is_usable(uplink);
	struct ip_addr before = uplink->care_of;

	uplink->carrier = link_port_is_up(mobile->link, uplink->port);
	uplink->care_of = link_port_address(mobile->link, uplink->port);
	if (uplink_is_usable(uplink) && was_usable && addr_is_equal(&before, &uplink->care_of))
		return;
	uplink->answers = true;
	uplink->good_since = mobile->core->now.mono;
	mobile_watch_uplink(mobile, uplink);
}

static void handle_port(struct mobile *mobile, const struct event *event)
{
	struct uplink *uplink;

	for (size_t i = 0; i < mobile->order.n; i++) {
		uplink = mobile->order.best[i];
		if (uplink->port != event->port)
			continue;
		mobile_handover_take_uplink(mobile, uplink);
		if (uplink == mobile->active && !uplink_is_usable(uplink))
			mobile_registration_suspect(mobile, mobile->core->now.mono);
		mobile_handover_review(mobile);
		return;
	}
}

static void handle_echo_reply(struct mobile *mobile, const struct event *event)
{
	if (echo_handle_reply(&mobile->watch, event))
		return;
	for (size_t i = 0; i < mobile->order.n; i++)
		if (echo_handle_reply(&mobile->order.best[i]->probe, event))
			return;
}

void mobile_handover_handle_event(struct mobile *mobile, const struct event *event)
{
	if (mobile_is_leaving(mobile))
		return;
	switch (event->type) {
	case EVENT_PORT_UP:
	case EVENT_PORT_DOWN:
	case EVENT_PORT_GONE:
	case EVENT_PORT_BACK:
		handle_port(mobile, event);
		break;
	case EVENT_ECHO_REPLY:
		handle_echo_reply(mobile, event);
		break;
	case EVENT_TUNNEL_ERROR:
		/* Not authenticated: a reason to look, no more (tunnels.md, section 7.4). */
		if (mobile->registration.live &&
		    event->tunnel.index == mobile->watch.target.tunnel.index)
			echo_hurry(&mobile->watch);
		break;
	default:
		break;
	}
}

void mobile_handover_init(struct mobile *mobile)
{
	struct uplink *uplink;

	timer_init(&mobile->send_timer, send_expired, mobile);
	timer_init(&mobile->expiry_timer, expiry_expired, mobile);
	timer_init(&mobile->review_timer, review_expired, mobile);
	echo_init(&mobile->watch, mobile->core, mobile->link, &hub_handlers, mobile);
	mobile->watch.requests = &mobile->counters.echoes;
	mobile->watch.replies = &mobile->counters.echo_replies;
	for (uint16_t port = 0; port < CONF_PORTS_MAX; port++) {
		uplink = &mobile->uplinks[port];
		uplink->port = port;
		uplink->hold_down = UPLINK_HOLD_DOWN;
		echo_init(&uplink->probe, mobile->core, mobile->link, &uplink_handlers, mobile);
	}
}

void mobile_handover_fini(struct mobile *mobile)
{
	core_timer_stop(mobile->core, &mobile->send_timer);
	core_timer_stop(mobile->core, &mobile->expiry_timer);
	core_timer_stop(mobile->core, &mobile->review_timer);
	echo_stop(&mobile->watch);
	for (uint16_t port = 0; port < CONF_PORTS_MAX; port++)
		echo_stop(&mobile->uplinks[port].probe);
}
