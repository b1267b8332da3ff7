/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What the files of link/ share: the value itself and the calls between them, from the ground up.
 * Nobody outside this directory includes it. Thread: control core.
 *
 *     removal     table removals that the data plane wants tried again
 *     address     own addresses
 *     underlay    which port and next hop reach a remote address
 *     neighbour   next hops: adjacency slots, ARP state, waiting packets     (arp: the frames)
 *     routes      connected and static routes
 *     output      a packet of ours onto the wire
 *     tunnel      tunnels over the underlay                                 (pmtu, static_tunnel)
 *     icmp        echo, errors                                  (icmp_error, icmp_tunnel)
 *     reassembly  fragments                                                 (datagram)
 *     port        link state
 */
#ifndef LINK_INTERNAL_H
#define LINK_INTERNAL_H

#include <uthash.h>

#include "haaro/addr.h"

#include "link/link.h"
#include "link/neighbour.h"
#include "link/reassembly.h"
#include "link/removal.h"
#include "wire/packet.h"

#define LINK_TTL           64 /* of packets that we make (RFC 1700's default) */
#define LINK_LIMIT_BUCKETS 64 /* destinations of ICMP errors, hashed */
#define LINK_LIMIT_BURST   64 /* errors to one destination at once, and per second */

struct link_port {
	struct link *link;
	uint16_t number;
	enum link_port_state state;
	bool stale;  /* its glean slot could not be written yet */
	bool routed; /* its networks are in the route table: any of a hub, the LAN side of a branch
		      */
	struct mac_addr mac;
	uint16_t mtu;
	struct neighbour *gateway;   /* held, to be known before it is needed; or NULL */
	uint32_t glean;              /* adjacency of its connected networks; FWD_NONE: has none */
	struct timer reattach;       /* the device is back, but opening it failed: again */
	enum link_port_state wanted; /* then */
};

/* A route that the configuration gives rise to. */
struct link_route {
	struct ip_prefix prefix;
	bool own;              /* one of the branch's mobile networks */
	uint16_t port;         /* PORT_NONE: unreachable */
	be32 via;              /* 0: connected */
	struct neighbour *hop; /* held; NULL: connected or unreachable */
};

struct link_routes {
	struct link_route *list;
	size_t count;
};

/* A home or hub address; the ports' own are in the configuration. */
struct link_address {
	uint16_t realm;
	struct ip_addr addr;
};

struct link_limit {
	uint64_t time; /* mono, of the last refill */
	uint32_t tokens;
};

struct link {
	struct core *core;
	const struct conf *conf;
	size_t n_ports;
	struct link_port ports[CONF_PORTS_MAX];
	struct link_address *addresses;
	size_t n_addresses;
	struct removals removals;
	struct neighbours neighbours;
	struct link_routes routes;
	struct neighbour **static_neighbours; /* held */
	size_t n_static_neighbours;
	struct tunnel *tunnels; /* uthash, by outer header */
	struct static_tunnel *static_tunnels;
	size_t n_static_tunnels;
	struct reassembly reassembly;
	struct link_limit limits[LINK_LIMIT_BUCKETS];
	struct link_counters counters;
};

/* --- address.c ----------------------------------------------------------------------------------
 */

bool conf_address_is_own(const struct conf *conf, be32 addr);
bool port_address_is_own(const struct link *link, uint16_t port, be32 addr);

/* The hub's or home address; IP_NONE before a role has inserted it. */
struct ip_addr link_role_address(const struct link *link);

/* Installs what next has and the present configuration (NULL: none) has not; or takes it out. */
int link_addresses_insert(struct link *link, const struct conf *next, const struct conf *present);
void link_addresses_remove(struct link *link, const struct conf *gone, const struct conf *stays);

/* --- port.c --------------------------------------------------------------------------------------
 */

int ports_init(struct link *link, struct error *err);
void ports_fini(struct link *link);
void ports_reload(struct link *link);
void ports_rewrite(struct link *link); /* stale glean slots, once more */

/* Holds the gateways of the configuration in use, and lets go of those of the one before. */
void ports_hold_gateways(struct link *link);
void ports_release_gateways(struct link *link);

/* The adjacency of a port's connected networks, made when it is first wanted. */
int port_glean_make(struct link_port *port);

/* --- underlay.c ---------------------------------------------------------------------------------
 */

struct next_hop {
	uint16_t port;
	be32 addr;
};

/* By port, or by any that is up (PORT_NONE). False: no way there now. */
bool underlay_find(const struct link *link, uint16_t port, be32 remote, struct next_hop *hop);
bool port_is_connected(const struct link *link, uint16_t port, be32 addr);
bool port_is_uplink(const struct conf *conf, uint16_t port);

/* --- routes.c ------------------------------------------------------------------------------------
 */

bool link_network_is_own(const struct conf *conf, const struct ip_prefix *prefix);

/* Makes the route table's share of conf so; on failure nothing is changed. */
int link_routes_apply(struct link *link, const struct conf *conf);
void link_routes_clear(struct link *link);

/* --- static_neighbour.c
 * ---------------------------------------------------------------------------- */

/* Holds the configured neighbours of conf and lets go of the others; on failure nothing is changed.
 */
int static_neighbours_apply(struct link *link, const struct conf *conf);
void static_neighbours_clear(struct link *link);

/* --- output.c
 * -------------------------------------------------------------------------------------- */

/* A packet, as it is: out of a port or any (PORT_NONE), or into a tunnel. -ENETUNREACH, or
 * inject's. */
int link_output(struct link *link, uint16_t port, struct tunnel_ref tunnel, const uint8_t *packet,
		size_t len);

/* An answer to a packet goes back the way that the packet came; routed if that way only leads here. */
int link_answer(struct link *link, const struct punt *punt, const uint8_t *packet, size_t len);
int link_inject(struct link *link, const struct inject *inject, const uint8_t *bytes, size_t len);
uint16_t link_packet_id(struct link *link);

/* --- tunnel.c
 * ---------------------------------------------------------------------------------------- */

/* What an outer header says; every byte is set, so that it can be hashed. */
struct tunnel_key {
	be32 local;
	be32 remote;
	uint16_t local_port;
	uint16_t remote_port;
	uint32_t encap;
};

struct tunnel {
	UT_hash_handle hh;
	struct link *link;
	struct tunnel_key key;
	struct tunnel_spec spec;
	const char *name; /* of a static tunnel, else "" */
	struct tunnel_ref ref;
	struct neighbour *hop; /* held; NULL: no underlay */
	uint16_t mtu;
	uint16_t path_mtu; /* soft state; 0: as the port's */
	uint64_t path_mtu_time;
	struct timer path_mtu_timer;
	uint32_t errors;
	uint64_t error_time; /* mono, of the last one that was told */
	bool mute;           /* tunnel_mute() */
};

struct tunnel *tunnel_find(const struct link *link, const struct tunnel_key *key);

/* NULL: gone, or its key is another's by now. */
struct tunnel *tunnel_of_ref(const struct link *link, struct tunnel_ref ref);

/* The far end's port is not known yet. */
bool tunnel_only_receives(const struct tunnel_spec *spec);

/* Follows the underlay: next hop and MTU of every tunnel, after a port or gateway has changed. */
void tunnels_follow(struct link *link);

/* Makes the tunnel's MTU what port, configuration and soft state say; posts EVENT_PATH_MTU. */
void tunnel_update_mtu(struct tunnel *tunnel);
uint16_t tunnel_port_mtu(const struct tunnel *tunnel);

/* --- pmtu.c
 * -------------------------------------------------------------------------------------------- */

void pmtu_init(struct tunnel *tunnel);

/* A router says that packets of len octets do not pass, but such of reported (0: it does not say).
 */
void pmtu_reduce(struct tunnel *tunnel, uint16_t reported, uint16_t len);

/* --- static_tunnel.c
 * --------------------------------------------------------------------------------------- */

/* From present (NULL: none) to next; on failure present is as it was. */
int static_tunnels_apply(struct link *link, const struct conf *next, const struct conf *present,
			 struct error *err);
void static_tunnels_clear(struct link *link);

/* --- icmp.c, icmp_error.c, icmp_tunnel.c
 * ------------------------------------------------------------- */

struct icmp_error {
	uint8_t type;
	uint8_t code;
	uint32_t rest; /* the header's second word: MTU, pointer */
};

extern const struct icmp_error icmp_host_unreachable;

/* An error about a packet (its IPv4 header first): checked, limited, sent the way the packet came.
 */
void icmp_send_error(struct link *link, const struct icmp_error *error, const struct punt *about);

/* The same to the inner source of a packet that we had sent into a tunnel: routed like any packet.
 */
void icmp_relay_error(struct link *link, const struct icmp_error *error, const uint8_t *packet,
		      size_t len);

/* An ICMP error about a packet of ours: validated against live tunnels, learned from, relayed. */
void icmp_handle_tunnel_error(struct link *link, const struct punt *punt,
			      const struct packet_icmp *icmp);

#endif
