/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Changes that the data plane refuses for now (-EAGAIN: too many wait for their grace period) are
 * kept here and tried again; a caller that removes or re-points has nothing to handle. Removals stay
 * in order, and what is set anew under the same name is no longer to be removed. Of adjacencies it is
 * enough to know that some are not as they should be: they are written as they should be then.
 */
#ifndef LINK_REMOVAL_H
#define LINK_REMOVAL_H

#include "core/core.h"

struct link;

enum removal_kind {
	REMOVAL_ROUTE,
	REMOVAL_BINDING,
	REMOVAL_TUNNEL,
	REMOVAL_PATH,
	REMOVAL_ADJACENCY,
};

struct removal {
	enum removal_kind kind;
	union {
		struct {
			uint16_t realm;
			struct ip_prefix prefix;
		} route;
		struct fwd_binding binding;
		struct tunnel_ref tunnel;
		uint32_t index; /* path, adjacency */
	};
};

struct removals {
	struct removal *list; /* oldest first */
	size_t count;
	size_t size;
	bool rewrite; /* some adjacency was not re-pointed */
	struct timer timer;
};

void removals_init(struct link *link);
void removals_fini(struct link *link);

/* Re-points an adjacency; true if that must be tried again: remember it in the entry. */
bool link_adjacency_set(struct link *link, uint32_t index, const struct fwd_adjacency *adjacency);

void removal_request(struct link *link, const struct removal *removal);

/* Removes, now or later. */
void link_route_remove(struct link *link, uint16_t realm, const struct ip_prefix *prefix);
void link_binding_remove(struct link *link, const struct fwd_binding *key);
void link_tunnel_remove(struct link *link, struct tunnel_ref ref);
void link_path_remove(struct link *link, uint32_t index);
void link_adjacency_remove(struct link *link, uint32_t index);

/* The counterparts that a waiting removal must not undo. */
int link_route_set(struct link *link, const struct fwd_route *route);
int link_binding_insert(struct link *link, const struct fwd_binding *key, uint32_t tunnel);

#endif
