/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Direct ways that are cut, one way or both, or narrow; partitions; policies; the operator, who may also
 * prefer another encapsulation.
 */
#include <errno.h>
#include <string.h>

#include "direct.h"
#include "traffic.h"
#include "world.h"

static uint32_t draw_branch(struct sim *sim)
{
	return 1 + (uint32_t)sim_draw(sim, RANDOM_JITTER, sim->n_nodes - 1);
}

static void cut_way(struct sim *sim, uint32_t from, uint32_t to, bool cut)
{
	struct way *way = network_way(sim, from, to);

	if (cut && !way->cut)
		traffic_excuse(sim, from, to);
	way->cut = cut;
	describe_way(sim, from, to);
}

static void toggle_cut(struct sim *sim, uint32_t from, uint32_t to)
{
	cut_way(sim, from, to, !network_way(sim, from, to)->cut);
}

static void toggle_narrow(struct sim *sim, uint32_t from, uint32_t to)
{
	struct way *way = network_way(sim, from, to);

	way->narrow = !way->narrow;
	if (way->narrow)
		traffic_excuse(sim, from, to);
	describe_way(sim, from, to);
}

/* Between those with an even number and a bit of it set, and the others. */
static void partition(struct sim *sim)
{
	uint32_t bit = UINT32_C(1) << sim_draw(sim, RANDOM_JITTER, 4);
	bool cut = sim_draw(sim, RANDOM_JITTER, 2);

	for (uint32_t from = 1; from < sim->n_nodes; from++)
		for (uint32_t to = 1; to < sim->n_nodes; to++)
			if (!(from & bit) != !(to & bit))
				cut_way(sim, from, to, cut);
}

void fault_way(struct sim *sim)
{
	uint32_t from = draw_branch(sim), to = draw_branch(sim);
	uint64_t what = sim_draw(sim, RANDOM_JITTER, 100);

	if (!sim->ways)
		return;
	if (what < 38) {
		toggle_cut(sim, from, to);
	} else if (what < 66) {
		toggle_cut(sim, from, to);
		toggle_cut(sim, to, from);
	} else if (what < 88) {
		toggle_narrow(sim, from, to);
	} else if (what < 94) {
		world_change_preference(sim, from);
	} else {
		partition(sim);
	}
}

/* haaroctl ro start, ro stop. */
static void operate(struct sim *sim, uint32_t from, uint32_t to, bool stop)
{
	struct node *node = &sim->nodes[from];
	const struct ip_addr *peer = &sim->nodes[to].conf.mobile.home_address;
	struct now now = node_now(node);
	int result;

	if (!node->haaro || node->leaving)
		return;
	result = stop ? haaro_ro_stop(node->haaro, &now, peer)
		      : haaro_ro_start(node->haaro, &now, peer);
	if (result == 0 || result == -EBUSY)
		network_way(sim, from, to)->stopped = stop;
	node_after(node);
}

void fault_ways_heal(struct sim *sim)
{
	for (uint32_t from = 1; from < sim->n_nodes; from++) {
		for (uint32_t to = 1; to < sim->n_nodes; to++) {
			struct way *way = network_way(sim, from, to);

			if (way->stopped)
				operate(sim, from, to, false);
			*way = (struct way){0};
		}
	}
}

void fault_direct(struct sim *sim)
{
	uint64_t what = sim_draw(sim, RANDOM_JITTER, 100);

	if (what < 70)
		fault_way(sim);
	else if (what < 85)
		operate(sim, draw_branch(sim), draw_branch(sim), sim_draw(sim, RANDOM_JITTER, 2));
	else
		world_change_policy(sim);
}
