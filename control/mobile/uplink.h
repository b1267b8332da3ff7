/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The WAN ports of a branch, best first, and the choice among them. Pure: knows ports by what it
 * was told (carrier, the probe's verdict), sends nothing.
 *
 * Thread: control core.
 */
#ifndef MOBILE_UPLINK_H
#define MOBILE_UPLINK_H

#include "haaro/addr.h"

#include "mobile/echo.h"

/*
 * How long a better uplink must have been good before the router goes back to it: a link that comes
 * and goes must not take the registration with it each time. Leaving a bad uplink never waits.
 */
#define UPLINK_HOLD_DOWN         (30 * NS_PER_S)
#define UPLINK_HOLD_DOWN_LONGEST (960 * NS_PER_S)

struct uplink {
	uint16_t port;
	bool carrier;        /* neither down nor gone */
	bool answers;        /* the probe's verdict; true before the first */
	bool heard;          /* it has answered a probe since the start */
	uint64_t good_since; /* mono: usable and answering since then */
	uint64_t hold_down;  /* how long it must be good before the router goes back to it */
	uint64_t
		refused_until; /* mono: the hub refused a registration by it for good; 0: it did not */
	struct ip_addr care_of;
	struct echo probe;
};

static inline bool uplink_is_usable(const struct uplink *uplink)
{
	return uplink->carrier && addr_is_set(&uplink->care_of);
}

static inline bool uplink_is_good(const struct uplink *uplink)
{
	return uplink_is_usable(uplink) && uplink->answers;
}

/* The uplinks of the configuration, best first. */
struct uplink_order {
	struct uplink *best[CONF_PORTS_MAX];
	size_t n;
};

/*
 * The uplink to register by: the best good one, but a good active one is left only for one that has
 * been good for its hold-down, and a silent active one only for one whose echoes are answered. If none
 * is, the hub is silent and no uplink is to blame. NULL: none is usable.
 */
struct uplink *uplink_choose(const struct uplink_order *order, struct uplink *active,
			     uint64_t mono);

/* When uplink_choose() may say something else with nothing but time passing; TIME_NEVER: never. */
uint64_t uplink_review_at(const struct uplink_order *order, const struct uplink *active);

/* The best good one but active that the hub has not refused lately; NULL: none. */
struct uplink *uplink_unrefused(const struct uplink_order *order, const struct uplink *active,
				uint64_t mono);

/*
 * The one to try after the hub answered no request by active: the next good one in the circle; the
 * next usable one if active is not good either. active itself if there is none.
 */
struct uplink *uplink_next(const struct uplink_order *order, struct uplink *active);

/* No request was answered on it: it must be good for longer, each time, before it is tried again.
 */
void uplink_fail(struct uplink *uplink, uint64_t mono);

/* A registration by it was accepted and its tunnel works. */
void uplink_succeed(struct uplink *uplink);

#endif
