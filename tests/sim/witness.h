/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What can be known of registrations between branches without looking into their memory: what each has
 * asked, as it left it; what each was granted, as the reply left the other. And what must follow from
 * it: nothing is granted that was not asked, and no path is direct without a grant.
 *
 *     witness.c        messages on their way out, and the books about pairs
 *     check_direct.c   a branch's tables against these books and against the truth
 */
#ifndef SIM_WITNESS_H
#define SIM_WITNESS_H

#include "sim.h"
#include "worker.h"

#define WITNESS_ASKED  16 /* Identifications that are remembered, of one pair */
#define WITNESS_TOKENS SIM_TOKENS

/* Of one branch towards another. */
struct relation {
	uint64_t asked[WITNESS_ASKED];
	unsigned int n_asked;
	uint64_t holds;    /* how long it holds the other's registration, by its own replies */
	uint64_t believes; /* how long the other holds its own, at most */
};

/* NULL: the world is too large for books. */
struct relation *witness_relation(struct sim *sim, uint32_t of, uint32_t to);

/* A message as a branch's router hands it down: natively, or into a tunnel. */
void witness_native(struct node *node, const uint8_t *packet, size_t len);
void witness_tunnel(struct node *node, uint32_t tunnel, const uint8_t *packet, size_t len);

/* Its memory is gone, and with it what it knew. */
void witness_crash(struct node *node);

/* Whether a text or an event holds a token or a shared key. */
void witness_secret(struct sim *sim, const void *bytes, size_t len, const char *where);

/* check_direct.c */
void check_direct(struct node *node);
void check_admitted(struct node *node, const struct view *view);
void check_empty(struct node *node, const char *when);

#endif
