/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Worlds with direct paths: what is drawn for each branch, and what is true of them whatever the
 * routers believe.
 *
 *     world.c   uplinks behind NATs of several kinds or firewalls, networks, realms, configuration
 *     describe.c  the world in words, for --verbose
 *     truth.c   whose a prefix is, who is told of whom, which pairs must be direct
 */
#ifndef SIM_WORLD_H
#define SIM_WORLD_H

#include "sim.h"

#define WORLD_REALMS 3
#define WORLD_SECOND 0x0c000000 /* 12.x.y.0: the second network of a branch */

/* Adds route optimization to what conf.c made, at the hub and at every branch. */
void world_make(struct sim *sim);

/* The hub reads its subscribers anew, one of them changed. */
void world_change_policy(struct sim *sim);

/* A branch reads its configuration anew: it prefers the other encapsulation. */
void world_change_preference(struct sim *sim, uint32_t number);

/* The branch that a prefix belongs to; 0: none. */
uint32_t truth_owner(const struct sim *sim, be32 address);

/* Whether the hub lets a know of b. */
bool truth_is_told(const struct sim *sim, uint32_t a, uint32_t b);

/* Whether packets from a to b have to go directly, some time after everything is right. */
bool truth_must_be_direct(const struct sim *sim, uint32_t a, uint32_t b);

void describe_world(const struct sim *sim);
void describe_event(const struct node *node, const struct event *event);
void describe_preference(const struct node *node);
void describe_way(struct sim *sim, uint32_t from, uint32_t to);
void describe_pair(const struct sim *sim, uint32_t a, uint32_t b);

#endif
