/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The control socket: requests of one line, answers of JSON lines (answer.h).
 *
 *     > haaro 1                      first: the version of this protocol that the tool speaks
 *     < {"row":{"protocol":1,…}}
 *     < {"ok":true}
 *     > show ports                   then any command of command.c
 *     < {"row":{…}}
 *     < {"ok":true}
 *
 * Who may: the socket is 0660, group as configured (root alone if there is no such group). All who
 * may connect may read; what changes something takes root or the daemon's own user, by SO_PEERCRED.
 *
 * A slow or hostile client costs little: bounded lines, one request at a time, bounded output
 * waiting for it, a limit on connections with some kept for root, timeouts, and an age at which any
 * connection ends. Thread: control core.
 */
#ifndef OPER_CONTROL_SOCKET_H
#define OPER_CONTROL_SOCKET_H

#include "oper/running.h"

#define CONTROL_PROTOCOL 1

struct control;
struct event_base;

/*
 * Makes the socket, its directory too if that is missing, and listens. -EADDRINUSE: another haarod
 * answers there; else -errno. err says what to do. A missing group is told in the log.
 */
int control_create(struct control **control, struct event_base *base, struct running *running,
		   struct error *err);

/* Ends all connections and removes the socket. NULL is fine. */
void control_destroy(struct control *control);

#endif
