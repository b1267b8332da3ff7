/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A data plane whose two ports are rings of ours. DPDK's ring devices can be made over existing rings
 * only by code, after EAL is up and before ports are opened: eal_init() is wrapped by the linker for
 * that (--wrap=eal_init), and nothing of the product knows.
 */
#include <stdlib.h>

#include <rte_eth_ring.h>

#include "churn.h"
#include "eal.h"

#define POOL_MEMORY (UINT64_C(64) << 20)

static struct churn *opening; /* the wrapped function has no argument for it */

static struct rte_ring *make_ring(const char *direction, unsigned int port, unsigned int queue)
{
	char name[RTE_RING_NAMESIZE];

	snprintf(name, sizeof(name), "%s-%u-%u", direction, port, queue);
	return rte_ring_create(name, RING_SIZE, SOCKET_ID_ANY, RING_F_SP_ENQ | RING_F_SC_DEQ);
}

static int make_ports(struct churn *churn)
{
	static const char *const names[PORTS] = {"wan", "core"};

	churn->pool = rte_pktmbuf_pool_create("churn", 4 * WINDOW - 1, 0, 0,
					      RTE_MBUF_DEFAULT_BUF_SIZE, SOCKET_ID_ANY);
	if (churn->pool == NULL)
		return -1;
	for (unsigned int port = 0; port < PORTS; port++) {
		for (unsigned int queue = 0; queue < churn->workers; queue++) {
			churn->in[port][queue] = make_ring("in", port, queue);
			churn->out[port][queue] = make_ring("out", port, queue);
			if (churn->in[port][queue] == NULL || churn->out[port][queue] == NULL)
				return -1;
		}
		if (rte_eth_from_rings(names[port], churn->in[port], churn->workers,
				       churn->out[port], churn->workers, 0) < 0)
			return -1;
	}
	return 0;
}

int __real_eal_init(struct eal *eal, const struct conf *conf,
		    const struct dataplane_options *options, uint64_t memory, struct error *err);
int __wrap_eal_init(struct eal *eal, const struct conf *conf,
		    const struct dataplane_options *options, uint64_t memory, struct error *err);

int __wrap_eal_init(struct eal *eal, const struct conf *conf,
		    const struct dataplane_options *options, uint64_t memory, struct error *err)
{
	int status = __real_eal_init(eal, conf, options, memory + POOL_MEMORY, err);

	if (status == 0 && make_ports(opening) != 0)
		return error_set(err, -1, "no memory for the rings of the test");
	return status;
}

static void set_conf(struct churn *churn, uint32_t prefixes)
{
	static const char *const devices[PORTS] = {"net_ring_wan", "net_ring_core"};
	struct conf *conf = &churn->conf;

	snprintf(conf->name, sizeof(conf->name), "churn");
	conf->role = CONF_HOME_AGENT;
	conf->workers.count = (uint16_t)churn->workers;
	conf->ports = churn->ports;
	conf->n_ports = PORTS;
	conf->capacity.tunnels = 512;
	conf->capacity.prefixes = prefixes;
	conf->capacity.neighbours = 64;
	conf->capacity.ring = 256;
	conf->capacity.queue = 512;
	conf->policer.errors.per_second = 1000;
	for (unsigned int i = 0; i < PORTS; i++) {
		snprintf(churn->ports[i].name, sizeof(churn->ports[i].name), "%s", devices[i]);
		snprintf(churn->ports[i].device, sizeof(churn->ports[i].device), "%s", devices[i]);
		churn->ports[i].mtu = 1500;
	}
}

static int set_ports(struct churn *churn)
{
	const struct fwd_port hub = {.role = PORT_ROLE_HUB, .realm = REALM_MAIN, .up = true};
	const struct ip_addr own = addr_v4(htonl(ADDR_HUB));
	int status = 0;

	for (uint16_t i = 0; status == 0 && i < PORTS; i++) {
		struct fwd_port_state state;

		status = dataplane_ops.port_set(churn->fwd, i, &hub);
		if (status == 0)
			status = dataplane_ops.port_read(churn->fwd, i, &state);
		churn->mac[i] = state.mac;
	}
	if (status == 0)
		status = dataplane_ops.local_set(churn->fwd, REALM_MAIN, &own,
						 LOCAL_NATIVE | LOCAL_INNER);
	return status;
}

int churn_open(struct churn *churn, uint32_t prefixes, struct error *err)
{
	const struct dataplane_options options = {.no_hugepages = true,
						  .no_threads = churn->single};

	opening = churn;
	set_conf(churn, prefixes);
	churn->fwd = dataplane_create(&churn->conf, &options, err);
	if (churn->fwd == NULL)
		return -1;
	churn_traffic_init(churn);
	if (set_ports(churn) != 0 || churn_tables_init(churn) != 0)
		return error_set(err, -1, "the tables cannot be filled");
	return churn->single ? 0 : dataplane_start(churn->fwd, err);
}

void churn_close(struct churn *churn)
{
	if (churn->fwd == NULL)
		return;
	dataplane_stop(churn->fwd);
	if (churn->violations == 0 && rte_mempool_avail_count(churn->pool) != churn->pool->size)
		churn_violation(churn, "%u of %u buffers came back",
				rte_mempool_avail_count(churn->pool), churn->pool->size);
	dataplane_destroy(churn->fwd);
}
