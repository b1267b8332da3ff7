/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Which routers talk to each other through this hub, and how much lately: read from the data plane
 * every few seconds, older traffic counting half at each reading. Known by home addresses, so that
 * nothing here outlives anybody. Thread: control core.
 */
#ifndef HOME_PAIRS_H
#define HOME_PAIRS_H

#include "haaro/clock.h"
#include "haaro/types.h"

#include "core/timer.h"

struct home;

#define PAIRS_PERIOD time_seconds(5)
#define PAIRS_PEERS  8 /* that are remembered of one router */

struct pair;
struct talker;

struct pairs {
	struct pair *list;      /* by their two addresses */
	struct talker *talkers; /* by address */
	struct timer timer;     /* of the next reading */
};

/* -ENOMEM. Reads nothing before pairs_run(). */
int pairs_init(struct home *home);
void pairs_fini(struct home *home);

/* Whether they are to be read. */
void pairs_run(struct home *home, bool run);

/* The home addresses of those that a router talks to, most first; returns how many. */
size_t pairs_peers(const struct home *home, be32 home_address, be32 peers[PAIRS_PEERS]);

#endif
