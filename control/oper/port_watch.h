/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Watches the ports of the running daemon: rtnetlink for those on kernel devices, their drivers for
 * the others; what changes goes to the router. What it means is carrier.c's. Thread: control core.
 */
#ifndef OPER_PORT_WATCH_H
#define OPER_PORT_WATCH_H

#include "oper/running.h"

struct event_base;
struct port_watch;

/* Opens rtnetlink, where a port needs it, and asks for all links. -errno: err says why not. */
int port_watch_create(struct port_watch **watch, struct event_base *base, struct running *running,
		      struct error *err);
void port_watch_destroy(struct port_watch *watch);

/* Asks the drivers; wanted once a second. */
void port_watch_poll(struct port_watch *watch);

#endif
