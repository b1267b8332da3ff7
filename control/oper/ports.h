/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Which ports are there and have a carrier. A port on a kernel device (net_af_packet, net_af_xdp,
 * net_pcap, net_tap with iface=) follows rtnetlink, since those drivers say "up" for ever; any
 * other port follows its driver. The device is known by its name: deleted and made again, it is
 * another ifindex and the same port.
 *
 * Sans-I/O: told of links, calls back with changes. Thread: control core.
 */
#ifndef OPER_PORTS_H
#define OPER_PORTS_H

#include "haaro/conf.h"

#include "link/link.h"
#include "oper/netlink.h"

typedef void (*ports_changed)(void *arg, uint16_t port, enum link_port_state state);

struct ports_one {
	char interface[IF_NAMESIZE]; /* "": no kernel device, its driver is asked */
	int ifindex;                 /* 0: not there */
	bool is_known;               /* state was told once */
	bool is_seen;                /* in the dump that runs */
	enum link_port_state state;
};

struct ports {
	struct ports_one ports[CONF_PORTS_MAX];
	size_t n_ports;
	ports_changed changed;
	void *arg;
};

void ports_init(struct ports *ports, const struct conf *conf, ports_changed changed, void *arg);

/* The kernel interface in DPDK's device arguments; false if it is not on one. */
bool ports_interface(const char *device, char interface[IF_NAMESIZE]);

void ports_handle_link(struct ports *ports, const struct netlink_link *link);

/* A full dump lies between the two: what it did not name is gone. */
void ports_begin_dump(struct ports *ports);
void ports_end_dump(struct ports *ports);

/* What the driver of a port without kernel device says. */
void ports_handle_driver(struct ports *ports, uint16_t port, bool up);

#endif
