/* SPDX-License-Identifier: BSD-3-Clause */
/* Talking to haarod; neighbour: haaroctl.c. */
#include "cli/client.h"

#include <errno.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#define DIRECTORY "/run/haaro"
#define TIMEOUT   30 /* seconds without a line from the daemon */

static int fail(char *error, const char *path, int number)
{
	const char *advice = number == EACCES ? "; join its group or use sudo"
			     : number == ENOENT || number == ECONNREFUSED
				     ? "; is haarod running? (--socket names another)"
				     : "";

	snprintf(error, CLIENT_ERROR_SIZE, "%s: %s%s", path, strerror(number), advice);
	return -1;
}

static int connect_to(const char *path, char *error)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	struct timeval timeout = {.tv_sec = TIMEOUT};
	int saved;
	int fd;

	if (strlen(path) >= sizeof(address.sun_path))
		return fail(error, path, ENAMETOOLONG);
	memcpy(address.sun_path, path, strlen(path));
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return fail(error, path, errno);
	(void)setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof(timeout));
	(void)setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &timeout, sizeof(timeout));
	if (connect(fd, (const struct sockaddr *)&address, sizeof(address)) == 0)
		return fd;
	saved = errno;
	close(fd);
	return fail(error, path, saved);
}

/* Reads rows up to the end of one answer; arg's visit may be NULL. */
static enum client_result take_answer(FILE *in, client_row row, void *arg, char *error)
{
	enum client_result result = CLIENT_UNREACHABLE;
	char *line = NULL;
	size_t size = 0;

	snprintf(error, CLIENT_ERROR_SIZE, "haarod went away, or took longer than %d s", TIMEOUT);
	while (getline(&line, &size, in) > 0) {
		json_t *object = json_loads(line, 0, NULL);
		json_t *ok = json_object_get(object, "ok");
		const char *reason = json_string_value(json_object_get(object, "error"));

		if (ok == NULL && row != NULL && json_object_get(object, "row") != NULL)
			row(arg, json_object_get(object, "row"));
		if (ok != NULL)
			result = json_is_true(ok) ? CLIENT_OK : CLIENT_REFUSED;
		if (result == CLIENT_REFUSED)
			snprintf(error, CLIENT_ERROR_SIZE, "%s",
				 reason != NULL ? reason : "refused without a reason");
		json_decref(object);
		if (ok != NULL)
			break;
	}
	free(line);
	return result;
}

enum client_result client_ask(const char *path, const char *line, client_row row, void *arg,
			      char error[CLIENT_ERROR_SIZE])
{
	enum client_result result = CLIENT_UNREACHABLE;
	int fd = connect_to(path, error);
	FILE *in;

	if (fd < 0)
		return result;
	in = fdopen(fd, "r");
	if (in == NULL) {
		close(fd);
		return result;
	}
	/* Both lines at once: the answers come one after the other. */
	if (dprintf(fd, "haaro %d\n%s\n", CLIENT_PROTOCOL, line) < 0) {
		(void)fail(error, path, errno);
		goto out_in;
	}
	result = take_answer(in, NULL, NULL, error);
	if (result == CLIENT_OK)
		result = take_answer(in, row, arg, error);
out_in:
	fclose(in);
	return result;
}

int client_find(const char *instance, char *path, size_t size, char error[CLIENT_ERROR_SIZE])
{
	glob_t found = {0};
	int result = -1;

	if (instance != NULL) {
		snprintf(path, size, DIRECTORY "/%s.sock", instance);
		return 0;
	}
	if (glob(DIRECTORY "/*.sock", 0, NULL, &found) != 0) {
		snprintf(error, CLIENT_ERROR_SIZE,
			 "there is no socket in " DIRECTORY "; is haarod running? (--socket names "
			 "another)");
		return -1;
	}
	if (found.gl_pathc == 1) {
		snprintf(path, size, "%s", found.gl_pathv[0]);
		result = 0;
	} else {
		snprintf(error, CLIENT_ERROR_SIZE,
			 "there are %zu instances in " DIRECTORY "; name one with --instance",
			 found.gl_pathc);
	}
	globfree(&found);
	return result;
}
