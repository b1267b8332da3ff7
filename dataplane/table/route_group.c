/* SPDX-License-Identifier: BSD-3-Clause */
/* One group of the route table. */
#include "table/route_tree.h"

void route_group_fill(uint32_t *group, uint32_t nexthop)
{
	for (uint32_t i = 0; i < ROUTE_GROUP_SIZE; i++)
		__atomic_store_n(&group[i], nexthop, __ATOMIC_RELAXED);
}
