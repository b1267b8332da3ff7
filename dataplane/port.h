/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Ports: DPDK devices as the configuration names them, any PMD. Life: opened by the control core;
 * polled and sent on by workers while active; closed when no worker is inside any more.
 *
 * Receive queues are dealt to workers in turn. A worker sends on its own transmit queue; where a
 * device has fewer queues than there are workers, those without one hand their packets to the owner
 * of a queue by a ring (no lock: each queue has one sender).
 */
#ifndef DATAPLANE_PORT_H
#define DATAPLANE_PORT_H

#include <rte_mempool.h>
#include <rte_ring.h>

#include "haaro/conf.h"
#include "haaro/error.h"
#include "haaro/forwarding.h"

#define PORT_QUEUES_MAX 32

struct port {
	/* r: workers; w: control, while active is false but for role and up */
	uint8_t active; /* polled and sent on; w: control, atomic */
	uint8_t role;   /* enum port_role; w: control, atomic */
	uint8_t up;     /* w: control, atomic */
	struct mac_addr mac;
	uint16_t id; /* of the ethdev */
	uint16_t n_rx;
	uint16_t n_tx;
	struct rte_ring *handover; /* packets of workers without a transmit queue; NULL: none */

	/* control only */
	const struct conf_port *conf;
	uint16_t index;
	uint16_t realm;
	bool present;
	uint64_t missed, receive_errors, send_errors; /* of earlier lives of the device */
	char driver[32];
};

struct port_setup {
	uint32_t workers;
	uint32_t queue; /* descriptors */
	struct rte_mempool *pool;
	struct rte_mempool *frames; /* of large buffers, for net_af_packet (af_packet.h); or NULL */
};

/* Probes, configures and starts the device. -ENODEV, -EBUSY, -EINVAL with err saying what to change. */
int port_open(struct port *port, const struct port_setup *setup, struct error *err);

/* Stops and removes the device. No worker may be inside: active was false for a grace period. */
void port_close(struct port *port);

void port_read(const struct port *port, struct fwd_port_state *state);

static inline bool port_is_active(const struct port *port)
{
	return __atomic_load_n(&port->active, __ATOMIC_ACQUIRE);
}

static inline bool port_is_up(const struct port *port)
{
	return __atomic_load_n(&port->up, __ATOMIC_RELAXED) && port_is_active(port);
}

static inline enum port_role port_role(const struct port *port)
{
	return (enum port_role)__atomic_load_n(&port->role, __ATOMIC_RELAXED);
}

#endif
