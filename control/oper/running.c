/* SPDX-License-Identifier: BSD-3-Clause */
/* The time of the running daemon; neighbours: loop.c, control_socket.c, metrics_http.c. */
#include "oper/running.h"

#include "haaro/dataplane.h"

#include "oper/source.h"

void running_see_time(struct running *running)
{
	running->now.mono = dataplane_time(running->fwd);
	running->now.wall = source_wall();
}
