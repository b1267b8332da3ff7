/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Which ports are there and have a carrier. A port on a kernel device (net_af_packet, net_af_xdp,
 * net_pcap, net_tap with iface=) follows rtnetlink, since those drivers say "up" for ever; any
 * other port follows its driver. The device is known by its name: deleted and made again, it is
 * another ifindex and the same port.
 *
 * Sans-I/O: told of links, calls back with changes. Thread: control core.
 */
#ifndef OPER_CARRIER_H
#define OPER_CARRIER_H

#include "haaro/conf.h"
#include "haaro/error.h"

#include "link/link.h"
#include "oper/netlink.h"

typedef void (*carrier_changed)(void *arg, uint16_t port, enum link_port_state state);

struct carrier_port {
	char interface[IF_NAMESIZE]; /* "": no kernel device, its driver is asked */
	int ifindex;                 /* 0: not there */
	bool is_known;               /* state was told once */
	bool is_seen;                /* in the dump that runs */
	enum link_port_state state;
};

struct carrier {
	struct carrier_port ports[CONF_PORTS_MAX];
	size_t n_ports;
	carrier_changed changed;
	void *arg;
};

void carrier_init(struct carrier *carrier, const struct conf *conf, carrier_changed changed,
		  void *arg);

/* The kernel interface in DPDK's device arguments; false if it is not on one. */
bool carrier_interface(const char *device, char interface[IF_NAMESIZE]);

/*
 * Before ports are opened: that their kernel interfaces are there. A driver asked for one that is
 * not says "operation not permitted", which sends people to look for rights.
 */
int carrier_check(const struct conf *conf, struct error *err);

void carrier_handle_link(struct carrier *carrier, const struct netlink_link *link);

/* A full dump lies between the two: what it did not name is gone. */
void carrier_begin_dump(struct carrier *carrier);
void carrier_end_dump(struct carrier *carrier);

/* What the driver of a port without kernel device says. */
void carrier_handle_driver(struct carrier *carrier, uint16_t port, bool up);

#endif
