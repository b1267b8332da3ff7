/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Every number that the daemon tells, in one registry. Three writers walk it: show counters and
 * show drops (show_counters.c), OpenMetrics (metrics_text.c) and a replay's file (replay.c); so a
 * counter cannot be in one and not in another, nor differ. What a branch counts for each of its
 * peers is a row of show ro sessions instead of a dozen rows of show counters. Thread: control core.
 */
#ifndef OPER_METRICS_H
#define OPER_METRICS_H

#include "oper/running.h"

enum metric_type { METRIC_COUNTER, METRIC_GAUGE };

#define METRIC_LABELS 3

struct metric_label {
	const char *key;   /* NULL: no label */
	const char *value; /* valid during the visit */
};

/* One number. A family's numbers follow each other. */
struct metric {
	const char *family; /* "haaro_drops"; in OpenMetrics a counter's samples add "_total" */
	const char *help;
	enum metric_type type;
	bool of_peer; /* of one peer, label peer: show ro sessions has it, show counters does not */
	struct metric_label labels[METRIC_LABELS];
	uint64_t value;
};

typedef void (*metrics_visit)(void *arg, const struct metric *metric);

/* Reads all sources once, then visits every number. */
void metrics_walk(const struct running *running, metrics_visit visit, void *arg);

/* The family of dropped packets: labels reason and cause. */
#define METRICS_DROPS "haaro_drops"

/* Writes OpenMetrics text, "# EOF" included. */
struct evbuffer;
void metrics_print(const struct running *running, struct evbuffer *out);

#endif
