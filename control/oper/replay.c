/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * haarod --replay: the same workers and the same router with one thread as their caller, the time
 * of the packets as their time and a seed for all randomness, so that the same input gives the same
 * frames every time. Neighbour: loop.c does the same live.
 */
#include <errno.h>
#include <string.h>

#include "haaro/dataplane.h"

#include "oper/metrics.h"
#include "oper/oper.h"

#define AFTER     NS_PER_S /* timers due this long behind the last packet still run */
#define TICKS_MAX 1000000  /* in a row without a packet: a timer that never rests */

static bool begins(const char *text, const char *with)
{
	return strncmp(text, with, strlen(with)) == 0;
}

int oper_check_replay(const struct conf *conf, struct error *err)
{
	for (size_t i = 0; i < conf->n_ports; i++) {
		const char *device = conf->ports[i].device;

		if (begins(device, "net_ring"))
			continue;
		if (begins(device, "net_pcap") && strstr(device, "iface") == NULL &&
		    strstr(device, "infinite_rx=1") == NULL)
			continue;
		if (begins(device, "net_null") && strstr(device, "no-rx=1") != NULL)
			continue;
		return error_set(
			err, -EINVAL,
			"--replay: ports[%zu].device %s never ends; it takes net_pcap with "
			"files and without infinite_rx, net_ring, or net_null with no-rx=1",
			i, device);
	}
	return 0;
}

static void see_time(struct running *running)
{
	uint64_t mono = dataplane_time(running->fwd);

	if (mono > running->now.mono)
		running->now.mono = mono;
	running->now.wall = running->now.mono; /* packets carry the time since 1970 */
}

/* One round of everything; returns how much there was to do. */
static unsigned int round_once(struct running *running)
{
	unsigned int work = 0;
	struct punt punt;

	for (unsigned int i = 0; i < running->workers; i++)
		work += dataplane_poll(running->fwd, i);
	see_time(running);
	while (running->ops->punt_read(running->fwd, &punt) == 1) {
		haaro_input(running->haaro, &running->now, &punt);
		work++;
	}
	if (haaro_deadline(running->haaro) <= running->now.mono)
		haaro_tick(running->haaro, &running->now);
	running->ops->reclaim(running->fwd);
	return work;
}

static int drain(struct running *running, struct error *err)
{
	uint64_t last = 0; /* time of the last packet */
	uint64_t ticks = 0;

	for (;;) {
		uint64_t deadline;

		if (round_once(running) > 0) {
			last = dataplane_time(running->fwd);
			ticks = 0;
			continue;
		}
		deadline = haaro_deadline(running->haaro);
		if (deadline == TIME_NEVER || deadline > last + AFTER)
			return 0;
		if (ticks++ == TICKS_MAX)
			return error_set(err, -ELOOP, "--replay: a timer is due again and again");
		if (deadline > running->now.mono)
			running->now.mono = deadline;
		running->now.wall = running->now.mono;
		haaro_tick(running->haaro, &running->now);
	}
}

struct counters_file {
	json_t *drops;   /* by reason */
	json_t *metrics; /* by family and labels, as OpenMetrics names them */
};

static void keep(void *arg, const struct metric *metric)
{
	const struct metric_label *labels = metric->labels;
	struct counters_file *file = arg;
	char key[256];
	size_t len;

	if (strcmp(metric->family, METRICS_DROPS) == 0)
		json_object_set_new(file->drops, labels[0].value,
				    json_integer((json_int_t)metric->value));
	len = (size_t)snprintf(key, sizeof(key), "%s", metric->family);
	for (size_t i = 0; i < METRIC_LABELS && labels[i].key != NULL && len < sizeof(key); i++)
		len += (size_t)snprintf(key + len, sizeof(key) - len, "%s%s=\"%s\"",
					i == 0 ? "{" : ",", labels[i].key, labels[i].value);
	if (labels[0].key != NULL && len < sizeof(key))
		snprintf(key + len, sizeof(key) - len, "}");
	json_object_set_new(file->metrics, key, json_integer((json_int_t)metric->value));
}

static int write_counters(const struct running *running, const char *path, struct error *err)
{
	struct counters_file file = {.drops = json_object(), .metrics = json_object()};
	json_t *all = json_pack("{so so}", "drops", file.drops, "metrics", file.metrics);
	int result = 0;

	metrics_walk(running, keep, &file);
	if (json_dump_file(all, path, JSON_INDENT(1)) < 0)
		result = error_set(err, -EIO, "--counters: cannot write %s: %s", path,
				   strerror(errno));
	json_decref(all);
	return result;
}

int oper_replay(struct running *running, const struct options *options, struct error *err)
{
	int result = drain(running, err);

	if (result == 0 && options->counters != NULL)
		result = write_counters(running, options->counters, err);
	return result;
}
