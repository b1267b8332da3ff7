/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The boundary: every change of a forwarding table goes through struct fwd_ops, and nothing else
 * crosses but the punt and inject rings and counters (punt.h, counters.h).
 *
 * A packet to a mobile network meets three indirections, each changed by one store:
 *
 *     route ──> path ──> tunnel ──> adjacency
 *     prefix    "to the   template:  port and
 *               hub",     outer IP   Ethernet
 *               "to X"    onward     rewrite
 *
 * so handover (path → other tunnel), fall-back (path → backup) and a gateway's new MAC (adjacency)
 * cost one store whatever the number of prefixes behind them.
 *
 * Contract. One thread, the control core, calls every function here; workers only read. No call
 * blocks. A removal unpublishes at once and is reclaimed after a grace period: an index is not
 * given out again before no worker can hold it. A full table is -ENOSPC, changes nothing, and is
 * counted. Errors are -errno: -EINVAL (argument out of range), -ENOENT (no such entry), -EEXIST,
 * -ENOSPC (configured capacity reached), -EAGAIN (too many removals wait for their grace period:
 * call reclaim() and try again). The simulator implements the same contract (tests/contract proves
 * both the same).
 */
#ifndef HAARO_FORWARDING_H
#define HAARO_FORWARDING_H

#include "haaro/counters.h"
#include "haaro/drop.h"
#include "haaro/encap.h"
#include "haaro/punt.h"
#include "haaro/types.h"

struct fwd; /* one instance of the tables: dataplane's, or the simulator's */

#define FWD_NONE   UINT32_MAX       /* no index */
#define FWD_ID_MAX ((1u << 24) - 1) /* paths, tunnels and adjacencies have indices below this */

/* --- adjacency: how a packet leaves -------------------------------------------------------- */

enum adjacency_kind {
	ADJACENCY_FORWARD, /* rewrite and send */
	ADJACENCY_RESOLVE, /* the next hop is known, its MAC is not: punt (PUNT_RESOLVE) */
	ADJACENCY_GLEAN,   /* a connected network: the destination is the next hop; punt likewise */
	ADJACENCY_DOWN,    /* port gone, gateway unreachable: drop as no_underlay, no_neighbour */
	ADJACENCY_KIND_MAX
};

struct fwd_adjacency {
	enum adjacency_kind kind;
	uint16_t port;
	uint16_t mtu;                /* of the port: largest IPv4 packet */
	struct mac_addr source;      /* our MAC on that port */
	struct mac_addr destination; /* ADJACENCY_FORWARD: the next hop's MAC */
};

/* --- tunnel: an outer header as a template, and what it accepts ------------------------------ */

/* Which inner sources a tunnel accepts (tunnels.md, section 8; RFC 3024, section 4.3 and 6). */
enum fwd_source {
	FWD_SOURCE_PATH,      /* those routed to source_path: the hub's view of a branch */
	FWD_SOURCE_NOT_LOCAL, /* any but our own networks and addresses: the branch's view of the hub */
	FWD_SOURCE_ANY,       /* no check (static tunnels that say so) */
};

/* What of an admitted inner packet is taken at all (haaro.md, section 21; tunnels.md, sections 5.3
 * and 10). */
enum fwd_accept {
	FWD_ACCEPT_ALL,    /* to the hub and from branches: data, echoes, signalling to us */
	FWD_ACCEPT_DIRECT, /* between branches: data, and to us nothing but ICMP echo (inner_local) */
	FWD_ACCEPT_ECHO,   /* half-bound: nothing but ICMP echo to us (half_bound) */
	FWD_ACCEPT_MAX
};

/* Which inner destinations. */
enum fwd_destination {
	FWD_DESTINATION_ANY,   /* normal routing: the hub */
	FWD_DESTINATION_LOCAL, /* our own addresses and own networks only: the branch */
};

enum fwd_ecn {
	FWD_ECN_NORMAL,        /* RFC 6040 normal mode: outer ECN = inner ECN */
	FWD_ECN_COMPATIBILITY, /* outer ECN = 00: the far end may be a plain RFC 2003 exit */
};

#define FWD_DSCP_COPY 0xff

struct fwd_tunnel {
	enum encap encap;
	struct ip_addr local;  /* outer source */
	struct ip_addr remote; /* outer destination */
	uint16_t local_port;   /* ENCAP_UDP: host order; else 0 */
	uint16_t
		remote_port; /* ENCAP_UDP and 0: any, until one is known. Such a tunnel only receives:
				 it has no adjacency, so that whatever is sent into it drops as
				 no_underlay, and accept is not FWD_ACCEPT_ALL; else -EINVAL */
	uint16_t realm;      /* of the inner packets */
	uint16_t mtu;        /* largest inner packet */
	uint32_t adjacency; /* FWD_NONE: no underlay now, a state that the operator sees */
	enum fwd_source source;
	uint32_t source_path; /* FWD_SOURCE_PATH */
	enum fwd_destination destination;
	enum fwd_accept accept;
	enum fwd_ecn ecn;
	uint8_t ttl;       /* of the outer header, 1..255 */
	uint8_t dscp;      /* 0..63 fixed, or FWD_DSCP_COPY */
	bool udp_checksum; /* ENCAP_UDP: compute it; else 0 */
	bool clamp_mss;    /* TCP SYN through it: MSS at most mtu - 40 */
};

/* --- path: the stable name of "how to reach that router" -------------------------------------- */

struct fwd_path {
	uint32_t tunnel;  /* index, or FWD_NONE: packets drop for down */
	uint32_t backup;  /* index or FWD_NONE; kept for show, used by path_set() of the writer */
	bool notify_send; /* punt a PUNT_NOTIFY for packets that take it (haaro.md, 12.1) */
	bool notify_receive;   /* the same for packets from the hub whose source is routed to it */
	bool direct;           /* its tunnel leads to that router itself and not to the hub */
	bool count;            /* keep struct path_counters of it */
	enum drop_reason down; /* DROP_UNBOUND, DROP_NOT_REGISTERED: with tunnel FWD_NONE */
};

/*
 * Two routers that talk through this hub, by their paths; the data plane samples one packet in
 * FWD_PAIR_SAMPLE of those that arrive by one path's tunnel and leave by another's, and keeps the
 * pairs that it meets most. Counts only grow while a pair is kept; one whose path goes is left out.
 */
#define FWD_PAIR_SAMPLE 64

struct fwd_pair {
	uint32_t from; /* path of the router that sent */
	uint32_t to;   /* path of the router that it sent to */
	uint64_t samples;
};

/* Called for each pair that is kept, by worker: the same pair may come more than once. */
typedef void (*fwd_pair_visit)(void *arg, const struct fwd_pair *pair);

/* --- binding: an arriving outer header -> tunnel ------------------------------------------------ */

struct fwd_binding {
	enum encap encap;
	struct ip_addr local;  /* outer destination: our address */
	struct ip_addr remote; /* outer source */
	uint16_t local_port;   /* ENCAP_UDP, host order; else 0 */
	uint16_t remote_port;
};

/* --- route: prefix -> next hop, per realm ---------------------------------------------------------- */

enum nexthop_kind {
	NEXTHOP_NONE,        /* what a lookup says when no route matches */
	NEXTHOP_PATH,        /* id: path */
	NEXTHOP_ADJACENCY,   /* id: adjacency */
	NEXTHOP_UNREACHABLE, /* id: enum drop_reason (UNBOUND, NOT_REGISTERED, NO_ROUTE) */
	NEXTHOP_KIND_MAX
};

struct fwd_nexthop {
	enum nexthop_kind kind;
	bool own;    /* one of our own networks: a branch's mobile networks on its LAN side */
	uint32_t id; /* at most FWD_ID_MAX */
};

struct fwd_route {
	uint16_t realm;
	struct ip_prefix prefix;
	struct fwd_nexthop nexthop;
};

/* --- own addresses -------------------------------------------------------------------------------- */

enum {
	LOCAL_NATIVE = 1, /* packets that arrive natively to it are for us */
	LOCAL_INNER = 2,  /* packets that come by a tunnel to it are for us: home and hub address */
};

/* --- ports ----------------------------------------------------------------------------------------- */

enum port_role {
	PORT_ROLE_HUB,    /* forwards what is routed */
	PORT_ROLE_UPLINK, /* of a branch: only packets to our own addresses */
	PORT_ROLE_LAN,    /* of a branch: forwards only from its own networks (drop lan_source) */
};

struct fwd_port {
	enum port_role role;
	uint16_t realm;
	bool up; /* false: nothing is sent (port_down); link state as the control core sees it */
};

struct fwd_port_state {
	char name[32];
	char driver[32];
	struct mac_addr mac;
	uint16_t mtu;
	uint16_t queues;
	bool present; /* false: detached, its device is gone */
	bool pmd_link_up;
	struct fwd_port set;
	struct port_counters counters;
};

/* --- what show and doctor read ------------------------------------------------------------------------ */

struct fwd_tunnel_state {
	struct tunnel_ref ref;
	struct fwd_tunnel set;
	struct tunnel_counters counters;
};

struct fwd_usage {
	uint32_t tunnels, tunnels_capacity;
	uint32_t paths, paths_capacity;
	uint32_t bindings, bindings_capacity;
	uint32_t routes, routes_capacity;
	uint32_t adjacencies, adjacencies_capacity;
	uint32_t retired;     /* removals that wait for their grace period */
	uint64_t table_full;  /* changes refused with -ENOSPC */
	uint64_t table_bytes; /* memory of all tables */
};

/* Called for each route, ascending by address then length. Return false to stop. */
typedef bool (*fwd_route_visit)(void *arg, const struct fwd_route *route);

/*
 * All changes, in the order of a packet's way backwards. Every function is called by the control
 * core only and returns 0 or -errno as said above unless its comment says otherwise.
 */
struct fwd_ops {
	/* adjacency: insert gives a stable index; set re-points it with one store. */
	int (*adjacency_insert)(struct fwd *fwd, const struct fwd_adjacency *adjacency,
				uint32_t *index);
	int (*adjacency_set)(struct fwd *fwd, uint32_t index,
			     const struct fwd_adjacency *adjacency);
	int (*adjacency_remove)(struct fwd *fwd, uint32_t index);
	int (*adjacency_read)(struct fwd *fwd, uint32_t index, struct fwd_adjacency *adjacency);

	/* tunnel: immutable once inserted but for its adjacency and its MTU, one store each.
	 * The caller removes its binding and moves every path off it before tunnel_remove(). */
	int (*tunnel_insert)(struct fwd *fwd, const struct fwd_tunnel *tunnel,
			     struct tunnel_ref *ref);
	int (*tunnel_set_adjacency)(struct fwd *fwd, struct tunnel_ref ref, uint32_t adjacency);
	int (*tunnel_set_mtu)(struct fwd *fwd, struct tunnel_ref ref, uint16_t mtu);
	int (*tunnel_remove)(struct fwd *fwd, struct tunnel_ref ref);
	int (*tunnel_read)(struct fwd *fwd, uint32_t index, struct fwd_tunnel_state *state);

	/* path: insert gives a stable index; set is one store. */
	int (*path_insert)(struct fwd *fwd, const struct fwd_path *path, uint32_t *index);
	int (*path_set)(struct fwd *fwd, uint32_t index, const struct fwd_path *path);
	int (*path_remove)(struct fwd *fwd, uint32_t index);
	int (*path_read)(struct fwd *fwd, uint32_t index, struct fwd_path *path);
	/* Since path_insert(), of the times at which it counted. */
	int (*path_counters_read)(struct fwd *fwd, uint32_t index, struct path_counters *counters);

	/* binding: remote_port 0 (ENCAP_UDP) is any port of that far end for which there is no binding
	 * of its own; lookup answers as a worker would. -EEXIST if the key is there (remove it first: a
	 * key never changes hands silently). */
	int (*binding_insert)(struct fwd *fwd, const struct fwd_binding *key, uint32_t tunnel);
	int (*binding_set)(struct fwd *fwd, const struct fwd_binding *key, uint32_t tunnel);
	int (*binding_remove)(struct fwd *fwd, const struct fwd_binding *key);
	int (*binding_lookup)(struct fwd *fwd, const struct fwd_binding *key, uint32_t *tunnel);

	/* route: set inserts or replaces (one publication: no packet sees neither); -ENOENT on remove. */
	int (*route_set)(struct fwd *fwd, const struct fwd_route *route);
	int (*route_remove)(struct fwd *fwd, uint16_t realm, const struct ip_prefix *prefix);
	int (*route_lookup)(struct fwd *fwd, uint16_t realm, const struct ip_addr *addr,
			    struct fwd_nexthop *nexthop);
	int (*route_walk)(struct fwd *fwd, uint16_t realm, fwd_route_visit visit, void *arg);

	/* own addresses: flags are LOCAL_…; set with 0 removes. */
	int (*local_set)(struct fwd *fwd, uint16_t realm, const struct ip_addr *addr,
			 unsigned int flags);

	/* ports, numbered as in the configuration. reattach() closes and reopens the device after it
	 * came back under its name; detach() stops polling it. Both may take milliseconds. */
	int (*port_set)(struct fwd *fwd, uint16_t port, const struct fwd_port *set);
	int (*port_read)(struct fwd *fwd, uint16_t port, struct fwd_port_state *state);
	int (*port_detach)(struct fwd *fwd, uint16_t port);
	int (*port_reattach)(struct fwd *fwd, uint16_t port);

	/* up and down. punt_read: 1 with a packet, 0 when there is none. inject: -ENOSPC when full. */
	int (*punt_read)(struct fwd *fwd, struct punt *punt);
	int (*inject)(struct fwd *fwd, const struct inject *inject, const uint8_t *bytes,
		      size_t len);

	/* pairs that talk through this hub */
	void (*pairs_walk)(struct fwd *fwd, fwd_pair_visit visit, void *arg);

	/* Frees what has passed its grace period; returns how many removals still wait. */
	uint32_t (*reclaim)(struct fwd *fwd);

	/* counters */
	void (*counters_read)(struct fwd *fwd, struct fwd_counters *counters);
	int (*worker_read)(struct fwd *fwd, unsigned int worker, struct worker_counters *counters);
	void (*usage_read)(struct fwd *fwd, struct fwd_usage *usage);
	/* A packet that was handed up (PUNT_RESOLVE) and is now dropped by the control core. */
	void (*drop_count)(struct fwd *fwd, enum drop_reason reason);
};

#endif
