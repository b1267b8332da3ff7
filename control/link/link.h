/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The slow path that a router needs below its mobility: ports and own addresses, next hops and
 * neighbours (ARP), ICMP, the underlay of tunnels, static routes and tunnels, and reassembly of
 * fragmented signalling. Home and mobile stand on it; it knows neither of them: what they must hear
 * goes up as events (core/event.h).
 *
 * Thread: control core.
 */
#ifndef LINK_LINK_H
#define LINK_LINK_H

#include "haaro/conf.h"
#include "haaro/error.h"

#include "core/core.h"
#include "link/datagram.h"
#include "link/show.h"
#include "link/tunnel.h"

struct link;

/*
 * Installs own addresses, connected and static routes, static neighbours and static tunnels of the
 * configuration. conf must outlive the link or be replaced by link_reload().
 */
int link_create(struct link **link, struct core *core, const struct conf *conf, struct error *err);
void link_destroy(struct link *link);

/* Applies the difference of addresses, gateways, routes, neighbours and static tunnels. */
int link_reload(struct link *link, const struct conf *next, struct error *err);

/* --- packets from the punt ring (router/input.c calls these) ------------------------------- */

void link_handle_arp(struct link *link, const struct punt *punt);
void link_handle_resolve(struct link *link,
			 const struct punt *punt); /* queue, ARP, send when known */
void link_handle_error(struct link *link, const struct punt *punt); /* send the ICMP error */
void link_handle_icmp(struct link *link, const struct punt *punt);  /* echo, errors about tunnels */

/* --- reachability ------------------------------------------------------------------------------
 */

#define LINK_ECHO_ID 0x4d52 /* identifier of our echo requests */

/* An ICMP echo request of ours. */
struct link_echo {
	uint16_t port;            /* natively: out of this one */
	struct tunnel_ref tunnel; /* index FWD_NONE: natively */
	struct ip_addr source;
	struct ip_addr destination;
	uint16_t identifier;
	uint16_t sequence;
	uint16_t size; /* octets of the whole IPv4 packet; less than the headers: no data */
};

/*
 * Sends it, with DF set if it has data; the answer comes as EVENT_ECHO_REPLY with port, tunnel, peer,
 * value = sequence, value2 = identifier. -EMSGSIZE: larger than the control core can send.
 */
int link_send_echo(struct link *link, const struct link_echo *echo);

/* --- ports
 * ----------------------------------------------------------------------------------------- */

enum link_port_state { LINK_PORT_UP, LINK_PORT_DOWN, LINK_PORT_GONE };

/* From rtnetlink or the PMD: carrier, deletion, re-creation. Posts EVENT_PORT_…. */
void link_port_changed(struct link *link, uint16_t port, enum link_port_state state);
bool link_port_is_up(const struct link *link, uint16_t port);

/* Our first address on a port (the care-of address of an uplink); IP_NONE if it has none. */
struct ip_addr link_port_address(const struct link *link, uint16_t port);

/* --- own addresses that belong to a role
 * --------------------------------------------------------------- */

/* HoA or home agent address: LOCAL_INNER added to whatever the ports say. */
int link_address_insert(struct link *link, uint16_t realm, const struct ip_addr *addr);
void link_address_remove(struct link *link, uint16_t realm, const struct ip_addr *addr);
bool link_address_is_own(const struct link *link, const struct ip_addr *addr);

#endif
