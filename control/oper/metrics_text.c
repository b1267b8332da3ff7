/* SPDX-License-Identifier: BSD-3-Clause */
/* OpenMetrics text (OpenMetrics 1.0) from the registry; neighbours: metrics.c, metrics_http.c. */
#include <inttypes.h>
#include <string.h>

#include <event2/buffer.h>

#include "oper/metrics.h"

struct writer {
	struct evbuffer *out;
	const char *family;
};

/* Label values hold names of ports and reasons, which conf restricts; escape all the same. */
static void print_label(struct evbuffer *out, const char *value)
{
	for (; *value != '\0'; value++) {
		if (*value == '\n')
			evbuffer_add(out, "\\n", 2);
		else if (*value == '"' || *value == '\\')
			evbuffer_add_printf(out, "\\%c", *value);
		else
			evbuffer_add(out, value, 1);
	}
}

static void print_labels(struct evbuffer *out, const struct metric *metric)
{
	size_t i;

	for (i = 0; i < METRIC_LABELS && metric->labels[i].key != NULL; i++) {
		evbuffer_add_printf(out, "%s%s=\"", i == 0 ? "{" : ",", metric->labels[i].key);
		print_label(out, metric->labels[i].value);
		evbuffer_add(out, "\"", 1);
	}
	if (i > 0)
		evbuffer_add(out, "}", 1);
}

static void print(void *arg, const struct metric *metric)
{
	struct writer *writer = arg;
	bool counter = metric->type == METRIC_COUNTER;

	if (writer->family == NULL || strcmp(writer->family, metric->family) != 0)
		evbuffer_add_printf(writer->out, "# TYPE %s %s\n# HELP %s %s\n", metric->family,
				    counter ? "counter" : "gauge", metric->family, metric->help);
	writer->family = metric->family;
	evbuffer_add_printf(writer->out, "%s%s", metric->family, counter ? "_total" : "");
	print_labels(writer->out, metric);
	evbuffer_add_printf(writer->out, " %" PRIu64 "\n", metric->value);
}

void metrics_print(const struct running *running, struct evbuffer *out)
{
	struct writer writer = {.out = out};

	metrics_walk(running, print, &writer);
	evbuffer_add_printf(out, "# EOF\n");
}
