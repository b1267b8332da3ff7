/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Routes of one realm: the longest prefix that matches an IPv4 address -> packed next hop
 * (nexthop.h).
 *
 * Shape. A root of 2^24 entries (of 2^16 for a small realm), indexed by the address's first bits;
 * an entry is a next hop, or names a group of 256 entries for the next 8 bits. Which prefixes there
 * are, and which covers which, is kept beside it in a rte_rib, which only the writer knows.
 *
 * RCU. Writer: the control core. Readers: workers; a next hop that was looked up, and what it
 * names, is good until the reader's next quiescent state. Every entry is 32 bits and changed by one
 * store. A change writes the entries of its prefix that no longer prefix covers, one after the
 * other: an address has its old or its new route at every moment and never none. A new group is
 * filled with the route that covered it before the entry names it; a group in which no prefix is
 * left is first replaced in its entry by the route that covers it, then retired, and keeps
 * answering rightly for those who are in it; its entries are cleared and it may be used again after
 * the grace period. So there is one copy of the table, nothing is ever replayed, and nothing waits.
 *
 * Cost of a change: the search in the rib, and a store per entry that changes: one for a /24 and
 * 256 for a /32 that opens a group, 65 536 for a /8; a /0 writes the whole root (milliseconds):
 * legal, but what may change often goes through a path.
 *
 * Why this and not another (perf/bench_tables; 2-core AMD EPYC (Zen 4) machine, other work running,
 * bursts of 64 random addresses; dense: neighbours, sparse: each in a /24 of its own):
 *
 *                                       1 000 dense / sparse      80 000 dense / sparse
 *     lookup, cycles                            3.1 / 5.1                 4.2 / 24
 *     tunnel + path + binding + route, a second 5.5 / 2.1 million         5.5 / 1.1 million
 *     their removal, a second                   5.3 / 2.2 million         5.0 / 1.3 million
 *
 * all tables together 502 MiB at 100 000 tunnels and 500 000 prefixes. rte_lpm looks up as fast but
 * adds a host route in 218 us among 100 000; two rte_fib under left-right take 904 MiB for the routes
 * alone and twice the time for each change.
 *
 * Capacity: prefixes and groups, fixed when made. A prefix longer than the root's stride may need a
 * group (two in a small realm). -ENOSPC when either runs out, -EAGAIN while removed groups wait;
 * nothing has changed then.
 */
#ifndef TABLE_ROUTE_H
#define TABLE_ROUTE_H

#include "table/ids.h"
#include "table/nexthop.h"
#include "table/rcu.h"

#define ROUTE_GROUP_BITS  8
#define ROUTE_GROUP_SIZE  (1u << ROUTE_GROUP_BITS)
#define ROUTE_SMALL_MAX   8192 /* prefixes that a root of 2^16 is for */
#define ROUTE_BURST       64
#define ROUTE_GROUP_CLEAR 0 /* what a free group says: NEXTHOP_NONE */

struct rte_rib;

struct route_table {
	uint32_t *root;    /* w: control, r: workers */
	uint32_t *groups;  /* w: control, r: workers; ROUTE_GROUP_SIZE entries each */
	uint8_t root_bits; /* 24 or 16 */
	/* the rest: control only */
	uint32_t *n_longer; /* of each group: prefixes longer than its base inside it */
	struct ids ids;     /* of groups */
	struct rte_rib *rib;
	uint32_t capacity;
	uint32_t n_routes;
	struct rcu *rcu;
};

struct route_size {
	uint32_t routes;
	uint32_t groups;
};

/* Return false to stop. The walk must not change the table. */
typedef bool (*route_visit)(void *arg, uint32_t addr, uint8_t len, uint32_t nexthop);

struct route_table *route_table_create(const struct route_size *size, struct rcu *rcu, int socket);
/* Inserts or replaces. addr: host order, host bits zero; len 0..32. -ENOSPC, -EAGAIN. */
int route_table_set(struct route_table *table, uint32_t addr, uint8_t len, uint32_t nexthop);
/* -ENOENT, -EAGAIN. */
int route_table_remove(struct route_table *table, uint32_t addr, uint8_t len);
/* Exactly this prefix. -ENOENT. */
int route_table_get(const struct route_table *table, uint32_t addr, uint8_t len, uint32_t *nexthop);
/* As a worker would see it. */
uint32_t route_table_lookup(const struct route_table *table, uint32_t addr);
/* Ascending by address, then length. */
void route_table_walk(const struct route_table *table, route_visit visit, void *arg);
void route_table_destroy(struct route_table *table);
uint64_t route_table_memory(const struct route_size *size);

/* --- the reader's side ---------------------------------------------------------------------- */

static inline uint32_t route_load(const uint32_t *entry)
{
	/* relaxed: what a group holds is reached through the entry loaded (address dependency) */
	return __atomic_load_n(entry, __ATOMIC_RELAXED);
}

static inline const uint32_t *route_group_entry(const struct route_table *table, uint32_t entry,
						uint32_t octet)
{
	return &table->groups[(size_t)(entry & NEXTHOP_ID_MASK) << ROUTE_GROUP_BITS | octet];
}

static inline void route_lookup_burst(const struct route_table *table, const uint32_t *addrs,
				      uint32_t *nexthops, unsigned int n)
{
	unsigned int shift = 32u - table->root_bits;
	uint32_t any = 0;

	for (unsigned int i = 0; i < n; i++) {
		nexthops[i] = route_load(&table->root[addrs[i] >> shift]);
		any |= nexthops[i];
	}
	while (any & NEXTHOP_EXTENDED) {
		shift -= ROUTE_GROUP_BITS;
		any = 0;
		for (unsigned int i = 0; i < n; i++) {
			if (nexthops[i] & NEXTHOP_EXTENDED)
				nexthops[i] = route_load(route_group_entry(
					table, nexthops[i], addrs[i] >> shift & 0xff));
			any |= nexthops[i];
		}
	}
}

/* addrs: host order; nexthops: packed, NEXTHOP_NONE (0) where no prefix matches. */
static inline void route_lookup_bulk(const struct route_table *table, const uint32_t *addrs,
				     uint32_t *nexthops, unsigned int n)
{
	for (; n > ROUTE_BURST; n -= ROUTE_BURST, addrs += ROUTE_BURST, nexthops += ROUTE_BURST)
		route_lookup_burst(table, addrs, nexthops, ROUTE_BURST);
	route_lookup_burst(table, addrs, nexthops, n);
}

#endif
