/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Forwarding tables in plain arrays for the control core's unit tests: struct fwd_ops as
 * forwarding.h promises it, everything that was injected kept for inspection, capacities and
 * failures at will, and every breach of the contract (an entry removed while something names it)
 * noted in faults, which tests compare with 0.
 */
#ifndef SUPPORT_FAKE_FWD_H
#define SUPPORT_FAKE_FWD_H

#include "haaro/conf.h"
#include "haaro/forwarding.h"

#define FAKE_SIZE    256 /* of every table */
#define FAKE_PORTS   CONF_PORTS_MAX
#define FAKE_PACKETS 512 /* injected packets kept; older ones make room */
#define FAKE_PAIRS   16

enum fake_use { FAKE_FREE, FAKE_LIVE, FAKE_RETIRED };

struct fake_packet {
	struct inject inject;
	size_t len;
	uint8_t bytes[PUNT_PACKET_MAX];
};

struct fwd {
	/* what the core wrote */
	enum fake_use adjacency_use[FAKE_SIZE];
	struct fwd_adjacency adjacencies[FAKE_SIZE];
	enum fake_use tunnel_use[FAKE_SIZE];
	struct fwd_tunnel tunnels[FAKE_SIZE];
	uint32_t generations[FAKE_SIZE];
	enum fake_use path_use[FAKE_SIZE];
	struct fwd_path paths[FAKE_SIZE];
	size_t n_bindings;
	struct fwd_binding bindings[FAKE_SIZE];
	uint32_t binding_tunnels[FAKE_SIZE];
	size_t n_routes;
	struct fwd_route routes[FAKE_SIZE];
	size_t n_locals;
	struct {
		uint16_t realm;
		struct ip_addr addr;
		unsigned int flags;
	} locals[FAKE_SIZE];
	struct fwd_port_state ports[FAKE_PORTS];
	size_t n_ports;

	/* what it sent, oldest first from packets[0] */
	size_t n_packets;
	struct fake_packet packets[FAKE_PACKETS];
	uint64_t drops[DROP_MAX];

	/* what a test sets */
	size_t capacity; /* of every table; at most FAKE_SIZE */
	int fail_inject; /* returned by inject() when not 0 */
	int fail_insert; /* returned by every insert, and by route_set() of a new prefix */
	int fail_set;    /* returned by adjacency_set() */
	int fail_remove; /* returned by every remove */
	int fail_reattach;
	struct path_counters path_counters[FAKE_SIZE]; /* of each path; path_insert() zeroes them */
	uint64_t heard[FAKE_SIZE]; /* by each tunnel, mono; tunnel_insert() zeroes it */
	struct fwd_pair pairs[FAKE_PAIRS];
	size_t n_pairs;
	bool keep_retired; /* reclaim() frees nothing */

	/* what it counts */
	unsigned int changes; /* successful changes of any table */
	unsigned int detached, reattached;
	unsigned int faults;
	char fault[128]; /* the last */
};

extern const struct fwd_ops fake_fwd_ops;

/* Empty tables and n_ports ports, present and up, with MACs 02:00:00:00:00:<port>. */
void fake_fwd_init(struct fwd *fwd, size_t n_ports);

/* How many entries are live, for "nothing leaked". */
size_t fake_fwd_adjacencies(const struct fwd *fwd);
size_t fake_fwd_tunnels(const struct fwd *fwd);
size_t fake_fwd_paths(const struct fwd *fwd);

/* NULL when there is none. */
const struct fwd_route *fake_fwd_route(const struct fwd *fwd, uint16_t realm,
				       const struct ip_prefix *prefix);
unsigned int fake_fwd_local(const struct fwd *fwd, uint16_t realm, const struct ip_addr *addr);

/* Takes the oldest injected packet; false when there is none. */
bool fake_fwd_take(struct fwd *fwd, struct fake_packet *packet);

#endif
