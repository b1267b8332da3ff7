/* SPDX-License-Identifier: BSD-3-Clause */
/* The rows of a branch's route optimization. */
#include "check.h"
#include "schema.h"
#include "value.h"

static const char *const triggers[] = {"send", "receive", "mesh", "manual", NULL};
static const char *const mutuals[] = {"wait", "immediate", NULL};
static const char *const outbounds[] = {"auto", "yes", "no", NULL};

static const struct key threshold_keys[] = {
	{"packets", &value_number, FIELD(struct conf_mobile, optimization.threshold_packets),
	 .min = 1, .max = 1000000, .def = "1", .help = "how many packets ask for a direct path"},
	{"bytes", &value_number, FIELD(struct conf_mobile, optimization.threshold_bytes),
	 .max = 1000000000, .def = "0",
	 .help = "how many octets they must have too; 0: not looked at"},
	{"within", &value_duration, FIELD(struct conf_mobile, optimization.threshold_within),
	 .min = 10 * NS_PER_MS, .max = 3600 * NS_PER_S, .def = "1s",
	 .help = "the time in which they must come"},
};
static const struct map threshold_map = MAP(threshold_keys);

static const struct key keepalive_keys[] = {
	{"interval", &value_duration, FIELD(struct conf_mobile, optimization.keepalive.interval),
	 .min = 200 * NS_PER_MS, .max = 3600 * NS_PER_S, .def = "500ms",
	 .help = "between keepalives to a peer while traffic flows"},
	{"losses", &value_number, FIELD(struct conf_mobile, optimization.keepalive.losses),
	 .min = 1, .max = 100, .def = "3", .help = "how many unanswered in a row count as failure"},
	{"idle", &value_duration, FIELD(struct conf_mobile, optimization.keepalive_idle),
	 .min = NS_PER_S, .max = 3600 * NS_PER_S, .def = "10s",
	 .help = "between keepalives while none flows"},
	{"full-size", &value_boolean, FIELD(struct conf_mobile, optimization.keepalive_full_size),
	 .def = "true",
	 .help = "each time a large one too: a path may let only small ones through"},
};
static const struct map keepalive_map = {
	keepalive_keys, sizeof(keepalive_keys) / sizeof(keepalive_keys[0]), check_keepalive};

static const struct key hold_down_keys[] = {
	{"first", &value_duration, FIELD(struct conf_mobile, optimization.hold_down_first),
	 .min = NS_PER_S, .max = 86400 * NS_PER_S, .def = "30s",
	 .help = "after the first failure; each further one doubles it"},
	{"longest", &value_duration, FIELD(struct conf_mobile, optimization.hold_down_longest),
	 .min = NS_PER_S, .max = 86400 * NS_PER_S, .def = "10m", .help = "up to this"},
};
static const struct map hold_down_map = {
	hold_down_keys, sizeof(hold_down_keys) / sizeof(hold_down_keys[0]), check_hold_down};

static const struct key peer_keys[] = {
	{"peer", &value_address, FIELD(struct conf_peer, peer), .flags = KEY_REQUIRED,
	 .help = "the peer's home address"},
	{"uplink", &value_port, FIELD(struct conf_peer, uplink), .flags = KEY_REQUIRED,
	 .help = "the port of one of 'uplinks'"},
};
static const struct map peer_map = MAP(peer_keys);

static const struct key nat_pair_keys[] = {
	{"uplink", &value_port, FIELD(struct conf_nat_pair, uplink), .flags = KEY_REQUIRED,
	 .help = "the port of one of 'uplinks'"},
	{"peer", &value_address, FIELD(struct conf_nat_pair, peer), .flags = KEY_REQUIRED,
	 .help = "the peer's home address"},
	{"opens", &value_boolean, FIELD(struct conf_nat_pair, opens), .flags = KEY_REQUIRED,
	 .help = "true: from there we can open a UDP tunnel to it; false: it must open one"},
};
static const struct map nat_pair_map = MAP(nat_pair_keys);

static const struct key static_key_keys[] = {
	{"peer", &value_address, FIELD(struct conf_static_key, peer), .flags = KEY_REQUIRED,
	 .help = "the peer's home address"},
	{"key-file", &value_static_key_file, .flags = KEY_REQUIRED,
	 .help = "a file that holds the secret, mode 0600, beside this one unless absolute"},
};
static const struct map static_key_map = MAP(static_key_keys);

#define DRAFT(word, member, text)                                                              \
	{                                                                                      \
		word, &value_boolean, FIELD(struct conf_mobile, optimization.draft_00.member), \
			.def = "false", .help = text                                           \
	}

static const struct key draft_keys[] = {
	DRAFT("strict-reject", strict_reject,
	      "as correspondent, refuse a request if one of its prefixes is not the router's"),
	DRAFT("hold-reply", hold_reply,
	      "if both ask at a time and our address is the smaller, answer last; 3 s at most"),
	DRAFT("mutual-deregistration", mutual_deregistration,
	      "as a peer ends its registration, end ours with it"),
	DRAFT("require-networks", require_networks,
	      "as correspondent, refuse a router that names no prefix"),
	DRAFT("udp-only-nat", udp_only_nat, "take udp only where there is a NAT"),
};
static const struct map draft_map = MAP(draft_keys);

static const struct key optimization_keys[] = {
	{"enabled", &value_boolean, FIELD(struct conf_mobile, route_optimization), .def = "true",
	 .help = "agree on direct paths with the hub, which has to grant them"},
	{"advertise", &value_boolean, FIELD(struct conf_mobile, optimization.advertise),
	 .def = "true",
	 .help = "let the hub tell others of our networks, and take their registrations"},
	{"request", &value_boolean, FIELD(struct conf_mobile, optimization.request), .def = "true",
	 .help = "ask the hub for others, and them for direct paths"},
	{"outbound-only", &value_choice, FIELD(struct conf_mobile, optimization.outbound_only),
	 .choices = outbounds, .def = "auto",
	 .help = "tell others that only we can open a path; auto: if every uplink has a NAT"},
	{"trigger", &value_choice, FIELD(struct conf_mobile, optimization.trigger),
	 .choices = triggers, .def = "send",
	 .help = "what asks for one: packets to a peer (send), from it (receive), mesh or manual"},
	{"threshold", .map = &threshold_map, .def = "", .help = "how much traffic it takes"},
	{"mutual", &value_choice, FIELD(struct conf_mobile, optimization.mutual),
	 .choices = mutuals, .def = "wait",
	 .help = "wait for the peer's own registration, or act immediately"},
	{"encapsulations", &value_encap,
	 ARRAY(struct conf_mobile, optimization.encapsulations, optimization.n_encapsulations),
	 .min = 1, .max = ENCAP_MAX, .def = "[udp]",
	 .help = "in order of preference; udp if there is a NAT, or if the peer prefers it"},
	{"lifetime", &value_duration, FIELD(struct conf_mobile, optimization.lifetime),
	 .min = 10 * NS_PER_S, .max = 420 * NS_PER_S, .def = "5m",
	 .help = "of a registration with a peer, as asked for"},
	{"max-lifetime", &value_duration, FIELD(struct conf_mobile, optimization.max_lifetime),
	 .min = 10 * NS_PER_S, .max = 420 * NS_PER_S, .def = "7m",
	 .help = "the longest registration that a peer is granted"},
	{"keepalive", .map = &keepalive_map, .def = "", .help = "the watch over a direct path"},
	{"hold-down", .map = &hold_down_map, .def = "",
	 .help = "how long a peer is left alone after a failure"},
	{"max-peers", &value_number, FIELD(struct conf_mobile, optimization.max_peers), .min = 1,
	 .max = 100000, .def = "1000", .help = "how many direct paths at a time"},
	{"realms", &value_realm_name,
	 HEAP(struct conf_mobile, optimization.realms, optimization.n_realms), .max = 256,
	 .def = "[]", .help = "the realms whose peers are taken; none: all of them"},
	{"accept-unknown", &value_boolean, FIELD(struct conf_mobile, optimization.accept_unknown),
	 .def = "false",
	 .help = "as correspondent, take a router that the hub does not know, itself alone"},
	{"trust-claims", &value_boolean, FIELD(struct conf_mobile, optimization.trust_claims),
	 .def = "false", .help = "believe prefixes that the hub did not confirm; not recommended"},
	{"reply-131", &value_boolean, FIELD(struct conf_mobile, optimization.reply_131),
	 .def = "false", .help = "debugging: answer wrong authenticators, and so sign for others"},
	{"peers", .map = &peer_map,
	 HEAP(struct conf_mobile, optimization.peers, optimization.n_peers), .max = 10000,
	 .def = "[]", .help = "peers that are given the care-of address of a certain uplink"},
	{"nat", .map = &nat_pair_map,
	 HEAP(struct conf_mobile, optimization.nat, optimization.n_nat), .max = 10000, .def = "[]",
	 .help = "known NATs between uplinks and peers, whatever is learned"},
	{"static-keys", .map = &static_key_map,
	 HEAP(struct conf_mobile, optimization.static_keys, optimization.n_static_keys),
	 .max = 10000, .def = "[]",
	 .help = "keys shared with peers, instead of return routability"},
	{"draft-00", .map = &draft_map, .def = "",
	 .help = "where the first draft is followed instead of RFC 6521"},
};
const struct map schema_optimization = {optimization_keys,
					sizeof(optimization_keys) / sizeof(optimization_keys[0]),
					check_optimization_map};
