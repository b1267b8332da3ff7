/* SPDX-License-Identifier: BSD-3-Clause */
/* show counters, drops, usage: numbers, from the registry that OpenMetrics writes too. */
#include <string.h>

#include "oper/metrics.h"
#include "oper/show.h"

static void counter_row(void *arg, const struct metric *metric)
{
	struct answer *answer = arg;
	json_t *labels;

	if (metric->of_peer)
		return; /* a thousand peers would bury the rest: show ro sessions has them */
	labels = json_object();
	for (size_t i = 0; i < METRIC_LABELS && metric->labels[i].key != NULL; i++)
		json_object_set_new(labels, metric->labels[i].key,
				    show_text(metric->labels[i].value));
	answer_row(answer, json_pack("{ss so so ss}", "counter", metric->family, "labels", labels,
				     "value", show_number(metric->value), "help", metric->help));
}

int show_counters(struct answer *answer, const struct running *running)
{
	metrics_walk(running, counter_row, answer);
	return 0;
}

static void drop_row(void *arg, const struct metric *metric)
{
	struct answer *answer = arg;
	const char *reason = metric->labels[0].value;

	if (strcmp(metric->family, METRICS_DROPS) != 0)
		return;
	for (int i = DROP_NONE + 1; i < DROP_MAX; i++)
		if (strcmp(drop_name((enum drop_reason)i), reason) == 0)
			answer_row(answer, json_pack("{ss ss so ss}", "reason", reason, "cause",
						     metric->labels[1].value, "packets",
						     show_number(metric->value), "help",
						     drop_help((enum drop_reason)i)));
}

int show_drops(struct answer *answer, const struct running *running)
{
	metrics_walk(running, drop_row, answer);
	return 0;
}

static void usage_row(struct answer *answer, const char *table, uint32_t used, uint32_t capacity)
{
	answer_row(answer, json_pack("{ss so so}", "table", table, "used", show_number(used),
				     "capacity", show_number(capacity)));
}

int show_usage(struct answer *answer, const struct running *running)
{
	struct fwd_usage usage;

	running->ops->usage_read(running->fwd, &usage);
	usage_row(answer, "tunnels", usage.tunnels, usage.tunnels_capacity);
	usage_row(answer, "paths", usage.paths, usage.paths_capacity);
	usage_row(answer, "bindings", usage.bindings, usage.bindings_capacity);
	usage_row(answer, "routes", usage.routes, usage.routes_capacity);
	usage_row(answer, "adjacencies", usage.adjacencies, usage.adjacencies_capacity);
	return 0;
}
