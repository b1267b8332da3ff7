/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The daemon around a router: its loop, its sockets, its signals. What main.c calls. Thread:
 * control core.
 */
#ifndef OPER_OPER_H
#define OPER_OPER_H

#include "oper/options.h"
#include "oper/running.h"

struct oper;

/*
 * Opens the control socket, the metrics endpoint and rtnetlink. running outlives the oper and is
 * changed by it (conf by a reload). On failure nothing is left and err says what to do.
 */
int oper_create(struct oper **oper, struct running *running, struct error *err);

/*
 * Runs until SIGTERM or SIGINT: tells systemd, moves between the data plane and the router, and at
 * the end deregisters and drains. A second signal ends it at once.
 */
void oper_run(struct oper *oper);

void oper_destroy(struct oper *oper);

/* --- replay (replay.c) --------------------------------------------------------------- */

/* -EINVAL: a port is not one that can be replayed (pcap file, ring, or null without packets). */
int oper_check_replay(const struct conf *conf, struct error *err);

/*
 * Runs data plane and router in turn, in this thread, with the clock of the packets, until inputs
 * and rings are empty and no timer is due within a second of the last packet; then writes the
 * counters if asked.
 */
int oper_replay(struct running *running, const struct options *options, struct error *err);

#endif
