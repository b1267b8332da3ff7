/* SPDX-License-Identifier: BSD-3-Clause */
/* Mutation: a record of the adjacency table is filled only after a slot points to it. */
#include "table/adjacency.h"

void __real_adjacency_entry_fill(struct adjacency_entry *entry,
				 const struct fwd_adjacency *adjacency);
void __wrap_adjacency_entry_fill(struct adjacency_entry *entry,
				 const struct fwd_adjacency *adjacency);
int __real_rcu_retire(struct rcu *rcu, rcu_free fn, void *owner, uint32_t id);
int __wrap_rcu_retire(struct rcu *rcu, rcu_free fn, void *owner, uint32_t id);

static struct adjacency_entry *late_entry;
static struct fwd_adjacency late_adjacency;

static void fill_late(void)
{
	if (late_entry)
		__real_adjacency_entry_fill(late_entry, &late_adjacency);
	late_entry = NULL;
}

void __wrap_adjacency_entry_fill(struct adjacency_entry *entry,
				 const struct fwd_adjacency *adjacency)
{
	fill_late();
	late_entry = entry;
	late_adjacency = *adjacency;
}

int __wrap_rcu_retire(struct rcu *rcu, rcu_free fn, void *owner, uint32_t id)
{
	fill_late();
	return __real_rcu_retire(rcu, fn, owner, id);
}
