/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Both implementations of struct fwd_ops side by side. Each does everything that the other does, and
 * whatever they answer must be equal. Indices need not be: a handle (a number of the test's own)
 * stands for one index in each.
 */
#ifndef CONTRACT_PAIR_H
#define CONTRACT_PAIR_H

#include "haaro/forwarding.h"

enum { PAIR_REAL, PAIR_MODEL, PAIR_SIDES };

#define PAIR_HANDLES 512

/* The entries of one table. */
struct pair_handles {
	struct {
		bool live;
		uint32_t index[PAIR_SIDES];
		uint32_t generation[PAIR_SIDES]; /* tunnels */
	} at[PAIR_HANDLES];
};

struct pair {
	const struct fwd_ops *ops[PAIR_SIDES];
	struct fwd *fwd[PAIR_SIDES];
	struct pair_handles adjacencies, tunnels, paths;
};

/* The number of a handle's index on one side; FWD_NONE and dead handles: as they are. */
uint32_t pair_index(const struct pair_handles *handles, uint32_t handle, int side);
/* The live handle of an index, or FWD_NONE. */
uint32_t pair_handle(const struct pair_handles *handles, uint32_t index, int side);
/* A handle that is not live. */
uint32_t pair_free(const struct pair_handles *handles);

/* Each returns what both sides returned; ids in structs are handles. */
int pair_adjacency_insert(struct pair *pair, const struct fwd_adjacency *adjacency);
int pair_adjacency_set(struct pair *pair, uint32_t handle, const struct fwd_adjacency *adjacency);
int pair_adjacency_remove(struct pair *pair, uint32_t handle);
int pair_tunnel_insert(struct pair *pair, const struct fwd_tunnel *tunnel);
int pair_tunnel_set_adjacency(struct pair *pair, uint32_t handle, uint32_t adjacency);
int pair_tunnel_set_mtu(struct pair *pair, uint32_t handle, uint16_t mtu);
int pair_tunnel_remove(struct pair *pair, uint32_t handle);
int pair_path_insert(struct pair *pair, const struct fwd_path *path);
int pair_path_set(struct pair *pair, uint32_t handle, const struct fwd_path *path);
int pair_path_remove(struct pair *pair, uint32_t handle);
int pair_path_counters(struct pair *pair, uint32_t handle, struct path_counters *counters);
int pair_binding_insert(struct pair *pair, const struct fwd_binding *key, uint32_t tunnel);
int pair_binding_set(struct pair *pair, const struct fwd_binding *key, uint32_t tunnel);
int pair_binding_remove(struct pair *pair, const struct fwd_binding *key);
int pair_binding_lookup(struct pair *pair, const struct fwd_binding *key);
int pair_route_set(struct pair *pair, const struct fwd_route *route);
int pair_route_remove(struct pair *pair, uint16_t realm, const struct ip_prefix *prefix);
int pair_route_lookup(struct pair *pair, uint16_t realm, const struct ip_addr *addr);
int pair_local_set(struct pair *pair, uint16_t realm, const struct ip_addr *addr,
		   unsigned int flags);

/* All that can be read, entry by entry; usage; the walks over routes. */
void pair_compare(struct pair *pair);

#endif
