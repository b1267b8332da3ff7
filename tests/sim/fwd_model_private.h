/* SPDX-License-Identifier: BSD-3-Clause */
/* What an instance of the model is; shared by its files. */
#ifndef SIM_FWD_MODEL_PRIVATE_H
#define SIM_FWD_MODEL_PRIVATE_H

#include <uthash.h>

#include "fwd_log.h"
#include "fwd_model.h"
#include "fwd_model_index.h"

#define MODEL_LOCALS_MAX 1024
#define MODEL_PAIRS_MAX  1024

struct model_binding_key {
	be32 local, remote;
	uint16_t local_port, remote_port;
	uint32_t encap;
};

struct model_binding {
	struct model_binding_key key;
	uint32_t tunnel;
	UT_hash_handle hh;
};

struct model_prefix {
	uint32_t addr; /* host order */
	uint32_t len;
};

struct model_route {
	struct model_prefix prefix;
	struct fwd_nexthop nexthop;
	UT_hash_handle hh;
};

struct model_local {
	be32 addr;
	unsigned int flags;
	UT_hash_handle hh;
};

struct model_tunnel {
	struct fwd_tunnel set;
	uint32_t generation;
	struct tunnel_counters counters;
};

struct model_path {
	struct fwd_path set;
	struct path_counters counters;
};

struct model_punt {
	struct punt punt;
	struct model_punt *next;
	uint8_t bytes[];
};

struct fwd {
	struct fwd_model_options options;
	struct model_index adjacencies, tunnels, paths;
	struct model_binding *bindings;
	struct model_route *routes;
	uint32_t routes_of_len[33];
	struct model_local *locals;
	uint64_t full;
	uint64_t changes; /* of what a packet could meet */
	struct fwd_port_state *ports;
	struct model_punt *punts, **punts_end; /* a list, oldest first */
	uint32_t n_punts;
	struct model_punt *read; /* what punt_read() gave last */
	struct fwd_counters counters;
	struct fwd_pair *pairs; /* NULL: none yet */
	size_t n_pairs;
	struct fwd_log *log; /* NULL: nothing is logged */
	unsigned int faults;
	char fault[128];
};

/* The table part of the ops (fwd_model_tables.c). */
int model_adjacency_insert(struct fwd *fwd, const struct fwd_adjacency *adjacency, uint32_t *index);
int model_adjacency_set(struct fwd *fwd, uint32_t index, const struct fwd_adjacency *adjacency);
int model_adjacency_remove(struct fwd *fwd, uint32_t index);
int model_adjacency_read(struct fwd *fwd, uint32_t index, struct fwd_adjacency *adjacency);
int model_tunnel_insert(struct fwd *fwd, const struct fwd_tunnel *tunnel, struct tunnel_ref *ref);
int model_tunnel_set_adjacency(struct fwd *fwd, struct tunnel_ref ref, uint32_t adjacency);
int model_tunnel_set_mtu(struct fwd *fwd, struct tunnel_ref ref, uint16_t mtu);
int model_tunnel_remove(struct fwd *fwd, struct tunnel_ref ref);
int model_tunnel_read(struct fwd *fwd, uint32_t index, struct fwd_tunnel_state *state);
int model_path_insert(struct fwd *fwd, const struct fwd_path *path, uint32_t *index);
int model_path_set(struct fwd *fwd, uint32_t index, const struct fwd_path *path);
int model_path_remove(struct fwd *fwd, uint32_t index);
int model_path_read(struct fwd *fwd, uint32_t index, struct fwd_path *path);
int model_path_counters_read(struct fwd *fwd, uint32_t index, struct path_counters *counters);
int model_binding_insert(struct fwd *fwd, const struct fwd_binding *binding, uint32_t tunnel);
int model_binding_set(struct fwd *fwd, const struct fwd_binding *binding, uint32_t tunnel);
int model_binding_remove(struct fwd *fwd, const struct fwd_binding *binding);
int model_binding_lookup(struct fwd *fwd, const struct fwd_binding *binding, uint32_t *tunnel);
int model_route_set(struct fwd *fwd, const struct fwd_route *route);
int model_route_remove(struct fwd *fwd, uint16_t realm, const struct ip_prefix *prefix);
int model_route_lookup(struct fwd *fwd, uint16_t realm, const struct ip_addr *addr,
		       struct fwd_nexthop *nexthop);
int model_route_walk(struct fwd *fwd, uint16_t realm, fwd_route_visit visit, void *arg);
int model_local_set(struct fwd *fwd, uint16_t realm, const struct ip_addr *addr,
		    unsigned int flags);
void model_tables_clear(struct fwd *fwd);

/* The rest of them (fwd_model.c). */
int model_port_set(struct fwd *fwd, uint16_t port, const struct fwd_port *set);
int model_port_read(struct fwd *fwd, uint16_t port, struct fwd_port_state *state);
int model_port_detach(struct fwd *fwd, uint16_t port);
int model_port_reattach(struct fwd *fwd, uint16_t port);
int model_punt_read(struct fwd *fwd, struct punt *punt);
int model_inject(struct fwd *fwd, const struct inject *inject, const uint8_t *bytes, size_t len);
void model_pairs_walk(struct fwd *fwd, fwd_pair_visit visit, void *arg);
uint32_t model_reclaim(struct fwd *fwd);
void model_counters_read(struct fwd *fwd, struct fwd_counters *counters);
int model_worker_read(struct fwd *fwd, unsigned int worker, struct worker_counters *counters);
void model_usage_read(struct fwd *fwd, struct fwd_usage *usage);
void model_drop_count(struct fwd *fwd, enum drop_reason reason);

/* An index is given out: what its path before had to do with others is not its. */
void model_pairs_forget(struct fwd *fwd, uint32_t path);

/* Counts a table that is full; returns result. */
int model_counted(struct fwd *fwd, int result);

/* Notes a breach of the contract by the caller. */
void model_fault(struct fwd *fwd, const char *what, uint32_t index);

#endif
