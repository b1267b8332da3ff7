/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A model worker: what dataplane/ does with a packet, by the tables that the router wrote, one packet
 * at a time. Left out are the Ethernet header, fragments, MTUs below the port's, ECN, MSS and policers.
 *
 *     worker.c      in: to us or not, which tunnel, what that tunnel may carry
 *     worker_out.c  out: by route, path, tunnel and adjacency; ARP is answered for everybody
 *
 * Neighbours: node.c hands it what arrives, network.c takes what leaves.
 */
#ifndef SIM_WORKER_H
#define SIM_WORKER_H

#include "sim.h"

#define UDP_DATA 4 /* first octet of MIP Tunnel Data (RFC 3519, section 3.3) */

struct view {
	struct packet_ipv4 ip;
	const uint8_t *bytes; /* from the IPv4 header on */
	uint16_t port;        /* it arrived at, PORT_NONE if it is ours */
	bool ours;
	bool by_tunnel;
	struct fwd_tunnel_state tunnel; /* by_tunnel */
	be32 outer_source;
	uint16_t outer_port;
};

struct punt punt_of(enum punt_reason reason, uint16_t port);
void worker_drop(struct node *node, enum drop_reason reason);

/* A packet from the network. */
void worker_arrive(struct node *node, uint16_t port, const uint8_t *bytes, size_t len);

/* fwd_model_inject; arg: the node. */
int worker_inject(void *arg, const struct inject *inject, const uint8_t *bytes, size_t len);

/* Onward by the route of its destination. */
int worker_forward(struct node *node, const struct view *view);

#endif
