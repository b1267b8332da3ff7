/* SPDX-License-Identifier: BSD-3-Clause */
/* Targets and paces of the echoes. The verdicts are handover.c's. */
#include "mobile/watch.h"

#define KEEPALIVE_DEFAULT (110 * NS_PER_S) /* RFC 3519, section 4.9 */
#define KEEPALIVE_RETRY   NS_PER_S
#define KEEPALIVE_LOSSES  4 /* one, and three retransmissions */

static struct echo_pace hub_pace(const struct mobile *mobile)
{
	const struct mobile_registration *registration = &mobile->registration;
	const struct conf_watch *watch = &mobile->conf->mobile.watch_hub;
	struct echo_pace pace = {watch->interval, watch->interval, watch->losses};
	uint64_t keepalive = registration->keepalive ? registration->keepalive : KEEPALIVE_DEFAULT;

	if (registration->encap == ENCAP_UDP && (!pace.interval || pace.interval > keepalive))
		pace = (struct echo_pace){keepalive, KEEPALIVE_RETRY, KEEPALIVE_LOSSES};
	return pace;
}

void mobile_watch_follow(struct mobile *mobile, bool another)
{
	const struct mobile_registration *registration = &mobile->registration;
	const struct echo_pace pace = hub_pace(mobile);
	const struct echo_target target = {
		.port = PORT_NONE,
		.tunnel = tunnel_ref(registration->tunnel),
		.source = mobile->conf->mobile.home_address,
		.destination = registration->agent,
	};

	if (another || mobile->watch.silent || mobile->watch.pace.interval != pace.interval ||
	    mobile->watch.pace.losses != pace.losses)
		echo_start(&mobile->watch, &target, &pace, pace.interval);
}

void mobile_watch_uplink(struct mobile *mobile, struct uplink *uplink)
{
	const struct conf_watch *watch = &mobile->conf->mobile.watch_uplinks;
	const struct echo_pace pace = {watch->interval, watch->interval, watch->losses};
	const struct echo_target target = {
		.port = uplink->port,
		.tunnel = {.index = FWD_NONE},
		.source = uplink->care_of,
		.destination = mobile->agent,
	};

	if (uplink_is_usable(uplink))
		echo_start(&uplink->probe, &target, &pace, 0);
	else
		echo_stop(&uplink->probe);
}
