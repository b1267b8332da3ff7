/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef SIM_WORLD_H
#define SIM_WORLD_H

#include "sim.h"

/* Adds route optimization to what conf.c made, at the hub and at every branch. */
void world_make(struct sim *sim);

#endif
