/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A packet from the punt ring to the part that handles it, by the reason that the worker gave.
 * Thread: control core.
 */
#include "router/value.h"

static void handle_signalling(struct haaro *haaro, const struct punt *punt)
{
	struct datagram datagram;

	if (!link_take_datagram(haaro->link, punt, &datagram))
		return;
	if (haaro->home)
		home_handle_datagram(haaro->home, &datagram);
	else if (ro_takes(haaro->ro, &datagram))
		ro_handle_datagram(haaro->ro, &datagram);
	else
		mobile_handle_datagram(haaro->mobile, &datagram);
}

void haaro_input(struct haaro *haaro, const struct now *now, const struct punt *punt)
{
	router_enter(haaro, now);
	switch (punt->reason) {
	case PUNT_SIGNALLING:
	case PUNT_FRAGMENT:
		handle_signalling(haaro, punt);
		break;
	case PUNT_ICMP:
		link_handle_icmp(haaro->link, punt);
		break;
	case PUNT_ARP:
		link_handle_arp(haaro->link, punt);
		break;
	case PUNT_RESOLVE:
		link_handle_resolve(haaro->link, punt);
		break;
	case PUNT_ERROR:
		link_handle_error(haaro->link, punt);
		break;
	case PUNT_NOTIFY:
		if (haaro->ro)
			ro_handle_notify(haaro->ro, punt);
		break;
	case PUNT_REASON_MAX:
		break;
	}
	router_dispatch(haaro);
}
