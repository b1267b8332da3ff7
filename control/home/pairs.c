/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The data plane's counts of a pair only grow while it keeps the pair (haaro/forwarding.h), so what
 * counts is the growth since the last reading. Each reading makes the table of talkers anew: a pair
 * matters to both of its routers, for each may be the first to open a direct path.
 */
#include "home/pairs.h"

#include <stdlib.h>

#include <uthash.h>

#include "home/state.h"

struct ends {
	be32 low;
	be32 high;
};

struct pair {
	UT_hash_handle hh;
	struct ends ends;
	uint64_t samples; /* of this reading */
	uint64_t last;    /* of the one before */
	uint64_t weight;  /* growth, decayed */
};

struct talker {
	UT_hash_handle hh;
	be32 home_address;
	uint32_t n;
	struct {
		be32 address;
		uint64_t weight;
	} peers[PAIRS_PEERS]; /* most first */
};

/* --- reading ------------------------------------------------------------------------------------- */

static const struct subscriber *path_owner(const struct home *home, uint32_t path)
{
	return path < home->by_path_size ? home->by_path[path] : NULL;
}

static void add_sample(void *arg, const struct fwd_pair *seen)
{
	struct home *home = arg;
	const struct subscriber *from = path_owner(home, seen->from);
	const struct subscriber *to = path_owner(home, seen->to);
	struct ends ends;
	struct pair *pair;

	if (!from || !to || from == to)
		return;
	ends.low = from->home_address.v4 < to->home_address.v4 ? from->home_address.v4
							       : to->home_address.v4;
	ends.high = from->home_address.v4 ^ to->home_address.v4 ^ ends.low;
	HASH_FIND(hh, home->pairs.list, &ends, sizeof(ends), pair);
	if (!pair) {
		pair = calloc(1, sizeof(*pair));
		if (!pair)
			return; /* it is seen again */
		pair->ends = ends;
		HASH_ADD(hh, home->pairs.list, ends, sizeof(ends), pair);
	}
	pair->samples += seen->samples;
}

/* False: nothing is left of it. The data plane begins at zero with a pair that it dropped before. */
static bool pair_decay(struct pair *pair)
{
	uint64_t grown = pair->samples;

	if (pair->samples >= pair->last)
		grown -= pair->last;
	pair->weight = pair->weight / 2 + grown;
	pair->last = pair->samples;
	pair->samples = 0;
	return pair->last > 0 || pair->weight > 0;
}

static struct talker *talker_of(struct pairs *pairs, be32 address)
{
	struct talker *talker;

	HASH_FIND(hh, pairs->talkers, &address, sizeof(address), talker);
	if (talker)
		return talker;
	talker = calloc(1, sizeof(*talker));
	if (!talker)
		return NULL;
	talker->home_address = address;
	HASH_ADD(hh, pairs->talkers, home_address, sizeof(address), talker);
	return talker;
}

static void add_peer(struct pairs *pairs, be32 address, be32 peer, uint64_t weight)
{
	struct talker *talker = talker_of(pairs, address);
	uint32_t i;

	if (!talker)
		return;
	if (talker->n < PAIRS_PEERS)
		talker->n++;
	else if (talker->peers[PAIRS_PEERS - 1].weight >= weight)
		return;
	for (i = talker->n - 1; i > 0 && talker->peers[i - 1].weight < weight; i--)
		talker->peers[i] = talker->peers[i - 1];
	talker->peers[i].address = peer;
	talker->peers[i].weight = weight;
}

static void forget_talkers(struct pairs *pairs)
{
	struct talker *talker, *next;

	HASH_ITER (hh, pairs->talkers, talker, next) {
		HASH_DELETE(hh, pairs->talkers, talker);
		free(talker);
	}
}

static void read_pairs(struct timer *timer, void *arg)
{
	struct home *home = arg;
	struct pairs *pairs = &home->pairs;
	struct pair *pair, *next;

	home->core->ops->pairs_walk(home->core->fwd, add_sample, home);
	forget_talkers(pairs);
	HASH_ITER (hh, pairs->list, pair, next) {
		if (!pair_decay(pair)) {
			HASH_DELETE(hh, pairs->list, pair);
			free(pair);
		} else if (pair->weight > 0) {
			add_peer(pairs, pair->ends.low, pair->ends.high, pair->weight);
			add_peer(pairs, pair->ends.high, pair->ends.low, pair->weight);
		}
	}
	core_timer_set(home->core, timer, PAIRS_PERIOD);
}

/* --- life ---------------------------------------------------------------------------------------- */

int pairs_init(struct home *home)
{
	timer_init(&home->pairs.timer, read_pairs, home);
	/* Never due, but a place in the heap: to set it later can't fail. */
	return timer_set(&home->core->timers, &home->pairs.timer, TIME_NEVER);
}

static void forget_pairs(struct pairs *pairs)
{
	struct pair *pair, *next;

	forget_talkers(pairs);
	HASH_ITER (hh, pairs->list, pair, next) {
		HASH_DELETE(hh, pairs->list, pair);
		free(pair);
	}
}

void pairs_fini(struct home *home)
{
	core_timer_stop(home->core, &home->pairs.timer);
	forget_pairs(&home->pairs);
}

void pairs_run(struct home *home, bool run)
{
	struct timer *timer = &home->pairs.timer;

	if (run == (timer->deadline != TIME_NEVER))
		return;
	if (run) {
		core_timer_set(home->core, timer, PAIRS_PERIOD);
		return;
	}
	timer_set(&home->core->timers, timer, TIME_NEVER);
	forget_pairs(&home->pairs);
}

size_t pairs_peers(const struct home *home, be32 home_address, be32 peers[PAIRS_PEERS])
{
	struct talker *talker;

	HASH_FIND(hh, home->pairs.talkers, &home_address, sizeof(home_address), talker);
	for (uint32_t i = 0; talker && i < talker->n; i++)
		peers[i] = talker->peers[i].address;
	return talker ? talker->n : 0;
}
