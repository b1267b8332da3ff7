/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * One hub and as many branches as there are to be, up to ten thousand, with nothing going wrong: how
 * long it takes until all are registered and know of each other, what an advertisement costs, and what
 * a router weighs. Then each talks to a few others, and it is told how many of these go directly.
 */
#include <stdio.h>
#include <unistd.h>

#include "traffic.h"

#define PEERS    4 /* that each branch talks to */
#define STEP     NS_PER_S
#define REGISTER (300 * NS_PER_S)
#define REFRESH  (60 * NS_PER_S)
#define TALK     (30 * NS_PER_S)
#define EVERY    (2 * NS_PER_S)
#define RECENTLY (5 * NS_PER_S)

size_t scale_resident(void)
{
	FILE *file = fopen("/proc/self/statm", "r");
	unsigned long size = 0, pages = 0;

	if (!file)
		return 0;
	if (fscanf(file, "%lu %lu", &size, &pages) != 2)
		pages = 0;
	fclose(file);
	return pages * (size_t)sysconf(_SC_PAGESIZE);
}

static uint32_t count_registered(const struct sim *sim)
{
	uint32_t n = 0;

	for (uint32_t i = 1; i < sim->n_nodes; i++)
		n += sim->nodes[i].haaro && sim->nodes[i].believes_until > sim->now;
	return n;
}

static void print_advertisements(const struct sim *sim, const char *when)
{
	const struct home_counters *counters = home_counters(haaro_home(sim->nodes[SIM_HUB].haaro));

	if (counters->advertisements > 0)
		printf("%s: %llu advertisements of %llu octets on average, %llu chunks encoded\n",
		       when, (unsigned long long)counters->advertisements,
		       (unsigned long long)(counters->advertisement_octets /
					    counters->advertisements),
		       (unsigned long long)counters->chunks_encoded);
}

/* What flows remember is the simulator's, not the routers'. */
static void print_weight(const struct sim *sim, const char *when)
{
	size_t ours = sim->bare + sim->n_flows * sizeof(struct flow);
	size_t peers = 0, prefixes = 0;
	uint32_t n = sim->n_nodes - 1;
	struct ro_view view;

	for (uint32_t i = 1; i < sim->n_nodes; i++) {
		ro_read(haaro_ro(sim->nodes[i].haaro), &view);
		peers += view.peers;
		prefixes += view.prefixes;
	}
	printf("%s: %zu KiB for each branch and its part of the hub, which knows of %zu routers "
	       "and "
	       "%zu prefixes\n",
	       when, (scale_resident() - ours) / n / 1024, peers / n, prefixes / n);
}

static void run_registration(struct sim *sim)
{
	uint64_t started = sim->now;
	uint32_t n = sim->n_nodes - 1;

	while (!sim->failed && count_registered(sim) < n && sim->now < started + REGISTER)
		sim_run_for(sim, STEP);
	printf("registered: %u of %u after %.0f s\n", count_registered(sim), n,
	       (double)(sim->now - started) / NS_PER_S);
	check_registered(sim, "300 s after the start");
	print_advertisements(sim, "registered");
	print_weight(sim, "registered");
}

/* With the next ones by number, both ways. */
static void add_traffic(struct sim *sim)
{
	uint32_t n = sim->n_nodes - 1;

	for (uint32_t i = 0; i < n; i++) {
		for (uint32_t k = 1; k <= PEERS / 2 && k < n; k++) {
			uint32_t other = 1 + (i + k) % n;

			traffic_add(sim, 1 + i, other, EVERY, sim_draw(sim, RANDOM_JITTER, EVERY));
			traffic_add(sim, other, 1 + i, EVERY, sim_draw(sim, RANDOM_JITTER, EVERY));
		}
	}
}

static void print_direct(const struct sim *sim)
{
	uint32_t direct = 0;

	for (uint32_t i = 0; i < sim->n_flows; i++) {
		const struct flow *flow = &sim->flows[i];

		direct += sim->now - flow->last[FLOW_DIRECT] < RECENTLY &&
			  flow->last[FLOW_DIRECT] > flow->last[FLOW_BY_HUB];
	}
	printf("talking: %u of %u flows are direct\n", direct, sim->n_flows);
}

void scale_run(struct sim *sim)
{
	run_registration(sim);
	if (sim->failed)
		return;
	sim_run_for(sim, REFRESH);
	print_advertisements(sim, "a minute later");
	print_weight(sim, "a minute later");
	add_traffic(sim);
	sim_run_for(sim, TALK);
	print_direct(sim);
	print_weight(sim, "talking");
}
