/* SPDX-License-Identifier: BSD-3-Clause */
/* The rows of role mobile-router. */
#include "check.h"
#include "schema.h"
#include "value.h"

static const char *const network_modes[] = {"explicit", "implicit", "both", NULL};
static const char *const break_outs[] = {"never", NULL};
static const char *const triggers[] = {"send", "receive", "mesh", "manual", NULL};
static const char *const mutuals[] = {"wait", "immediate", NULL};

static const struct key uplink_keys[] = {
	{"port", &value_port, FIELD(struct conf_uplink, port), .flags = KEY_REQUIRED,
	 .help = "one of 'ports'; its first address is the care-of address"},
};
static const struct map uplink_map = MAP(uplink_keys);

static const struct key network_keys[] = {
	{"mode", &value_choice, FIELD(struct conf_mobile, networks_mode), .choices = network_modes,
	 .def = "explicit",
	 .help = "explicit: the requests name the prefixes; implicit: the hub knows them"},
	{"prefixes", &value_prefix, HEAP(struct conf_mobile, networks, n_networks), .max = 64,
	 .def = "[]", .help = "the networks behind this router"},
	{"ports", &value_port, HEAP(struct conf_mobile, lan_ports, n_lan_ports), .min = 1,
	 .max = CONF_PORTS_MAX, .flags = KEY_REQUIRED,
	 .help = "the ports where these networks are"},
};
static const struct map network_map = MAP(network_keys);

static const struct key threshold_keys[] = {
	{"packets", &value_number, FIELD(struct conf_mobile, optimization.threshold_packets),
	 .min = 1, .max = 1000000, .def = "1", .help = "how many packets ask for a direct path"},
};
static const struct map threshold_map = MAP(threshold_keys);

static const struct key keepalive_keys[] = {
	{"interval", &value_duration, FIELD(struct conf_mobile, optimization.keepalive.interval),
	 .min = 200 * NS_PER_MS, .max = 3600 * NS_PER_S, .def = "500ms",
	 .help = "between keepalives to a peer"},
	{"losses", &value_number, FIELD(struct conf_mobile, optimization.keepalive.losses),
	 .min = 1, .max = 100, .def = "3", .help = "how many unanswered in a row count as failure"},
};
static const struct map keepalive_map = MAP(keepalive_keys);

static const struct key static_key_keys[] = {
	{"peer", &value_address, FIELD(struct conf_static_key, peer), .flags = KEY_REQUIRED,
	 .help = "the peer's home address"},
	{"key-file", &value_static_key_file, .flags = KEY_REQUIRED,
	 .help = "a file that holds the secret, mode 0600, beside this one unless absolute"},
};
static const struct map static_key_map = MAP(static_key_keys);

static const struct key optimization_keys[] = {
	{"enabled", &value_boolean, FIELD(struct conf_mobile, route_optimization), .def = "false",
	 .help = "direct paths to other routers (RFC 6521); not in this build"},
	{"advertise", &value_boolean, FIELD(struct conf_mobile, optimization.advertise),
	 .def = "true", .help = "let the hub tell others of our networks"},
	{"request", &value_boolean, FIELD(struct conf_mobile, optimization.request), .def = "true",
	 .help = "ask peers for direct paths"},
	{"trigger", &value_choice, FIELD(struct conf_mobile, optimization.trigger),
	 .choices = triggers, .def = "send",
	 .help = "what asks for a direct path: send, receive, mesh or manual"},
	{"threshold", .map = &threshold_map, .def = "", .help = "how much traffic it takes"},
	{"mutual", &value_choice, FIELD(struct conf_mobile, optimization.mutual),
	 .choices = mutuals, .def = "wait",
	 .help = "wait for the peer's own registration, or act immediately"},
	{"encapsulations", &value_encap,
	 ARRAY(struct conf_mobile, optimization.encapsulations, optimization.n_encapsulations),
	 .min = 1, .max = ENCAP_MAX, .def = "[udp]",
	 .help = "between routers, in order of preference"},
	{"keepalive", .map = &keepalive_map, .def = "", .help = "the watch over a direct path"},
	{"max-peers", &value_number, FIELD(struct conf_mobile, optimization.max_peers), .min = 1,
	 .max = 100000, .def = "1000", .help = "how many direct paths at a time"},
	{"static-keys", .map = &static_key_map,
	 HEAP(struct conf_mobile, optimization.static_keys, optimization.n_static_keys),
	 .max = 10000, .def = "[]",
	 .help = "keys shared with peers, instead of return routability"},
};
static const struct map optimization_map = MAP(optimization_keys);

static const struct key mobile_keys[] = {
	{"home-address", &value_address, FIELD(struct conf_mobile, home_address),
	 .flags = KEY_REQUIRED, .help = "our permanent address"},
	{"home-agent", &value_address, FIELD(struct conf_mobile, home_agent), .flags = KEY_REQUIRED,
	 .help = "the hub's address"},
	{"key", .map = &schema_key, ARRAY(struct conf_mobile, keys, n_keys), .min = 1,
	 .max = CONF_KEYS_MAX, .flags = KEY_REQUIRED | KEY_ONE,
	 .help = "shared with the hub; two while one replaces the other: the first signs"},
	{"lifetime", &value_duration, FIELD(struct conf_mobile, lifetime), .min = 10 * NS_PER_S,
	 .max = 65534 * NS_PER_S, .def = "10m", .help = "of a registration, as asked for"},
	{"local-port", &value_number, FIELD(struct conf_mobile, local_port), .min = 1, .max = 65535,
	 .def = "434", .flags = KEY_RESTART,
	 .help = "our UDP port of signalling and of the UDP tunnel"},
	{"uplinks", .map = &uplink_map, HEAP(struct conf_mobile, uplinks, n_uplinks), .min = 1,
	 .max = 8, .flags = KEY_REQUIRED, .help = "the ports to the outside, best first"},
	{"networks", .map = &network_map, .flags = KEY_REQUIRED,
	 .help = "the mobile networks, which move with this router"},
	{"encapsulations", &value_encap,
	 ARRAY(struct conf_mobile, encapsulations, n_encapsulations), .min = 1, .max = ENCAP_MAX,
	 .def = "[udp, ipip]",
	 .help = "in order of preference; behind a NAT it is udp whatever stands here"},
	{"force-udp", &value_boolean, FIELD(struct conf_mobile, force_udp), .def = "false",
	 .help = "ask for UDP even without a NAT (RFC 3519, flag F)"},
	{"watch-hub", .map = &schema_watch, FIELD(struct conf_mobile, watch_hub), .def = "",
	 .help = "echoes to the hub through the tunnel; failure registers again"},
	{"watch-uplinks", .map = &schema_watch, FIELD(struct conf_mobile, watch_uplinks), .def = "",
	 .help = "echoes from each uplink; failure takes the next"},
	{"revocation", &value_boolean, FIELD(struct conf_mobile, revocation), .def = "true",
	 .help = "agree on revocation by the hub (RFC 3543)"},
	{"break-out", &value_choice, FIELD(struct conf_mobile, break_out), .choices = break_outs,
	 .def = "never", .help = "what may leave natively while unregistered: never anything"},
	{"route-optimization", .map = &optimization_map, .def = "",
	 .help = "direct paths to other routers; not in this build"},
};
const struct map schema_mobile = {mobile_keys, sizeof(mobile_keys) / sizeof(mobile_keys[0]),
				  check_mobile_map};
