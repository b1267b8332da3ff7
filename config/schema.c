/* SPDX-License-Identifier: BSD-3-Clause */
/* The rows of the main file, but for those of the roles (schema_home.c, schema_mobile.c). */
#include "schema.h"

#include "check.h"
#include "value.h"

#define SECONDS(n) ((n)*NS_PER_S)

static const char *const roles[] = {"home-agent", "mobile-router", NULL};
static const char *const idles[] = {"adaptive", "busy", NULL};
static const char *const levels[] = {"error", "warning", "info", "debug", NULL};
static const char *const formats[] = {"text", "json", NULL};
static const char *const ecn_modes[] = {"normal", "compatibility", NULL};
static const char *const source_checks[] = {"networks", "any", NULL};

static const struct key route_keys[] = {
	{"to", &value_prefix, FIELD(struct conf_route, to), .flags = KEY_REQUIRED,
	 .help = "the prefix behind the next hop"},
	{"via", &value_address, FIELD(struct conf_route, via), .flags = KEY_REQUIRED,
	 .help = "the next hop, an address in a network of this port"},
};
static const struct map route_map = MAP(route_keys);

static const struct key neighbour_keys[] = {
	{"address", &value_address, FIELD(struct conf_neighbour, address), .flags = KEY_REQUIRED,
	 .help = "the neighbour's address, in a network of this port"},
	{"mac", &value_mac, FIELD(struct conf_neighbour, mac), .flags = KEY_REQUIRED,
	 .help = "its MAC address; ARP is not asked"},
};
static const struct map neighbour_map = MAP(neighbour_keys);

static const struct key port_keys[] = {
	{"name", &value_name, FIELD(struct conf_port, name), .flags = KEY_REQUIRED | KEY_RESTART,
	 .help = "how the rest of the file, commands and metrics call the port"},
	{"device", &value_text, FIELD(struct conf_port, device), .min = 1,
	 .flags = KEY_REQUIRED | KEY_RESTART,
	 .help = "what DPDK drives: a PCI address, or a virtual device with its arguments"},
	{"mtu", &value_number, FIELD(struct conf_port, mtu), .min = 576, .max = 9000, .def = "1500",
	 .flags = KEY_RESTART, .help = "the largest IPv4 packet, in octets"},
	{"addresses", &value_interfaces, .max = 64, .def = "[]",
	 .help = "our addresses, each with the length of its network"},
	{"gateway", &value_address, FIELD(struct conf_port, gateway), .def = "",
	 .help = "next hop of what is behind no other route; of an uplink, the way to the hub"},
	{"routes", .map = &route_map, HEAP(struct conf_port, routes, n_routes), .max = 1000000,
	 .def = "[]", .help = "static routes by neighbours of this port"},
	{"neighbours", .map = &neighbour_map, HEAP(struct conf_port, neighbours, n_neighbours),
	 .max = 65536, .def = "[]", .help = "static neighbours; others are found by ARP"},
};
const struct map schema_port = {port_keys, sizeof(port_keys) / sizeof(port_keys[0]), check_port};

static const struct key worker_keys[] = {
	{"cores", &value_cores, .offset = offsetof(struct conf, workers), .max = 64, .def = "auto",
	 .flags = KEY_RESTART, .help = "which cores poll; the control core is another"},
	{"count", &value_number, FIELD(struct conf, workers.count), .min = 1, .max = 64, .def = "1",
	 .flags = KEY_RESTART, .help = "how many workers when cores is auto"},
	{"idle", &value_choice, FIELD(struct conf, workers.idle), .choices = idles,
	 .def = "adaptive",
	 .help = "adaptive: sleep when there is nothing to do; busy: never sleep"},
};
static const struct map worker_map = MAP(worker_keys);

static const struct key capacity_keys[] = {
	{"tunnels", &value_number, FIELD(struct conf, capacity.tunnels), .min = 1, .max = 4000000,
	 .def = "1024", .flags = KEY_RESTART, .help = "how many tunnels fit"},
	{"prefixes", &value_number, FIELD(struct conf, capacity.prefixes), .min = 1, .max = 8000000,
	 .def = "4096", .flags = KEY_RESTART, .help = "how many prefixes fit, of all kinds"},
	{"neighbours", &value_number, FIELD(struct conf, capacity.neighbours), .min = 1,
	 .max = 65536, .def = "1024", .flags = KEY_RESTART,
	 .help = "how many next hops and resolved hosts fit"},
	{"buffers", &value_number, FIELD(struct conf, capacity.buffers), .min = 256,
	 .max = 16777216, .def = "auto", .flags = KEY_RESTART | KEY_AUTO,
	 .help = "packet buffers; auto: computed from ports, workers and queues"},
	{"ring", &value_number, FIELD(struct conf, capacity.ring), .min = 1, .max = 65536,
	 .def = "1024", .flags = KEY_RESTART | KEY_POWER_2,
	 .help = "slots of the rings to and from the control core"},
	{"queue", &value_number, FIELD(struct conf, capacity.queue), .min = 32, .max = 32768,
	 .def = "512", .flags = KEY_RESTART | KEY_POWER_2,
	 .help = "descriptors of each port queue"},
};
static const struct map capacity_map = MAP(capacity_keys);

#define POLICER(word, member, rate, text)                                                          \
	{                                                                                          \
		word, &value_rate, FIELD(struct conf, policer.member),                             \
			.min = 1, .max = 10000000, .def = rate, .flags = KEY_RESTART, .help = text \
	}

static const struct key policer_keys[] = {
	POLICER("bound", bound, "20000/s", "signalling of routers that are bound: its own share"),
	POLICER("peer", peer, "2000/s", "signalling of known peers, by way of the hub"),
	POLICER("unknown", unknown, "2000/s", "other signalling"),
	POLICER("keepalive", keepalive, "20000/s", "echo requests through tunnels"),
	POLICER("arp", arp, "1000/s", "ARP"),
	POLICER("local", local, "1000/s", "other packets to our addresses"),
	POLICER("resolve", resolve, "2000/s", "packets whose next hop is to be resolved"),
	POLICER("errors", errors, "1000/s", "ICMP errors that we send"),
};
static const struct map policer_map = MAP(policer_keys);

static const struct key tunnel_keys[] = {
	{"name", &value_name, FIELD(struct conf_tunnel, name), .flags = KEY_REQUIRED,
	 .help = "how commands and metrics call the tunnel"},
	{"encapsulation", &value_encap, FIELD(struct conf_tunnel, encap), .def = "ipip",
	 .help = "ipip or udp"},
	{"local", &value_address, FIELD(struct conf_tunnel, local), .flags = KEY_REQUIRED,
	 .help = "our end, an address of ours"},
	{"remote", &value_address, FIELD(struct conf_tunnel, remote), .flags = KEY_REQUIRED,
	 .help = "the far end"},
	{"local-port", &value_udp_port, FIELD(struct conf_tunnel, local_port), .min = 1,
	 .max = 65535, .def = "", .help = "of encapsulation udp: our port; default 434"},
	{"remote-port", &value_udp_port, FIELD(struct conf_tunnel, remote_port), .min = 1,
	 .max = 65535, .def = "", .help = "of encapsulation udp: the far end's port; default 434"},
	{"mtu", &value_number, FIELD(struct conf_tunnel, mtu), .min = 68, .max = 9000,
	 .def = "auto", .flags = KEY_AUTO,
	 .help = "the largest packet inside; auto: what the port leaves"},
	{"networks", &value_prefix, HEAP(struct conf_tunnel, networks, n_networks), .max = 1000000,
	 .def = "[]", .help = "the prefixes behind it: routed into it, taken from it"},
	{"accept", &value_choice, FIELD(struct conf_tunnel, any_source), .choices = source_checks,
	 .def = "networks", .help = "inner sources that are taken: of its networks, or any"},
	{"ecn", &value_choice, FIELD(struct conf_tunnel, compatibility), .choices = ecn_modes,
	 .def = "normal", .help = "compatibility: the far end does not know RFC 6040"},
	{"udp-checksum", &value_boolean, FIELD(struct conf_tunnel, udp_checksum), .def = "true",
	 .help = "of encapsulation udp: send a checksum"},
};
const struct map schema_tunnel = {tunnel_keys, sizeof(tunnel_keys) / sizeof(tunnel_keys[0]),
				  check_tunnel};

static const struct key tunnel_policy_keys[] = {
	{"clamp-mss", &value_boolean, FIELD(struct conf, tunnel_policy.clamp_mss), .def = "true",
	 .flags = KEY_RESTART, .help = "lower the TCP MSS to what fits a tunnel"},
	{"udp-checksum", &value_boolean, FIELD(struct conf, tunnel_policy.udp_checksum),
	 .def = "true", .flags = KEY_RESTART,
	 .help = "send a UDP checksum in tunnels that are negotiated"},
	{"ecn", &value_choice, FIELD(struct conf, tunnel_policy.ecn_compatibility),
	 .choices = ecn_modes, .def = "normal", .flags = KEY_RESTART,
	 .help = "compatibility: far ends may not know RFC 6040"},
	{"ttl", &value_number, FIELD(struct conf, tunnel_policy.ttl), .min = 1, .max = 255,
	 .def = "64", .flags = KEY_RESTART, .help = "TTL of outer headers"},
};
static const struct map tunnel_policy_map = MAP(tunnel_policy_keys);

static const struct key metrics_keys[] = {
	{"listen", &value_listen, FIELD(struct conf, metrics.listen), .def = "127.0.0.1:9464",
	 .flags = KEY_RESTART, .help = "where OpenMetrics are served; \"\": nowhere"},
};
static const struct map metrics_map = MAP(metrics_keys);

static const struct key control_socket_keys[] = {
	{"path", &value_text, FIELD(struct conf, control_socket.path), .min = 1, .def = "",
	 .flags = KEY_RESTART,
	 .help = "where haaroctl finds the daemon; default /run/haaro/NAME.sock"},
	{"group", &value_name, FIELD(struct conf, control_socket.group), .def = "haaro",
	 .flags = KEY_RESTART, .help = "whose members may use it"},
};
static const struct map control_socket_map = MAP(control_socket_keys);

static const struct key log_keys[] = {
	{"level", &value_choice, FIELD(struct conf, log.level), .choices = levels, .def = "info",
	 .help = "the least weight that is logged: error, warning, info or debug"},
	{"format", &value_choice, FIELD(struct conf, log.format), .choices = formats, .def = "text",
	 .help = "text, or json: one object per line"},
};
static const struct map log_map = MAP(log_keys);

static const struct key watch_keys[] = {
	{"interval", &value_duration, FIELD(struct conf_watch, interval), .max = SECONDS(3600),
	 .def = "5s", .help = "between echoes, 200ms or more; 0s: do not watch"},
	{"losses", &value_number, FIELD(struct conf_watch, losses), .min = 1, .max = 100,
	 .def = "3", .help = "how many unanswered in a row count as failure"},
};
const struct map schema_watch = {watch_keys, sizeof(watch_keys) / sizeof(watch_keys[0]),
				 check_watch};

/* Order: what others refer to comes first (role, ports). */
static const struct key main_keys[] = {
	{"version", &value_number, FIELD(struct conf, version), .min = 1, .max = UINT32_MAX,
	 .flags = KEY_REQUIRED, .help = "version of the schema, 1"},
	{"name", &value_name, FIELD(struct conf, name), .def = "", .flags = KEY_RESTART,
	 .help = "of the instance, in prompts, logs, metrics and run files; default: of the file"},
	{"role", &value_choice, FIELD(struct conf, role), .choices = roles,
	 .flags = KEY_REQUIRED | KEY_RESTART,
	 .help = "home-agent (the hub) or mobile-router (a branch)"},
	{"workers", .map = &worker_map, .def = "", .help = "the cores that move packets"},
	{"ports", .map = &schema_port, HEAP(struct conf, ports, n_ports), .min = 1,
	 .max = CONF_PORTS_MAX, .flags = KEY_REQUIRED | KEY_RESTART,
	 .help = "the interfaces; at least one"},
	{"capacity", .map = &capacity_map, .def = "",
	 .help = "what must fit; memory for it is taken at start"},
	{"home-agent", .map = &schema_home, FIELD(struct conf, home), .flags = KEY_HOME,
	 .help = "the settings of role home-agent"},
	{"mobile-router", .map = &schema_mobile, FIELD(struct conf, mobile), .flags = KEY_MOBILE,
	 .help = "the settings of role mobile-router"},
	{"signalling-policer", .map = &policer_map, .def = "",
	 .help = "how much of each kind may reach the control core"},
	{"tunnels", .map = &schema_tunnel, HEAP(struct conf, tunnels, n_tunnels), .max = 1000000,
	 .def = "[]", .help = "static tunnels, for peers without signalling"},
	{"tunnel-policy", .map = &tunnel_policy_map, .def = "", .help = "what all tunnels do"},
	{"metrics", .map = &metrics_map, .def = "", .help = "the OpenMetrics endpoint"},
	{"control-socket", .map = &control_socket_map, .def = "", .help = "the socket of haaroctl"},
	{"log", .map = &log_map, .def = "", .help = "what is logged, and how"},
};
const struct map schema_main = {main_keys, sizeof(main_keys) / sizeof(main_keys[0]), NULL};
