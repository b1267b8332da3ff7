/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What hosts behind the branches send each other: flows of numbered datagrams, each accounted for
 * from host to host. A datagram says of which flow it is in its last octets, so that it is known inside
 * a tunnel packet too.
 */
#ifndef SIM_TRAFFIC_H
#define SIM_TRAFFIC_H

#include "sim.h"

#define FLOW_MEMORY 64             /* datagrams of a flow that are remembered */
#define FLOW_LATEST (5 * NS_PER_S) /* older ones are lost for ever */
#define GAP_MOST    (3 * NS_PER_S) /* traffic may be lost for so long when a direct way is cut */

enum flow_way { FLOW_BY_HUB, FLOW_DIRECT, FLOW_WAYS };

struct flow_datagram {
	uint64_t sent;
	uint8_t allowed; /* copies that the network made */
	uint8_t received;
	bool excused; /* it may get lost */
};

struct flow {
	uint32_t from, to; /* nodes */
	struct ip_addr source, destination;
	uint64_t interval;
	uint16_t size; /* octets of each datagram; each fourth is a full one */
	bool is_full_too;
	bool paused;
	uint32_t n_sent;
	uint32_t n_judged; /* older ones need not be looked at any more */
	uint32_t n_received;
	uint32_t n_lost;
	uint64_t ways[FLOW_WAYS]; /* datagrams let in by the router of the destination */
	uint64_t last[FLOW_WAYS]; /* when the last one was */
	bool cut;                 /* its direct way, and nothing was sent since */
	uint64_t excused_until;
	struct flow_datagram memory[FLOW_MEMORY];
};

/* A flow that starts after so long. */
void traffic_add(struct sim *sim, uint32_t from, uint32_t to, uint64_t interval, uint64_t after);
void traffic_fini(struct sim *sim);

/* SIM_FLOW: the next datagram. */
void traffic_send(struct sim *sim, uint32_t flow);
void traffic_pause(struct sim *sim, uint32_t flow, bool paused);

/* The direct way of all flows from one branch to another was just cut or made narrow. */
void traffic_excuse(struct sim *sim, uint32_t from, uint32_t to);

/* A packet that may carry a datagram: was doubled by the network; was let in by a tunnel; has left a
 * router for its host. */
void traffic_doubled(struct sim *sim, const uint8_t *packet, size_t len);
void traffic_admitted(struct node *node, const uint8_t *packet, size_t len, bool direct);
void traffic_deliver(struct node *node, const struct packet_ipv4 *ip, const uint8_t *packet,
		     size_t len);

/* Breaks TRAFFIC_KEPT if a datagram got lost that must not. */
void traffic_judge(struct sim *sim, bool strictly);

#endif
