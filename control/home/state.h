/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The Home Agent as its own files see it. Nobody else includes this.
 */
#ifndef HOME_STATE_H
#define HOME_STATE_H

#include "home/home.h"
#include "home/pairs.h"
#include "home/prefix.h"
#include "home/subscriber.h"
#include "home/unbound.h"
#include "home/violation.h"
#include "wire/advertisement.h"
#include "wire/message.h"

#define HOME_SETTLE_RETRY time_millis(20) /* many grace periods */

struct home {
	struct core *core;
	struct link *link;
	const struct conf *conf; /* in force */
	struct mac_engine *engine;
	struct ntp_clock clock;      /* of Identifications and revocations */
	struct roster roster;        /* who may register */
	struct subscriber *leaving;  /* removed by a reload, but not done with; by address */
	struct unbound unbound;      /* unreachable routes that are installed */
	struct unbound leftover;     /* others that a reload took out, but the table kept */
	struct subscriber **by_path; /* whose path that is; NULL: nobody's */
	uint32_t by_path_size;
	struct subscriber *unsettled; /* with withdrawals that the tables refused so far */
	struct timer settle;          /* tries them again */
	struct claims claims;         /* room to judge in; as large as any subscriber needs */
	uint32_t n_bindings;
	uint64_t refusals; /* limit of replies with code 131, all routers together */
	struct home_counters counters;
	struct violations violations;
	struct pairs pairs;                         /* who talks to whom */
	struct advertisement_encoder encoder;       /* of the advertisement of a reply */
	struct advertisement_encoder chunk_encoder; /* of a chunk of it */
	uint8_t advertisement[MESSAGE_SIZE];        /* the last that was made */
};

/* Tries forward_settle() of this subscriber again in HOME_SETTLE_RETRY. */
void home_settle_later(struct subscriber *subscriber);

/* Frees a subscriber that a reload removed once nothing is left to do for it. */
void home_forget(struct subscriber *subscriber);

static inline struct replay_rules home_replay_rules(const struct home *home)
{
	return (struct replay_rules){
		.clock = &home->clock,
		.tolerance = home->conf->home.replay_tolerance,
		.random = &home->core->random,
	};
}

#endif
