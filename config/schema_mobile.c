/* SPDX-License-Identifier: BSD-3-Clause */
/* The rows of role mobile-router, but for those of route optimization (schema_optimization.c). */
#include "check.h"
#include "schema.h"
#include "value.h"

static const char *const network_modes[] = {"explicit", "implicit", "both", NULL};
static const char *const break_outs[] = {"never", NULL};

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
	{"route-optimization", .map = &schema_optimization, .def = "",
	 .help = "direct paths to other routers (RFC 6521)"},
};
const struct map schema_mobile = {mobile_keys, sizeof(mobile_keys) / sizeof(mobile_keys[0]),
				  check_mobile_map};
