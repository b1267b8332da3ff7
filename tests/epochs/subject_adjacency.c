/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The adjacency table under epochs. A key's adjacency is re-pointed in place, or the key moves to a
 * new one and the old is removed. Both MACs carry the value: half of one record and half of another
 * is seen as well.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "epochs.h"
#include "table/adjacency.h"

#define KEYS  12
#define BURST 32

struct self {
	struct rcu *rcu;
	struct epochs *epochs;
	struct adjacency_table *table;
	uint32_t index[KEYS]; /* w: writer, r: readers */
	uint32_t now[KEYS];
};

static struct fwd_adjacency adjacency_of(uint32_t value)
{
	struct fwd_adjacency adjacency = {.kind = ADJACENCY_FORWARD};

	memcpy(adjacency.source.bytes, &value, sizeof(value));
	memcpy(adjacency.destination.bytes, &value, sizeof(value));
	return adjacency;
}

static void change(void *arg, struct random *random)
{
	struct self *self = arg;
	uint32_t key = random_below(random, KEYS);
	uint32_t old_value = self->now[key], old = self->index[key], index = old;
	struct fwd_adjacency adjacency;

	self->now[key] = epochs_install(self->epochs, key);
	adjacency = adjacency_of(self->now[key]);
	if (random_below(random, 4) != 0) {
		EPOCHS_RETRY(self->rcu, adjacency_table_set(self->table, old, &adjacency));
	} else {
		EPOCHS_RETRY(self->rcu, adjacency_table_insert(self->table, &adjacency, &index));
		__atomic_store_n(&self->index[key], index, __ATOMIC_RELEASE);
		EPOCHS_RETRY(self->rcu, adjacency_table_remove(self->table, old));
	}
	epochs_done(self->epochs, key, old_value, true);
}

static int read_burst(void *arg, struct random *random)
{
	const struct self *self = arg;
	const struct adjacency_entry *entries[BURST];
	uint32_t keys[BURST];
	uint64_t since = epochs_interval(self->epochs);

	for (unsigned int i = 0; i < BURST; i++) {
		keys[i] = random_below(random, KEYS);
		entries[i] = adjacency_at(self->table,
					  __atomic_load_n(&self->index[keys[i]], __ATOMIC_RELAXED));
	}
	for (unsigned int i = 0; i < BURST; i++) {
		uint32_t destination, source;

		memcpy(&destination, entries[i]->rewrite, sizeof(destination));
		memcpy(&source, entries[i]->rewrite + 6, sizeof(source));
		if (destination != source || !epochs_is_legal(self->epochs, keys[i], source, since))
			return -1;
	}
	return BURST;
}

static void destroy(void *arg)
{
	struct self *self = arg;

	adjacency_table_destroy(self->table);
	free(self);
}

static void *create(struct rcu *rcu, struct epochs *epochs)
{
	struct self *self = calloc(1, sizeof(*self));

	if (!self)
		return NULL;
	self->rcu = rcu;
	self->epochs = epochs;
	self->table = adjacency_table_create(KEYS + EPOCH_SPARE, rcu, -1);
	for (uint32_t key = 0; self->table && key < KEYS; key++) {
		struct fwd_adjacency adjacency;

		self->now[key] = epochs_install(epochs, key);
		adjacency = adjacency_of(self->now[key]);
		adjacency_table_insert(self->table, &adjacency, &self->index[key]);
		adjacency_table_set(self->table, self->index[key], &adjacency);
		epochs_done(epochs, key, 0, true);
	}
	return self;
}

const struct subject subject_adjacency = {"adjacency", create, destroy, change, read_burst};
