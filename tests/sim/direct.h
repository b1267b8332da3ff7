/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The phases of a run with direct paths (direct.c), and what goes wrong between branches
 * (fault_direct.c).
 */
#ifndef SIM_DIRECT_H
#define SIM_DIRECT_H

#include "sim.h"

void direct_run(struct sim *sim);

/* One more fault of those that only direct worlds know. */
void fault_direct(struct sim *sim);

/* Of these, one that leaves the way by the hub alone. */
void fault_way(struct sim *sim);

void fault_ways_heal(struct sim *sim);

#endif
