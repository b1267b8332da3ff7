/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The log: one line for an event, as text or JSON, with the event's stable name. It is one
 * subscriber of the router's events; it also keeps the last of them (show events) and counts them
 * by type. At most LOG_RATE lines a second of one type: what is left out is counted, and told in
 * the next line of the type or within a second.
 *
 * An event carries no secret (core/event.h), so no line does. Thread: control core.
 */
#ifndef OPER_LOG_H
#define OPER_LOG_H

#include <stdio.h>

#include <jansson.h>

#include "haaro/conf.h"

#include "core/event.h"

#define LOG_RATE 20  /* lines of one type in a second */
#define LOG_KEPT 256 /* events for show; debug ones only if the level is debug */

/* Once that many are kept, the oldest of a type that has more than this goes first. */
#define LOG_KEPT_SHARE (LOG_KEPT / 4)

struct log;

struct log_options {
	FILE *out;    /* not closed */
	bool journal; /* systemd reads it: <priority> in front, and no time of our own */
	enum conf_log_level level;
	enum conf_log_format format;
	const struct conf *conf; /* names of the instance and its ports; copied. NULL: none */
};

struct log *log_create(const struct log_options *options);

/* To standard error as conf says; for the journal when systemd says that it reads there. */
struct log *log_open(const struct conf *conf);
void log_destroy(struct log *log);

/* A reload's level and format. */
void log_set(struct log *log, enum conf_log_level level, enum conf_log_format format);

/* A haaro_subscriber: arg is the log. */
void log_handle_event(void *arg, const struct event *event);

/* An event of the daemon itself, which knows of no router. */
void log_daemon(struct log *log, enum event_type type, const struct now *now, const char *text);

/* Tells what was left out; wanted once a second. */
void log_flush(struct log *log, const struct now *now);

uint64_t log_count(const struct log *log, enum event_type type);
uint64_t log_suppressed(const struct log *log, enum event_type type);

/* The kept events, oldest first. */
typedef void (*log_visit)(void *arg, const struct event *event);
void log_walk_kept(const struct log *log, log_visit visit, void *arg);

/* The name of a port, its number in words if it has none. */
#define LOG_PORT_SIZE CONF_NAME_SIZE
const char *log_port(const struct log *log, uint16_t port, char text[LOG_PORT_SIZE]);

/* An event's fields under stable names, in a fixed order; what it does not use is not there. */
json_t *log_event_json(const struct log *log, const struct event *event);

/* "2026-11-21T03:04:22.123Z" of a wall time. */
#define LOG_TIME_SIZE 32
const char *log_time_print(uint64_t wall, char text[LOG_TIME_SIZE]);

#endif
