/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A hub and a branch, whole, in one process and in virtual time: two struct haaro over fake tables,
 * joined by one Ethernet segment. What a worker would do with a packet is done here in its plainest
 * form, enough for signalling, ARP and echo through tunnels.
 */
#ifndef PAIR_H
#define PAIR_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "haaro/addr.h"

#include "fake_fwd.h"
#include "router/router.h"

struct node {
	struct fwd fwd;
	struct random_seeded seeded;
	struct conf *conf;
	struct haaro *haaro;
	uint16_t port;                  /* on the segment */
	unsigned int events[EVENT_MAX]; /* seen by the subscriber */
};

struct pair {
	char directory[64]; /* of the configuration files */
	struct now now;
	struct node hub;
	struct node branch;
	bool cut;                /* the segment carries nothing */
	unsigned int signalling; /* whole packets that crossed it */
	unsigned int fragments;
	unsigned int tunnelled;
};

struct pair *pair_create(void);

/* With these files instead of those below. */
struct pair *pair_create_of(const char *hub, const char *subscribers, const char *branch);
void pair_destroy(struct pair *pair);

/* Lets time pass, carrying packets as they are sent. */
void pair_run(struct pair *pair, uint64_t duration);

/* Writes a configuration file for the nodes and loads it: "hub.yaml", "branch.yaml". */
void pair_write(const struct pair *pair, const char *name, const char *text);
struct conf *pair_load(const struct pair *pair, const char *name);

extern const char pair_hub_yaml[];
extern const char pair_subscribers_yaml[];
extern const char pair_branch_yaml[];

#endif
