/* SPDX-License-Identifier: BSD-3-Clause */
/* What goes wrong, and when: drawn from the seed. */
#include <string.h>

#include "direct.h"
#include "sim.h"

#define FAULT_EVERY (NS_PER_S / 2) /* on average, for fifty branches */

static struct node *draw_branch(struct sim *sim)
{
	return &sim->nodes[1 + sim_draw(sim, RANDOM_JITTER, sim->n_nodes - 1)];
}

static void change_carrier(struct node *node, uint16_t port, bool carrier)
{
	struct now now = node_now(node);

	if (node->links[port].carrier == carrier)
		return;
	node->links[port].carrier = carrier;
	if (!node->haaro)
		return;
	haaro_port_changed(node->haaro, &now, port, carrier ? LINK_PORT_UP : LINK_PORT_DOWN);
	node_after(node);
}

/* The last word counts: a power cut puts off a start that was planned. */
void start_after(struct node *node, uint64_t delay)
{
	node->start = node->sim->now + delay;
	queue_event(node->sim, node->start, SIM_START, node->number, NULL, 0);
}

/* What it owed is forgotten; what the branches believe may be wrong until it would have run out. */
static void forget(struct sim *sim, uint32_t first, uint32_t last)
{
	for (uint32_t i = first; i <= last; i++) {
		sim->nodes[i].bound_until = 0;
		sim->nodes[i].doubt_until = sim->now + time_seconds(SIM_LIFETIME + 10);
	}
}

void fault_crash(struct node *node, uint64_t down)
{
	if (!node->haaro)
		return;
	node_kill(node);
	if (node->number == SIM_HUB)
		forget(node->sim, 1, node->sim->n_nodes - 1);
	start_after(node, down);
}

static void crash(struct node *node)
{
	fault_crash(node, 2 * NS_PER_S + sim_draw(node->sim, RANDOM_JITTER, 10 * NS_PER_S));
}

/* The hub is cut off, for up to more than a lifetime. */
static void cut(struct sim *sim)
{
	sim->cut_until = sim->now + sim_draw(sim, RANDOM_JITTER, time_seconds(SIM_ASKED + 30));
}

static void leave(struct node *node)
{
	struct now now = node_now(node);

	if (!node->haaro || node->leaving)
		return;
	node->leaving = true;
	haaro_shutdown(node->haaro, &now);
	node_after(node);
	start_after(node, 5 * NS_PER_S);
}

static void clear_binding(struct node *node)
{
	struct node *hub = &node->sim->nodes[SIM_HUB];
	struct now now = node_now(hub);

	if (!hub->haaro ||
	    haaro_clear_binding(hub->haaro, &now, &node->conf.mobile.home_address) < 0)
		return;
	forget(node->sim, node->number, node->number);
	node_after(hub);
}

static void step_clock(struct node *node, int64_t most)
{
	struct sim *sim = node->sim;
	int64_t step = (int64_t)sim_draw(sim, RANDOM_JITTER, 2 * (uint64_t)most) - most;

	node->wall_offset += step * (int64_t)NS_PER_S;
}

void fault_happen(struct sim *sim)
{
	struct node *node = draw_branch(sim);
	uint16_t port = (uint16_t)sim_draw(sim, RANDOM_JITTER, SIM_UPLINKS);
	uint64_t what = sim_draw(sim, RANDOM_JITTER, 100);

	if (sim->options.world == SIM_WORLD_DIRECT && sim_draw(sim, RANDOM_JITTER, 2))
		fault_direct(sim);
	else if (what < 25)
		change_carrier(node, port, !node->links[port].carrier);
	else if (what < 45)
		node->links[port].black_hole = !node->links[port].black_hole;
	else if (what < 60)
		crash(node);
	else if (what < 70)
		leave(node);
	else if (what < 80)
		step_clock(node, 7200);
	else if (what < 88)
		nat_reboot(&sim->nats[sim_draw(sim, RANDOM_JITTER, sim->n_nats)]);
	else if (what < 96)
		clear_binding(node);
	else if (what < 98)
		step_clock(&sim->nodes[SIM_HUB], 3600);
	else if (what < 99)
		cut(sim);
	else
		crash(&sim->nodes[SIM_HUB]);
	fault_plan(sim);
}

void fault_plan(struct sim *sim)
{
	uint64_t mean = FAULT_EVERY * 50 / sim->options.branches + NS_PER_MS;

	if (sim->faults)
		queue_event(sim, sim->now + sim_draw(sim, RANDOM_JITTER, 2 * mean), SIM_FAULT,
			    SIM_HUB, NULL, 0);
}

/* Everything is right from now on; what is dead starts by itself. */
void fault_heal(struct sim *sim)
{
	sim->faults = false;
	sim->lossy = false;
	sim->cut_until = 0;
	for (uint32_t i = 1; i < sim->n_nodes; i++) {
		for (uint16_t port = 0; port < SIM_UPLINKS; port++) {
			sim->nodes[i].links[port].black_hole = false;
			change_carrier(&sim->nodes[i], port, true);
		}
	}
}
