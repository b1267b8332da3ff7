/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Proof of a lockless table by its values. Every value that the writer installs is a number that
 * stands for its epoch: which change installed it, for which key, and which change ended it. A reader
 * notes the last finished change at the start of its quiescent interval; whatever it then reads must
 * have been true at some moment since: installed for that key, and not ended before the interval
 * began. "Not there" must have been true likewise. Retired entries are poisoned by the tables, and
 * poison is no value; a torn value is none either.
 *
 * Thread: one writer, many readers.
 */
#ifndef EPOCHS_H
#define EPOCHS_H

#include <stdbool.h>
#include <stdint.h>

#include "table/rcu.h"

#define EPOCH_VALUES (1u << 22) /* different values; an ended one is used again after so many */
#define EPOCH_KEYS   64
#define EPOCH_LIVE   UINT64_MAX
#define EPOCH_SPARE  512 /* entries beyond the live ones, so that the writer seldom has to wait */

struct epoch_value {
	uint64_t until; /* w: writer, r: readers; the change that ended it, or EPOCH_LIVE */
	uint32_t key;
};

struct epochs {
	uint64_t completed; /* w: writer, r: readers; the last finished change */
	/* w: writer, r: readers; of each key: the change that ended its last absence, or EPOCH_LIVE
	 * while it is absent or about to be */
	uint64_t absent_until[EPOCH_KEYS];
	struct epoch_value *values;
	uint64_t epoch; /* writer only: the change under way */
};

/* --- the writer's side ------------------------------------------------------------------------ */

/* A change begins that installs a value for key; returns the value, never 0. */
uint32_t epochs_install(struct epochs *epochs, uint32_t key);
/* A change begins that leaves key without a value. */
void epochs_absent(struct epochs *epochs, uint32_t key);
/* The change is done: old (0: none) is no longer true; key is there, or not. */
void epochs_done(struct epochs *epochs, uint32_t key, uint32_t old, bool is_there);

/* --- the reader's side ------------------------------------------------------------------------ */

static inline uint64_t epochs_interval(const struct epochs *epochs)
{
	return __atomic_load_n(&epochs->completed, __ATOMIC_ACQUIRE);
}

/* since: of epochs_interval(). */
static inline bool epochs_is_legal(const struct epochs *epochs, uint32_t key, uint32_t value,
				   uint64_t since)
{
	const struct epoch_value *entry = &epochs->values[value % EPOCH_VALUES];

	return value > 0 && value < EPOCH_VALUES &&
	       __atomic_load_n(&entry->key, __ATOMIC_RELAXED) == key &&
	       __atomic_load_n(&entry->until, __ATOMIC_RELAXED) > since;
}

static inline bool epochs_was_absent(const struct epochs *epochs, uint32_t key, uint64_t since)
{
	return __atomic_load_n(&epochs->absent_until[key], __ATOMIC_RELAXED) > since;
}

/* --- what is proven ---------------------------------------------------------------------------- */

struct random {
	uint64_t state;
};

static inline uint32_t random_below(struct random *random, uint32_t below)
{
	random->state ^= random->state << 13;
	random->state ^= random->state >> 7;
	random->state ^= random->state << 17;
	return (uint32_t)(random->state >> 20) % below;
}

/* A table under test; self is what create() made. */
struct subject {
	const char *name;
	void *(*create)(struct rcu *rcu, struct epochs *epochs);
	void (*destroy)(void *self);
	/* One change. */
	void (*change)(void *self, struct random *random);
	/* Some lookups within one interval; returns how many, or -1 for an illegal value. */
	int (*read)(void *self, struct random *random);
};

extern const struct subject subject_route_small;
extern const struct subject subject_route_large;
extern const struct subject subject_path;
extern const struct subject subject_adjacency;
extern const struct subject subject_binding;

/* Repeats a table change while removals wait for the readers. */
#define EPOCHS_RETRY(rcu, call)   \
	while ((call) == -EAGAIN) \
	epochs_wait(rcu)
void epochs_wait(struct rcu *rcu);

#endif
