/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The configuration as a value: what config/ makes of the two YAML files, read by everyone else.
 *
 * Ownership: conf_load() allocates all of it, conf_free() frees it and wipes its secrets. Read-only
 * after loading, any thread. Durations are in nanoseconds (clock.h), ports and sizes in host order.
 */
#ifndef HAARO_CONF_H
#define HAARO_CONF_H

#include "haaro/clock.h"
#include "haaro/encap.h"
#include "haaro/error.h"
#include "haaro/types.h"

#define CONF_NAME_SIZE	 32  /* of instance, ports, routers; with the final NUL */
#define CONF_REALM_SIZE	 256 /* of a realm's name */
#define CONF_DEVICE_SIZE 256
#define CONF_PATH_SIZE	 512
#define CONF_SECRET_MAX	 64
#define CONF_PORTS_MAX	 16
#define CONF_KEYS_MAX	 2 /* live at once per router, while a key is rolled over */

enum conf_role {
	CONF_HOME_AGENT,
	CONF_MOBILE_ROUTER
};
enum conf_idle {
	CONF_IDLE_ADAPTIVE,
	CONF_IDLE_BUSY
};
enum conf_algorithm {
	CONF_HMAC_MD5,
	CONF_MD5_PREFIX_SUFFIX,
	CONF_HMAC_SHA1,
	CONF_HMAC_SHA256_128,
	CONF_ALGORITHM_MAX
};
enum conf_replay {
	CONF_REPLAY_TIMESTAMPS,
	CONF_REPLAY_NONCES
};

struct conf_secret {
	uint8_t bytes[CONF_SECRET_MAX];
	size_t len;
};

struct conf_key {
	uint32_t spi; /* 256.. (RFC 5944, section 5.1: 0..255 reserved) */
	enum conf_algorithm algorithm;
	enum conf_replay replay;
	struct conf_secret secret;
	char *file; /* key-file it came from, as written; NULL if inline */
};

struct conf_route {
	struct ip_prefix to;
	struct ip_addr via;
};

struct conf_neighbour {
	struct ip_addr address;
	struct mac_addr mac;
};

struct conf_port {
	char name[CONF_NAME_SIZE];
	char device[CONF_DEVICE_SIZE]; /* PCI address, or virtual device with its arguments */
	uint16_t mtu;		       /* largest IPv4 packet, 576..9000 */
	struct ip_prefix *networks;    /* of each address: its connected network */
	struct ip_addr *addresses;     /* our address in it */
	size_t n_addresses;
	struct ip_addr gateway; /* IP_NONE: none */
	struct conf_route *routes;
	size_t n_routes;
	struct conf_neighbour *neighbours;
	size_t n_neighbours;
};

struct conf_workers {
	uint16_t *cores; /* NULL: auto */
	size_t n_cores;
	uint16_t count; /* how many workers when cores is auto, 1.. */
	enum conf_idle idle;
};

struct conf_rate {
	uint32_t per_second;
};

struct conf_policer {
	struct conf_rate bound;	    /* signalling of live bindings: a share of its own */
	struct conf_rate unknown;   /* other signalling */
	struct conf_rate keepalive; /* echo through tunnels */
	struct conf_rate arp;
	struct conf_rate local;
	struct conf_rate resolve;
	struct conf_rate errors; /* ICMP errors that we send */
};

struct conf_watch {
	uint64_t interval; /* 0: off */
	uint32_t losses;   /* unanswered in a row that count as failure, 1.. */
};

/* --- Home Agent --------------------------------------------------------------------------- */

/* Reverse tunnels (RFC 3024): mandatory is code 138 without T, refused is code 137 with T. */
enum conf_reverse { CONF_REVERSE_OPTIONAL, CONF_REVERSE_MANDATORY, CONF_REVERSE_REFUSED };

enum conf_nat {
	CONF_NAT_ALLOW,
	CONF_NAT_NEVER,
	CONF_NAT_PREFIXES
};
enum conf_networks {
	CONF_NETWORKS_EXPLICIT,
	CONF_NETWORKS_IMPLICIT,
	CONF_NETWORKS_BOTH
};

struct conf_realm {
	char name[CONF_REALM_SIZE];
	bool separate; /* an address space of its own; step 3 */
	char (*sees)[CONF_REALM_SIZE];
	size_t n_sees;
};

/* A subscriber: one router that may register. */
struct conf_router {
	char name[CONF_NAME_SIZE];
	struct ip_addr home_address;
	uint32_t realm; /* index into realms; UINT32_MAX: none */
	struct conf_key keys[CONF_KEYS_MAX];
	size_t n_keys; /* 1.. */
	struct ip_prefix *networks;
	size_t n_networks;
	enum conf_networks networks_mode;
	enum conf_nat nat;
	struct ip_prefix *nat_prefixes; /* CONF_NAT_PREFIXES: from where */
	size_t n_nat_prefixes;
	bool advertise; /* route optimization, step 2 */
	uint32_t priority;
};

struct conf_subscribers {
	char path[CONF_PATH_SIZE]; /* as written; "": none */
	uint32_t version;
	struct conf_realm *realms;
	size_t n_realms;
	struct conf_router *routers;
	size_t n_routers;
};

struct conf_home {
	struct ip_addr address;
	struct ip_prefix *networks; /* home networks */
	size_t n_networks;
	uint64_t max_lifetime;	   /* seconds in nanoseconds; whole, 1 s..65534 s */
	uint64_t replay_tolerance; /* default 7 s */
	bool encapsulations[ENCAP_MAX];
	bool force_udp; /* honour the F flag without a NAT (RFC 3519) */
	uint64_t nat_max_lifetime;
	uint64_t nat_keepalive; /* told in the UDP Tunnel Reply */
	uint32_t simultaneous_bindings;
	enum conf_reverse reverse_tunnel;
	bool revocation;	       /* RFC 3543 */
	bool reply_131;		       /* debugging: sign refusals of bad authenticators */
	uint32_t max_bindings;	       /* admission control; 0: as many as tunnels */
	bool route_optimization;
	uint32_t advertisement_size; /* octets of the advertisement in a reply */
	struct conf_subscribers subscribers;
};

/* --- Mobile Router ------------------------------------------------------------------------ */

struct conf_uplink {
	uint16_t port; /* index into ports */
};

enum conf_trigger {
	CONF_TRIGGER_SEND,
	CONF_TRIGGER_RECEIVE,
	CONF_TRIGGER_MESH,
	CONF_TRIGGER_MANUAL
};
enum conf_mutual {
	CONF_MUTUAL_WAIT,
	CONF_MUTUAL_IMMEDIATE
};

/* A key shared with a peer, instead of return routability. */
struct conf_static_key {
	struct ip_addr peer;
	struct conf_secret secret;
	char *file; /* as written */
};

/* Route optimization of a branch (RFC 6521), kept for the build that has it. */
struct conf_optimization {
	bool advertise;
	bool request;
	enum conf_trigger trigger;
	uint32_t threshold_packets;
	enum conf_mutual mutual;
	enum encap encapsulations[ENCAP_MAX]; /* in order of preference */
	size_t n_encapsulations;
	struct conf_watch keepalive;
	uint32_t max_peers;
	struct conf_static_key *static_keys;
	size_t n_static_keys;
};

struct conf_mobile {
	struct ip_addr home_address;
	struct ip_addr home_agent;
	struct conf_key keys[CONF_KEYS_MAX]; /* the first signs, all are accepted */
	size_t n_keys;
	uint64_t lifetime;
	uint16_t local_port;	     /* of signalling and of the UDP tunnel, default 434 */
	struct conf_uplink *uplinks; /* best first */
	size_t n_uplinks;
	enum conf_networks networks_mode;
	struct ip_prefix *networks;
	size_t n_networks;
	uint16_t *lan_ports; /* indices into ports */
	size_t n_lan_ports;
	enum encap encapsulations[ENCAP_MAX]; /* in order of preference */
	size_t n_encapsulations;
	bool force_udp; /* set the F flag: UDP even without a NAT */
	struct conf_watch watch_hub;
	struct conf_watch watch_uplinks;
	bool revocation;
	bool break_out; /* false: "never" */
	bool route_optimization;
	struct conf_optimization optimization;
};

/* --- static tunnels: the data plane without signalling ------------------------------------- */

struct conf_tunnel {
	char name[CONF_NAME_SIZE];
	enum encap encap;
	struct ip_addr local;
	struct ip_addr remote;
	uint16_t local_port; /* ENCAP_UDP, default 434 */
	uint16_t remote_port;
	uint16_t mtu;		    /* 0: from the underlay */
	struct ip_prefix *networks; /* routed into it, and accepted from it */
	size_t n_networks;
	bool any_source;    /* accept any inner source */
	bool compatibility; /* ECN: the far end is a plain RFC 2003 exit */
	bool udp_checksum;
};

/* --- the whole -------------------------------------------------------------------------------- */

enum conf_log_level {
	CONF_LOG_ERROR,
	CONF_LOG_WARNING,
	CONF_LOG_INFO,
	CONF_LOG_DEBUG
};
enum conf_log_format {
	CONF_LOG_TEXT,
	CONF_LOG_JSON
};

struct conf {
	char path[CONF_PATH_SIZE]; /* the file it came from */
	char *notes; /* what is no error but should be known, in lines; NULL: nothing */
	uint32_t version;
	char name[CONF_NAME_SIZE];
	enum conf_role role;
	struct conf_workers workers;
	struct conf_port *ports; /* numbered in this order everywhere */
	size_t n_ports;		 /* 1..CONF_PORTS_MAX */
	struct {
		uint32_t tunnels;
		uint32_t prefixes;
		uint32_t neighbours; /* adjacencies: next hops and resolved hosts */
		uint32_t buffers;    /* packet buffers; 0: computed */
		uint32_t ring;	     /* slots of the punt and inject rings; power of two */
		uint32_t queue;	     /* descriptors of each port queue; power of two */
	} capacity;
	struct conf_home home;	   /* role home-agent */
	struct conf_mobile mobile; /* role mobile-router */
	struct conf_tunnel *tunnels;
	size_t n_tunnels;
	struct conf_policer policer;
	struct {
		bool clamp_mss;
		bool udp_checksum; /* of tunnel packets that we send */
		bool ecn_compatibility;
		uint8_t ttl; /* outer */
	} tunnel_policy;
	struct {
		char listen[64]; /* address:port, "" for none */
	} metrics;
	struct {
		char path[CONF_PATH_SIZE];
		char group[CONF_NAME_SIZE];
	} control_socket;
	struct {
		enum conf_log_level level;
		enum conf_log_format format;
	} log;
};

/*
 * Reads and checks a configuration and, for a Home Agent, its subscriber file. On failure returns
 * NULL and err holds every complaint (up to its size) as "file:line:column: what; what to do".
 */
struct conf *conf_load(const char *path, struct error *err);

/* The same from memory; path is used for messages and for relative file names. */
struct conf *conf_parse(const char *path, const char *text, size_t len, struct error *err);

void conf_free(struct conf *conf);

/*
 * Prints the canonical form: parsing it gives the same value. A secret prints as its key-file or,
 * if it stood in the file, as "hidden", which no parser takes: such a print has to be completed
 * first. Returns 0 or -errno of the stream.
 */
int conf_print(const struct conf *conf, FILE *out);

/* The same for the subscriber file of a Home Agent. */
int conf_print_subscribers(const struct conf *conf, FILE *out);

/*
 * Whether a running daemon can take next: NULL if it can, else the key that needs a restart
 * ("ports[1].device").
 */
const char *conf_restart_key(const struct conf *running, const struct conf *next,
			     struct error *err);

#endif
