/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Whatever simulated routers do to the model's tables, done to the real ones: each life of each
 * router, hub and branches, from its first operation to its last, must get the same answers.
 *
 *     contract_simulated SEEDS
 *
 * Linked with --wrap, so that every instance of the model is logged without the simulator's knowing.
 */
#include <stdio.h>
#include <stdlib.h>

#include "fwd_log.h"
#include "real.h"
#include "sim.h"
#include "test_eal.h"

#define BRANCHES      8
#define INSTANCES_MAX 64 /* alive at once */

struct instance {
	struct fwd *fwd;
	struct fwd_log *log;
	struct fwd_model_options options;
};

static struct instance instances[INSTANCES_MAX];
static size_t n_lives, n_operations, n_differ;

struct fwd *__real_fwd_model_create(const struct fwd_model_options *options);
struct fwd *__wrap_fwd_model_create(const struct fwd_model_options *options);
void __real_fwd_model_destroy(struct fwd *fwd);
void __wrap_fwd_model_destroy(struct fwd *fwd);

static struct instance *instance_of(const struct fwd *fwd)
{
	for (unsigned int i = 0; i < INSTANCES_MAX; i++)
		if (instances[i].fwd == fwd)
			return &instances[i];
	fprintf(stderr, "more than %d routers alive\n", INSTANCES_MAX);
	exit(1);
}

struct fwd *__wrap_fwd_model_create(const struct fwd_model_options *options)
{
	struct instance *instance = instance_of(NULL);

	*instance = (struct instance){__real_fwd_model_create(options), fwd_log_create(), *options};
	if (!instance->fwd || !instance->log)
		exit(1);
	fwd_log_start(instance->fwd, instance->log);
	return instance->fwd;
}

static void replay(const struct instance *instance)
{
	const struct fwd_model_options *options = &instance->options;
	struct fwd *real = real_create(options->tunnels, options->prefixes, options->neighbours);
	size_t n = fwd_log_count(instance->log);
	size_t same;

	if (!real)
		exit(1);
	same = fwd_log_replay(instance->log, &dataplane_ops, real);
	if (same != n) {
		printf("life %zu: operation %zu of %zu is answered otherwise\n", n_lives, same, n);
		n_differ++;
	}
	n_lives++;
	n_operations += n;
	real_destroy(real);
}

void __wrap_fwd_model_destroy(struct fwd *fwd)
{
	struct instance *instance;

	if (!fwd)
		return;
	instance = instance_of(fwd);
	replay(instance);
	fwd_log_destroy(instance->log);
	*instance = (struct instance){.fwd = NULL};
	__real_fwd_model_destroy(fwd);
}

int main(int argc, char **argv)
{
	unsigned long seeds = argc > 1 ? strtoul(argv[1], NULL, 10) : 0;
	struct sim sim;
	bool good = true;

	if (seeds == 0 || seeds > 1000)
		return 2;
	if (test_eal_start(128) < 0)
		return 1;
	for (unsigned long seed = 1; seed <= seeds; seed++) {
		const struct sim_options options = {.seed = seed, .branches = BRANCHES};

		good = sim_run(&sim, &options) && good;
		sim_fini(&sim);
	}
	printf("%lu seeds, %zu lives of routers, %zu operations, %zu lives differ\n", seeds,
	       n_lives, n_operations, n_differ);
	test_eal_stop();
	return good && n_differ == 0 && n_operations > 100 * seeds ? 0 : 1;
}
