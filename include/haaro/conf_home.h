/* SPDX-License-Identifier: BSD-3-Clause */
/* The configuration of role home-agent, its subscribers included; see haaro/conf.h. */
#ifndef HAARO_CONF_HOME_H
#define HAARO_CONF_HOME_H

#include "haaro/conf_base.h"

/* Reverse tunnels (RFC 3024): mandatory is code 138 without T, refused is code 137 with T. */
enum conf_reverse { CONF_REVERSE_OPTIONAL, CONF_REVERSE_MANDATORY, CONF_REVERSE_REFUSED };

enum conf_nat { CONF_NAT_ALLOW, CONF_NAT_NEVER, CONF_NAT_PREFIXES };

/* Names of realms are in lower case, labels of 1..127 octets joined by dots (haaro.md, A47). */
struct conf_realm {
	char name[CONF_REALM_SIZE];
	bool separate;                 /* an address space of its own; step 3 */
	char (*sees)[CONF_REALM_SIZE]; /* whose routers its routers are told of */
	size_t n_sees;                 /* 1..: a realm that names none sees itself */
};

#define CONF_PRIORITY_NONE 10 /* from here on: told in turn */

/* A subscriber: one router that may register. */
struct conf_router {
	char name[CONF_NAME_SIZE];
	struct ip_addr home_address;
	uint32_t realm; /* index into realms; UINT32_MAX: none, and sees those of none */
	struct conf_key keys[CONF_KEYS_MAX];
	size_t n_keys; /* 1.. */
	struct ip_prefix *networks;
	size_t n_networks;
	enum conf_networks networks_mode;
	enum conf_nat nat;
	struct ip_prefix *nat_prefixes; /* CONF_NAT_PREFIXES: from where */
	size_t n_nat_prefixes;
	bool refuse_optimization; /* it has none, and is told so */
	bool advertise;           /* others may be told of it */
	uint32_t priority; /* below CONF_PRIORITY_NONE: told first, the lowest before others */
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
	uint64_t max_lifetime;     /* seconds in nanoseconds; whole, 1 s..65534 s */
	uint64_t replay_tolerance; /* default 7 s */
	bool encapsulations[ENCAP_MAX];
	bool force_udp; /* honour the F flag without a NAT (RFC 3519) */
	uint64_t nat_max_lifetime;
	uint64_t nat_keepalive; /* told in the UDP Tunnel Reply */
	uint32_t simultaneous_bindings;
	enum conf_reverse reverse_tunnel;
	bool revocation;       /* RFC 3543 */
	bool reply_131;        /* debugging: sign refusals of bad authenticators */
	uint32_t max_bindings; /* admission control; 0: as many as tunnels */
	bool route_optimization;
	uint32_t advertisement_size; /* octets of the advertisement in a reply */
	bool advertisement_compress; /* realms by the dictionary of RFC 6521, section 4.2 */
	bool detect_nat; /* draft 00: Info also of routers that the hub sees behind a NAT */
	struct conf_subscribers subscribers;
};

#endif
