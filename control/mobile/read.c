/* SPDX-License-Identifier: BSD-3-Clause */
/* The Mobile Router as an operator sees it. */
#include <assert.h>

#include "mobile/state.h"

static_assert(CONF_MOBILE_NETWORKS_MAX <= sizeof(((struct mobile_view *)0)->networks) /
						  sizeof(((struct mobile_view *)0)->networks[0]),
	      "every network has a place in the view");

const char *mobile_state_name(enum mobile_state state)
{
	static const char *const names[] = {
		[MOBILE_DOWN] = "down",
		[MOBILE_REGISTERING] = "registering",
		[MOBILE_REGISTERED] = "registered",
		[MOBILE_REFRESHING] = "refreshing",
		[MOBILE_HELD] = "held",
		[MOBILE_LEAVING] = "leaving",
		[MOBILE_LEFT] = "left",
	};

	static_assert(sizeof(names) / sizeof(names[0]) == MOBILE_STATE_MAX,
		      "every state has a name");
	return state < MOBILE_STATE_MAX ? names[state] : "?";
}

static void read_registration(const struct mobile *mobile, struct mobile_view *view)
{
	const struct mobile_registration *registration = &mobile->registration;

	view->tunnel.index = FWD_NONE;
	if (!registration->live)
		return;
	view->home_agent = registration->agent;
	view->behind_nat = registration->behind_nat;
	view->encap = registration->encap;
	view->tunnel = tunnel_ref(registration->tunnel);
	view->tunnel_mtu = tunnel_mtu(registration->tunnel);
	view->remaining = registration->granted;
	view->granted = UINT32_MAX;
	if (registration->granted == TIME_NEVER)
		return;
	view->granted = (uint32_t)time_in_seconds(registration->granted);
	view->remaining = time_between(mobile->core->now.mono, registration->expires);
}

static void read_networks(const struct mobile *mobile, struct mobile_view *view)
{
	const struct mobile_networks *networks = &mobile->networks;

	view->n_networks = networks->n;
	for (size_t i = 0; i < networks->n; i++) {
		view->networks[i].prefix = networks->list[i].prefix;
		view->networks[i].accepted =
			mobile->registration.live && networks->list[i].accepted;
		view->networks[i].code = networks->list[i].code;
	}
}

static void read_uplinks(const struct mobile *mobile, struct mobile_view *view)
{
	size_t most = sizeof(view->uplinks) / sizeof(view->uplinks[0]);

	for (size_t i = 0; i < mobile->order.n && i < most; i++) {
		const struct uplink *uplink = mobile->order.best[i];

		view->uplinks[view->n_uplinks++] = (struct mobile_uplink_view){
			.port = uplink->port,
			.care_of = uplink->care_of,
			.carrier = uplink->carrier,
			.answers = uplink->answers,
			.heard = uplink->heard,
			.active = uplink == mobile->active,
			.rtt = uplink->probe.rtt,
		};
	}
}

void mobile_read(const struct mobile *mobile, struct mobile_view *view)
{
	*view = (struct mobile_view){
		.state = mobile->state,
		.home_address = mobile->conf->mobile.home_address,
		.home_agent = mobile->agent,
		.port = mobile->active ? mobile->active->port : PORT_NONE,
		.next_try = TIME_NEVER,
		.last_code = mobile->last_code,
		.spi = mobile->sa.entries[0].spi,
		.clock_offset = replay_client_offset(&mobile->replay, &mobile->core->now),
		.hub_rtt = mobile->watch.rtt,
		.last_outage = mobile->last_outage,
	};
	if (mobile->active)
		view->care_of = mobile->active->care_of;
	if (timer_is_set(&mobile->send_timer))
		view->next_try = time_between(mobile->core->now.mono, mobile->send_timer.deadline);
	read_registration(mobile, view);
	read_networks(mobile, view);
	read_uplinks(mobile, view);
}

const struct mobile_counters *mobile_counters(const struct mobile *mobile)
{
	return &mobile->counters;
}
