/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Which routers talk through this hub: of the packets that a worker relays one in FWD_PAIR_SAMPLE is
 * looked at, and the pairs of paths that are met most are kept (haaro/forwarding.h).
 *
 * Shape. Sets of four entries, one cache line each. A pair that is met gains weight up to a limit; one
 * for which its set has no room takes weight from all four, and the place of one that has none left
 * (Misra and Gries, "Finding repeated elements", 1982). So a pair with more than a fifth of its set's
 * samples stays, and one that has fallen silent is gone after at most PAIR_WEIGHT_MAX others.
 *
 * A key holds the generations of both paths, so that a router never inherits the pairs of the one that
 * had its index before.
 *
 * Threads. One worker writes, the control core reads, without locks: a key is taken away before its
 * value changes hands, and a reader that finds another key behind the value leaves the entry out.
 */
#ifndef DATAPLANE_PAIRS_H
#define DATAPLANE_PAIRS_H

#include <assert.h>
#include <stdalign.h>
#include <stdbool.h>
#include <stdint.h>

#define PAIR_SETS       256
#define PAIR_WAYS       4
#define PAIR_WEIGHT_MAX 64

struct pair {
	uint32_t from; /* paths, and their generations */
	uint32_t to;
	uint8_t from_generation;
	uint8_t to_generation;
};

struct pair_set {
	alignas(64) uint64_t keys[PAIR_WAYS]; /* w: one worker, r: control; 0: none */
	uint64_t values[PAIR_WAYS];           /* likewise; samples << 8 | weight */
};

struct pair_table {
	struct pair_set sets[PAIR_SETS];
	/* the rest: worker only */
	uint32_t next;   /* packets before the next sample */
	uint32_t place;  /* of the next sample among FWD_PAIR_SAMPLE packets */
	uint64_t random; /* never 0 */
};

static_assert(sizeof(struct pair_set) == 64, "a set is a cache line");

/* In zeroed memory. worker: another sequence for each. */
void pair_table_init(struct pair_table *table, unsigned int worker);

/* --- worker --------------------------------------------------------------------------------- */

/*
 * How many packets on from one sample the next is: one of each FWD_PAIR_SAMPLE packets is taken, so a
 * full burst has just one, but at a place that no period of the traffic can keep in step with.
 */
uint32_t pair_table_gap(struct pair_table *table);

/* One sample. */
void pair_table_count(struct pair_table *table, const struct pair *pair);

/* --- control core --------------------------------------------------------------------------- */

#define PAIRS_MAX (PAIR_SETS * PAIR_WAYS)

/* The pair of an entry below PAIRS_MAX and how often it was sampled since it is kept; false: none. */
bool pair_table_read(const struct pair_table *table, uint32_t entry, struct pair *pair,
		     uint64_t *samples);

#endif
