/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What the tables cost: cycles of a lookup, and changes per second with few and many entries, for
 * dense addresses (neighbours) and sparse ones (each in a /24 of its own).
 *
 *     bench_tables [--no-huge]
 *
 * A figure is the median of five rounds. Hugepages are used when there are any free.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <rte_cycles.h>
#include <rte_eal.h>
#include <rte_malloc.h>

#include "haaro/addr.h"

#include "fwd.h"
#include "ops_tables.h"

#define TUNNELS  100000
#define PREFIXES 500000
#define ROUNDS   5
#define BURST    64
#define LOOKUPS  (1u << 20)
#define CHURN    20000 /* entries added and removed in one round */

struct bench {
	struct fwd fwd;
	uint32_t adjacency;
	bool sparse;
	struct tunnel_ref refs[TUNNELS];
	uint32_t paths[TUNNELS];
	uint32_t *order; /* of lookups, random */
};

static uint32_t shuffled(uint32_t i)
{
	return i * 2654435761u;
}

/* The i-th home address: one after the other, or one in each /24 in no order. */
static uint32_t address(const struct bench *bench, uint32_t i)
{
	if (!bench->sparse)
		return 0x0a000000 + i;
	return 0x10000000 + ((i * 7919u) % 1048573u) * 256 + shuffled(i) % 256;
}

static struct fwd_binding key_of(uint32_t i)
{
	return (struct fwd_binding){
		.encap = ENCAP_UDP,
		.local = addr_v4(htonl(0xc6336401)),
		.remote = addr_v4(htonl(0x20000000 + i / 4)),
		.local_port = 434,
		.remote_port = (uint16_t)(1024 + i % 4),
	};
}

static void check(int result, const char *what, uint32_t i)
{
	if (result == 0)
		return;
	fprintf(stderr, "%s %u: %s\n", what, i, strerror(-result));
	exit(1);
}

/* What a registration does to the tables. */
static void add(struct bench *bench, uint32_t i)
{
	struct fwd *fwd = &bench->fwd;
	const struct fwd_binding key = key_of(i);
	const struct fwd_tunnel tunnel = {
		.encap = key.encap,
		.local = key.local,
		.remote = key.remote,
		.local_port = key.local_port,
		.remote_port = key.remote_port,
		.mtu = 1468,
		.adjacency = bench->adjacency,
		.source = FWD_SOURCE_ANY,
		.ttl = 64,
	};
	struct fwd_path path = {.backup = FWD_NONE, .down = DROP_UNBOUND};
	struct fwd_route route = {
		.prefix = prefix_v4(htonl(address(bench, i)), 32),
		.nexthop = {.kind = NEXTHOP_PATH},
	};

	check(ops_tunnel_insert(fwd, &tunnel, &bench->refs[i]), "tunnel", i);
	path.tunnel = bench->refs[i].index;
	check(ops_path_insert(fwd, &path, &bench->paths[i]), "path", i);
	check(ops_binding_insert(fwd, &key, bench->refs[i].index), "binding", i);
	route.nexthop.id = bench->paths[i];
	check(ops_route_set(fwd, &route), "route", i);
}

static void take_away(struct bench *bench, uint32_t i)
{
	struct fwd *fwd = &bench->fwd;
	const struct fwd_binding key = key_of(i);
	const struct ip_prefix prefix = prefix_v4(htonl(address(bench, i)), 32);

	check(ops_route_remove(fwd, REALM_MAIN, &prefix), "route", i);
	check(ops_binding_remove(fwd, &key), "binding", i);
	check(ops_path_remove(fwd, bench->paths[i]), "path", i);
	check(ops_tunnel_remove(fwd, bench->refs[i]), "tunnel", i);
	ops_reclaim(fwd);
}

static int order(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static double median(double *values)
{
	qsort(values, ROUNDS, sizeof(*values), order);
	return values[ROUNDS / 2];
}

static double lookup_route(const struct bench *bench, uint32_t n)
{
	const struct route_table *table = bench->fwd.tables.routes[0];
	uint32_t addrs[BURST], found[BURST];
	uint64_t cycles = 0;

	for (uint32_t done = 0; done < LOOKUPS; done += BURST) {
		uint64_t start;

		for (uint32_t j = 0; j < BURST; j++)
			addrs[j] = address(bench, bench->order[done + j] % n);
		start = rte_rdtsc_precise();
		route_lookup_bulk(table, addrs, found, BURST);
		cycles += rte_rdtsc_precise() - start;
		check(found[0] != 0 && found[BURST - 1] != 0 ? 0 : -1, "lookup", done);
	}
	return (double)cycles / LOOKUPS;
}

static double lookup_binding(const struct bench *bench, uint32_t n)
{
	const struct tables *tables = &bench->fwd.tables;
	struct binding_key keys[BURST];
	uint32_t found[BURST];
	uint64_t cycles = 0;

	for (uint32_t done = 0; done < LOOKUPS; done += BURST) {
		uint64_t start;

		for (uint32_t j = 0; j < BURST; j++) {
			struct fwd_binding key = key_of(bench->order[done + j] % n);

			keys[j] = (struct binding_key){key.remote.v4, key.local.v4,
						       htons(key.remote_port),
						       htons(key.local_port), key.encap};
		}
		start = rte_rdtsc_precise();
		binding_lookup_bulk(tables->bindings, tables->tunnels, keys, found, BURST);
		cycles += rte_rdtsc_precise() - start;
		check(found[0] != FWD_NONE && found[BURST - 1] != FWD_NONE ? 0 : -1, "key", done);
	}
	return (double)cycles / LOOKUPS;
}

/* Adds and removes entries n..n+CHURN-1 with n present; per second. */
static void change(struct bench *bench, uint32_t n, double *adds, double *removes)
{
	uint32_t churn = n + CHURN <= TUNNELS ? CHURN : TUNNELS - n;
	uint64_t start = rte_rdtsc_precise();

	for (uint32_t i = n; i < n + churn; i++)
		add(bench, i);
	*adds = churn * (double)rte_get_tsc_hz() / (double)(rte_rdtsc_precise() - start);
	start = rte_rdtsc_precise();
	for (uint32_t i = n; i < n + churn; i++)
		take_away(bench, i);
	*removes = churn * (double)rte_get_tsc_hz() / (double)(rte_rdtsc_precise() - start);
}

static void measure(struct bench *bench, uint32_t n)
{
	double routes[ROUNDS], bindings[ROUNDS], adds[ROUNDS], removes[ROUNDS];

	for (unsigned int round = 0; round < ROUNDS; round++) {
		routes[round] = lookup_route(bench, n);
		bindings[round] = lookup_binding(bench, n);
		change(bench, n, &adds[round], &removes[round]);
	}
	printf("%8u  %-7s %12.1f %14.1f %14.0f %14.0f\n", n, bench->sparse ? "sparse" : "dense",
	       median(routes), median(bindings), median(adds), median(removes));
}

static void fill(struct bench *bench, uint32_t from, uint32_t to)
{
	for (uint32_t i = from; i < to; i++)
		add(bench, i);
}

static int start(bool no_huge, struct bench *bench)
{
	const struct tables_capacity capacity = {.tunnels = TUNNELS,
						 .prefixes = PREFIXES,
						 .neighbours = 1024,
						 .workers = 2,
						 .seed = 42,
						 .socket = -1};
	const struct fwd_adjacency adjacency = {.kind = ADJACENCY_FORWARD, .mtu = 1500};
	char memory[16], prefix[48], name[] = "bench", no_pci[] = "--no-pci", m[] = "-m",
				     telemetry[] = "--no-telemetry", lcores[] = "--lcores=0",
				     level[] = "--log-level=error", in_memory[] = "--in-memory",
				     huge[] = "--no-huge", shconf[] = "--no-shconf";
	char *argv[] = {name,   no_pci, telemetry,
			lcores, level,  prefix,
			m,      memory, no_huge ? huge : in_memory,
			shconf};
	struct rte_malloc_socket_stats heap = {0};
	struct error err;

	snprintf(prefix, sizeof(prefix), "--file-prefix=haaro-bench-%d", (int)getpid());
	snprintf(memory, sizeof(memory), "%u", (unsigned int)(tables_memory(&capacity) >> 20) + 64);
	if (rte_eal_init(no_huge ? 10 : 9, argv) < 0)
		return -1;
	if (tables_create(&bench->fwd.tables, &capacity, &err) < 0) {
		fprintf(stderr, "%s\n", err.text);
		return -1;
	}
	rte_malloc_get_socket_stats(0, &heap);
	printf("tables for %u tunnels and %u prefixes: %u MiB (foretold: %u), %s\n\n", TUNNELS,
	       PREFIXES, (unsigned int)(heap.heap_allocsz_bytes >> 20),
	       (unsigned int)(tables_memory(&capacity) >> 20),
	       rte_eal_has_hugepages() ? "hugepages" : "ordinary pages");
	return ops_adjacency_insert(&bench->fwd, &adjacency, &bench->adjacency);
}

int main(int argc, char **argv)
{
	bool no_huge = argc > 1 && strcmp(argv[1], "--no-huge") == 0;
	struct bench *bench = calloc(1, sizeof(*bench));
	char path[256];

	if (!bench || start(no_huge, bench) < 0)
		return 1;
	bench->order = malloc(sizeof(*bench->order) * LOOKUPS);
	if (!bench->order)
		return 1;
	for (uint32_t i = 0; i < LOOKUPS; i++)
		bench->order[i] = shuffled(i) >> 8;
	printf("%8s  %-7s %12s %14s %14s %14s\n%8s  %-7s %12s %14s %14s %14s\n", "entries",
	       "address", "route", "binding", "registrations", "removals", "", "", "cycles",
	       "cycles", "per second", "per second");
	for (unsigned int sparse = 0; sparse < 2; sparse++) {
		bench->sparse = sparse;
		fill(bench, 0, 1000);
		measure(bench, 1000);
		fill(bench, 1000, TUNNELS - CHURN);
		measure(bench, TUNNELS - CHURN);
		for (uint32_t i = 0; i < TUNNELS - CHURN; i++)
			take_away(bench, i);
	}
	tables_destroy(&bench->fwd.tables);
	free(bench->order);
	free(bench);
	snprintf(path, sizeof(path), "%s", rte_eal_get_runtime_dir());
	rte_eal_cleanup();
	rmdir(path); /* EAL empties its directory and leaves it */
	return 0;
}
