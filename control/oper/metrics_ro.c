/* SPDX-License-Identifier: BSD-3-Clause */
/* The registry's numbers of route optimization; neighbour: metrics.c has the others. */
#include "oper/metrics_family.h"

void metrics_walk_ro(struct walk *walk)
{
	const struct ro *ro = haaro_ro(walk->running->haaro);
	const struct ro_counters *counters;
	struct ro_view view;

	if (ro == NULL)
		return;
	counters = ro_counters(ro);
	ro_read(ro, &view);
#define X(field, name, help) \
	family_tell_one(walk, "haaro_ro_" name, METRIC_COUNTER, help, counters->field);
	RO_COUNTER_LIST(X)
#undef X
	family_tell_codes(walk, "haaro_ro_denied_by_code",
			  "our registrations that peers denied, by reply code",
			  counters->denied_by_code);
	family_tell_codes(walk, "haaro_ro_refused_by_code",
			  "peers' registrations refused, by reply code", counters->refused_by_code);
	family_tell_one(walk, "haaro_ro_peers", METRIC_GAUGE, "routers that the hub told of",
			view.peers);
	family_tell_one(walk, "haaro_ro_prefixes", METRIC_GAUGE, "their prefixes", view.prefixes);
	family_tell_one(walk, "haaro_ro_sessions", METRIC_GAUGE, "peers registered here or there",
			view.sessions);
	family_tell_one(walk, "haaro_ro_paths_direct", METRIC_GAUGE, "peers reached directly now",
			view.direct);
}
