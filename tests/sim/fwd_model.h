/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The forwarding tables of a simulated router: struct fwd_ops as haaro/forwarding.h promises it, in
 * hash maps and growing arrays, without DPDK. Thousands of instances fit in one process, as memory
 * grows with use and not with capacity. tests/contract proves that it answers like the real one.
 *
 * Two differences, both allowed by the contract: there is nobody to wait for, so nothing is ever
 * -EAGAIN; and an entry that is removed while something names it is noted in faults, which a
 * simulation compares with 0 (the real tables leave that to the caller).
 *
 * Thread: none; an instance belongs to whoever calls it.
 */
#ifndef SIM_FWD_MODEL_H
#define SIM_FWD_MODEL_H

#include "haaro/forwarding.h"

/* What a router sends: called from fwd_ops.inject(); its result is inject()'s. */
typedef int (*fwd_model_inject)(void *arg, const struct inject *inject, const uint8_t *bytes,
				size_t len);

struct fwd_model_options {
	uint32_t tunnels;    /* also paths and bindings */
	uint32_t prefixes;   /* beside them one home address per tunnel fits */
	uint32_t neighbours; /* adjacencies of every kind */
	uint32_t punts;      /* packets that wait to be read; more are dropped as punt_full */
	uint16_t ports;
	fwd_model_inject inject; /* NULL: packets vanish */
	void *arg;
};

extern const struct fwd_ops fwd_model_ops;

/* Ports are present and up, with MACs 02:00:00:00:00:<port> and an MTU of 1500. NULL: no memory. */
struct fwd *fwd_model_create(const struct fwd_model_options *options);
void fwd_model_destroy(struct fwd *fwd);

/* Hands a packet up, as a worker would: it is copied. -ENOSPC when too many wait (counted). */
int fwd_model_punt(struct fwd *fwd, const struct punt *punt);
/* How many packets wait for punt_read(). */
uint32_t fwd_model_punted(const struct fwd *fwd);

/* What a worker counts. tunnel: index of a live tunnel. */
struct tunnel_counters *fwd_model_tunnel_counters(struct fwd *fwd, uint32_t tunnel);
struct fwd_counters *fwd_model_counters(struct fwd *fwd);

enum fwd_model_way { FWD_MODEL_SENT, FWD_MODEL_RECEIVED };

/*
 * A user packet of len octets by a path, or from one by a tunnel that is direct or the hub's: counted
 * if the path is one that counts. What was sent is by the path's own word, whatever direct says.
 */
void fwd_model_count_path(struct fwd *fwd, uint32_t path, enum fwd_model_way way, bool direct,
			  uint32_t len);

/* A sampled packet that this hub relayed, from one path to another. False: no room for a new pair. */
bool fwd_model_count_pair(struct fwd *fwd, uint32_t from, uint32_t to);

/* A port as the outside world changes it (presence, link, MTU). */
struct fwd_port_state *fwd_model_port(struct fwd *fwd, uint16_t port);

/* Flags of an own address, 0 for another's. */
unsigned int fwd_model_local(const struct fwd *fwd, be32 addr);

/* Grows with every change of a route, path, tunnel, binding or adjacency. */
uint64_t fwd_model_changes(const struct fwd *fwd);

/* Breaches of the contract so far, and the last in words. */
unsigned int fwd_model_faults(const struct fwd *fwd, const char **last);

#endif
