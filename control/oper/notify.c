/* SPDX-License-Identifier: BSD-3-Clause */
/* The service manager's notification socket; neighbours: loop.c calls it. */
#include "oper/notify.h"

#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "haaro/clock.h"

void notify_send(const char *state)
{
	const char *path = getenv("NOTIFY_SOCKET");
	struct sockaddr_un to = {.sun_family = AF_UNIX};
	socklen_t len;
	int fd;

	if (path == NULL || strlen(path) >= sizeof(to.sun_path) || (*path != '/' && *path != '@'))
		return;
	memcpy(to.sun_path, path, strlen(path));
	if (to.sun_path[0] == '@') /* the abstract namespace */
		to.sun_path[0] = '\0';
	len = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + strlen(path));
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return;
	(void)sendto(fd, state, strlen(state), MSG_NOSIGNAL, (const struct sockaddr *)&to, len);
	close(fd);
}

uint64_t notify_watchdog(void)
{
	const char *pid = getenv("WATCHDOG_PID");
	const char *limit = getenv("WATCHDOG_USEC");

	if (limit == NULL || (pid != NULL && strtol(pid, NULL, 10) != (long)getpid()))
		return 0;
	return time_micros(strtoull(limit, NULL, 10)) / 2;
}
