/* SPDX-License-Identifier: BSD-3-Clause */
/* Mutation: the grace period is taken to have begun before the removal, at the previous one. */
#include "table/rcu.h"

int __real_rcu_retire(struct rcu *rcu, rcu_free fn, void *owner, uint32_t id);
int __wrap_rcu_retire(struct rcu *rcu, rcu_free fn, void *owner, uint32_t id);

int __wrap_rcu_retire(struct rcu *rcu, rcu_free fn, void *owner, uint32_t id)
{
	int result = __real_rcu_retire(rcu, fn, owner, id);

	if (result == 0)
		rcu->queue[(rcu->head + rcu->pending - 1) % rcu->capacity].token--;
	return result;
}
