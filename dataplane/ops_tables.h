/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The table part of struct fwd_ops: arguments and references are checked here, so that the tables
 * themselves hold nothing that a worker could stumble over. Contract: haaro/forwarding.h. Thread:
 * the control core.
 *
 * Checks, in this order: a field out of range is -EINVAL; a named index, tunnel, key or prefix that
 * is not there is -ENOENT; a binding whose key is not its tunnel's, or an adjacency for a tunnel that
 * only receives, is -EINVAL; a key that is there already is -EEXIST; then -ENOSPC (counted) and
 * -EAGAIN from the table.
 */
#ifndef DATAPLANE_OPS_TABLES_H
#define DATAPLANE_OPS_TABLES_H

#include "haaro/forwarding.h"

int ops_adjacency_insert(struct fwd *fwd, const struct fwd_adjacency *adjacency, uint32_t *index);
int ops_adjacency_set(struct fwd *fwd, uint32_t index, const struct fwd_adjacency *adjacency);
int ops_adjacency_remove(struct fwd *fwd, uint32_t index);
int ops_adjacency_read(struct fwd *fwd, uint32_t index, struct fwd_adjacency *adjacency);

int ops_tunnel_insert(struct fwd *fwd, const struct fwd_tunnel *tunnel, struct tunnel_ref *ref);
int ops_tunnel_set_adjacency(struct fwd *fwd, struct tunnel_ref ref, uint32_t adjacency);
int ops_tunnel_set_mtu(struct fwd *fwd, struct tunnel_ref ref, uint16_t mtu);
int ops_tunnel_remove(struct fwd *fwd, struct tunnel_ref ref);
int ops_tunnel_read(struct fwd *fwd, uint32_t index, struct fwd_tunnel_state *state);

int ops_path_insert(struct fwd *fwd, const struct fwd_path *path, uint32_t *index);
int ops_path_set(struct fwd *fwd, uint32_t index, const struct fwd_path *path);
int ops_path_remove(struct fwd *fwd, uint32_t index);
int ops_path_read(struct fwd *fwd, uint32_t index, struct fwd_path *path);
int ops_path_counters_read(struct fwd *fwd, uint32_t index, struct path_counters *counters);

int ops_binding_insert(struct fwd *fwd, const struct fwd_binding *key, uint32_t tunnel);
int ops_binding_set(struct fwd *fwd, const struct fwd_binding *key, uint32_t tunnel);
int ops_binding_remove(struct fwd *fwd, const struct fwd_binding *key);
int ops_binding_lookup(struct fwd *fwd, const struct fwd_binding *key, uint32_t *tunnel);

int ops_route_set(struct fwd *fwd, const struct fwd_route *route);
int ops_route_remove(struct fwd *fwd, uint16_t realm, const struct ip_prefix *prefix);
int ops_route_lookup(struct fwd *fwd, uint16_t realm, const struct ip_addr *addr,
		     struct fwd_nexthop *nexthop);
int ops_route_walk(struct fwd *fwd, uint16_t realm, fwd_route_visit visit, void *arg);

int ops_local_set(struct fwd *fwd, uint16_t realm, const struct ip_addr *addr, unsigned int flags);

uint32_t ops_reclaim(struct fwd *fwd);
void ops_usage_read(struct fwd *fwd, struct fwd_usage *usage);

#endif
