/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A run with direct paths: everything goes wrong while hosts talk; everything is right again, and who
 * can be direct must be in a stated time; then ways between branches alone are cut, and of the traffic
 * nothing may get lost but for three seconds behind each cut; direct again; strangers flood one branch
 * and leave no trace there; all leave.
 */
#include "direct.h"

#include "attacker.h"
#include "router/value.h"
#include "traffic.h"
#include "world.h"

#define SPREAD     (5 * NS_PER_S)
#define ROUGH      (80 * NS_PER_S)
#define SETTLE     (150 * NS_PER_S) /* all are registered with the hub */
#define CONVERGE   (900 * NS_PER_S) /* and direct where they can be: ten minutes, a refresh */
#define LOOK       (10 * NS_PER_S)
#define CALM       (60 * NS_PER_S)
#define CALM_EVERY (2 * NS_PER_S) /* a fault between branches */
#define LEAVE      (20 * NS_PER_S)
#define RECENTLY   (3 * NS_PER_S)

#define QUIET        (2 * NS_PER_S)
#define FLOOD_BURSTS 50
#define FLOOD_BURST  10
#define FLOOD_EVERY  (20 * NS_PER_MS)
#define FLOOD_CHANCE 8 /* tunnels and timers that come up just then */

#define PACE_FAST (200 * NS_PER_MS)
#define PACE_SLOW (1000 * NS_PER_MS)

/* --- traffic --------------------------------------------------------------------------------------------- */

static void add_both(struct sim *sim, uint32_t a, uint32_t b)
{
	if (a == b)
		return;
	traffic_add(sim, a, b, PACE_FAST, 0);
	traffic_add(sim, b, a, PACE_FAST, 0);
}

/* A ring, and as many pairs by chance. */
static void add_traffic(struct sim *sim)
{
	uint32_t n = sim->n_nodes - 1;

	for (uint32_t i = 0; i < n; i++)
		add_both(sim, 1 + i, 1 + (i + 1) % n);
	for (uint32_t i = 0; i < n / 2; i++)
		add_both(sim, 1 + (uint32_t)sim_draw(sim, RANDOM_JITTER, n),
			 1 + (uint32_t)sim_draw(sim, RANDOM_JITTER, n));
}

static void set_pace(struct sim *sim, uint64_t interval)
{
	for (uint32_t i = 0; i < sim->n_flows; i++)
		sim->flows[i].interval = interval;
}

/* --- convergence ------------------------------------------------------------------------------------------- */

static bool is_direct(const struct sim *sim, const struct flow *flow)
{
	return sim->now - flow->last[FLOW_DIRECT] < RECENTLY &&
	       flow->last[FLOW_DIRECT] > flow->last[FLOW_BY_HUB];
}

/* The first flow that must be direct and is not; NULL: none. */
static const struct flow *find_late(const struct sim *sim)
{
	for (uint32_t i = 0; i < sim->n_flows; i++) {
		const struct flow *flow = &sim->flows[i];

		if (truth_must_be_direct(sim, flow->from, flow->to) && !is_direct(sim, flow))
			return flow;
	}
	return NULL;
}

static void converge(struct sim *sim, const char *when)
{
	uint64_t end = sim->now + CONVERGE;
	const struct flow *late = NULL;

	do {
		sim_run_for(sim, LOOK);
	} while (!sim->failed && (late = find_late(sim)) && sim->now < end);
	if (!sim->failed && late) {
		describe_pair(sim, late->from, late->to);
		sim_break(sim, INVARIANT_CONVERGED, "%u to %u is not direct %s", late->from,
			  late->to, when);
	}
}

/* --- the phases ------------------------------------------------------------------------------------------------ */

static void run_rough(struct sim *sim)
{
	sim->faults = sim->lossy = true;
	attacker_wake(sim, ATTACKER_ROUGH);
	fault_plan(sim);
	sim_run_for(sim, ROUGH);
	attacker_wake(sim, ATTACKER_SPARES);
	fault_heal(sim);
	fault_ways_heal(sim);
	set_pace(sim, PACE_SLOW);
	sim_run_for(sim, SETTLE);
	check_registered(sim, "150 s after the last fault");
}

static void run_calm(struct sim *sim)
{
	uint64_t end = sim->now + CALM;

	set_pace(sim, PACE_FAST);
	sim_run_for(sim, FLOW_LATEST);
	sim->strict = true;
	while (!sim->failed && sim->now < end) {
		fault_way(sim);
		sim_run_for(sim, sim_draw(sim, RANDOM_JITTER, 2 * CALM_EVERY));
	}
	fault_ways_heal(sim);
	set_pace(sim, PACE_SLOW);
}

/* --- strangers ----------------------------------------------------------------------------------------------- */

struct weight {
	struct fwd_usage usage;
	size_t tunnels; /* between branches */
	size_t peers;
	size_t timers;
};

static size_t count_tunnels(const struct node *node)
{
	struct fwd_tunnel_state state;
	size_t n = 0;

	for (uint32_t i = 0; i < SIM_TUNNELS; i++)
		n += fwd_model_ops.tunnel_read(node->fwd, i, &state) == 0 &&
		     state.set.accept != FWD_ACCEPT_ALL;
	return n;
}

static struct weight weigh(const struct node *node)
{
	struct weight weight;
	struct ro_view view;

	fwd_model_ops.usage_read(node->fwd, &weight.usage);
	ro_read(haaro_ro(node->haaro), &view);
	weight.tunnels = count_tunnels(node);
	weight.peers = view.peers;
	weight.timers = node->haaro->core.timers.count;
	return weight;
}

/*
 * What strangers may send in masses leaves no state (haaro.md, section 21, row 3), and costs the traffic
 * nothing.
 */
static void run_flood(struct sim *sim)
{
	uint32_t victim = attacker_branch(sim);
	const struct node *node = &sim->nodes[victim];
	struct weight before, after;

	attacker_wake(sim, ATTACKER_SLEEPS);
	sim_run_for(sim, QUIET);
	before = weigh(node);
	for (int i = 0; i < FLOOD_BURSTS && !sim->failed; i++) {
		for (int k = 0; k < FLOOD_BURST; k++)
			forger_flood(sim, victim);
		sim_run_for(sim, FLOOD_EVERY);
	}
	sim_run_for(sim, QUIET);
	after = weigh(node);
	if (after.peers > before.peers || after.timers > before.timers + FLOOD_CHANCE ||
	    after.tunnels > before.tunnels + FLOOD_CHANCE || after.usage.paths > before.usage.paths)
		sim_break(sim, INVARIANT_STATE,
			  "node %u: %zu peers, %zu tunnels, %zu timers before the flood, then %zu, "
			  "%zu, %zu",
			  victim, before.peers, before.tunnels, before.timers, after.peers,
			  after.tunnels, after.timers);
}

static void run_leave(struct sim *sim)
{
	sim->strict = false;
	for (uint32_t i = 0; i < sim->n_flows; i++)
		traffic_pause(sim, i, true);
	sim_leave_all(sim);
	sim_run_for(sim, LEAVE);
	if (!sim->failed)
		check_left(sim);
}

void direct_run(struct sim *sim)
{
	if (sim->options.verbose)
		describe_world(sim);
	add_traffic(sim);
	run_rough(sim);
	if (!sim->failed)
		converge(sim, "15 minutes after they were");
	if (!sim->failed)
		run_calm(sim);
	if (!sim->failed)
		converge(sim, "15 minutes after the last cut");
	if (!sim->failed)
		run_flood(sim);
	if (!sim->failed)
		run_leave(sim);
}
