/* SPDX-License-Identifier: BSD-3-Clause */
/* The configuration of role mobile-router; see haaro/conf.h. */
#ifndef HAARO_CONF_MOBILE_H
#define HAARO_CONF_MOBILE_H

#include "haaro/conf_base.h"

/* Mobile networks of a branch: what one Registration Request holds with all else. */
#define CONF_MOBILE_NETWORKS_MAX 64

struct conf_uplink {
	uint16_t port; /* index into ports */
};

enum conf_trigger {
	CONF_TRIGGER_SEND,
	CONF_TRIGGER_RECEIVE,
	CONF_TRIGGER_MESH,
	CONF_TRIGGER_MANUAL
};
enum conf_mutual { CONF_MUTUAL_WAIT, CONF_MUTUAL_IMMEDIATE };

/* Flag O: auto sets it while every uplink is behind a NAT. */
enum conf_outbound { CONF_OUTBOUND_AUTO, CONF_OUTBOUND_YES, CONF_OUTBOUND_NO };

/* A key shared with a peer, instead of return routability. */
struct conf_static_key {
	struct ip_addr peer;
	struct conf_secret secret;
	char *file; /* as written */
};

/* The uplink whose care-of address a peer is given. */
struct conf_peer {
	struct ip_addr peer;
	uint16_t uplink; /* index into ports, one of the uplinks */
};

/* What is known of NATs between an uplink and a peer, whatever is learned (haaro.md, section 11.3). */
struct conf_nat_pair {
	uint16_t uplink; /* index into ports, one of the uplinks */
	struct ip_addr peer;
	bool opens; /* true: we can open a UDP tunnel on it; false: the peer must */
};

/* Where draft-makela-mip4-nemo-haaro-00 is followed instead of RFC 6521 (haaro-00.md, section 3). */
struct conf_draft_00 {
	bool strict_reject;         /* one unauthorised prefix refuses the request */
	bool hold_reply;            /* of two concurrent requests the smaller address's waits */
	bool mutual_deregistration; /* answer a deregistration with our own */
	bool require_networks;      /* refuse who names no prefix */
	bool udp_only_nat;          /* UDP behind a NAT only */
};

/* Route optimization of a branch (RFC 6521), both as mobile router and as correspondent. */
struct conf_optimization {
	bool advertise; /* flag A; without it we are nobody's correspondent */
	bool request;   /* flag R */
	enum conf_outbound outbound_only;
	enum conf_trigger trigger;
	uint32_t threshold_packets; /* 1.. */
	uint32_t threshold_bytes;   /* that they must have too; 0: not looked at */
	uint64_t threshold_within;  /* the time in which both must come */
	enum conf_mutual mutual;
	enum encap encapsulations[ENCAP_MAX]; /* in order of preference */
	size_t n_encapsulations;
	uint64_t lifetime;           /* that we ask for, whole seconds, 10 s..420 s */
	uint64_t max_lifetime;       /* that we grant, whole seconds, 10 s..420 s */
	struct conf_watch keepalive; /* while traffic flows; interval 200 ms.. */
	uint64_t keepalive_idle;     /* interval while none flows; not below the other */
	bool keepalive_full_size;    /* each interval probes the tunnel MTU too; then 400 ms.. */
	uint64_t hold_down_first;    /* after a failure; doubled by each further one */
	uint64_t hold_down_longest;  /* up to this */
	uint32_t max_peers;
	char (*realms)[CONF_REALM_SIZE]; /* lower case; whose peers are taken; none: all */
	size_t n_realms;
	bool accept_unknown; /* routers that the hub does not know, for themselves alone */
	bool trust_claims;   /* prefixes that the hub did not confirm */
	bool reply_131;      /* debugging: sign refusals of bad authenticators */
	struct conf_peer *peers;
	size_t n_peers;
	struct conf_nat_pair *nat;
	size_t n_nat;
	struct conf_static_key *static_keys;
	size_t n_static_keys;
	struct conf_draft_00 draft_00;
};

struct conf_mobile {
	struct ip_addr home_address;
	struct ip_addr home_agent;
	struct conf_key keys[CONF_KEYS_MAX]; /* the first signs, all are accepted */
	size_t n_keys;
	uint64_t lifetime;
	uint16_t local_port;         /* of signalling and of the UDP tunnel, default 434 */
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

#endif
