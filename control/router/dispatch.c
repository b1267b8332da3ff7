/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Who handles which event: one table, above the roles. Calls run down, events run up; the subscriber
 * (log, counters, the simulator's trace) sees every event after its handlers. Thread: control core.
 */
#include "router/value.h"

/*
 * Events that one call may cause, those that handlers cause included: a bound for the case that two
 * handlers answer each other for ever. What is left is dispatched by the next call.
 */
#define DISPATCH_MAX 65536

typedef void (*event_handler)(struct haaro *haaro, const struct event *event);

static void tell_mobile(struct haaro *haaro, const struct event *event)
{
	if (haaro->mobile)
		mobile_handle_event(haaro->mobile, event);
}

/* Of the registration, for route optimization. */
static void tell_ro(struct haaro *haaro, const struct event *event)
{
	if (haaro->ro)
		ro_handle_event(haaro->ro, event);
}

static void tell_both(struct haaro *haaro, const struct event *event)
{
	tell_mobile(haaro, event);
	tell_ro(haaro, event);
}

static const event_handler handlers[EVENT_MAX] = {
	[EVENT_PORT_UP] = tell_mobile,    [EVENT_PORT_DOWN] = tell_both,
	[EVENT_PORT_GONE] = tell_both,    [EVENT_PORT_BACK] = tell_mobile,
	[EVENT_ECHO_REPLY] = tell_both,   [EVENT_PATH_MTU] = tell_mobile,
	[EVENT_TUNNEL_ERROR] = tell_both, [EVENT_REGISTERED] = tell_ro,
	[EVENT_REFRESHED] = tell_ro,      [EVENT_HANDOVER] = tell_ro,
};

/* On the way out peers are left first, as long as the hub's tunnel brings their tests. */
static void go_on_stopping(struct haaro *haaro)
{
	if (haaro->stopping && haaro->mobile && ro_is_drained(haaro->ro))
		mobile_shutdown(haaro->mobile);
}

void router_dispatch(struct haaro *haaro)
{
	struct event event;

	go_on_stopping(haaro);
	for (int n = 0; n < DISPATCH_MAX && event_take(&haaro->core.events, &event); n++) {
		if (handlers[event.type])
			handlers[event.type](haaro, &event);
		if (haaro->subscriber)
			haaro->subscriber(haaro->subscriber_arg, &event);
	}
}
