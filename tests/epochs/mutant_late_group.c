/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Mutation: a group of the route table is filled only after an entry names it: at the writer's next
 * call of the rib, and then not at once.
 */
#include <rte_pause.h>
#include <rte_rib.h>

#include "table/route_tree.h"

void __real_route_group_fill(uint32_t *group, uint32_t nexthop);
void __wrap_route_group_fill(uint32_t *group, uint32_t nexthop);
int __real_rte_rib_set_nh(struct rte_rib_node *node, uint64_t nexthop);
int __wrap_rte_rib_set_nh(struct rte_rib_node *node, uint64_t nexthop);

/* Longer than two cache misses of a reader: it must see the entry and then the group. */
#define LATE_PAUSES 512

static uint32_t *late_group;
static uint32_t late_nexthop;

void __wrap_route_group_fill(uint32_t *group, uint32_t nexthop)
{
	if (nexthop == ROUTE_GROUP_CLEAR) {
		__real_route_group_fill(group, nexthop);
		return;
	}
	late_group = group;
	late_nexthop = nexthop;
}

int __wrap_rte_rib_set_nh(struct rte_rib_node *node, uint64_t nexthop)
{
	for (unsigned int i = 0; late_group && i < LATE_PAUSES; i++)
		rte_pause();
	if (late_group)
		__real_route_group_fill(late_group, late_nexthop);
	late_group = NULL;
	return __real_rte_rib_set_nh(node, nexthop);
}
