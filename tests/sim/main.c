/* SPDX-License-Identifier: BSD-3-Clause */
/*
 *     sim [--branches N] [--seed N] [--seeds N] [--twice] [--verbose] [--mutation NAME|all]
 *
 * Runs seeds and prints the hash of each trace; the same seed gives the same hash (--twice: run each
 * again and compare). A seed that breaks an invariant prints the command that replays it. With a
 * mutation (sim_mutant only) the seeds must break just the invariant that it is made for.
 */
#include <getopt.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "mutation.h"
#include "sim.h"

static const char *const worlds[SIM_WORLD_MAX] = {"hub", "direct", "smoke", "scale"};

#define FAILURES_SHOWN 5
#define STANDSTILL     120 /* seconds of our own time that one seed may take */

/* A router that sets a deadline in the past for ever never comes back: say of which seed. */
static char standstill[160];

static void time_stands_still(int signal)
{
	ssize_t written = write(STDOUT_FILENO, standstill, strlen(standstill));

	(void)signal;
	_exit(written > 0 ? 3 : 4);
}

static bool run(struct sim *sim, const struct sim_options *options)
{
	bool good;

	snprintf(standstill, sizeof(standstill),
		 "seed %llu: time stands still\nreplay: sim --world %s --branches %u --seed %llu "
		 "--verbose\n",
		 (unsigned long long)options->seed, worlds[options->world], options->branches,
		 (unsigned long long)options->seed);
	alarm(options->world == SIM_WORLD_SCALE ? 10 * STANDSTILL : STANDSTILL);
	good = sim_run(sim, options);
	alarm(0);
	return good;
}

static void print_broken(const struct sim *sim, const char *program)
{
	printf("seed %llu: %s at %.6f s: %s\n", (unsigned long long)sim->options.seed,
	       invariant_name(sim->broken), (double)sim->now / NS_PER_S, sim->text);
	printf("replay: %s --world %s --branches %u --seed %llu%s%s --verbose\n", program,
	       worlds[sim->options.world], sim->asked_branches,
	       (unsigned long long)sim->options.seed, sim->options.mutation ? " --mutation " : "",
	       sim->options.mutation ? sim->options.mutation : "");
}

static bool is_repeated(const struct sim_options *options, uint64_t hash)
{
	struct sim sim;
	bool same;

	run(&sim, options);
	same = sim.hash == hash;
	if (!same)
		printf("seed %llu: another trace the second time: %016llx\n",
		       (unsigned long long)options->seed, (unsigned long long)sim.hash);
	sim_fini(&sim);
	return same;
}

/* A few that fail are shown, not only the first. */
static bool run_seeds(struct sim_options options, uint64_t seeds, bool twice, const char *program)
{
	unsigned int failures = 0;
	struct sim sim;
	bool good;

	for (uint64_t i = 0; i < seeds && failures < FAILURES_SHOWN; i++, options.seed++) {
		good = run(&sim, &options);
		if (good)
			printf("seed %llu: %u branches, %llu packets, %llu deadlines, %llu "
			       "attacks, "
			       "%llu thefts, trace %016llx\n",
			       (unsigned long long)options.seed, sim.n_nodes - 1,
			       (unsigned long long)sim.counts[SIM_PACKET],
			       (unsigned long long)sim.counts[SIM_TICK],
			       (unsigned long long)sim.counts[SIM_ATTACK],
			       (unsigned long long)sim.thefts, (unsigned long long)sim.hash);
		else
			print_broken(&sim, program);
		if (twice)
			good = is_repeated(&options, sim.hash) && good;
		failures += !good;
		sim_fini(&sim);
	}
	return failures == 0;
}

/* Found means: within the seeds, the invariant that the mutation is made for breaks first. */
static bool find_mutation(const struct mutation *mutation, struct sim_options options,
			  uint64_t seeds)
{
	struct sim sim;
	bool found = false;

	options.mutation = mutation->name;
	options.world = mutation->world;
	if (mutation->world == SIM_WORLD_DIRECT)
		options.branches = 0;
	mutation_select(mutation);
	for (uint64_t i = 0; i < seeds && !found; i++, options.seed++) {
		if (!run(&sim, &options) && sim.broken == mutation->breaks) {
			found = true;
			printf("%-24s seed %llu: %s: %s\n", mutation->name,
			       (unsigned long long)options.seed, invariant_name(sim.broken),
			       sim.text);
		}
		sim_fini(&sim);
	}
	if (!found)
		printf("%-24s NOT FOUND: %s holds for %llu seeds\n", mutation->name,
		       invariant_name(mutation->breaks), (unsigned long long)seeds);
	mutation_select(NULL);
	return found;
}

static bool find_mutations(const char *name, struct sim_options options, uint64_t seeds)
{
	const struct mutation *mutations;
	size_t n = mutation_list(&mutations);
	bool all = strcmp(name, "all") == 0;
	bool good = true, any = false;

	for (size_t i = 0; i < n; i++) {
		if (!all && strcmp(name, mutations[i].name) != 0)
			continue;
		any = true;
		good = find_mutation(&mutations[i], options, seeds) && good;
	}
	if (!any)
		fprintf(stderr, "no mutation %s here\n", name);
	return any && good;
}

static enum sim_world world_of(const char *name)
{
	enum sim_world world = 0;

	while (world < SIM_WORLD_MAX && strcmp(name, worlds[world]) != 0)
		world++;
	return world;
}

int main(int argc, char **argv)
{
	static const struct option names[] = {
		{"branches", required_argument, NULL, 'b'}, {"seed", required_argument, NULL, 's'},
		{"seeds", required_argument, NULL, 'n'},    {"verbose", no_argument, NULL, 'v'},
		{"twice", no_argument, NULL, 't'},          {"world", required_argument, NULL, 'w'},
		{"mutation", required_argument, NULL, 'm'}, {NULL, 0, NULL, 0},
	};
	struct sim_options options = {.seed = 1, .branches = 50};
	const char *mutation = NULL;
	uint64_t seeds = 1;
	bool good, twice = false;
	int option;

	while ((option = getopt_long(argc, argv, "", names, NULL)) != -1) {
		if (option == 'b')
			options.branches = (uint32_t)strtoul(optarg, NULL, 10);
		else if (option == 's')
			options.seed = strtoull(optarg, NULL, 10);
		else if (option == 'n')
			seeds = strtoull(optarg, NULL, 10);
		else if (option == 'v')
			options.verbose = true;
		else if (option == 't')
			twice = true;
		else if (option == 'w')
			options.world = world_of(optarg);
		else if (option == 'm')
			mutation = optarg;
		else
			return 2;
	}
	if (options.world == SIM_WORLD_MAX)
		return 2;
	if ((options.branches < 2 && options.world != SIM_WORLD_DIRECT) || options.branches > 20000)
		return 2;
	signal(SIGALRM, time_stands_still);
	setvbuf(stdout, NULL, _IOLBF, 0);
	good = mutation ? find_mutations(mutation, options, seeds)
			: run_seeds(options, seeds, twice, argv[0]);
	return good ? 0 : 1;
}
