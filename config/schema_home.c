/* SPDX-License-Identifier: BSD-3-Clause */
/* The rows of role home-agent: its section of the main file, and the subscriber file. */
#include "check.h"
#include "schema.h"
#include "value.h"

static const char *const reverse_modes[] = {"optional", "mandatory", "refused", NULL};
static const char *const algorithms[] = {"hmac-md5", "md5-prefix-suffix", "hmac-sha1",
					 "hmac-sha256-128", NULL};
static const char *const replays[] = {"timestamps", "nonces", NULL};
static const char *const network_modes[] = {"explicit", "implicit", "both", NULL};

static const struct key replay_keys[] = {
	{"tolerance", &value_duration, FIELD(struct conf_home, replay_tolerance),
	 .min = 4 * NS_PER_S, .max = 3600 * NS_PER_S, .def = "7s",
	 .help = "how far a router's clock may be from ours"},
};
static const struct map replay_map = MAP(replay_keys);

static const struct key nat_keys[] = {
	{"max-lifetime", &value_duration, FIELD(struct conf_home, nat_max_lifetime),
	 .min = NS_PER_S, .max = 65534 * NS_PER_S, .def = "2m",
	 .help = "the longest registration of a router behind a NAT"},
	{"keepalive", &value_duration, FIELD(struct conf_home, nat_keepalive), .min = NS_PER_S,
	 .max = 65535 * NS_PER_S, .def = "25s",
	 .help = "what such a router is told to keep its NAT's mapping alive with"},
};
static const struct map nat_map = MAP(nat_keys);

static const struct key home_draft_keys[] = {
	{"detect-nat", &value_boolean, FIELD(struct conf_home, detect_nat), .def = "false",
	 .help = "tell peers too that a router cannot be reached if only the hub sees its NAT"},
};
static const struct map home_draft_map = MAP(home_draft_keys);

static const struct key home_optimization_keys[] = {
	{"enabled", &value_boolean, FIELD(struct conf_home, route_optimization), .def = "true",
	 .help = "tell routers of each other's networks (RFC 6521)"},
	{"advertisement-size", &value_number, FIELD(struct conf_home, advertisement_size),
	 .min = 256, .max = 8192, .def = "1400",
	 .help = "the most octets of a reply that it may take"},
	{"compress", &value_boolean, FIELD(struct conf_home, advertisement_compress), .def = "true",
	 .help = "write a part of a realm that was said before as its number"},
	{"draft-00", .map = &home_draft_map, .def = "",
	 .help = "where the first draft is followed instead of RFC 6521"},
};
static const struct map home_optimization_map = MAP(home_optimization_keys);

static const struct key home_keys[] = {
	{"address", &value_address, FIELD(struct conf_home, address),
	 .flags = KEY_REQUIRED | KEY_RESTART, .help = "the Home Agent's address, one of a port"},
	{"home-networks", &value_prefix, HEAP(struct conf_home, networks, n_networks), .min = 1,
	 .max = 1024, .flags = KEY_REQUIRED,
	 .help = "where home addresses come from; unreachable while unbound"},
	{"subscribers", &value_text, FIELD(struct conf_home, subscribers.path), .min = 1, .def = "",
	 .help = "the file of the routers that may register, their keys and prefixes"},
	{"max-lifetime", &value_duration, FIELD(struct conf_home, max_lifetime), .min = NS_PER_S,
	 .max = 65534 * NS_PER_S, .def = "30m", .help = "the longest registration that is granted"},
	{"replay", .map = &replay_map, .def = "", .help = "replay protection"},
	{"encapsulations", &value_encap_set, FIELD(struct conf_home, encapsulations),
	 .def = "[ipip, udp]", .help = "what may be negotiated"},
	{"force-udp", &value_boolean, FIELD(struct conf_home, force_udp), .def = "true",
	 .help = "let a router have UDP without a NAT if it asks (RFC 3519, flag F)"},
	{"nat", .map = &nat_map, .def = "", .help = "routers behind a NAT"},
	{"simultaneous-bindings", &value_number, FIELD(struct conf_home, simultaneous_bindings),
	 .min = 1, .max = 8, .def = "1",
	 .help = "bindings of one router at a time; 1: not supported"},
	{"reverse-tunnel", &value_choice, FIELD(struct conf_home, reverse_tunnel),
	 .choices = reverse_modes, .def = "mandatory",
	 .help = "mandatory: refuse who does not ask for it (RFC 3024); refused: who does"},
	{"revocation", &value_boolean, FIELD(struct conf_home, revocation), .def = "true",
	 .help = "agree on revocation (RFC 3543), which 'clear binding' uses"},
	{"reply-131", &value_boolean, FIELD(struct conf_home, reply_131), .def = "false",
	 .help = "debugging: answer wrong authenticators, and so sign for others"},
	{"max-bindings", &value_number, FIELD(struct conf_home, max_bindings), .min = 1,
	 .max = 4000000, .def = "auto", .flags = KEY_AUTO,
	 .help = "how many bindings are admitted; auto: as many as tunnels fit"},
	{"route-optimization", .map = &home_optimization_map, .def = "",
	 .help = "direct paths between routers (RFC 6521)"},
};
const struct map schema_home = {home_keys, sizeof(home_keys) / sizeof(home_keys[0]), NULL};

static const struct key key_keys[] = {
	{"spi", &value_number, FIELD(struct conf_key, spi), .min = 256, .max = UINT32_MAX,
	 .flags = KEY_REQUIRED, .help = "names the key in messages; 256 or more"},
	{"algorithm", &value_choice, FIELD(struct conf_key, algorithm), .choices = algorithms,
	 .def = "hmac-sha256-128",
	 .help = "hmac-sha256-128, hmac-sha1, hmac-md5 or md5-prefix-suffix"},
	{"replay", &value_choice, FIELD(struct conf_key, replay), .choices = replays,
	 .def = "timestamps", .help = "replay protection: timestamps or nonces"},
	{"secret", &value_secret, FIELD(struct conf_key, secret), .def = "",
	 .help = "\"hex:\" and digits, or \"text:\" and characters; or instead:"},
	{"key-file", &value_key_file, .def = "",
	 .help = "a file that holds the secret, mode 0600, beside this one unless absolute"},
};
const struct map schema_key = {key_keys, sizeof(key_keys) / sizeof(key_keys[0]), check_key};

static const struct key realm_keys[] = {
	{"name", &value_realm_name, FIELD(struct conf_realm, name), .flags = KEY_REQUIRED,
	 .help = "the realm's name, as a domain; upper case is lower case"},
	{"separate", &value_boolean, FIELD(struct conf_realm, separate), .def = "false",
	 .help = "true: an address space of its own; not in this build"},
	{"sees", &value_realm_name, HEAP(struct conf_realm, sees, n_sees), .max = 256, .def = "[]",
	 .help = "the realms whose routers are advertised to its routers; none: itself"},
};
static const struct map realm_map = MAP(realm_keys);

static const struct key router_optimization_keys[] = {
	{"refuse", &value_boolean, FIELD(struct conf_router, refuse_optimization), .def = "false",
	 .help = "true: it has none, and is told so; nobody is told of it"},
	{"advertise", &value_boolean, FIELD(struct conf_router, advertise), .def = "false",
	 .help = "tell other routers of its networks, if it agrees"},
	{"priority", &value_number, FIELD(struct conf_router, priority), .max = 65535, .def = "10",
	 .help = "0 to 9: told in every reply, the lowest first; more: in turn where not all fit"},
};
static const struct map router_optimization_map = MAP(router_optimization_keys);

static const struct key router_keys[] = {
	{"name", &value_name, FIELD(struct conf_router, name), .flags = KEY_REQUIRED,
	 .help = "how commands, logs and metrics call it"},
	{"home-address", &value_address, FIELD(struct conf_router, home_address),
	 .flags = KEY_REQUIRED, .help = "its permanent address, inside a home network"},
	{"realm", &value_realm, FIELD(struct conf_router, realm), .def = "-",
	 .help = "one of 'realms'; -: none, it sees the others of none"},
	{"keys", .map = &schema_key, ARRAY(struct conf_router, keys, n_keys), .min = 1,
	 .max = CONF_KEYS_MAX, .flags = KEY_REQUIRED,
	 .help = "its keys; two while one replaces the other"},
	{"networks", &value_prefix, HEAP(struct conf_router, networks, n_networks), .max = 65536,
	 .def = "[]", .help = "the prefixes that it may claim; nothing else is accepted"},
	{"networks-mode", &value_choice, FIELD(struct conf_router, networks_mode),
	 .choices = network_modes, .def = "both",
	 .help = "explicit: it names them; implicit: they are known here; both: either"},
	{"nat", &value_nat, .max = 64, .def = "allow",
	 .help = "whether it may register from behind a NAT: allow, never, or from which prefixes"},
	{"route-optimization", .map = &router_optimization_map, .def = "",
	 .help = "direct paths to it"},
};
static const struct map router_map = {router_keys, sizeof(router_keys) / sizeof(router_keys[0]),
				      check_router};

static const struct key subscriber_keys[] = {
	{"version", &value_number, FIELD(struct conf_subscribers, version), .min = 1,
	 .max = UINT32_MAX, .flags = KEY_REQUIRED, .help = "version of the schema, 1"},
	{"realms", .map = &realm_map, HEAP(struct conf_subscribers, realms, n_realms), .max = 1024,
	 .def = "[]", .help = "groups of routers"},
	{"routers", .map = &router_map, HEAP(struct conf_subscribers, routers, n_routers),
	 .max = 2000000, .def = "[]", .help = "the routers that may register"},
};
const struct map schema_subscribers = MAP(subscriber_keys);
