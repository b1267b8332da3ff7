/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A link over fake tables, in virtual time: the set-up that link/'s tests share. A hub with two
 * ports, or a branch with an uplink (port 0), a second one (port 1) and a LAN (port 2).
 */
#ifndef RIG_H
#define RIG_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "haaro/addr.h"

#include "fake_fwd.h"
#include "link/link.h"

struct rig {
	struct fwd fwd;
	struct random_seeded seeded;
	struct core core;
	struct conf conf;
	struct conf_port ports[3];
	struct ip_prefix networks[3][2];
	struct ip_addr addresses[3][2];
	struct conf_route routes[3][2];
	struct conf_neighbour neighbours[3][2];
	struct conf_uplink uplinks[2];
	struct ip_prefix mobile_networks[3];
	struct link *link;
};

/* Fills conf only; change it, then rig_start(). */
struct rig *rig_hub(void);
struct rig *rig_branch(void);
void rig_start(struct rig *rig);

/* Destroys everything and asserts that nothing was leaked and no contract broken. */
void rig_stop(struct rig *rig);

void rig_advance(struct rig *rig, uint64_t duration);

be32 ip(const char *text);
struct ip_addr addr(const char *text);
struct ip_prefix prefix(const char *text); /* "10.0.0.0/8" */
struct mac_addr mac(unsigned int last);    /* 02:aa:00:00:00:last */

/* Hands an ARP packet up, as a worker would. */
void rig_arp(struct rig *rig, uint16_t port, uint16_t operation, const char *sender,
	     struct mac_addr sender_mac, const char *target);

/* The next injected packet; fails the test if there is none. */
struct fake_packet *rig_packet(struct rig *rig);
void rig_no_packet(struct rig *rig);
void rig_forget_packets(struct rig *rig);

/* The next injected packet is an ARP request by port for target; unicast: NULL for broadcast. */
void rig_expect_arp(struct rig *rig, uint16_t port, const char *target,
		    const struct mac_addr *unicast);

/* Takes events until one of type; fails the test if there is none. */
struct event rig_event(struct rig *rig, enum event_type type);
bool rig_has_event(struct rig *rig, enum event_type type); /* takes all */

/* The adjacency that a route's next hop names. */
struct fwd_adjacency rig_route_adjacency(struct rig *rig, const char *prefix);

/* A punt of an IPv4 packet, native on port. */
struct punt rig_punt(enum punt_reason reason, uint16_t port, const uint8_t *packet, size_t len);

/* A UDP packet: from 1000 to 2000, len octets of payload 0, 1, 2, … ; returns its size. */
size_t rig_udp(uint8_t *packet, const char *source, const char *destination, size_t len);

#endif
