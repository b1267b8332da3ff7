/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The binding table against what each tunnel's key says: random inserts, re-pointings and removals up
 * to the capacity, in a table where buckets overflow, and every key looked up in bursts.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "haaro/addr.h"

#include "table/binding.h"
#include "test_eal.h"

#define KEYS_MAX 4096

struct fixture {
	struct rcu *rcu;
	struct tunnel_table *tunnels;
	struct binding_table *bindings;
	uint32_t n_keys;          /* tunnels 2i and 2i + 1 have key i */
	uint32_t bound[KEYS_MAX]; /* tunnel, or FWD_NONE */
	struct tunnel_ref refs[2 * KEYS_MAX];
};

static uint64_t seed = 1;

static uint32_t rnd(uint32_t below)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return (uint32_t)(seed >> 20) % below;
}

static struct fwd_tunnel tunnel_of(uint32_t key)
{
	bool udp = key % 2;

	return (struct fwd_tunnel){
		.encap = udp ? ENCAP_UDP : ENCAP_IPIP,
		.local = addr_v4(htonl(0xc6336401)),
		.remote = addr_v4(htonl(0xcb007100 + key / 4)),
		.local_port = udp ? 434 : 0,
		.remote_port = (uint16_t)(udp ? 1024 + key : 0),
		.mtu = 1400,
		.adjacency = FWD_NONE,
		.source = FWD_SOURCE_ANY,
		.ttl = 64,
	};
}

static struct binding_key key_of(uint32_t key)
{
	struct fwd_tunnel tunnel = tunnel_of(key);

	if (key % 2 == 0) /* IPIP keys differ by address alone */
		tunnel.remote = addr_v4(htonl(0xc0000200 + key));
	return (struct binding_key){tunnel.remote.v4, tunnel.local.v4, htons(tunnel.remote_port),
				    htons(tunnel.local_port), (uint8_t)tunnel.encap};
}

static void setup(struct fixture *fixture, uint32_t n_keys, uint32_t capacity)
{
	fixture->n_keys = n_keys;
	fixture->rcu = rcu_create(1, 64, -1);
	fixture->tunnels = tunnel_table_create(2 * n_keys, 1, fixture->rcu, -1);
	fixture->bindings = binding_table_create(capacity, 7, -1);
	assert_non_null(fixture->bindings);
	for (uint32_t i = 0; i < 2 * n_keys; i++) {
		struct fwd_tunnel tunnel = tunnel_of(i / 2);

		tunnel.remote.v4 = key_of(i / 2).remote;
		assert_int_equal(tunnel_table_insert(fixture->tunnels, &tunnel, &fixture->refs[i]),
				 0);
		assert_int_equal(fixture->refs[i].index, i);
	}
	for (uint32_t i = 0; i < n_keys; i++)
		fixture->bound[i] = FWD_NONE;
}

static void teardown(struct fixture *fixture)
{
	binding_table_destroy(fixture->bindings);
	tunnel_table_destroy(fixture->tunnels);
	rcu_destroy(fixture->rcu);
	free(fixture);
}

static void compare(const struct fixture *fixture)
{
	static const unsigned int sizes[] = {1, 7, 31, 32, 33, 63, 64, 65, 200};
	struct binding_key keys[200];
	uint32_t numbers[200], found[201];

	for (unsigned int s = 0; s < sizeof(sizes) / sizeof(sizes[0]); s++) {
		for (unsigned int i = 0; i < sizes[s]; i++) {
			numbers[i] = rnd(fixture->n_keys);
			keys[i] = key_of(numbers[i]);
		}
		found[sizes[s]] = 0xdeadbeef;
		binding_lookup_bulk(fixture->bindings, fixture->tunnels, keys, found, sizes[s]);
		assert_int_equal(found[sizes[s]], 0xdeadbeef);
		for (unsigned int i = 0; i < sizes[s]; i++)
			assert_int_equal(found[i], fixture->bound[numbers[i]]);
	}
}

static void change(struct fixture *fixture)
{
	uint32_t number = rnd(fixture->n_keys);
	uint32_t tunnel = 2 * number + rnd(2);
	const struct binding_key key = key_of(number);
	bool is_bound = fixture->bound[number] != FWD_NONE;
	int result;

	if (rnd(3) == 0) {
		result = binding_table_remove(fixture->bindings, fixture->tunnels, &key);
		assert_int_equal(result, is_bound ? 0 : -ENOENT);
		fixture->bound[number] = FWD_NONE;
		return;
	}
	if (rnd(3) == 0) {
		result = binding_table_set(fixture->bindings, fixture->tunnels, &key, tunnel);
		assert_int_equal(result, is_bound ? 0 : -ENOENT);
	} else {
		bool is_full = fixture->bindings->n_live == fixture->bindings->capacity;

		result = binding_table_insert(fixture->bindings, fixture->tunnels, &key, tunnel);
		assert_int_equal(result, is_bound ? -EEXIST : is_full ? -ENOSPC : 0);
	}
	if (result == 0)
		fixture->bound[number] = tunnel;
}

static void against_model(uint32_t n_keys, uint32_t capacity, unsigned int changes)
{
	struct fixture *fixture = calloc(1, sizeof(*fixture));
	uint32_t passed = 0;

	setup(fixture, n_keys, capacity);
	for (unsigned int i = 0; i < changes; i++) {
		change(fixture);
		for (uint32_t b = 0; i % 64 == 0 && b <= fixture->bindings->mask; b++)
			passed += fixture->bindings->passed[b];
		if (i % 16 == 0)
			compare(fixture);
	}
	if (n_keys > 1000)
		assert_int_not_equal(passed, 0); /* some bucket did overflow */
	for (uint32_t i = 0; i < n_keys; i++) {
		const struct binding_key key = key_of(i);

		if (fixture->bound[i] != FWD_NONE)
			assert_int_equal(
				binding_table_remove(fixture->bindings, fixture->tunnels, &key), 0);
	}
	for (uint32_t b = 0; b <= fixture->bindings->mask; b++) {
		assert_int_equal(fixture->bindings->passed[b], 0);
		for (unsigned int slot = 0; slot < BINDING_SLOTS; slot++)
			assert_int_equal(fixture->bindings->buckets[b].signature[slot],
					 BINDING_EMPTY);
	}
	teardown(fixture);
}

static void test_one(void **state)
{
	(void)state;
	against_model(3, 1, 2000);
}

static void test_few(void **state)
{
	(void)state;
	against_model(40, 24, 20000);
}

static void test_many(void **state)
{
	(void)state;
	against_model(KEYS_MAX, 2100, 60000);
}

/*
 * All keys into a table made for them: half full, it takes every one, although some buckets overflow;
 * and two keys of one signature are told apart (same buckets, forged signature).
 */
static void test_full_and_colliding(void **state)
{
	struct fixture *fixture = calloc(1, sizeof(*fixture));

	(void)state;
	setup(fixture, KEYS_MAX, KEYS_MAX);
	for (uint32_t i = 0; i < KEYS_MAX; i++) {
		const struct binding_key key = key_of(i);

		assert_int_equal(
			binding_table_insert(fixture->bindings, fixture->tunnels, &key, 2 * i), 0);
		fixture->bound[i] = 2 * i;
	}
	compare(fixture);
	for (uint32_t b = 0; b <= fixture->bindings->mask; b++) {
		struct binding_bucket *bucket = &fixture->bindings->buckets[b];

		for (unsigned int slot = 1; slot < BINDING_SLOTS; slot++)
			if (bucket->signature[slot] != BINDING_EMPTY)
				bucket->signature[0] = bucket->signature[slot];
	}
	for (uint32_t i = 0; i < KEYS_MAX; i++) {
		const struct binding_key key = key_of(i);
		uint32_t found;

		binding_lookup_bulk(fixture->bindings, fixture->tunnels, &key, &found, 1);
		assert_true(found == 2 * i || found == FWD_NONE); /* slot 0 lost its own */
	}
	teardown(fixture);
}

/* A key is only bound to a tunnel that has it: the reader confirms against the tunnel. */
static void test_key_of_another(void **state)
{
	struct fixture *fixture = calloc(1, sizeof(*fixture));
	const struct binding_key key = key_of(1);

	(void)state;
	setup(fixture, 4, 4);
	assert_int_equal(binding_table_insert(fixture->bindings, fixture->tunnels, &key, 4),
			 -EINVAL);
	assert_int_equal(binding_table_insert(fixture->bindings, fixture->tunnels, &key, 2), 0);
	assert_int_equal(binding_table_set(fixture->bindings, fixture->tunnels, &key, 4), -EINVAL);
	assert_int_equal(binding_table_set(fixture->bindings, fixture->tunnels, &key, 3), 0);
	fixture->bound[1] = 3;
	compare(fixture);
	teardown(fixture);
}

/* --- any port ----------------------------------------------------------------------------------- */

#define FAR_ENDS 8
#define PORTS    24 /* of each; 0 is any */

/* One far end's keys: bound[far end][port]. Odd far ends are of IP in IP and have but one. */
struct any_port {
	struct tunnel_table *tunnels;
	struct binding_table *bindings;
	bool bound[FAR_ENDS][PORTS];
};

static struct fwd_tunnel any_tunnel(uint32_t far_end, uint32_t port)
{
	bool udp = far_end % 2 == 0;

	return (struct fwd_tunnel){
		.encap = udp ? ENCAP_UDP : ENCAP_IPIP,
		.local = addr_v4(htonl(0xc6336401)),
		.remote = addr_v4(htonl(0xcb007100 + far_end)),
		.local_port = udp ? 434 : 0,
		.remote_port = (uint16_t)(udp ? port : 0),
		.mtu = 1400,
		.adjacency = FWD_NONE,
		.ttl = 64,
	};
}

static struct binding_key any_key(uint32_t far_end, uint32_t port)
{
	struct fwd_tunnel tunnel = any_tunnel(far_end, port);

	return (struct binding_key){tunnel.remote.v4, tunnel.local.v4, htons(tunnel.remote_port),
				    htons(tunnel.local_port), (uint8_t)tunnel.encap};
}

static uint32_t any_expected(const struct any_port *t, uint32_t far_end, uint32_t port)
{
	if (t->bound[far_end][port])
		return far_end * PORTS + port;
	return far_end % 2 == 0 && t->bound[far_end][0] ? far_end * PORTS : FWD_NONE;
}

static void any_compare(const struct any_port *t)
{
	struct binding_key keys[200];
	uint32_t want[200], found[201];
	unsigned int n = 1 + rnd(200);

	for (unsigned int i = 0; i < n; i++) {
		uint32_t far_end = rnd(FAR_ENDS);
		uint32_t port = far_end % 2 == 0 ? rnd(PORTS) : 0;

		keys[i] = any_key(far_end, port);
		want[i] = any_expected(t, far_end, port);
	}
	found[n] = 0xdeadbeef;
	binding_lookup_bulk(t->bindings, t->tunnels, keys, found, n);
	assert_int_equal(found[n], 0xdeadbeef);
	for (unsigned int i = 0; i < n; i++)
		assert_int_equal(found[i], want[i]);
}

static void any_change(struct any_port *t)
{
	uint32_t far_end = rnd(FAR_ENDS);
	uint32_t port = far_end % 2 == 0 && rnd(3) ? rnd(PORTS) : 0;
	struct binding_key key = any_key(far_end, port);
	bool *bound = &t->bound[far_end][port];
	int result;

	if (rnd(2)) {
		result = binding_table_remove(t->bindings, t->tunnels, &key);
		assert_int_equal(result, *bound ? 0 : -ENOENT); /* never the one for any */
		*bound = false;
	} else {
		result =
			binding_table_insert(t->bindings, t->tunnels, &key, far_end * PORTS + port);
		assert_int_equal(result, *bound ? -EEXIST : 0);
		*bound = true;
	}
}

/* A packet from a port that has a key of its own is that key's, from another one it is any's. */
static void test_any_port(void **state)
{
	struct any_port *t = calloc(1, sizeof(*t));
	struct rcu *rcu = rcu_create(1, 64, -1);
	uint32_t n_any = 0;

	(void)state;
	t->tunnels = tunnel_table_create(FAR_ENDS * PORTS, 1, rcu, -1);
	t->bindings = binding_table_create(FAR_ENDS * PORTS, 11, -1);
	for (uint32_t i = 0; i < FAR_ENDS * PORTS; i++) {
		struct fwd_tunnel tunnel = any_tunnel(i / PORTS, i % PORTS);
		struct tunnel_ref ref;

		assert_int_equal(tunnel_table_insert(t->tunnels, &tunnel, &ref), 0);
		assert_int_equal(ref.index, i);
	}
	for (unsigned int i = 0; i < 20000; i++) {
		any_change(t);
		any_compare(t);
	}
	for (uint32_t far_end = 0; far_end < FAR_ENDS; far_end += 2)
		n_any += t->bound[far_end][0];
	assert_int_equal(t->bindings->n_any, n_any); /* those of IP in IP are none */
	binding_table_destroy(t->bindings);
	tunnel_table_destroy(t->tunnels);
	rcu_destroy(rcu);
	free(t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_one),
		cmocka_unit_test(test_few),
		cmocka_unit_test(test_many),
		cmocka_unit_test(test_full_and_colliding),
		cmocka_unit_test(test_key_of_another),
		cmocka_unit_test(test_any_port),
	};
	int failed;

	if (test_eal_start(64) < 0)
		return 1;
	failed = cmocka_run_group_tests_name("binding", tests, NULL, NULL);
	test_eal_stop();
	return failed;
}
