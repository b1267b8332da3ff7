/* SPDX-License-Identifier: BSD-3-Clause */
/* One command: those that the tool itself knows, and those that it passes on. */
#include "cli/run.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "cli/client.h"
#include "cli/view.h"

#define POLL_MS 200 /* between two looks of wait-ready */

/* A row on its way to be printed, with an eye on what it says. */
struct watch {
	struct printing *printing; /* NULL: only look */
	bool is_ready;
	bool has_failure; /* doctor: a line says fail */
	char state[32];
};

static void watch_row(void *arg, json_t *row)
{
	const char *verdict = json_string_value(json_object_get(row, "verdict"));
	const char *state = json_string_value(json_object_get(row, "state"));
	struct watch *watch = arg;

	watch->is_ready = json_is_true(json_object_get(row, "ready"));
	watch->has_failure =
		watch->has_failure || (verdict != NULL && strcmp(verdict, "fail") == 0);
	if (state != NULL)
		snprintf(watch->state, sizeof(watch->state), "%s", state);
	if (watch->printing != NULL)
		printing_row(watch->printing, row);
}

static enum run_status complain(const char *where, const char *error, enum run_status status)
{
	fprintf(stderr, "%s: %s\n", where, error);
	return status;
}

static uint64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

/* Also waits for a daemon that has not started yet. */
static enum run_status wait_ready(const struct run *run, const char *where)
{
	static const struct timespec pause = {.tv_nsec = POLL_MS * 1000000L};
	uint64_t until = now_ms() + 1000 * (uint64_t)run->timeout;
	char error[CLIENT_ERROR_SIZE];

	for (;;) {
		struct watch watch = {.state = "starting"};
		enum client_result result =
			client_ask(run->socket, "ready", watch_row, &watch, error);

		if (result == CLIENT_REFUSED)
			return complain(where, error, RUN_FAILED);
		if (result == CLIENT_OK && watch.is_ready) {
			printf("%s\n", watch.state);
			return RUN_OK;
		}
		if (result == CLIENT_OK)
			snprintf(error, sizeof(error), "not ready after %u s: %s", run->timeout,
				 watch.state);
		if (now_ms() >= until)
			return complain(where, error,
					result == CLIENT_OK ? RUN_FAILED : RUN_UNREACHABLE);
		nanosleep(&pause, NULL);
	}
}

static enum run_status ask(const struct run *run, const char *line, const char *where)
{
	struct watch watch = {.printing = printing_create(line, run->json, run->all, stdout)};
	char error[CLIENT_ERROR_SIZE];
	enum client_result result;

	if (watch.printing == NULL)
		return complain(where, "out of memory", RUN_FAILED);
	result = client_ask(run->socket, line, watch_row, &watch, error);
	printing_finish(watch.printing, result == CLIENT_OK);
	if (result == CLIENT_UNREACHABLE)
		return complain(where, error, RUN_UNREACHABLE);
	if (result == CLIENT_REFUSED)
		return complain(where, error, RUN_FAILED);
	return watch.has_failure ? RUN_FAILED : RUN_OK;
}

enum run_status run_line(struct run *run, const char *line, const char *where)
{
	if (strcmp(line, "quit") == 0 || strcmp(line, "exit") == 0) {
		run->quit = true;
		return RUN_OK;
	}
	if (strcmp(line, "wait-ready") == 0)
		return wait_ready(run, where);
	if (strcmp(line, "version") == 0) {
		printf("haaroctl %s\n", HAARO_VERSION);
		return ask(run, "show version", where);
	}
	return ask(run, line, where);
}
