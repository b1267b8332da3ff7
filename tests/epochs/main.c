/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Runs each table under epochs (epochs.h): one writer that changes the very entries that two readers
 * look up, until enough lookups are done.
 *
 *     epochs LOOKUPS [SUBJECT...]      all of them legal: exit 0
 *     epochs --mutant [SUBJECT...]     the tables were built wrong on purpose (mutant_*.c): exit 0 when
 *                                      each subject is caught within ten seconds
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "epochs.h"
#include "test_eal.h"

#define READERS       2
#define CATCH_SECONDS 10
#define RUN_SECONDS   240 /* a run that takes longer has failed */

static const struct subject *const subjects[] = {
	&subject_route_small, &subject_route_large, &subject_path,
	&subject_adjacency,   &subject_binding,
};

struct run {
	const struct subject *subject;
	void *self;
	struct rcu *rcu;
	struct epochs *epochs;
	uint64_t target;
	uint64_t lookups; /* of all readers */
	bool stop;
	bool caught;
};

struct reader {
	struct run *run;
	unsigned int number;
	pthread_t thread;
};

static void *reader_main(void *arg)
{
	const struct reader *reader = arg;
	struct run *run = reader->run;
	struct random random = {0x1234567 + reader->number};

	rcu_reader_online(run->rcu, reader->number);
	while (!__atomic_load_n(&run->stop, __ATOMIC_RELAXED)) {
		int n = run->subject->read(run->self, &random);

		if (n < 0) {
			__atomic_store_n(&run->caught, true, __ATOMIC_RELAXED);
			break;
		}
		__atomic_fetch_add(&run->lookups, (uint64_t)n, __ATOMIC_RELAXED);
		rcu_reader_quiescent(run->rcu, reader->number);
		if (random_below(&random, 4096) == 0) { /* workers sleep now and then */
			rcu_reader_offline(run->rcu, reader->number);
			rcu_reader_online(run->rcu, reader->number);
		}
	}
	rcu_reader_offline(run->rcu, reader->number);
	return NULL;
}

static double seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static bool is_over(const struct run *run, double deadline)
{
	return __atomic_load_n(&run->caught, __ATOMIC_RELAXED) ||
	       __atomic_load_n(&run->lookups, __ATOMIC_RELAXED) >= run->target ||
	       seconds() > deadline;
}

static uint64_t write_until(struct run *run, double deadline)
{
	struct random random = {0x7654321};
	uint64_t changes = 0;

	while (!is_over(run, deadline))
		for (unsigned int i = 0; i < 64; i++, changes++) {
			run->subject->change(run->self, &random);
			if (i % 8 == 0)
				rcu_reclaim(run->rcu);
		}
	__atomic_store_n(&run->stop, true, __ATOMIC_RELAXED);
	return changes;
}

enum outcome {
	OUTCOME_LEGAL,  /* enough lookups, all legal */
	OUTCOME_CAUGHT, /* an illegal value */
	OUTCOME_SHORT,  /* out of time */
};

static enum outcome run_subject(const struct subject *subject, uint64_t target, double limit)
{
	struct epochs epochs = {.values = calloc(EPOCH_VALUES, sizeof(struct epoch_value))};
	struct run run = {.subject = subject,
			  .rcu = rcu_create(READERS, 2 * EPOCH_SPARE, -1),
			  .epochs = &epochs,
			  .target = target};
	struct reader readers[READERS];
	double start = seconds();
	uint64_t changes;

	if (!epochs.values || !run.rcu)
		exit(1);
	run.self = subject->create(run.rcu, &epochs);
	if (!run.self)
		exit(1);
	for (unsigned int i = 0; i < READERS; i++) {
		readers[i] = (struct reader){.run = &run, .number = i};
		if (pthread_create(&readers[i].thread, NULL, reader_main, &readers[i]) != 0)
			exit(1);
	}
	changes = write_until(&run, start + limit);
	for (unsigned int i = 0; i < READERS; i++)
		pthread_join(readers[i].thread, NULL);
	printf("%-20s %12llu lookups %12llu changes %6.1f s  %s\n", subject->name,
	       (unsigned long long)run.lookups, (unsigned long long)changes, seconds() - start,
	       run.caught ? "ILLEGAL VALUE" : "all legal");
	rcu_destroy(run.rcu);
	subject->destroy(run.self);
	free(epochs.values);
	if (run.caught)
		return OUTCOME_CAUGHT;
	return run.lookups >= target ? OUTCOME_LEGAL : OUTCOME_SHORT;
}

static bool is_chosen(const struct subject *subject, int argc, char **argv)
{
	for (int i = 2; i < argc; i++)
		if (strncmp(subject->name, argv[i], strlen(argv[i])) == 0)
			return true;
	return argc == 2;
}

int main(int argc, char **argv)
{
	bool is_mutant = argc > 1 && strcmp(argv[1], "--mutant") == 0;
	uint64_t target = is_mutant ? UINT64_MAX : strtoull(argc > 1 ? argv[1] : "0", NULL, 10);
	int failed = 0;

	if (target == 0) {
		fprintf(stderr, "usage: epochs LOOKUPS|--mutant [SUBJECT...]\n");
		return 2;
	}
	if (test_eal_start(192) < 0)
		return 1;
	setvbuf(stdout, NULL, _IOLBF, 0);
	for (size_t i = 0; i < sizeof(subjects) / sizeof(subjects[0]); i++) {
		enum outcome outcome;

		if (!is_chosen(subjects[i], argc, argv))
			continue;
		outcome = run_subject(subjects[i], target, is_mutant ? CATCH_SECONDS : RUN_SECONDS);
		failed += outcome != (is_mutant ? OUTCOME_CAUGHT : OUTCOME_LEGAL);
	}
	test_eal_stop();
	return failed != 0;
}
