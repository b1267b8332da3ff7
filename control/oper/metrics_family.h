/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * How the registry's files tell a walk of a family: begin, then for each number its labels and its
 * value. Neighbours: metrics.c has what every daemon has, metrics_ro.c route optimization. Thread:
 * control core.
 */
#ifndef OPER_METRICS_FAMILY_H
#define OPER_METRICS_FAMILY_H

#include "oper/metrics.h"

struct walk {
	const struct running *running;
	metrics_visit visit;
	void *arg;
	struct metric metric; /* the family's part stays while its numbers are told */
};

/* family and help must outlive the walk. */
void family_begin(struct walk *walk, const char *family, enum metric_type type, const char *help);

/* i < METRIC_LABELS, without gaps; value must stay until the next number. */
void family_label(struct walk *walk, size_t i, const char *key, const char *value);

void family_tell(struct walk *walk, uint64_t value);

/* A family of one number, without labels. */
void family_tell_one(struct walk *walk, const char *family, enum metric_type type, const char *help,
		     uint64_t value);

/* A counter of reply codes: those that came at all, label code. */
void family_tell_codes(struct walk *walk, const char *family, const char *help,
		       const uint64_t by_code[256]);

/* Route optimization; at a hub, which has none, nothing (metrics_ro.c). */
void metrics_walk_ro(struct walk *walk);

#endif
