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
