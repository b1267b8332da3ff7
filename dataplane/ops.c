/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * struct fwd_ops as the real data plane implements it: ports, the two rings and the counters here,
 * the tables in ops_tables.c. Thread: control core.
 */
#include <errno.h>
#include <string.h>

#include "fwd.h"
#include "ops_tables.h"

/* --- ports ------------------------------------------------------------------------------------ */

static int port_set(struct fwd *fwd, uint16_t index, const struct fwd_port *set)
{
	struct port *port = &fwd->ports[index];

	if (index >= fwd->n_ports)
		return -ENOENT;
	if (set->role > PORT_ROLE_LAN || set->realm >= TABLES_REALMS_MAX)
		return -EINVAL;
	port->realm = set->realm;
	__atomic_store_n(&port->role, (uint8_t)set->role, __ATOMIC_RELAXED);
	__atomic_store_n(&port->up, set->up, __ATOMIC_RELAXED);
	return 0;
}

static int port_state(struct fwd *fwd, uint16_t index, struct fwd_port_state *state)
{
	if (index >= fwd->n_ports)
		return -ENOENT;
	port_read(&fwd->ports[index], state);
	for (unsigned int i = 0; i < fwd->n_workers; i++) {
		const struct worker_stats *stats = &fwd->workers[i]->stats;

		state->counters.received.packets += stats->port[index].received.packets;
		state->counters.received.bytes += stats->port[index].received.bytes;
		state->counters.sent.packets += stats->port[index].sent.packets;
		state->counters.sent.bytes += stats->port[index].sent.bytes;
	}
	return 0;
}

/* After active went to 0: when every worker has finished the turn it was in, none is inside. */
static int port_detach(struct fwd *fwd, uint16_t index)
{
	struct port *port = &fwd->ports[index];

	if (index >= fwd->n_ports)
		return -ENOENT;
	if (!port->present)
		return 0;
	__atomic_store_n(&port->active, 0, __ATOMIC_SEQ_CST);
	rte_rcu_qsbr_synchronize(fwd->tables.rcu->qsbr, RTE_QSBR_THRID_INVALID);
	port_close(port);
	return 0;
}

static int port_reattach(struct fwd *fwd, uint16_t index)
{
	struct error err;
	uint16_t n_rx;
	int status;

	if (index >= fwd->n_ports)
		return -ENOENT;
	n_rx = fwd->ports[index].n_rx;
	status = port_detach(fwd, index);
	if (status == 0)
		status = port_open(&fwd->ports[index], &fwd->setup, &err);
	/* queues were dealt at start: another kind of device under the same name needs a restart */
	if (status == 0 && fwd->ports[index].n_rx != n_rx) {
		port_detach(fwd, index);
		status = -EINVAL;
	}
	return status;
}

/* --- rings ------------------------------------------------------------------------------------- */

static int punt_read(struct fwd *fwd, struct punt *punt)
{
	return punt_ring_read(&fwd->punts, punt);
}

/* What keeps its order stays with one worker: the frames of a port, the packets of a next hop. */
static int inject_key(const struct fwd *fwd, const struct inject *inject, uint32_t *key)
{
	switch (inject->kind) {
	case INJECT_FRAME:
		*key = inject->port;
		return inject->port < fwd->n_ports ? 0 : -ENOENT;
	case INJECT_ADJACENCY:
		*key = inject->adjacency;
		return *key < fwd->tables.adjacencies->slot_ids.capacity ? 0 : -ENOENT;
	case INJECT_TUNNEL:
		*key = inject->tunnel.index;
		return *key < fwd->tables.tunnels->capacity ? 0 : -ENOENT;
	case INJECT_LOOKUP:
		*key = 0;
		return inject->realm < TABLES_REALMS_MAX ? 0 : -EINVAL;
	default:
		return -EINVAL;
	}
}

static int inject(struct fwd *fwd, const struct inject *inject, const uint8_t *bytes, size_t len)
{
	uint32_t key;
	int status = inject_key(fwd, inject, &key);

	if (status == 0)
		status = inject_ring_write(&fwd->workers[key % fwd->n_workers]->injects, inject,
					   bytes, len);
	if (status != 0)
		fwd->inject_failed++;
	return status;
}

/* --- pairs ------------------------------------------------------------------------------------- */

static void visit_pairs(const struct fwd *fwd, const struct pair_table *table, fwd_pair_visit visit,
			void *arg)
{
	const struct path_table *paths = fwd->tables.paths;
	struct fwd_pair found;
	struct pair pair;

	for (uint32_t i = 0; i < PAIRS_MAX; i++) {
		if (!pair_table_read(table, i, &pair, &found.samples) ||
		    !path_table_is_same(paths, pair.from, pair.from_generation) ||
		    !path_table_is_same(paths, pair.to, pair.to_generation))
			continue;
		found.from = pair.from;
		found.to = pair.to;
		visit(arg, &found);
	}
}

static void pairs_walk(struct fwd *fwd, fwd_pair_visit visit, void *arg)
{
	for (unsigned int i = 0; i < fwd->n_workers; i++)
		visit_pairs(fwd, &fwd->workers[i]->pairs, visit, arg);
}

/* --- counters ------------------------------------------------------------------------------------ */

/* struct fwd_counters is nothing but 64-bit sums. */
static_assert(sizeof(struct fwd_counters) % sizeof(uint64_t) == 0, "only uint64_t");

static void counters_read(struct fwd *fwd, struct fwd_counters *counters)
{
	uint64_t *sums = (uint64_t *)counters;

	memset(counters, 0, sizeof(*counters));
	for (unsigned int i = 0; i < fwd->n_workers; i++) {
		const uint64_t *own = (const uint64_t *)&fwd->workers[i]->stats.sums;

		for (size_t j = 0; j < sizeof(*counters) / sizeof(uint64_t); j++)
			sums[j] += __atomic_load_n(&own[j], __ATOMIC_RELAXED);
	}
	for (unsigned int i = 0; i < DROP_MAX; i++)
		counters->drops[i] += fwd->drops[i];
	counters->inject_failed += fwd->inject_failed;
}

static int worker_read(struct fwd *fwd, unsigned int worker, struct worker_counters *counters)
{
	if (worker >= fwd->n_workers)
		return -ENOENT;
	*counters = fwd->workers[worker]->stats.worker;
	return 0;
}

static void drop_count(struct fwd *fwd, enum drop_reason reason)
{
	if (reason < DROP_MAX)
		fwd->drops[reason]++;
}

const struct fwd_ops dataplane_ops = {
	.adjacency_insert = ops_adjacency_insert,
	.adjacency_set = ops_adjacency_set,
	.adjacency_remove = ops_adjacency_remove,
	.adjacency_read = ops_adjacency_read,
	.tunnel_insert = ops_tunnel_insert,
	.tunnel_set_adjacency = ops_tunnel_set_adjacency,
	.tunnel_set_mtu = ops_tunnel_set_mtu,
	.tunnel_remove = ops_tunnel_remove,
	.tunnel_read = ops_tunnel_read,
	.path_insert = ops_path_insert,
	.path_set = ops_path_set,
	.path_remove = ops_path_remove,
	.path_read = ops_path_read,
	.path_counters_read = ops_path_counters_read,
	.binding_insert = ops_binding_insert,
	.binding_set = ops_binding_set,
	.binding_remove = ops_binding_remove,
	.binding_lookup = ops_binding_lookup,
	.route_set = ops_route_set,
	.route_remove = ops_route_remove,
	.route_lookup = ops_route_lookup,
	.route_walk = ops_route_walk,
	.local_set = ops_local_set,
	.port_set = port_set,
	.port_read = port_state,
	.port_detach = port_detach,
	.port_reattach = port_reattach,
	.punt_read = punt_read,
	.inject = inject,
	.pairs_walk = pairs_walk,
	.reclaim = ops_reclaim,
	.counters_read = counters_read,
	.worker_read = worker_read,
	.usage_read = ops_usage_read,
	.drop_count = drop_count,
};
