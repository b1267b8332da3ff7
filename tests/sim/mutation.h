/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Faults put into the control library, each made to break one invariant: proof that the invariant
 * would be missed. The product has no switch for them: sim_mutant is linked with --wrap, so that
 * calls between files of the library go through mutation.c.
 */
#ifndef SIM_MUTATION_H
#define SIM_MUTATION_H

#include "sim.h"

struct mutation {
	const char *name;
	enum invariant breaks;
	enum sim_world world; /* where it shows */
};

/* How many there are; none in the simulator without wrapping. */
size_t mutation_list(const struct mutation **mutations);

/* One at a time; NULL: none. */
void mutation_select(const struct mutation *mutation);

bool mutation_is_on(const char *name);

#endif
