/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The configuration as a value: what config/ makes of the two YAML files, read by everyone else.
 *
 * Ownership: conf_load() allocates all of it, conf_free() frees it and wipes its secrets. Read-only
 * after loading, any thread. Durations are in nanoseconds (clock.h), ports and sizes in host order.
 */
#ifndef HAARO_CONF_H
#define HAARO_CONF_H

#include "haaro/conf_base.h"
#include "haaro/conf_home.h"
#include "haaro/conf_mobile.h"
#include "haaro/error.h"

enum conf_role { CONF_HOME_AGENT, CONF_MOBILE_ROUTER };
enum conf_idle { CONF_IDLE_ADAPTIVE, CONF_IDLE_BUSY };

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
	uint16_t mtu;                  /* largest IPv4 packet, 576..9000 */
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
	struct conf_rate bound;     /* signalling of live bindings: a share of its own */
	struct conf_rate peer;      /* signalling of peers that the hub told of */
	struct conf_rate unknown;   /* other signalling */
	struct conf_rate keepalive; /* echo through tunnels */
	struct conf_rate arp;
	struct conf_rate local;
	struct conf_rate resolve;
	struct conf_rate errors; /* ICMP errors that we send */
};

/* --- static tunnels: the data plane without signalling ------------------------------------- */

struct conf_tunnel {
	char name[CONF_NAME_SIZE];
	enum encap encap;
	struct ip_addr local;
	struct ip_addr remote;
	uint16_t local_port; /* ENCAP_UDP, default 434 */
	uint16_t remote_port;
	uint16_t mtu;               /* 0: from the underlay */
	struct ip_prefix *networks; /* routed into it, and accepted from it */
	size_t n_networks;
	bool any_source;    /* accept any inner source */
	bool compatibility; /* ECN: the far end is a plain RFC 2003 exit */
	bool udp_checksum;
};

/* --- the whole -------------------------------------------------------------------------------- */

enum conf_log_level { CONF_LOG_ERROR, CONF_LOG_WARNING, CONF_LOG_INFO, CONF_LOG_DEBUG };
enum conf_log_format { CONF_LOG_TEXT, CONF_LOG_JSON };

struct conf {
	char path[CONF_PATH_SIZE]; /* the file it came from */
	char *notes; /* what is no error but should be known, in lines; NULL: nothing */
	uint32_t version;
	char name[CONF_NAME_SIZE];
	enum conf_role role;
	struct conf_workers workers;
	struct conf_port *ports; /* numbered in this order everywhere */
	size_t n_ports;          /* 1..CONF_PORTS_MAX */
	struct {
		uint32_t tunnels;
		uint32_t prefixes;
		uint32_t neighbours; /* adjacencies: next hops and resolved hosts */
		uint32_t buffers;    /* packet buffers; 0: computed */
		uint32_t ring;       /* slots of the punt and inject rings; power of two */
		uint32_t queue;      /* descriptors of each port queue; power of two */
	} capacity;
	struct conf_home home;     /* role home-agent */
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
 * ("ports[1].device"), whose text is in err.
 */
const char *conf_restart_key(const struct conf *running, const struct conf *next,
			     struct error *err);

#endif
