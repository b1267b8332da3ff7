/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What is unreachable while no router holds it: every home network and every network of every
 * subscriber, as long as it is configured (mip4-base.md section 13 rule 5). Without these routes a
 * packet for an unbound prefix would follow the default route back to the provider and loop. A
 * binding overrides the route of the same prefix (forward.c) and gives it back.
 */
#ifndef HOME_UNBOUND_H
#define HOME_UNBOUND_H

#include "haaro/conf.h"
#include "haaro/error.h"

#include "core/core.h"

struct unbound {
	struct ip_prefix *prefixes; /* by address, then length; each once */
	size_t count;
};

/* Collects them. A home network that is also the connected network of a port is a real link: there
 * the packet goes to the link as if the router were at home, and no route of ours is wanted. */
int unbound_build(struct unbound *unbound, const struct conf *conf);
void unbound_free(struct unbound *unbound);

/* Installs what is in next and not in old; on failure takes back what it installed. */
int unbound_install(struct core *core, const struct unbound *old, const struct unbound *next,
		    struct error *err);

/*
 * Removes what is in old and not in next. What the table refuses to let go of now stays in old,
 * which is shortened to it: call again later. Returns how many stay.
 */
size_t unbound_remove(struct core *core, struct unbound *old, const struct unbound *next);

bool unbound_contains(const struct unbound *unbound, const struct ip_prefix *prefix);

/* The route of one of them as it is while nobody holds it. */
int unbound_set(struct core *core, const struct ip_prefix *prefix);

#endif
