/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A hub of many routers on top of told.h: router i, from 0, has home address 192.0.2.1 + i, care-of
 * address 203.0.113.1 + i and a network out of 10.0.0.0/8, in realm west.example.com, and the keys of
 * branch-a.
 */
#ifndef HOME_CROWD_H
#define HOME_CROWD_H

#include "told.h"

#define CROWD       100
#define CROWD_PLACE "203.0.113.200" /* nobody's care-of address */

/* Of the test that runs; the second realm is there to be given a name. */
extern struct conf_router crowd_routers[CROWD];
extern struct ip_prefix crowd_networks[CROWD][TOLD_NETWORKS];
extern struct conf_realm crowd_realms[2];

/* Without a home agent yet; or started, and everybody registered and permits to be told of. */
int crowd_prepare(void **state);
int crowd_setup(void **state);

/* Gives a router n networks such that no two compress each other. */
void crowd_give(uint32_t router, uint32_t n);

/* Registers a router and returns the reply; or what it is told of others, until the next call. */
struct registration_reply crowd_reply(struct fixture *f, uint32_t router, uint8_t flags);
const struct told *crowd_ask(struct fixture *f, uint32_t router, uint8_t flags);

/* Which router that is. */
uint32_t crowd_number(const struct told_router *router);

/* How many networks of a router were told; 0 also if it was not told of. */
size_t crowd_networks_of(const struct told *told, uint32_t router);

/* Notes who was told of, and asserts that nobody was twice, and each with its network and realm. */
void crowd_mark(const struct told *told, bool seen[CROWD]);
size_t crowd_count(const bool seen[CROWD]);

#endif
