/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A router of the simulation: the real control library between a model worker (worker.c) and a clock.
 */
#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "sim.h"
#include "witness.h"
#include "worker.h"
#include "world.h"

#define WALL_BASE (UINT64_C(1790000000) * NS_PER_S) /* September 2026 */

struct now node_now(const struct node *node)
{
	return (struct now){
		.mono = node->sim->now + node->mono_offset,
		.wall = WALL_BASE + node->sim->now + (uint64_t)node->wall_offset,
	};
}

/* --- up ---------------------------------------------------------------------------------------------- */

void node_punt(struct node *node, struct punt *punt, const uint8_t *bytes, size_t len)
{
	struct now now = node_now(node);

	punt->bytes = bytes;
	punt->len = (uint16_t)len;
	punt->time = now.mono;
	node->resolving = punt->reason == PUNT_ARP;
	haaro_input(node->haaro, &now, punt);
	node->resolving = false;
	node_after(node);
}

void node_punt_later(struct node *node, const struct punt *punt, const uint8_t *bytes, size_t len,
		     uint64_t delay)
{
	struct sim *sim = node->sim;

	queue_event(sim, sim->now + delay, SIM_PUNT, node->number, bytes, len)->punt = *punt;
}

/*
 * A packet has reached a port. A link without carrier, or a black hole, lets nothing in either; the
 * reader of the trace sees what came in before the worker does.
 */
void node_arrive(struct node *node, const struct sim_event *event)
{
	if (!node->haaro || network_swallows(node, event->port))
		return;
	check_received(node, event->bytes, event->len);
	worker_arrive(node, event->port, event->bytes, event->len);
}

/* --- life ---------------------------------------------------------------------------------------------- */

static void hear(void *arg, const struct event *event)
{
	struct node *node = arg;
	struct sim *sim = node->sim;
	size_t len = offsetof(struct event, text) + strlen(event->text);

	sim_hash(sim, &node->number, sizeof(node->number));
	sim_hash(sim, &event->type, sizeof(event->type));
	sim_hash(sim, &event->value, sizeof(event->value));
	sim_hash(sim, event->text, strlen(event->text));
	check_secret(sim, event, len, event_name(event->type));
	witness_secret(sim, event, len, event_name(event->type));
	if (sim->options.verbose)
		describe_event(node, event);
}

void node_after(struct node *node)
{
	struct sim *sim = node->sim;
	uint64_t deadline = haaro_deadline(node->haaro);
	uint64_t tick = deadline == TIME_NEVER ? TIME_NEVER : deadline - node->mono_offset;

	if (tick != TIME_NEVER && tick < sim->now)
		tick = sim->now;
	if (tick < node->tick) {
		node->tick = tick;
		queue_event(sim, tick, SIM_TICK, node->number, NULL, 0);
	}
	check_node(node);
}

void node_tick(struct node *node)
{
	struct now now = node_now(node);

	if (!node->haaro || node->tick != node->sim->now)
		return; /* an earlier one has come in its place */
	node->tick = TIME_NEVER;
	haaro_tick(node->haaro, &now);
	node_after(node);
}

/* What was read before stays as it is: a reload compares the two. */
static const struct conf *read_conf(struct node *node)
{
	struct conf *next = node->live == &node->confs[0] ? &node->confs[1] : &node->confs[0];

	*next = node->conf;
	node->live = next;
	return next;
}

void node_reload(struct node *node)
{
	struct now now = node_now(node);
	struct error err;

	if (!node->haaro)
		return;
	if (haaro_reload(node->haaro, &now, read_conf(node), &err) < 0)
		abort();
	node_after(node);
}

int node_start(struct node *node)
{
	const struct fwd_model_options tables = {
		.tunnels = node->conf.capacity.tunnels,
		.prefixes = node->conf.capacity.prefixes,
		.neighbours = node->conf.capacity.neighbours,
		.punts = 1,
		.ports = (uint16_t)node->conf.n_ports,
		.inject = worker_inject,
		.arg = node,
	};
	struct haaro_environment environment = {
		.ops = &fwd_model_ops,
		.random = {random_seeded_fill, &node->seeded},
		.subscriber = hear,
		.subscriber_arg = node,
	};
	struct now now = node_now(node);
	struct error err = {{0}};
	uint16_t port;

	random_seed(&node->seeded,
		    node->sim->options.seed * 1000003 + node->number * 7919 + node->life);
	node->fwd = fwd_model_create(&tables);
	if (!node->fwd)
		return -ENOMEM;
	for (port = 0; node->number != SIM_HUB && port < SIM_UPLINKS; port++)
		fwd_model_port(node->fwd, port)->pmd_link_up = node->links[port].carrier;
	environment.fwd = node->fwd;
	node->checked = node->checked_direct = 0;
	node->life++;
	node->tick = TIME_NEVER;
	if (haaro_create(&node->haaro, read_conf(node), &environment, &now, &err) < 0) {
		fprintf(stderr, "node %u: %s\n", node->number, err.text);
		fwd_model_destroy(node->fwd);
		return -EINVAL;
	}
	node_after(node);
	return 0;
}

void node_stop(struct node *node)
{
	const char *last = "";

	if (!node->haaro)
		return;
	haaro_destroy(node->haaro);
	node->haaro = NULL;
	witness_crash(node);
	check_empty(node, "after it was destroyed");
	if (fwd_model_faults(node->fwd, &last) > 0)
		sim_break(node->sim, INVARIANT_IDS, "node %u: %s", node->number, last);
	fwd_model_destroy(node->fwd);
	node->fwd = NULL;
	node->believes_until = 0;
}

/* Nothing that it does on its way out reaches anybody: memory is freed, as a kernel would. */
void node_kill(struct node *node)
{
	bool lossy = node->sim->lossy;
	size_t events = node->sim->n_events;

	node->sim->lossy = false;
	node_stop(node);
	node->sim->lossy = lossy;
	if (node->sim->n_events != events)
		sim_break(node->sim, INVARIANT_IDS, "node %u: a packet sent while torn down",
			  node->number);
}
