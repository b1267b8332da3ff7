/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The registry of numbers: which there are, and where each is read. Read once per walk, so that all
 * of a family belong to one moment. Neighbours: metrics_ro.c has route optimization; metrics_text.c,
 * show_counters.c, replay.c write.
 */
#include "oper/metrics.h"

#include <stdio.h>

#include "oper/build.h"
#include "oper/metrics_family.h"

static void walk_drops(struct walk *walk, const struct fwd_counters *counters)
{
	static const char *const causes[] = {"packet", "state", "resource"};

	family_begin(walk, METRICS_DROPS, METRIC_COUNTER, "packets dropped, by reason");
	for (int i = DROP_NONE + 1; i < DROP_MAX; i++) {
		family_label(walk, 0, "reason", drop_name((enum drop_reason)i));
		family_label(walk, 1, "cause", causes[drop_cause((enum drop_reason)i)]);
		family_tell(walk, counters->drops[i]);
	}
}

static void walk_forwarding(struct walk *walk)
{
	static const char *const classes[PUNT_CLASS_MAX] = {
		[PUNT_CLASS_BOUND] = "bound",     [PUNT_CLASS_PEER] = "peer",
		[PUNT_CLASS_UNKNOWN] = "unknown", [PUNT_CLASS_KEEPALIVE] = "keepalive",
		[PUNT_CLASS_ARP] = "arp",         [PUNT_CLASS_LOCAL] = "local",
		[PUNT_CLASS_RESOLVE] = "resolve", [PUNT_CLASS_ERROR] = "error",
		[PUNT_CLASS_NOTIFY] = "notify",
	};
	struct fwd_counters counters;

	walk->running->ops->counters_read(walk->running->fwd, &counters);
	walk_drops(walk, &counters);
	family_begin(walk, "haaro_punted", METRIC_COUNTER,
		     "packets handed to the control core, by class");
	for (int i = 0; i < PUNT_CLASS_MAX; i++) {
		family_label(walk, 0, "class", classes[i]);
		family_tell(walk, counters.punted[i]);
	}
	family_tell_one(walk, "haaro_icmp_errors_suppressed", METRIC_COUNTER,
			"ICMP errors left out by their policer", counters.errors_suppressed);
	family_tell_one(walk, "haaro_injected", METRIC_COUNTER, "packets sent by the control core",
			counters.injected);
	family_tell_one(walk, "haaro_inject_failed", METRIC_COUNTER,
			"packets of the control core that could not be sent",
			counters.inject_failed);
	family_tell_one(walk, "haaro_fragments_made", METRIC_COUNTER,
			"fragments made before encapsulation", counters.fragments_made);
	family_tell_one(walk, "haaro_mss_clamped", METRIC_COUNTER, "TCP SYNs whose MSS was lowered",
			counters.mss_clamped);
	family_tell_one(walk, "haaro_ecn_warnings", METRIC_COUNTER,
			"ECN combinations that a path should not make (RFC 6040)",
			counters.ecn_warnings);
}

/* X(family, help, expression on `state`) */
#define PORT_LIST(X)                                                                            \
	X("haaro_port_received_packets", "packets received", counters.received.packets)         \
	X("haaro_port_received_bytes", "octets received", counters.received.bytes)              \
	X("haaro_port_sent_packets", "packets sent", counters.sent.packets)                     \
	X("haaro_port_sent_bytes", "octets sent", counters.sent.bytes)                          \
	X("haaro_port_receive_missed", "packets missed by the port", counters.receive_missed)   \
	X("haaro_port_receive_errors", "packets received with errors", counters.receive_errors) \
	X("haaro_port_send_errors", "packets that the port could not send", counters.send_errors)

static void walk_ports(struct walk *walk)
{
	const struct running *running = walk->running;
	struct fwd_port_state states[CONF_PORTS_MAX] = {0};

	for (uint16_t i = 0; i < running->conf->n_ports; i++)
		(void)running->ops->port_read(running->fwd, i, &states[i]);
#define X(family, help, member)                                              \
	family_begin(walk, family, METRIC_COUNTER, help);                    \
	for (size_t i = 0; i < running->conf->n_ports; i++) {                \
		family_label(walk, 0, "port", running->conf->ports[i].name); \
		family_tell(walk, states[i].member);                         \
	}
	PORT_LIST(X)
#undef X
	family_begin(walk, "haaro_port_up", METRIC_GAUGE, "1 if the port has a link");
	for (size_t i = 0; i < running->conf->n_ports; i++) {
		family_label(walk, 0, "port", running->conf->ports[i].name);
		family_tell(walk, states[i].present && states[i].set.up);
	}
}

/* X(family, help, member of struct worker_counters) */
#define WORKER_LIST(X)                                                                   \
	X("haaro_worker_cycles", "cycles of the worker since start", cycles_total)       \
	X("haaro_worker_cycles_busy", "of these, in polls that found work", cycles_busy) \
	X("haaro_worker_polls", "polls", polls)                                          \
	X("haaro_worker_polls_busy", "polls that found work", polls_busy)                \
	X("haaro_worker_sleeps", "times the worker slept", sleeps)                       \
	X("haaro_worker_packets", "packets taken by the worker", packets)

/* X(family, help, member of struct worker_counters' stage) */
#define STAGE_METRIC_LIST(X)                                           \
	X("haaro_stage_packets", "packets through the stage", packets) \
	X("haaro_stage_cycles", "cycles in the stage", cycles)         \
	X("haaro_stage_drops", "packets dropped by the stage", drops)

static void walk_workers(struct walk *walk)
{
	const struct running *running = walk->running;
	struct worker_counters workers[RUNNING_WORKERS_MAX] = {0};
	unsigned int n = running->workers;
	char number[12];

	n = n < RUNNING_WORKERS_MAX ? n : RUNNING_WORKERS_MAX;
	for (unsigned int i = 0; i < n; i++)
		(void)running->ops->worker_read(running->fwd, i, &workers[i]);
#define X(family, help, member)                            \
	family_begin(walk, family, METRIC_COUNTER, help);  \
	for (unsigned int i = 0; i < n; i++) {             \
		snprintf(number, sizeof(number), "%u", i); \
		family_label(walk, 0, "worker", number);   \
		family_tell(walk, workers[i].member);      \
	}
	WORKER_LIST(X)
#undef X
#define X(family, help, member)                                                          \
	family_begin(walk, family, METRIC_COUNTER, help);                                \
	for (unsigned int i = 0; i < n * STAGE_MAX; i++) {                               \
		snprintf(number, sizeof(number), "%u", i / STAGE_MAX);                   \
		family_label(walk, 0, "worker", number);                                 \
		family_label(walk, 1, "stage", stage_name((enum stage)(i % STAGE_MAX))); \
		family_tell(walk, workers[i / STAGE_MAX].stage[i % STAGE_MAX].member);   \
	}
	STAGE_METRIC_LIST(X)
#undef X
}

static void walk_usage(struct walk *walk)
{
	struct fwd_usage usage;

	walk->running->ops->usage_read(walk->running->fwd, &usage);
	const struct {
		const char *name;
		uint32_t used;
		uint32_t capacity;
	} tables[] = {
		{"tunnels", usage.tunnels, usage.tunnels_capacity},
		{"paths", usage.paths, usage.paths_capacity},
		{"bindings", usage.bindings, usage.bindings_capacity},
		{"routes", usage.routes, usage.routes_capacity},
		{"adjacencies", usage.adjacencies, usage.adjacencies_capacity},
	};
	const size_t n = sizeof(tables) / sizeof(tables[0]);

	family_begin(walk, "haaro_table_entries", METRIC_GAUGE, "entries of each forwarding table");
	for (size_t i = 0; i < n; i++) {
		family_label(walk, 0, "table", tables[i].name);
		family_tell(walk, tables[i].used);
	}
	family_begin(walk, "haaro_table_capacity", METRIC_GAUGE,
		     "entries that each table can hold");
	for (size_t i = 0; i < n; i++) {
		family_label(walk, 0, "table", tables[i].name);
		family_tell(walk, tables[i].capacity);
	}
	family_tell_one(walk, "haaro_table_retired", METRIC_GAUGE,
			"removals that wait for their grace period", usage.retired);
	family_tell_one(walk, "haaro_table_full", METRIC_COUNTER,
			"changes refused because a table was full", usage.table_full);
	family_tell_one(walk, "haaro_table_bytes", METRIC_GAUGE, "memory of all tables",
			usage.table_bytes);
}

static void walk_roles(struct walk *walk)
{
	const struct home *home = haaro_home(walk->running->haaro);
	const struct mobile *mobile = haaro_mobile(walk->running->haaro);
	const struct link_counters *link = link_counters(haaro_link(walk->running->haaro));

#define X(field, name, help) \
	family_tell_one(walk, "haaro_link_" name, METRIC_COUNTER, help, link->field);
	LINK_COUNTER_LIST(X)
#undef X
	metrics_walk_ro(walk);
	if (home != NULL) {
		const struct home_counters *counters = home_counters(home);

#define X(field, name, help) \
	family_tell_one(walk, "haaro_home_" name, METRIC_COUNTER, help, counters->field);
		HOME_COUNTER_LIST(X)
#undef X
		family_tell_codes(walk, "haaro_home_denied_by_code",
				  "requests denied, by reply code", counters->denied_by_code);
	}
	if (mobile != NULL) {
		const struct mobile_counters *counters = mobile_counters(mobile);

#define X(field, name, help) \
	family_tell_one(walk, "haaro_mobile_" name, METRIC_COUNTER, help, counters->field);
		MOBILE_COUNTER_LIST(X)
#undef X
		family_tell_codes(walk, "haaro_mobile_denied_by_code",
				  "replies that denied, by code", counters->denied_by_code);
	}
}

static void walk_events(struct walk *walk)
{
	family_begin(walk, "haaro_events", METRIC_COUNTER, "events, by type");
	for (int i = 0; i < EVENT_MAX; i++) {
		family_label(walk, 0, "event", event_name((enum event_type)i));
		family_tell(walk, log_count(walk->running->log, (enum event_type)i));
	}
	family_begin(walk, "haaro_log_suppressed", METRIC_COUNTER,
		     "log lines left out by the rate limit, by event");
	for (int i = 0; i < EVENT_MAX; i++) {
		family_label(walk, 0, "event", event_name((enum event_type)i));
		family_tell(walk, log_suppressed(walk->running->log, (enum event_type)i));
	}
}

static void walk_daemon(struct walk *walk)
{
	const struct running *running = walk->running;

	family_begin(walk, "haaro_build", METRIC_GAUGE, "1, with what runs as labels");
	family_label(walk, 0, "version", build_version());
	family_label(walk, 1, "role",
		     running->conf->role == CONF_HOME_AGENT ? "home-agent" : "mobile-router");
	family_tell(walk, 1);
	family_tell_one(walk, "haaro_start_time_seconds", METRIC_GAUGE, "Unix time of the start",
			time_in_seconds(running->started.wall));
}

void metrics_walk(const struct running *running, metrics_visit visit, void *arg)
{
	struct walk walk = {.running = running, .visit = visit, .arg = arg};

	walk_daemon(&walk);
	walk_forwarding(&walk);
	walk_ports(&walk);
	walk_workers(&walk);
	walk_usage(&walk);
	walk_roles(&walk);
	walk_events(&walk);
}
