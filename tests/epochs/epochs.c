/* SPDX-License-Identifier: BSD-3-Clause */
#include "epochs.h"

#include <sched.h>

uint32_t epochs_install(struct epochs *epochs, uint32_t key)
{
	struct epoch_value *entry;
	uint32_t value;

	do {
		value = (uint32_t)(++epochs->epoch % EPOCH_VALUES);
		entry = &epochs->values[value];
	} while (value == 0 || entry->until == EPOCH_LIVE);
	__atomic_store_n(&entry->key, key, __ATOMIC_RELAXED);
	__atomic_store_n(&entry->until, EPOCH_LIVE, __ATOMIC_RELEASE);
	return value;
}

void epochs_absent(struct epochs *epochs, uint32_t key)
{
	epochs->epoch++;
	__atomic_store_n(&epochs->absent_until[key], EPOCH_LIVE, __ATOMIC_RELEASE);
}

void epochs_done(struct epochs *epochs, uint32_t key, uint32_t old, bool is_there)
{
	if (old != 0)
		__atomic_store_n(&epochs->values[old].until, epochs->epoch, __ATOMIC_RELAXED);
	if (is_there && epochs->absent_until[key] == EPOCH_LIVE)
		__atomic_store_n(&epochs->absent_until[key], epochs->epoch, __ATOMIC_RELAXED);
	__atomic_store_n(&epochs->completed, epochs->epoch, __ATOMIC_RELEASE);
}

void epochs_wait(struct rcu *rcu)
{
	if (rcu_reclaim(rcu) > 0)
		sched_yield();
}
