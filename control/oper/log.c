/* SPDX-License-Identifier: BSD-3-Clause */
/* The log as a subscriber of events; neighbours: log_event.c names an event's fields. */
#include "oper/log.h"

#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "haaro/forwarding.h"

struct log_type {
	uint64_t count;      /* events since start */
	uint64_t suppressed; /* lines left out since start */
	uint64_t untold;     /* of these, not told yet */
	uint64_t window;     /* mono second that `lines` counts in */
	unsigned int lines;
	unsigned int kept;
};

struct kept_event {
	struct event event;
	TAILQ_ENTRY(kept_event) by_age;
};

struct log {
	struct log_options options;
	char name[CONF_NAME_SIZE];
	char ports[CONF_PORTS_MAX][CONF_NAME_SIZE];
	struct log_type types[EVENT_MAX];
	struct kept_event slots[LOG_KEPT];
	unsigned int n_slots; /* in use */
	TAILQ_HEAD(, kept_event) kept;
};

static const char *const level_names[] = {"debug", "info", "warning", "error"};
static const int priorities[] = {7, 6, 4, 3}; /* syslog(3) */

struct log *log_create(const struct log_options *options)
{
	struct log *log = calloc(1, sizeof(*log));

	if (log == NULL)
		return NULL;
	TAILQ_INIT(&log->kept);
	log->options = *options;
	log->options.conf = NULL; /* a reload frees it; what stays the same is copied */
	if (options->conf == NULL)
		return log;
	snprintf(log->name, sizeof(log->name), "%s", options->conf->name);
	for (size_t i = 0; i < options->conf->n_ports; i++)
		snprintf(log->ports[i], sizeof(log->ports[i]), "%s", options->conf->ports[i].name);
	return log;
}

const char *log_port(const struct log *log, uint16_t port, char text[LOG_PORT_SIZE])
{
	if (port < CONF_PORTS_MAX && log->ports[port][0] != '\0')
		return log->ports[port];
	snprintf(text, LOG_PORT_SIZE, "%u", (unsigned int)port);
	return text;
}

/* JOURNAL_STREAM is device:inode of the stream that the journal reads (systemd.exec(5)). */
static bool is_journal(int fd)
{
	const char *stream = getenv("JOURNAL_STREAM");
	char own[64];
	struct stat status;

	if (stream == NULL || fstat(fd, &status) < 0)
		return false;
	snprintf(own, sizeof(own), "%ju:%ju", (uintmax_t)status.st_dev, (uintmax_t)status.st_ino);
	return strcmp(stream, own) == 0;
}

struct log *log_open(const struct conf *conf)
{
	struct log_options options = {.out = stderr,
				      .journal = is_journal(STDERR_FILENO),
				      .level = conf->log.level,
				      .format = conf->log.format,
				      .conf = conf};

	return log_create(&options);
}

void log_destroy(struct log *log)
{
	free(log);
}

void log_set(struct log *log, enum conf_log_level level, enum conf_log_format format)
{
	log->options.level = level;
	log->options.format = format;
}

/* conf's levels count down in severity, the events' count up. */
static bool is_wanted(const struct log *log, enum event_level level)
{
	return (int)CONF_LOG_DEBUG - (int)log->options.level <= (int)level;
}

const char *log_time_print(uint64_t wall, char text[LOG_TIME_SIZE])
{
	time_t seconds = (time_t)time_in_seconds(wall);
	struct tm tm;
	size_t len;

	gmtime_r(&seconds, &tm);
	len = strftime(text, LOG_TIME_SIZE, "%Y-%m-%dT%H:%M:%S", &tm);
	snprintf(text + len, LOG_TIME_SIZE - len, ".%03uZ",
		 (unsigned int)(wall % NS_PER_S / NS_PER_MS));
	return text;
}

/* One plain word: nothing that could end a line or a value, or be taken for another field. */
static bool is_word(const char *text)
{
	const char *c;

	for (c = text; *c > 0x20 && *c < 0x7f; c++)
		if (*c == '"' || *c == '=' || *c == '\\')
			return false;
	return c != text && *c == '\0';
}

/* A value of a text line: bare if it is a word or a number, else as a JSON string. */
static void print_value(FILE *out, const json_t *value)
{
	const char *text = json_string_value(value);

	if (text != NULL && is_word(text))
		fputs(text, out);
	else
		json_dumpf(value, out, JSON_ENCODE_ANY | JSON_ENSURE_ASCII);
}

static void write_text(struct log *log, const struct event *event, json_t *fields)
{
	enum event_level level = event_level(event->type);
	char time[LOG_TIME_SIZE];
	const char *key;
	json_t *value;

	if (log->options.journal)
		fprintf(log->options.out, "<%d>", priorities[level]);
	else
		fprintf(log->options.out, "%s ", log_time_print(event->when.wall, time));
	fprintf(log->options.out, "%s %s", level_names[level], event_name(event->type));
	json_object_foreach(fields, key, value)
	{
		fprintf(log->options.out, " %s=", key);
		print_value(log->options.out, value);
	}
	fputc('\n', log->options.out);
}

static void write_json(struct log *log, const struct event *event, json_t *fields)
{
	enum event_level level = event_level(event->type);
	char time[LOG_TIME_SIZE];
	json_t *line = json_pack("{ss ss ss ss}", "time", log_time_print(event->when.wall, time),
				 "level", level_names[level], "instance", log->name, "event",
				 event_name(event->type));

	json_object_update(line, fields);
	if (log->options.journal)
		fprintf(log->options.out, "<%d>", priorities[level]);
	json_dumpf(line, log->options.out, JSON_COMPACT | JSON_ENSURE_ASCII);
	fputc('\n', log->options.out);
	json_decref(line);
}

static void write_line(struct log *log, const struct event *event)
{
	struct log_type *type = &log->types[event->type];
	json_t *fields = log_event_json(log, event);

	if (type->untold > 0)
		json_object_set_new(fields, "suppressed", json_integer((json_int_t)type->untold));
	type->untold = 0;
	if (log->options.format == CONF_LOG_JSON)
		write_json(log, event, fields);
	else
		write_text(log, event, fields);
	fflush(log->options.out);
	json_decref(fields);
}

/* The oldest makes room, of those whose type has more than its share if there is one. */
static struct kept_event *make_room(struct log *log)
{
	struct kept_event *kept = TAILQ_FIRST(&log->kept);

	while (kept != NULL && log->types[kept->event.type].kept <= LOG_KEPT_SHARE)
		kept = TAILQ_NEXT(kept, by_age);
	if (kept == NULL)
		kept = TAILQ_FIRST(&log->kept);
	TAILQ_REMOVE(&log->kept, kept, by_age);
	log->types[kept->event.type].kept--;
	return kept;
}

static void keep(struct log *log, const struct event *event)
{
	struct kept_event *kept =
		log->n_slots < LOG_KEPT ? &log->slots[log->n_slots++] : make_room(log);

	kept->event = *event;
	TAILQ_INSERT_TAIL(&log->kept, kept, by_age);
	log->types[event->type].kept++;
}

void log_handle_event(void *arg, const struct event *event)
{
	struct log *log = arg;
	struct log_type *type = &log->types[event->type];
	uint64_t second = time_in_seconds(event->when.mono);

	type->count++;
	/* Watches make a debug event every few seconds: they would drive out all that counts. */
	if (is_wanted(log, event_level(event->type)) || event_level(event->type) > EVENT_DEBUG)
		keep(log, event);
	if (!is_wanted(log, event_level(event->type)))
		return;
	if (type->window != second) {
		type->window = second;
		type->lines = 0;
	}
	if (type->lines == LOG_RATE) {
		type->suppressed++;
		type->untold++;
		return;
	}
	type->lines++;
	write_line(log, event);
}

void log_daemon(struct log *log, enum event_type type, const struct now *now, const char *text)
{
	struct event event = {.type = type, .when = *now, .port = PORT_NONE};

	event.tunnel.index = FWD_NONE;
	snprintf(event.text, sizeof(event.text), "%s", text);
	log_handle_event(log, &event);
}

void log_flush(struct log *log, const struct now *now)
{
	for (int i = 0; i < EVENT_MAX; i++) {
		struct event event = {.type = (enum event_type)i, .when = *now, .port = PORT_NONE};

		if (log->types[i].untold == 0 || log->types[i].window == time_in_seconds(now->mono))
			continue;
		event.tunnel.index = FWD_NONE;
		snprintf(event.text, sizeof(event.text), "more of these than the log takes");
		write_line(log, &event);
	}
}

uint64_t log_count(const struct log *log, enum event_type type)
{
	return log->types[type].count;
}

uint64_t log_suppressed(const struct log *log, enum event_type type)
{
	return log->types[type].suppressed;
}

void log_walk_kept(const struct log *log, log_visit visit, void *arg)
{
	const struct kept_event *kept;

	TAILQ_FOREACH (kept, &log->kept, by_age)
		visit(arg, &kept->event);
}
