/* SPDX-License-Identifier: BSD-3-Clause */
/* Accepted, or denied with a code: the reaction to each. */
#include "mobile/outcome.h"

#include "mobile/denial.h"
#include "mobile/forward.h"
#include "mobile/networks.h"
#include "mobile/registration.h"
#include "mobile/schedule.h"
#include "mobile/watch.h"

#define RESYNCS_MOST   3
#define RESYNC_WINDOW  (60 * NS_PER_S)
#define REDIRECTS_MOST 3
#define INFINITE       UINT16_MAX

/* --- accepted ------------------------------------------------------------------------------- */

static uint64_t duration(uint16_t lifetime)
{
	return lifetime == INFINITE ? TIME_NEVER : time_seconds(lifetime);
}

static uint64_t later(uint64_t mono, uint64_t wait)
{
	return wait == TIME_NEVER ? TIME_NEVER : mono + wait;
}

static void set_timer_at(struct mobile *mobile, struct timer *timer, uint64_t mono)
{
	if (mono == TIME_NEVER)
		core_timer_stop(mobile->core, timer);
	else
		core_timer_set(mobile->core, timer, time_between(mobile->core->now.mono, mono));
}

static void note_revocation(struct mobile *mobile, const struct registration_reply *reply)
{
	struct mobile_revocation *revocation = &mobile->revocation;

	revocation->agreed = mobile->conf->mobile.revocation && reply->revocation.is_present;
	revocation->revoked = false;
	revocation->care_of = mobile->request.care_of;
	revocation->agent = mobile->request.agent;
	revocation->newest = reply->revocation.timestamp;
	revocation->until = mobile->registration.expires;
}

static void note_registration(struct mobile *mobile, const struct registration_reply *reply,
			      uint16_t lifetime)
{
	struct mobile_registration *registration = &mobile->registration;
	const struct mobile_request *request = &mobile->request;

	registration->live = true;
	registration->uplink = mobile->active;
	registration->agent = request->agent;
	registration->care_of = request->care_of;
	registration->granted = duration(lifetime);
	/* From the moment of asking, so that ours ends before the hub's (RFC 5944,
	 * section 3.6.2.1). */
	registration->expires = later(request->sent, registration->granted);
	registration->keepalive = time_seconds(reply->udp.is_present ? reply->udp.keepalive : 0);
	registration->answered = mobile->core->now.mono;
	note_revocation(mobile, reply);
}

/* Ends an outage if there was one; its length in nanoseconds. */
static uint64_t end_outage(struct mobile *mobile)
{
	uint64_t outage;

	if (mobile->outage_since == 0)
		return 0;
	outage = time_between(mobile->outage_since, mobile->core->now.mono);
	mobile->outage_since = 0;
	mobile->last_outage = outage;
	return outage;
}

static void announce(struct mobile *mobile, bool was_live)
{
	const struct mobile_registration *registration = &mobile->registration;
	bool moved = mobile->last_uplink && mobile->last_uplink != registration->uplink;
	bool outage = mobile->outage_since != 0;
	struct event event;

	event = mobile_registration_event(mobile, moved                 ? EVENT_HANDOVER
						  : was_live && !outage ? EVENT_REFRESHED
									: EVENT_REGISTERED);
	event.value = (uint32_t)(end_outage(mobile) / NS_PER_MS);
	snprintf(event.text, sizeof(event.text), "by %s over %s%s",
		 mobile->conf->ports[registration->uplink->port].name,
		 encap_name(registration->encap), registration->behind_nat ? ", behind a NAT" : "");
	core_post(mobile->core, &event);
	if (moved)
		mobile->counters.handovers++;
	mobile->last_uplink = registration->uplink;
}

static void set_timers(struct mobile *mobile)
{
	const struct mobile_registration *registration = &mobile->registration;
	uint32_t chance = (uint32_t)random_u64(&mobile->core->random, RANDOM_JITTER);

	set_timer_at(mobile, &mobile->expiry_timer, registration->expires);
	set_timer_at(mobile, &mobile->send_timer,
		     schedule_refresh(mobile->request.sent, registration->granted, chance));
}

static void forget_denials(struct mobile *mobile)
{
	mobile->denials = 0;
	mobile->resyncs = 0;
	mobile->redirects = 0;
	mobile->active->refused_until = 0;
}

static void deny_patiently(struct mobile *mobile)
{
	mobile->denials++;
	mobile_registration_hold(mobile, schedule_denied(mobile->denials), false);
}

/* What we make of a reply, and what the hub says itself (Message String, RFC 4917), made harmless. */
static void tell_denial(struct mobile *mobile, const struct registration_reply *reply,
			const char *what)
{
	struct event event = mobile_registration_event(mobile, EVENT_DENIED);
	size_t len;

	event.value = reply->code;
	snprintf(event.text, sizeof(event.text), "%s%s", what,
		 reply->text.len ? "; it says: " : "");
	len = strlen(event.text);
	for (size_t i = 0; i < reply->text.len && len + 1 < sizeof(event.text); i++) {
		uint8_t octet = reply->text.text[i];

		event.text[len++] = octet >= ' ' && octet <= '~' ? (char)octet : '?';
	}
	event.text[len] = '\0';
	core_post(mobile->core, &event);
}

/* For a person to mend; by any uplink the answer would be the same. */
static void give_up(struct mobile *mobile)
{
	mobile_registration_hold(mobile, SCHEDULE_REFUSED, true);
}

/*
 * Nothing more to offer by this uplink. By another one the answer may be another: a policy about NAT,
 * an address that the hub can't use.
 */
static void refuse(struct mobile *mobile)
{
	uint64_t mono = mobile->core->now.mono;
	struct uplink *next;

	mobile->active->refused_until = mono + SCHEDULE_REFUSED;
	next = uplink_unrefused(&mobile->order, mobile->active, mono);
	if (next)
		mobile_registration_start(mobile, next);
	else
		give_up(mobile);
}

static void take_acceptance(struct mobile *mobile, const struct registration_reply *reply)
{
	struct mobile_registration *registration = &mobile->registration;
	uint16_t asked = mobile->request.lifetime;
	uint16_t lifetime = reply->lifetime < asked ? reply->lifetime : asked;
	bool was_live = registration->live;
	struct tunnel *tunnel;
	enum encap encap;
	bool another;
	bool behind_nat;

	if (lifetime == 0 ||
	    mobile_nat_agree(&mobile->request.ask, &reply->udp, &encap, &behind_nat) < 0) {
		tell_denial(mobile, reply,
			    lifetime == 0
				    ? "accepted for no time at all"
				    : "accepted with an encapsulation that is not configured here");
		refuse(mobile);
		return;
	}
	if (mobile_forward_use(mobile, mobile->active, encap, &tunnel) < 0) {
		tell_denial(mobile, reply, "accepted, but the tunnel could not be set up");
		deny_patiently(mobile);
		return;
	}
	another = !was_live || tunnel != registration->tunnel;
	registration->tunnel = tunnel;
	registration->encap = encap;
	registration->behind_nat = behind_nat;
	note_registration(mobile, reply, lifetime);
	mobile->state = MOBILE_REGISTERED;
	forget_denials(mobile);
	set_timers(mobile);
	mobile_networks_judge(mobile, reply);
	mobile_optimization_note(mobile, reply);
	mobile_watch_follow(mobile, another);
	/* With a watch it must be answered first: some uplinks let requests through and no tunnel. */
	if (!mobile->watch.pace.interval)
		uplink_succeed(mobile->active);
	announce(mobile, was_live);
}

/* --- denied --------------------------------------------------------------------------------- */

static void ask_again(struct mobile *mobile)
{
	mobile_registration_start(mobile, mobile->active);
}

/* The reply's time was taken already. */
static void resync(struct mobile *mobile)
{
	uint64_t mono = mobile->core->now.mono;

	mobile->counters.resyncs++;
	if (mobile->resyncs == 0 || mono > mobile->resync_first + RESYNC_WINDOW) {
		mobile->resyncs = 0;
		mobile->resync_first = mono;
	}
	if (++mobile->resyncs < RESYNCS_MOST) {
		ask_again(mobile);
		return;
	}
	mobile->resyncs = 0;
	deny_patiently(mobile);
}

static void redirect(struct mobile *mobile, const struct registration_reply *reply)
{
	if (!addr4_is_unicast(reply->home_agent) || reply->home_agent == mobile->agent.v4 ||
	    ++mobile->redirects > REDIRECTS_MOST) {
		give_up(mobile);
		return;
	}
	mobile->agent = addr_v4(reply->home_agent);
	/* The clock of another home agent is another clock; its time is in the reply if it says
	 * one. */
	replay_client_init(&mobile->replay, mobile->replay.style);
	if (reply->identification != mobile->request.identification)
		replay_client_handle_reply(&mobile->replay, &mobile->core->now,
					   reply->identification, true);
	for (size_t i = 0; i < mobile->order.n; i++)
		mobile_watch_uplink(mobile, mobile->order.best[i]);
	ask_again(mobile);
}

static void deny(struct mobile *mobile, const struct registration_reply *reply)
{
	struct mobile_nat_request ask;

	switch (denial_of(reply->code)) {
	case DENIAL_RESYNC:
		resync(mobile);
		return;
	case DENIAL_REDIRECT:
		redirect(mobile, reply);
		return;
	case DENIAL_ENCAPSULATION:
		mobile->force_udp = true;
		break;
	case DENIAL_NO_UDP:
		mobile->no_udp = true;
		break;
	case DENIAL_NETWORKS:
		if (mobile_networks_leave_out(mobile, reply))
			ask_again(mobile);
		else
			give_up(mobile);
		return;
	case DENIAL_NOT_A_ROUTER:
		if (mobile->networks.not_a_router) {
			give_up(mobile); /* said to a request that names no network */
			return;
		}
		mobile->networks.not_a_router = true;
		ask_again(mobile);
		return;
	case DENIAL_PATIENCE:
		deny_patiently(mobile);
		return;
	default:
		refuse(mobile);
		return;
	}
	/* Another encapsulation, if the configuration leaves one and this is not what was refused.
	 */
	if (mobile_nat_ask(&mobile->conf->mobile, mobile->no_udp, mobile->force_udp, &ask) &&
	    memcmp(&ask, &mobile->request.ask, sizeof(ask)) != 0)
		ask_again(mobile);
	else
		refuse(mobile);
}

static const char *const reactions[DENIAL_MAX] = {
	[DENIAL_ACCEPTED] = "accepted",
	[DENIAL_RESYNC] = "its time differs from ours: taking it",
	[DENIAL_REDIRECT] = "unknown home agent address",
	[DENIAL_ENCAPSULATION] = "encapsulation not available there",
	[DENIAL_NO_UDP] = "no UDP encapsulation there",
	[DENIAL_NETWORKS] = "no network accepted",
	[DENIAL_NOT_A_ROUTER] = "we may not act as a router",
	[DENIAL_PATIENCE] = "asking again later",
	[DENIAL_IGNORE] = "authentication failed there: not acted on",
	[DENIAL_REFUSED] = "refused: check the subscriber at the home agent",
};

/* --- leaving -------------------------------------------------------------------------------- */

static void leave(struct mobile *mobile, enum denial denial)
{
	struct event event;

	/* The timer sends the next try, with the hub's time. */
	if (denial == DENIAL_RESYNC)
		return;
	if (denial == DENIAL_ACCEPTED) {
		event = mobile_registration_event(mobile, EVENT_DEREGISTERED);
		core_post(mobile->core, &event);
	}
	mobile_registration_end(mobile);
}

void mobile_outcome_handle(struct mobile *mobile, const struct registration_reply *reply)
{
	enum denial denial = denial_of(reply->code);

	mobile->last_code = reply->code;
	if (denial == DENIAL_ACCEPTED) {
		mobile->counters.accepted++;
	} else {
		mobile->counters.denied++;
		mobile->counters.denied_by_code[reply->code]++;
		tell_denial(mobile, reply, reactions[denial]);
	}
	if (denial == DENIAL_IGNORE)
		return;
	replay_client_handle_reply(&mobile->replay, &mobile->core->now, reply->identification,
				   denial == DENIAL_RESYNC);
	mobile->request.waiting = false;
	if (mobile->state == MOBILE_LEAVING)
		leave(mobile, denial);
	else if (denial == DENIAL_ACCEPTED)
		take_acceptance(mobile, reply);
	else
		deny(mobile, reply);
}
