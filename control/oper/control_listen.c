/* SPDX-License-Identifier: BSD-3-Clause */
/* Making the control socket; it never exists with a mode wider than the one it is to have. */
#include "oper/control_listen.h"

#include <errno.h>
#include <grp.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define BACKLOG 64

/* The directory of the socket, if it is missing: one level, /run/haaro. */
static void make_directory(const char *path)
{
	char directory[CONF_PATH_SIZE];
	char *slash;

	snprintf(directory, sizeof(directory), "%s", path);
	slash = strrchr(directory, '/');
	if (slash == NULL || slash == directory)
		return;
	*slash = '\0';
	(void)mkdir(directory, 0755); /* what is wrong with it, bind() will say */
}

/* A socket that a killed haarod left behind refuses connections and may go; a live one does not. */
static int clear_path(const struct sockaddr_un *address, struct error *err)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	int result = 0;

	if (fd < 0)
		return error_set(err, -errno, "control-socket: %s", strerror(errno));
	if (connect(fd, (const struct sockaddr *)address, sizeof(*address)) == 0 || errno == EAGAIN)
		result = error_set(err, -EADDRINUSE,
				   "control-socket: another haarod answers at %s; stop it, or give "
				   "this one another name",
				   address->sun_path);
	else if (errno == ECONNREFUSED)
		(void)unlink(address->sun_path);
	close(fd);
	return result;
}

static void set_access(const struct running *running, const char *path)
{
	const char *name = running->conf->control_socket.group;
	const struct group *group = getgrnam(name);
	char text[EVENT_TEXT_SIZE];

	if (group != NULL && chown(path, (uid_t)-1, group->gr_gid) == 0) {
		(void)chmod(path, 0660);
		return;
	}
	if (group == NULL)
		snprintf(text, sizeof(text),
			 "no group %s: only root may use haaroctl; groupadd --system %s", name,
			 name);
	else
		snprintf(text, sizeof(text), "cannot give %s to group %s: %s", path, name,
			 strerror(errno));
	log_daemon(running->log, EVENT_NOTICE, &running->now, text);
}

int control_listen(const struct running *running, struct error *err)
{
	const char *path = running->conf->control_socket.path;
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	mode_t mask;
	int result;
	int fd;

	if (strlen(path) >= sizeof(address.sun_path))
		return error_set(err, -ENAMETOOLONG,
				 "control-socket.path: %s is longer than %zu octets", path,
				 sizeof(address.sun_path) - 1);
	memcpy(address.sun_path, path, strlen(path));
	make_directory(path);
	result = clear_path(&address, err);
	if (result < 0)
		return result;
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return error_set(err, -errno, "control-socket: %s", strerror(errno));
	mask = umask(0177);
	result = bind(fd, (const struct sockaddr *)&address, sizeof(address)) < 0 ? -errno : 0;
	umask(mask);
	if (result == 0 && listen(fd, BACKLOG) < 0)
		result = -errno;
	if (result < 0) {
		close(fd);
		return error_set(err, result, "control-socket: cannot listen at %s: %s", path,
				 strerror(-result));
	}
	set_access(running, path);
	return fd;
}
