/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The smallest network with a direct path: two branches that reach each other. Their traffic begins by
 * the hub, is direct in both directions within three seconds, goes by the hub again within three
 * seconds after the direct way is cut without a word, and is direct again once it is open. No packet is
 * lost but in that gap, and none comes twice.
 */
#include "sim.h"
#include "traffic.h"

#define SOON     (3 * NS_PER_S)
#define REGISTER (15 * NS_PER_S)
#define STEADY   (20 * NS_PER_S)
#define RETURN   (60 * NS_PER_S)
#define EVERY    (50 * NS_PER_MS)
#define LAST_FEW (500 * NS_PER_MS)

static void expect_way(struct sim *sim, enum flow_way way, const char *when)
{
	for (uint32_t i = 0; i < sim->n_flows; i++) {
		const struct flow *flow = &sim->flows[i];

		if (sim->now - flow->last[way] > LAST_FEW ||
		    sim->now - flow->last[FLOW_WAYS - 1 - way] < LAST_FEW)
			sim_break(sim, INVARIANT_CONVERGED, "%u to %u is not %s %s", flow->from,
				  flow->to, way == FLOW_DIRECT ? "direct" : "by the hub", when);
	}
}

static void cut(struct sim *sim, bool cut)
{
	network_way(sim, 1, 2)->cut = cut;
	network_way(sim, 2, 1)->cut = cut;
	if (!cut)
		return;
	traffic_excuse(sim, 1, 2);
	traffic_excuse(sim, 2, 1);
}

void smoke_run(struct sim *sim)
{
	sim_run_for(sim, REGISTER);
	check_registered(sim, "15 s after the start");
	sim->strict = true;
	traffic_add(sim, 1, 2, EVERY, 0);
	traffic_add(sim, 2, 1, EVERY, 0);
	sim_run_for(sim, SOON);
	expect_way(sim, FLOW_DIRECT, "3 s after traffic began");
	sim_run_for(sim, STEADY);
	expect_way(sim, FLOW_DIRECT, "in the steady state");
	cut(sim, true);
	sim_run_for(sim, SOON);
	expect_way(sim, FLOW_BY_HUB, "3 s after the cut");
	sim_run_for(sim, STEADY);
	expect_way(sim, FLOW_BY_HUB, "while the way is cut");
	cut(sim, false);
	sim_run_for(sim, RETURN);
	expect_way(sim, FLOW_DIRECT, "60 s after the way was open again");
	sim_run_for(sim, FLOW_LATEST);
	traffic_judge(sim, true);
}
