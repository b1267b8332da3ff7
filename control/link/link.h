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

#include "core/core.h"
#include "haaro/conf.h"
#include "haaro/error.h"

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
void link_handle_resolve(struct link *link, const struct punt *punt); /* queue, ARP, send when known */
void link_handle_error(struct link *link, const struct punt *punt);   /* send the ICMP error */
void link_handle_icmp(struct link *link, const struct punt *punt);    /* echo, errors about tunnels */

/* --- signalling datagrams --------------------------------------------------------------------- */

/* A UDP payload with everything that a role needs to judge and to answer it. */
struct datagram {
	struct ip_addr source;
	struct ip_addr destination;
	uint16_t source_port; /* host order */
	uint16_t destination_port;
	uint16_t port;            /* arrival port, PORT_NONE if by a tunnel */
	struct tunnel_ref tunnel; /* arrival tunnel; index FWD_NONE: natively */
	uint16_t realm;
	const uint8_t *payload;
	size_t len;
};

/*
 * A datagram out of a PUNT_SIGNALLING or, when it completes one, a PUNT_FRAGMENT packet: checks
 * lengths and the UDP checksum. 1: datagram filled (valid until the next call), 0: nothing yet or
 * dropped and counted.
 */
int link_take_datagram(struct link *link, const struct punt *punt, struct datagram *datagram);

/*
 * Sends a UDP datagram natively from source (one of our addresses): out of port, or of the port that
 * reaches destination if PORT_NONE. With a tunnel (index not FWD_NONE) it goes into that tunnel.
 * ttl 0 means the default. -ENETUNREACH: no way there now.
 */
int link_send_datagram(struct link *link, const struct datagram *datagram, uint8_t ttl);

/* --- reachability ------------------------------------------------------------------------------ */

#define LINK_ECHO_ID 0x4d52 /* identifier of our echo requests */

/*
 * Sends an ICMP echo request; the answer comes as EVENT_ECHO_REPLY with port, tunnel, peer,
 * value = sequence, value2 = identifier. Natively by port, or into tunnel if it has an index.
 */
int link_send_echo(struct link *link, uint16_t port, struct tunnel_ref tunnel,
		   const struct ip_addr *source, const struct ip_addr *destination,
		   uint16_t identifier, uint16_t sequence);

/* --- ports ----------------------------------------------------------------------------------------- */

enum link_port_state { LINK_PORT_UP, LINK_PORT_DOWN, LINK_PORT_GONE };

/* From rtnetlink or the PMD: carrier, deletion, re-creation. Posts EVENT_PORT_…. */
void link_port_changed(struct link *link, uint16_t port, enum link_port_state state);
bool link_port_is_up(const struct link *link, uint16_t port);

/* Our first address on a port (the care-of address of an uplink); IP_NONE if it has none. */
struct ip_addr link_port_address(const struct link *link, uint16_t port);

/* --- own addresses that belong to a role --------------------------------------------------------------- */

/* HoA or home agent address: LOCAL_INNER added to whatever the ports say. */
int link_address_insert(struct link *link, uint16_t realm, const struct ip_addr *addr);
void link_address_remove(struct link *link, uint16_t realm, const struct ip_addr *addr);
bool link_address_is_own(const struct link *link, const struct ip_addr *addr);

/* --- tunnels ----------------------------------------------------------------------------------------------- */

/*
 * The control side of a tunnel: follows the underlay (next hop, port), keeps path MTU soft state
 * (tunnels.md section 7.3), owns its binding key, matches ICMP errors to it. Handed out by
 * tunnel_open(), gone at tunnel_close(); posts EVENT_PATH_MTU and EVENT_TUNNEL_ERROR.
 */
struct tunnel;

struct tunnel_spec {
	enum encap encap;
	uint16_t port; /* leave by this port; PORT_NONE: by the port that reaches remote */
	struct ip_addr local;
	struct ip_addr remote;
	uint16_t local_port; /* ENCAP_UDP */
	uint16_t remote_port;
	uint16_t realm;
	uint16_t mtu; /* 0: from the underlay */
	enum fwd_source source;
	uint32_t source_path;
	enum fwd_destination destination;
	struct ip_addr peer; /* home address of the far end, for show */
};

/*
 * Inserts the tunnel and its binding key. -EEXIST: the key (outer addresses and ports) belongs to
 * another live tunnel. -ENOSPC: capacity. On failure nothing is changed.
 */
int tunnel_open(struct link *link, const struct tunnel_spec *spec, struct tunnel **tunnel);

/* Removes key and tunnel. The caller has moved every path off it. NULL is fine. */
void tunnel_close(struct link *link, struct tunnel *tunnel);

/*
 * The key goes to another tunnel in one store: for a refresh that changes policy but not addresses.
 */
struct tunnel_ref tunnel_ref(const struct tunnel *tunnel);
const struct tunnel_spec *tunnel_spec(const struct tunnel *tunnel);
uint16_t tunnel_mtu(const struct tunnel *tunnel);
bool tunnel_has_underlay(const struct tunnel *tunnel);

#endif
