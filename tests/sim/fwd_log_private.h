/* SPDX-License-Identifier: BSD-3-Clause */
/* What a log is made of; shared by the recorder and the player. */
#ifndef SIM_FWD_LOG_PRIVATE_H
#define SIM_FWD_LOG_PRIVATE_H

#include "fwd_log.h"

enum log_kind {
	LOG_ADJACENCY_INSERT,
	LOG_ADJACENCY_SET,
	LOG_ADJACENCY_REMOVE,
	LOG_TUNNEL_INSERT,
	LOG_TUNNEL_SET_ADJACENCY,
	LOG_TUNNEL_SET_MTU,
	LOG_TUNNEL_REMOVE,
	LOG_PATH_INSERT,
	LOG_PATH_SET,
	LOG_PATH_REMOVE,
	LOG_BINDING_INSERT,
	LOG_BINDING_SET,
	LOG_BINDING_REMOVE,
	LOG_BINDING_LOOKUP,
	LOG_ROUTE_SET,
	LOG_ROUTE_REMOVE,
	LOG_ROUTE_LOOKUP,
	LOG_LOCAL_SET,
	LOG_RECLAIM,
	LOG_KIND_MAX
};

struct log_entry {
	enum log_kind kind;
	int result;
	uint32_t index; /* of the entry; of the tunnel that a binding names or a lookup found */
	uint32_t value; /* generation; MTU; flags */
	uint32_t other; /* the adjacency that a tunnel is given */
	uint16_t realm;
	union {
		struct fwd_adjacency adjacency;
		struct fwd_tunnel tunnel;
		struct fwd_path path;
		struct fwd_binding binding;
		struct fwd_route route; /* a lookup's address is its prefix's */
	};
};

struct fwd_log {
	struct log_entry *entries;
	size_t n, size;
};

/* Appends; a log that finds no memory ends the program, as it must not be believed. */
void fwd_log_append(struct fwd_log *log, const struct log_entry *entry);

#endif
