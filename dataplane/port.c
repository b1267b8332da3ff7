/* SPDX-License-Identifier: BSD-3-Clause */
/* Ports; port.h has their life. Thread: control core. */
#include "port.h"

#include <errno.h>
#include <string.h>

#include <rte_dev.h>
#include <rte_ethdev.h>

#include "af_packet.h"

#define HANDOVER_SIZE   1024
#define QUEUES_POLLABLE 16 /* a device that has more did not get them from its arguments */
#define DEVICE_MORE     64 /* octets of arguments that we add */

static uint16_t least(uint32_t a, uint32_t b)
{
	return (uint16_t)(a < b ? a : b);
}

/* The device's name: a PCI address, or what stands before the arguments. */
static void device_name(const struct conf_port *conf, char *name, size_t size)
{
	snprintf(name, size, "%s", conf->device);
	name[strcspn(name, ",")] = '\0';
}

static int probe(struct port *port, struct error *err)
{
	char name[CONF_DEVICE_SIZE], device[CONF_DEVICE_SIZE + DEVICE_MORE];
	int status;

	device_name(port->conf, name, sizeof(name));
	if (rte_eth_dev_get_port_by_name(name, &port->id) == 0)
		return 0; /* EAL probed it at start (PCI) */
	af_packet_device(port->conf->device, device, sizeof(device));
	status = rte_dev_probe(device);
	if (status != 0 && af_packet_explain(port->conf, err))
		return -EBUSY;
	if (status != 0 || rte_eth_dev_get_port_by_name(name, &port->id) != 0)
		return error_set(
			err, -ENODEV, "port %s: no device for \"%s\": %s; check ports[%u].device",
			port->conf->name, port->conf->device,
			status != 0 ? strerror(-status) : "not an Ethernet device", port->index);
	return 0;
}

/*
 * With RSS a queue per worker. Without it the device decides by its arguments how many there are
 * (net_af_packet's qpairs, net_pcap's files), and all of them must be polled.
 */
static void choose_queues(struct port *port, const struct rte_eth_dev_info *info, uint32_t workers)
{
	bool has_rss = info->flow_type_rss_offloads != 0;

	if (has_rss)
		port->n_rx = least(workers, info->max_rx_queues);
	else
		port->n_rx = info->max_rx_queues <= QUEUES_POLLABLE ? info->max_rx_queues : 1;
	if (port->n_rx > PORT_QUEUES_MAX)
		port->n_rx = PORT_QUEUES_MAX;
	port->n_tx = least(workers, info->max_tx_queues);
}

static int configure(struct port *port, const struct port_setup *setup, struct error *err)
{
	bool is_af_packet = af_packet_drives(port->conf->device);
	/* net_af_packet knows no more than 1500, and takes what fits into its slots all the same */
	uint16_t mtu = is_af_packet ? least(port->conf->mtu, RTE_ETHER_MTU) : port->conf->mtu;
	struct rte_eth_conf conf = {.rxmode = {.mtu = mtu}};
	struct rte_eth_dev_info info;
	uint16_t n_rx_desc = (uint16_t)setup->queue, n_tx_desc = (uint16_t)setup->queue;
	struct rte_mempool *pool = setup->pool;
	int socket, status;

	if (setup->frames != NULL && is_af_packet)
		pool = setup->frames;
	status = rte_eth_dev_info_get(port->id, &info);
	if (status != 0)
		goto out;
	snprintf(port->driver, sizeof(port->driver), "%s", info.driver_name);
	if (port->conf->mtu > info.max_mtu)
		return error_set(err, -EINVAL,
				 "port %s: %s carries at most %u octets; lower ports[%u].mtu",
				 port->conf->name, port->driver, info.max_mtu, port->index);
	choose_queues(port, &info, setup->workers);
	if (port->n_rx > 1 && info.flow_type_rss_offloads != 0) {
		conf.rxmode.mq_mode = RTE_ETH_MQ_RX_RSS;
		conf.rx_adv_conf.rss_conf.rss_hf =
			info.flow_type_rss_offloads & (RTE_ETH_RSS_IP | RTE_ETH_RSS_UDP);
	}
	status = rte_eth_dev_configure(port->id, port->n_rx, port->n_tx, &conf);
	if (status == 0)
		status = rte_eth_dev_adjust_nb_rx_tx_desc(port->id, &n_rx_desc, &n_tx_desc);
	socket = rte_eth_dev_socket_id(port->id);
	for (uint16_t i = 0; status == 0 && i < port->n_rx; i++)
		status = rte_eth_rx_queue_setup(port->id, i, n_rx_desc, (unsigned int)socket, NULL,
						pool);
	for (uint16_t i = 0; status == 0 && i < port->n_tx; i++)
		status = rte_eth_tx_queue_setup(port->id, i, n_tx_desc, (unsigned int)socket, NULL);
	if (status == 0 && mtu != RTE_ETHER_MTU) {
		status = rte_eth_dev_set_mtu(port->id, mtu);
		if (status == -ENOTSUP)
			status = 0; /* virtual devices take what comes */
	}
	if (status == 0)
		status = rte_eth_dev_start(port->id);
out:
	if (status != 0)
		return error_set(err, -ENODEV, "port %s: \"%s\" cannot be set up: %s",
				 port->conf->name, port->conf->device, strerror(-status));
	return 0;
}

static int make_handover(struct port *port, const struct port_setup *setup, struct error *err)
{
	char name[RTE_RING_NAMESIZE];

	if (port->n_tx >= setup->workers || port->handover != NULL)
		return 0;
	snprintf(name, sizeof(name), "handover%u", port->index);
	port->handover = rte_ring_create(name, HANDOVER_SIZE, SOCKET_ID_ANY,
					 RING_F_MP_RTS_ENQ | RING_F_SC_DEQ);
	return port->handover != NULL
		       ? 0
		       : error_set(err, -ENOMEM, "port %s: no memory", port->conf->name);
}

int port_open(struct port *port, const struct port_setup *setup, struct error *err)
{
	struct rte_ether_addr mac;
	int status;

	status = probe(port, err);
	if (status != 0)
		return status;
	port->present = true; /* from here on there is something to close */
	status = configure(port, setup, err);
	if (status == 0 && port->n_tx == 0)
		status = error_set(err, -EINVAL, "port %s: \"%s\" cannot send", port->conf->name,
				   port->conf->device);
	if (status == 0)
		status = make_handover(port, setup, err);
	if (status != 0) {
		port_close(port);
		return status;
	}
	rte_eth_macaddr_get(port->id, &mac);
	memcpy(port->mac.bytes, mac.addr_bytes, sizeof(port->mac.bytes));
	__atomic_store_n(&port->active, 1, __ATOMIC_RELEASE);
	return 0;
}

void port_close(struct port *port)
{
	struct rte_eth_dev_info info;
	struct rte_eth_stats stats;
	struct rte_mbuf *mbuf;

	if (!port->present)
		return;
	while (port->handover != NULL && rte_ring_dequeue(port->handover, (void **)&mbuf) == 0)
		rte_pktmbuf_free(mbuf);
	if (rte_eth_stats_get(port->id, &stats) == 0) {
		port->missed += stats.imissed;
		port->receive_errors += stats.ierrors;
		port->send_errors += stats.oerrors;
	}
	info.device = NULL;
	if (rte_eth_dev_info_get(port->id, &info) != 0)
		info.device = NULL;
	rte_eth_dev_stop(port->id);
	rte_eth_dev_close(port->id);
	if (info.device != NULL)
		rte_dev_remove(info.device);
	port->present = false;
}

void port_read(const struct port *port, struct fwd_port_state *state)
{
	struct rte_eth_stats stats = {0};
	struct rte_eth_link link = {0};

	*state = (struct fwd_port_state){
		.mac = port->mac,
		.mtu = port->conf->mtu,
		.queues = port->n_rx,
		.present = port->present,
		.set = {.role = port_role(port),
			.realm = port->realm,
			.up = __atomic_load_n(&port->up, __ATOMIC_RELAXED)},
		.counters = {.receive_missed = port->missed,
			     .receive_errors = port->receive_errors,
			     .send_errors = port->send_errors},
	};
	snprintf(state->name, sizeof(state->name), "%s", port->conf->name);
	snprintf(state->driver, sizeof(state->driver), "%s", port->driver);
	if (!port->present)
		return;
	state->pmd_link_up = rte_eth_link_get_nowait(port->id, &link) == 0 &&
			     link.link_status == RTE_ETH_LINK_UP;
	if (rte_eth_stats_get(port->id, &stats) == 0) {
		state->counters.receive_missed += stats.imissed;
		state->counters.receive_errors += stats.ierrors;
		state->counters.send_errors += stats.oerrors;
	}
}
