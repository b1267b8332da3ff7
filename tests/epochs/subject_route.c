/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The route table under epochs: /16s that are always there and re-pointed, with /24s and hosts in
 * them that come and go, so that groups are opened, closed and used again all the time.
 *
 * Keys: 0..3 the /16s, 4..11 the /24s (two in each /16), 12..27 the hosts (two in each /24).
 */
#include <errno.h>
#include <stdlib.h>

#include "epochs.h"
#include "table/route.h"

#define NETWORKS 4
#define SUBNETS  8
#define HOSTS    16
#define KEYS     (NETWORKS + SUBNETS + HOSTS)
#define BURST    64

struct self {
	struct rcu *rcu;
	struct epochs *epochs;
	struct route_table *table;
	uint32_t now[KEYS]; /* value of each key, 0: absent */
};

static uint32_t key_subnet(uint32_t subnet)
{
	return NETWORKS + subnet;
}

static uint32_t key_host(uint32_t host)
{
	return NETWORKS + SUBNETS + host;
}

static uint32_t key_addr(uint32_t key)
{
	uint32_t host, subnet;

	if (key < NETWORKS)
		return 0x0a000000 + (key << 16);
	if (key < NETWORKS + SUBNETS) {
		subnet = key - NETWORKS;
		return key_addr(subnet / 2) + (subnet % 2 * 77 + 5) * 256;
	}
	host = key - NETWORKS - SUBNETS;
	return key_addr(key_subnet(host / 2)) + host % 2 * 200 + 9;
}

static uint8_t key_len(uint32_t key)
{
	if (key < NETWORKS)
		return 16;
	return key < NETWORKS + SUBNETS ? 24 : 32;
}

static void set(struct self *self, uint32_t key)
{
	uint32_t old = self->now[key];
	uint32_t value = epochs_install(self->epochs, key);

	EPOCHS_RETRY(self->rcu,
		     route_table_set(self->table, key_addr(key), key_len(key),
				     (uint32_t)NEXTHOP_PATH << NEXTHOP_KIND_SHIFT | value));
	self->now[key] = value;
	epochs_done(self->epochs, key, old, true);
}

static void change(void *arg, struct random *random)
{
	struct self *self = arg;
	uint32_t key = random_below(random, KEYS);

	if (key < NETWORKS || self->now[key] == 0 || random_below(random, 4) == 0) {
		set(self, key);
		return;
	}
	epochs_absent(self->epochs, key);
	EPOCHS_RETRY(self->rcu, route_table_remove(self->table, key_addr(key), key_len(key)));
	epochs_done(self->epochs, key, self->now[key], false);
	self->now[key] = 0;
}

/* True when value is that of key, or, as key was absent, legal for what covers it. */
static bool is_legal(const struct epochs *epochs, const uint32_t *keys, unsigned int n,
		     uint32_t value, uint64_t since)
{
	for (unsigned int i = 0; i < n; i++) {
		if (epochs_is_legal(epochs, keys[i], value, since))
			return true;
		if (!epochs_was_absent(epochs, keys[i], since))
			return false;
	}
	return false;
}

static int read_burst(void *arg, struct random *random)
{
	const struct self *self = arg;
	uint32_t addrs[BURST], found[BURST], hosts[BURST];
	uint64_t since = epochs_interval(self->epochs);

	for (unsigned int i = 0; i < BURST; i++) {
		uint32_t r = random_below(random, 2 * HOSTS);

		hosts[i] = r % HOSTS;
		addrs[i] = key_addr(key_host(hosts[i])) + r / HOSTS; /* it, or its neighbour */
	}
	route_lookup_bulk(self->table, addrs, found, BURST);
	for (unsigned int i = 0; i < BURST; i++) {
		const uint32_t keys[] = {key_host(hosts[i]), key_subnet(hosts[i] / 2),
					 hosts[i] / 4};
		unsigned int skip = addrs[i] != key_addr(keys[0]);

		if (nexthop_kind(found[i]) != NEXTHOP_PATH ||
		    !is_legal(self->epochs, keys + skip, 3 - skip, nexthop_id(found[i]), since))
			return -1;
	}
	return BURST;
}

static void *create(struct rcu *rcu, struct epochs *epochs, uint32_t capacity)
{
	const struct route_size size = {.routes = capacity, .groups = EPOCH_SPARE};
	struct self *self = calloc(1, sizeof(*self));

	if (!self)
		return NULL;
	self->rcu = rcu;
	self->epochs = epochs;
	self->table = route_table_create(&size, rcu, -1);
	if (!self->table) {
		free(self);
		return NULL;
	}
	for (uint32_t key = 0; key < KEYS; key++)
		epochs_absent(epochs, key);
	for (uint32_t key = 0; key < NETWORKS; key++)
		set(self, key);
	return self;
}

static void *create_small(struct rcu *rcu, struct epochs *epochs)
{
	return create(rcu, epochs, 64);
}

static void *create_large(struct rcu *rcu, struct epochs *epochs)
{
	return create(rcu, epochs, ROUTE_SMALL_MAX + 1);
}

static void destroy(void *arg)
{
	struct self *self = arg;

	route_table_destroy(self->table);
	free(self);
}

const struct subject subject_route_small = {"route, root of 2^16", create_small, destroy, change,
					    read_burst};
const struct subject subject_route_large = {"route, root of 2^24", create_large, destroy, change,
					    read_burst};
