/* SPDX-License-Identifier: BSD-3-Clause */
/* The choice among uplinks. */
#include "mobile/uplink.h"

static uint64_t held_until(const struct uplink *uplink)
{
	uint64_t held = uplink->good_since + uplink->hold_down;

	return held > uplink->refused_until ? held : uplink->refused_until;
}

static struct uplink *first_good(const struct uplink_order *order)
{
	for (size_t i = 0; i < order->n; i++)
		if (uplink_is_good(order->best[i]))
			return order->best[i];
	return NULL;
}

static struct uplink *first_usable(const struct uplink_order *order)
{
	for (size_t i = 0; i < order->n; i++)
		if (uplink_is_usable(order->best[i]))
			return order->best[i];
	return NULL;
}

/* What no echo was lost of lately, and not because none was ever answered. */
static bool is_answering(const struct uplink *uplink)
{
	return uplink_is_good(uplink) && uplink->heard && uplink->probe.lost == 0;
}

static struct uplink *better_than(const struct uplink_order *order, struct uplink *active,
				  uint64_t mono)
{
	for (size_t i = 0; i < order->n && order->best[i] != active; i++)
		if (uplink_is_good(order->best[i]) && held_until(order->best[i]) <= mono)
			return order->best[i];
	return active;
}

struct uplink *uplink_choose(const struct uplink_order *order, struct uplink *active, uint64_t mono)
{
	struct uplink *uplink;

	if (active && uplink_is_good(active))
		return better_than(order, active, mono);
	if (active && uplink_is_usable(active)) {
		for (size_t i = 0; i < order->n; i++)
			if (is_answering(order->best[i]))
				return order->best[i];
		return active;
	}
	uplink = first_good(order);
	return uplink ? uplink : first_usable(order);
}

uint64_t uplink_review_at(const struct uplink_order *order, const struct uplink *active)
{
	uint64_t first = TIME_NEVER;

	/* A silent one is not left because time passes: a review that is due for ever never ends. */
	if (!active || !uplink_is_good(active))
		return TIME_NEVER;
	for (size_t i = 0; i < order->n && order->best[i] != active; i++)
		if (uplink_is_good(order->best[i]) && held_until(order->best[i]) < first)
			first = held_until(order->best[i]);
	return first;
}

struct uplink *uplink_unrefused(const struct uplink_order *order, const struct uplink *active,
				uint64_t mono)
{
	for (size_t i = 0; i < order->n; i++)
		if (order->best[i] != active && uplink_is_good(order->best[i]) &&
		    order->best[i]->refused_until <= mono)
			return order->best[i];
	return NULL;
}

struct uplink *uplink_next(const struct uplink_order *order, struct uplink *active)
{
	struct uplink *usable = NULL, *uplink;
	size_t at = 0;

	while (at < order->n && order->best[at] != active)
		at++;
	for (size_t step = 1; step < order->n; step++) {
		uplink = order->best[(at + step) % order->n];
		if (uplink_is_good(uplink))
			return uplink;
		if (!usable && uplink_is_usable(uplink))
			usable = uplink;
	}
	return usable && !uplink_is_good(active) ? usable : active;
}

void uplink_fail(struct uplink *uplink, uint64_t mono)
{
	uplink->good_since = mono;
	if (uplink->hold_down < UPLINK_HOLD_DOWN_LONGEST)
		uplink->hold_down *= 2;
}

void uplink_succeed(struct uplink *uplink)
{
	uplink->hold_down = UPLINK_HOLD_DOWN;
}
