/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The routers that may register, found by home address or by name (NAI), with everything kept per
 * router: keys, replay state, networks, bindings. Made from the subscriber file; a reload makes a new
 * roster and hands the living state over (roster_inherit()). Thread: control core.
 */
#ifndef HOME_SUBSCRIBER_H
#define HOME_SUBSCRIBER_H

#include <uthash.h>

#include "haaro/conf.h"
#include "haaro/error.h"

#include "auth/replay.h"
#include "auth/sa.h"
#include "core/core.h"
#include "home/listing.h"
#include "home/prefix.h"
#include "wire/registration.h"

struct binding;
struct home;
struct revoking;

struct subscriber {
	UT_hash_handle by_address;
	UT_hash_handle by_name;
	struct home *home;
	const struct conf_router *conf; /* of the configuration in force; NULL once removed */
	struct ip_addr home_address;
	struct sa sa;               /* its keys */
	struct replay_state replay; /* outlives bindings: an old request stays old */
	struct network *networks;   /* that it may hold */
	uint32_t n_networks;

	struct binding *bindings; /* the first carries the traffic */
	uint32_t n_bindings;
	uint32_t path;    /* FWD_NONE: not bound */
	bool routed;      /* the home address has its route */
	bool is_explicit; /* the registration in force asked for its networks */
	bool unsettled;   /* withdrawals are to be tried again: it is in home.unsettled */
	struct subscriber *next_unsettled;
	struct revoking *revoking; /* revocations that wait for their acknowledgment */

	struct listing *listing; /* of its realm */
	uint32_t member;         /* its place there; LISTING_NONE: policy does not let it be told */
	bool listed_outbound;    /* as it is told */
	uint64_t listed_since;   /* mono; TIME_NEVER: others are not told of it */
	struct listing_cursor told_from; /* where its last advertisement began */
	struct listing_cursor told_to;   /* and where the next one will */

	uint64_t mismatches; /* limit of replies with code 133 */
	uint64_t refusals;   /* limit of replies with code 131 */
	uint64_t last_sent;  /* mono; of any message to it (RFC 3543: one a second) */
};

struct roster {
	struct subscriber *by_address;
	struct subscriber *by_name;
	struct prefix_table prefixes;
	struct listings listings;
	uint32_t most_networks; /* of any subscriber */
};

/* One subscriber for each router of conf, none bound. On failure the roster is empty. */
int roster_build(struct roster *roster, struct home *home, struct mac_engine *engine,
		 const struct conf *conf, struct error *err);

/* Frees subscribers and wipes their keys. None of them is bound any more. */
void roster_free(struct roster *roster);

/* NULL: unknown. */
struct subscriber *roster_lookup(const struct roster *roster, be32 home_address);

/*
 * An NAI (RFC 2794, 4282) is the router's name, alone or before '@' and the name of its realm. NULL:
 * unknown.
 */
struct subscriber *roster_lookup_nai(const struct roster *roster,
				     const struct registration_text *nai);

/*
 * Moves what lives of a subscriber from an old roster's to a new one's: bindings, path, replay state,
 * and which networks are installed. Networks that the new one may not hold any more have been
 * withdrawn before.
 */
void subscriber_inherit(struct subscriber *next, struct subscriber *old);

void subscriber_free(struct subscriber *subscriber);

#endif
