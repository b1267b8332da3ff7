/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The path table under epochs. What a route is to a path is here an array of indices: a key's path is
 * re-pointed in place, or the key moves to a new path and the old one is removed, so that its index
 * is soon another key's. The tunnel index is the value.
 */
#include <errno.h>
#include <stdlib.h>

#include "epochs.h"
#include "table/path.h"

#define KEYS  12
#define BURST 32

struct self {
	struct rcu *rcu;
	struct epochs *epochs;
	struct path_table *table;
	uint32_t index[KEYS]; /* w: writer, r: readers */
	uint32_t now[KEYS];
};

static void change(void *arg, struct random *random)
{
	struct self *self = arg;
	uint32_t key = random_below(random, KEYS);
	uint32_t old_value = self->now[key], old = self->index[key], index = old;
	struct fwd_path path = {.backup = FWD_NONE};

	self->now[key] = path.tunnel = epochs_install(self->epochs, key);
	if (random_below(random, 2)) {
		path_table_set(self->table, old, &path);
	} else {
		EPOCHS_RETRY(self->rcu, path_table_insert(self->table, &path, &index));
		__atomic_store_n(&self->index[key], index, __ATOMIC_RELEASE);
		EPOCHS_RETRY(self->rcu, path_table_remove(self->table, old));
	}
	epochs_done(self->epochs, key, old_value, true);
}

static int read_burst(void *arg, struct random *random)
{
	const struct self *self = arg;
	uint32_t keys[BURST], indices[BURST];
	uint64_t since = epochs_interval(self->epochs);

	for (unsigned int i = 0; i < BURST; i++) {
		keys[i] = random_below(random, KEYS);
		indices[i] = __atomic_load_n(&self->index[keys[i]], __ATOMIC_RELAXED);
	}
	for (unsigned int i = 0; i < BURST; i++) {
		uint32_t tunnel = path_entry_tunnel(path_at(self->table, indices[i]));

		if (!epochs_is_legal(self->epochs, keys[i], tunnel, since))
			return -1;
	}
	return BURST;
}

static void destroy(void *arg)
{
	struct self *self = arg;

	path_table_destroy(self->table);
	free(self);
}

static void *create(struct rcu *rcu, struct epochs *epochs)
{
	struct self *self = calloc(1, sizeof(*self));

	if (!self)
		return NULL;
	self->rcu = rcu;
	self->epochs = epochs;
	self->table = path_table_create(KEYS + EPOCH_SPARE, 1, rcu, -1);
	for (uint32_t key = 0; self->table && key < KEYS; key++) {
		struct fwd_path path = {.backup = FWD_NONE};

		self->now[key] = path.tunnel = epochs_install(epochs, key);
		path_table_insert(self->table, &path, &self->index[key]);
		epochs_done(epochs, key, 0, true);
	}
	return self;
}

const struct subject subject_path = {"path", create, destroy, change, read_burst};
