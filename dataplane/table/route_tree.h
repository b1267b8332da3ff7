/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The part of the route table that readers walk, as its writer (route.c) changes it: entries and
 * groups, without any knowledge of which prefixes there are. Control core only.
 */
#ifndef TABLE_ROUTE_TREE_H
#define TABLE_ROUTE_TREE_H

#include "table/route.h"

/*
 * Makes the groups that a prefix of this length needs, each filled with what its entry said, and
 * counts the prefix in all of them. -ENOSPC, -EAGAIN: nothing has changed.
 */
int route_tree_enter(struct route_table *table, uint32_t addr, uint8_t len);

/*
 * Counts the prefix out; a group without a longer prefix is replaced by its route and retired. Its
 * entries must be painted with the covering route already; room for route_tree_groups(table, len)
 * removals must be reserved.
 */
void route_tree_leave(struct route_table *table, uint32_t addr, uint8_t len);

/* Stores the next hop into every entry of first..last; groups must be there where it ends inside.
 */
void route_tree_paint(struct route_table *table, uint32_t first, uint32_t last, uint32_t nexthop);

/* How many groups lie on the way to a prefix of this length. */
unsigned int route_tree_groups(const struct route_table *table, uint8_t len);

/* Fills a group that no reader can see. */
void route_group_fill(uint32_t *group, uint32_t nexthop);

#endif
