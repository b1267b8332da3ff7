/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Replay under change (churn.h):
 *
 *     churn SECONDS [WORKERS]          threads; at least 10 000 changes a second, else it has failed
 *     churn --single CHANGES           one thread, the same every time
 *     churn --broken NAME [WORKERS]    the order NAME is wrong: exit 0 when that is noticed
 *     churn --mutant [WORKERS]         the product was built wrong on purpose: likewise
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "churn.h"

enum {
	RATE_MIN = 10000,
	CATCH_SECONDS = 30,
	TOLD_MAX = 5,
	PREFIXES_SMALL = 1000,  /* root of 2^16 */
	PREFIXES_LARGE = 20000, /* root of 2^24 */
	TURN_EACH = 6,          /* changes, on average, between two turns */
};

static const char *const broken_names[BROKEN_MAX] = {
	[BROKEN_TUNNEL] = "tunnel",
	[BROKEN_BINDING] = "binding",
	[BROKEN_PATH] = "path",
	[BROKEN_ADJACENCY] = "adjacency",
};

double churn_seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

uint32_t churn_random(struct churn *churn, uint32_t below)
{
	churn->random ^= churn->random << 13;
	churn->random ^= churn->random >> 7;
	churn->random ^= churn->random << 17;
	return (uint32_t)(churn->random >> 20) % below;
}

void churn_violation(struct churn *churn, const char *format, ...)
{
	va_list args;

	if (churn->violations++ >= TOLD_MAX)
		return;
	printf("after %lu changes: ", churn->changes);
	va_start(args, format);
	vprintf(format, args);
	va_end(args);
	printf("\n");
}

struct limits {
	double seconds;
	uint64_t changes;
	bool until_caught;
};

/* Half of the changes are of what the traffic uses. Returns the seconds that it took. */
static double run(struct churn *churn, const struct limits *limits)
{
	double start = churn_seconds();
	uint64_t first = churn->changes;

	while (churn->violations == 0 && churn->changes - first < limits->changes &&
	       churn_seconds() - start < limits->seconds) {
		for (unsigned int i = 0; i < 64; i++) {
			if (churn->changes_used * 2 <= churn->changes - first)
				churn_change(churn);
			else
				churn_other(churn);
			if (churn_random(churn, TURN_EACH) == 0)
				churn_turn(churn);
		}
		dataplane_ops.reclaim(churn->fwd);
	}
	if (churn->violations == 0)
		churn_settle(churn);
	return churn_seconds() - start;
}

static void report(const struct churn *churn, uint64_t changes, double seconds)
{
	printf("%u worker%s%s: %.1f s, %lu changes, %.0f a second, %.0f %% of them of what the "
	       "traffic uses\n",
	       churn->workers, churn->workers == 1 ? "" : "s", churn->single ? ", one thread" : "",
	       seconds, changes, (double)changes / seconds,
	       100.0 * (double)churn->changes_used / (double)changes);
	printf("%lu packets in, %lu out, %lu dropped: unbound %lu, not_registered %lu, "
	       "tunnel_unknown %lu, inner_source %lu\n",
	       churn->sent, churn->received, churn->missing, churn->missing_by[FLOW_OUT],
	       churn->missing_by[FLOW_DOWN],
	       churn->missing_by[FLOW_IN] + churn->missing_by[FLOW_RELAY],
	       churn->missing_by[FLOW_SOURCE]);
}

/* A run in which nothing happened proves nothing. */
static void check_coverage(struct churn *churn)
{
	for (unsigned int i = 0; i < FLOWS; i++)
		if (churn->flows[i].received == 0)
			churn_violation(churn, "flow %u: nothing arrived", i);
	for (unsigned int i = 0; i < FLOW_KINDS; i++)
		if (churn->missing_by[i] == 0)
			churn_violation(churn, "kind %u: nothing was dropped", i);
}

static int churn_run(struct churn *churn, const struct limits *limits)
{
	struct error err = {.text = ""};
	uint64_t first, changes;
	double seconds;

	if (churn_open(churn, churn->workers == 1 ? PREFIXES_SMALL : PREFIXES_LARGE, &err) != 0) {
		printf("%s\n", err.text);
		churn_close(churn);
		return 1;
	}
	first = churn->changes;
	seconds = run(churn, limits);
	changes = churn->changes - first;
	if (!limits->until_caught && churn->violations == 0) {
		check_coverage(churn);
		if (!churn->single && (double)changes / seconds < RATE_MIN)
			churn_violation(churn, "fewer than %d changes a second", RATE_MIN);
	}
	report(churn, changes, seconds);
	churn_close(churn);
	if (limits->until_caught)
		return churn->violations == 0;
	return churn->violations != 0;
}

static bool parse(int argc, char **argv, struct churn *churn, struct limits *limits)
{
	const char *workers = argc > 2 ? argv[2] : "1";

	*limits = (struct limits){.seconds = CATCH_SECONDS, .changes = UINT64_MAX};
	if (argc == 3 && strcmp(argv[1], "--single") == 0) {
		churn->single = true;
		limits->changes = strtoull(argv[2], NULL, 10);
		limits->seconds = 60;
		workers = "1";
	} else if (argc >= 3 && strcmp(argv[1], "--broken") == 0) {
		limits->until_caught = true;
		for (unsigned int i = 1; i < BROKEN_MAX; i++)
			if (strcmp(argv[2], broken_names[i]) == 0)
				churn->broken = (enum broken)i;
		workers = argc > 3 ? argv[3] : "1";
		if (churn->broken == BROKEN_NOT)
			return false;
	} else if (argc >= 2 && strcmp(argv[1], "--mutant") == 0) {
		limits->until_caught = true;
	} else {
		limits->seconds = argc >= 2 ? strtod(argv[1], NULL) : 0;
	}
	churn->workers = (unsigned int)strtoul(workers, NULL, 10);
	return limits->seconds > 0 && churn->workers >= 1 && churn->workers <= WORKERS_MAX;
}

int main(int argc, char **argv)
{
	struct churn *churn = calloc(1, sizeof(*churn));
	struct limits limits;
	int status = 1;

	setvbuf(stdout, NULL, _IOLBF, 0);
	if (churn == NULL)
		return 1;
	churn->random = 0x68616172;
	churn->next_serial = churn->next_mac = 1;
	churn->tunnels = calloc(SERIALS, sizeof(*churn->tunnels));
	churn->macs = calloc(SERIALS, sizeof(*churn->macs));
	churn->other = churn_other_create();
	if (!parse(argc, argv, churn, &limits))
		fprintf(stderr, "usage: churn SECONDS [WORKERS] | --single CHANGES | --broken NAME "
				"[WORKERS] | --mutant [WORKERS]\n");
	else if (churn->tunnels != NULL && churn->macs != NULL && churn->other != NULL)
		status = churn_run(churn, &limits);
	free(churn->other);
	free(churn->macs);
	free(churn->tunnels);
	free(churn);
	return status;
}
