/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The tool's end of the control socket: one connection for one request. Knows the protocol's lines
 * (a row, or the end), not what is in a row. Synchronous; one thread.
 */
#ifndef CLI_CLIENT_H
#define CLI_CLIENT_H

#include <stddef.h>

#include <jansson.h>

#define CLIENT_PROTOCOL   1
#define CLIENT_ERROR_SIZE 512

enum client_result {
	CLIENT_OK,
	CLIENT_REFUSED,     /* the daemon said no, and why */
	CLIENT_UNREACHABLE, /* there is no daemon at that socket, or it went away */
};

/* Called for each row; the row is the caller's to keep (json_incref) or leave. */
typedef void (*client_row)(void *arg, json_t *row);

/* Sends a request line and hands out its rows. error is set unless CLIENT_OK is returned. */
enum client_result client_ask(const char *socket_path, const char *line, client_row row, void *arg,
			      char error[CLIENT_ERROR_SIZE]);

/*
 * The socket to use when none is named: the only one in /run/haaro, or that of an instance. Returns
 * 0, or -1 with error set.
 */
int client_find(const char *instance, char *path, size_t size, char error[CLIENT_ERROR_SIZE]);

#endif
