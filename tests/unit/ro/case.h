/* SPDX-License-Identifier: BSD-3-Clause */
/* What every test of route optimization has: a scene of its own, and the other branch that it is about. */
#ifndef UNIT_RO_CASE_H
#define UNIT_RO_CASE_H

#include "cmocka_all.h"
#include "scene.h"

extern struct scene *scene;
extern struct far *far; /* FAR_A at first */

int setup(void **state);
int teardown(void **state);

uint32_t hub_tunnel(void);

/* What we wait for from far. */
enum asking asking(void);

/* Started, and far has both tokens of ours. */
void start_tested(void);

/* Each is registered at the other, and the tunnel is proven. */
void make_direct(void);
void start_direct(void);

#endif
