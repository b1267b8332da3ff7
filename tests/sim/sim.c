/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The phases of a run: branches come up while everything goes wrong; everything is right again and
 * all must be registered in a stated time; the hub's clock goes back an hour and nobody may be
 * refused more than twice; the same when the hub restarts with a clock an hour back; all leave, and
 * nothing of them is left at the hub.
 */
#include "sim.h"

#include <stdlib.h>
#include <string.h>

#include "attacker.h"
#include "direct.h"
#include "traffic.h"

#define START       (1000 * NS_PER_S)
#define FAULTS      (200 * NS_PER_S)
#define SETTLE      (150 * NS_PER_S) /* the stated time */
#define CLOCK_PHASE (90 * NS_PER_S)
#define RESTART     (3 * NS_PER_S) /* the hub is down for so long, and comes back an hour earlier */
#define REBIND      (60 * NS_PER_S) /* three unanswered echoes, two retries */
#define LEAVE       (10 * NS_PER_S)
#define SPREAD      (10 * NS_PER_S) /* branches start within this */
#define FEW         100             /* up to so many branches the hub is checked at each step */

static void start(struct node *node)
{
	if (node->start != node->sim->now)
		return;      /* put off */
	if (node->leaving) { /* it has had its time to deregister */
		node_stop(node);
		node->leaving = false;
	}
	if (!node->haaro && node_start(node) < 0)
		abort();
}

static void punt(struct node *node, const struct sim_event *event)
{
	struct punt punt = event->punt;

	node_punt(node, &punt, event->bytes, event->len);
}

static void happen(struct sim *sim, const struct sim_event *event)
{
	struct node *node = &sim->nodes[event->node];

	switch (event->kind) {
	case SIM_TICK:
		if (event->life == node->life)
			node_tick(node);
		break;
	case SIM_PACKET:
		node_arrive(node, event);
		break;
	case SIM_PUNT:
		if (node->haaro && event->life == node->life)
			punt(node, event);
		break;
	case SIM_FAULT:
		if (sim->faults)
			fault_happen(sim);
		break;
	case SIM_START:
		start(node);
		break;
	case SIM_FLOW:
		traffic_send(sim, event->flow);
		break;
	case SIM_ATTACK:
		attacker_act(sim);
		break;
	case SIM_KIND_MAX:
		break;
	}
}

void sim_run_for(struct sim *sim, uint64_t duration)
{
	uint64_t end = sim->now + duration;
	struct sim_event *event;

	while (!sim->failed && (event = queue_take(sim, end))) {
		sim->now = event->time;
		sim->counts[event->kind]++;
		happen(sim, event);
		free(event);
	}
	if (!sim->failed)
		sim->now = end;
}

void sim_leave_all(struct sim *sim)
{
	for (uint32_t i = 1; i < sim->n_nodes && !sim->failed; i++) {
		struct node *node = &sim->nodes[i];
		struct now now = node_now(node);

		haaro_shutdown(node->haaro, &now);
		node_after(node);
	}
}

/* An hour back, and from here on each branch may be refused twice. */
static void turn_back(struct sim *sim)
{
	for (uint32_t i = 1; i < sim->n_nodes; i++)
		sim->nodes[i].refused = 0;
	sim->clock_watched = true;
	sim->nodes[SIM_HUB].wall_offset -= (int64_t)(3600 * NS_PER_S);
}

static void restart_hub(struct sim *sim)
{
	check_traffic(sim, true);
	fault_crash(&sim->nodes[SIM_HUB], RESTART);
	turn_back(sim);
	sim_run_for(sim, RESTART + REBIND);
}

static void run_phases(struct sim *sim)
{
	sim_run_for(sim, FAULTS);
	fault_heal(sim);
	sim_run_for(sim, SETTLE);
	check_registered(sim, "150 s after the last fault");
	if (sim->failed)
		return;
	check_traffic(sim, true);
	turn_back(sim);
	sim_run_for(sim, CLOCK_PHASE);
	check_registered(sim, "90 s after the hub's clock went back");
	if (sim->failed)
		return;
	check_traffic(sim, false);
	restart_hub(sim);
	check_registered(sim, "60 s after the hub restarted with its clock back");
	if (sim->failed)
		return;
	check_traffic(sim, false);
	sim_leave_all(sim);
	sim_run_for(sim, LEAVE);
	if (!sim->failed)
		check_left(sim);
}

static void run_world(struct sim *sim)
{
	switch (sim->options.world) {
	case SIM_WORLD_HUB:
		sim->faults = sim->lossy = true;
		fault_plan(sim);
		run_phases(sim);
		break;
	case SIM_WORLD_DIRECT:
		direct_run(sim);
		break;
	case SIM_WORLD_SCALE:
		scale_run(sim);
		break;
	case SIM_WORLD_SMOKE:
		smoke_run(sim);
		break;
	case SIM_WORLD_MAX:
		break;
	}
}

/* A small world with nothing but its hub can be looked at in each step. */
static uint64_t check_every(const struct sim_options *options)
{
	if (options->branches > FEW)
		return NS_PER_S;
	return options->world == SIM_WORLD_HUB ? 0 : NS_PER_S / 10;
}

bool sim_run(struct sim *sim, const struct sim_options *options)
{
	*sim = (struct sim){.options = *options, .asked_branches = options->branches, .now = START};
	sim->hash = UINT64_C(0xcbf29ce484222325);
	sim->random = (struct random){random_seeded_fill, &sim->seeded};
	sim->check_every = check_every(options);
	random_seed(&sim->seeded, options->seed);
	if (sim->options.branches == 0)
		sim->options.branches = 6 + (uint32_t)sim_draw(sim, RANDOM_JITTER, 5);
	if (conf_make(sim) < 0)
		abort();
	sim->bare = scale_resident();
	if (node_start(&sim->nodes[SIM_HUB]) < 0)
		abort();
	for (uint32_t i = 1; i < sim->n_nodes; i++)
		start_after(&sim->nodes[i], sim_draw(sim, RANDOM_JITTER, SPREAD));
	run_world(sim);
	return !sim->failed;
}

void sim_fini(struct sim *sim)
{
	for (uint32_t i = 0; i < sim->n_nodes; i++)
		node_stop(&sim->nodes[i]);
	queue_free(sim);
	traffic_fini(sim);
	attacker_fini(sim);
	conf_drop(sim);
}
