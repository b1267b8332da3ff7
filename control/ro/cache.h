/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Routers and their prefixes by the hub's word (RFC 6521, sections 3.1.1 and 3.1.2; haaro.md, section
 * 8). Thread: control core.
 */
#ifndef RO_CACHE_H
#define RO_CACHE_H

#include "ro/state.h"

/* Found or made, with its path and the route of its home address. NULL: no room. */
struct peer *peer_get(struct ro *ro, const struct ip_addr *home_address);

/* Nothing is asked, accepted or open between us: it may be forgotten (never with a tunnel). */
bool peer_is_idle(const struct peer *peer);
void peer_drop(struct peer *peer);

/* The prefix of a peer, exactly that; NULL: the hub did not say so. */
struct ro_prefix *cache_find(const struct ro *ro, const struct ip_prefix *prefix);

/* The longest one around an address; NULL: none. */
const struct ro_prefix *cache_lookup(const struct ro *ro, be32 addr);

/* The hub's word: the prefix is that router's, whoever's it was. -ENOMEM. */
int cache_put(struct peer *peer, const struct ip_prefix *prefix, const char *realm);
void cache_drop(struct ro_prefix *prefix);

/* By the router's own word, where nobody has told of that prefix (trust-claims). -ENOMEM. */
int cache_claim(struct peer *peer, const struct ip_prefix *prefix);

/* What it claimed and lists no more. */
void cache_drop_claims(struct peer *peer);

/* Our own networks have changed: which prefixes lie in them. */
void cache_review_own(struct ro *ro);

/*
 * What the hub's last reply told (advertised.c). In the answer to a solicitation the router's
 * prefixes are replaced by what it says, else only added to: a list may have been cut. Returns false if
 * it was malformed: then nothing of it is used.
 */
bool cache_take(struct ro *ro, const struct mobile_optimization *told);

/*
 * Forgets idle routers, those told of longest ago first, until the routers of another reply fit. Returns
 * false if there was room enough.
 */
bool cache_make_room(struct ro *ro);

/* Forgets who has not been told of for three registration lifetimes; sets the timer anew. */
void cache_age(struct ro *ro);

void cache_clear(struct ro *ro);

#endif
