/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The binding and tunnel tables under epochs. Keys are bound, re-pointed to another tunnel, unbound;
 * the tunnel that lost its key is removed, and its index soon has another key. All keys have the same
 * home bucket, so that it overflows and empties all the time. One is for any port of a far end, and
 * looked up from ports that have no key. The tunnel's source path is the value.
 */
#include <errno.h>
#include <stdlib.h>

#include "haaro/addr.h"

#include "epochs.h"
#include "table/binding.h"

#define KEYS  14
#define ANY   (KEYS - 1) /* the key for any port */
#define BURST 32

struct self {
	struct rcu *rcu;
	struct epochs *epochs;
	struct tunnel_table *tunnels;
	struct binding_table *bindings;
	struct binding_key keys[KEYS];
	struct tunnel_ref refs[KEYS];
	uint32_t now[KEYS]; /* 0: not bound */
};

static struct tunnel_ref tunnel_make(struct self *self, uint32_t key, uint32_t value)
{
	const struct fwd_tunnel tunnel = {
		.encap = ENCAP_UDP,
		.local = addr_v4(self->keys[key].local),
		.remote = addr_v4(self->keys[key].remote),
		.local_port = ntohs(self->keys[key].local_port),
		.remote_port = ntohs(self->keys[key].remote_port),
		.mtu = 1400,
		.adjacency = FWD_NONE,
		.accept = FWD_ACCEPT_DIRECT,
		.source_path = value,
		.ttl = 64,
	};
	struct tunnel_ref ref;

	EPOCHS_RETRY(self->rcu, tunnel_table_insert(self->tunnels, &tunnel, &ref));
	return ref;
}

static void unbind(struct self *self, uint32_t key)
{
	epochs_absent(self->epochs, key);
	binding_table_remove(self->bindings, self->tunnels, &self->keys[key]);
	EPOCHS_RETRY(self->rcu, tunnel_table_remove(self->tunnels, self->refs[key]));
	epochs_done(self->epochs, key, self->now[key], false);
	self->now[key] = 0;
}

static void change(void *arg, struct random *random)
{
	struct self *self = arg;
	uint32_t key = random_below(random, KEYS);
	uint32_t value, old_value = self->now[key];
	struct tunnel_ref old = self->refs[key];

	if (old_value != 0 && random_below(random, 2)) {
		unbind(self, key);
		return;
	}
	value = epochs_install(self->epochs, key);
	self->refs[key] = tunnel_make(self, key, value);
	self->now[key] = value;
	if (old_value == 0) {
		binding_table_insert(self->bindings, self->tunnels, &self->keys[key],
				     self->refs[key].index);
	} else {
		binding_table_set(self->bindings, self->tunnels, &self->keys[key],
				  self->refs[key].index);
		EPOCHS_RETRY(self->rcu, tunnel_table_remove(self->tunnels, old));
	}
	epochs_done(self->epochs, key, old_value, true);
}

static int read_burst(void *arg, struct random *random)
{
	const struct self *self = arg;
	struct binding_key keys[BURST];
	uint32_t numbers[BURST], found[BURST];
	uint64_t since = epochs_interval(self->epochs);

	for (unsigned int i = 0; i < BURST; i++) {
		numbers[i] = random_below(random, KEYS);
		keys[i] = self->keys[numbers[i]];
		if (numbers[i] == ANY)
			keys[i].remote_port = htons((uint16_t)(1 + random_below(random, 1000)));
	}
	binding_lookup_bulk(self->bindings, self->tunnels, keys, found, BURST);
	for (unsigned int i = 0; i < BURST; i++) {
		bool is_legal =
			found[i] == FWD_NONE
				? epochs_was_absent(self->epochs, numbers[i], since)
				: epochs_is_legal(self->epochs, numbers[i],
						  tunnel_at(self->tunnels, found[i])->source_path,
						  since);

		if (!is_legal)
			return -1;
	}
	return BURST;
}

static bool is_at_home(const struct binding_table *table, const struct binding_key *key)
{
	return (binding_hash(table, key) & table->mask) == 0;
}

/* Keys that share their home bucket: ports of one far end, and any port of another. */
static void keys_choose(struct self *self)
{
	struct binding_key key = {htonl(0xcb007101), htonl(0xc6336401), 0, htons(434), ENCAP_UDP};
	uint32_t far_end = 0xcb007102;
	uint16_t port = 1024;

	for (unsigned int n = 0; n < ANY; port++) {
		key.remote_port = htons(port);
		if (is_at_home(self->bindings, &key))
			self->keys[n++] = key;
	}
	key.remote_port = 0;
	do
		key.remote = htonl(far_end++);
	while (!is_at_home(self->bindings, &key));
	self->keys[ANY] = key;
}

static void destroy(void *arg)
{
	struct self *self = arg;

	binding_table_destroy(self->bindings);
	tunnel_table_destroy(self->tunnels);
	free(self);
}

static void *create(struct rcu *rcu, struct epochs *epochs)
{
	struct self *self = calloc(1, sizeof(*self));

	if (!self)
		return NULL;
	self->rcu = rcu;
	self->epochs = epochs;
	self->tunnels = tunnel_table_create(KEYS + EPOCH_SPARE, 1, rcu, -1);
	self->bindings = binding_table_create(KEYS, 3, -1);
	if (!self->tunnels || !self->bindings)
		return NULL;
	keys_choose(self);
	for (uint32_t key = 0; key < KEYS; key++)
		epochs_absent(epochs, key);
	return self;
}

const struct subject subject_binding = {"binding, tunnel", create, destroy, change, read_burst};
