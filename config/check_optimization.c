/* SPDX-License-Identifier: BSD-3-Clause */
/* Route optimization of a branch: settings that contradict each other, and peers named twice. */
#include <inttypes.h>
#include <string.h>

#include "haaro/addr.h"

#include "check.h"

#define SECTION     "mobile-router.route-optimization"
#define UPDATE_RATE 5  /* keepalives per second, RFC 6521, section 9: MAX_UPDATE_RATE */
#define SECRET_MIN  20 /* octets: what return routability makes, and HMAC-SHA1 needs (RFC 2104) */

/* The child of a map, or the map itself if the key is not given. */
static uint32_t child_or_map(const struct reader *reader, uint32_t node, const char *key)
{
	uint32_t child = doc_child(reader->doc, node, key);

	return child != NODE_NONE ? child : node;
}

bool check_keepalive(struct reader *reader, uint32_t node, const void *base)
{
	const struct conf_optimization *optimization =
		&((const struct conf_mobile *)base)->optimization;
	uint64_t interval = optimization->keepalive.interval;

	if (optimization->keepalive_full_size && interval < 2 * NS_PER_S / UPDATE_RATE) {
		reader_complain(reader, child_or_map(reader, node, "interval"),
				"interval: with full-size each interval sends two, and more than "
				"%u a second are not allowed (RFC 6521); take 400ms or more, or "
				"full-size: false",
				UPDATE_RATE);
		return false;
	}
	if (optimization->keepalive_idle < interval) {
		reader_complain(reader, child_or_map(reader, node, "idle"),
				"idle: cannot be shorter than interval");
		return false;
	}
	return true;
}

bool check_hold_down(struct reader *reader, uint32_t node, const void *base)
{
	const struct conf_optimization *optimization =
		&((const struct conf_mobile *)base)->optimization;

	if (optimization->hold_down_longest >= optimization->hold_down_first)
		return true;
	reader_complain(reader, child_or_map(reader, node, "longest"),
			"longest: cannot be shorter than first");
	return false;
}

static bool check_whole_seconds(struct reader *reader, uint32_t node, const char *key,
				uint64_t duration)
{
	if (duration % NS_PER_S == 0)
		return true;
	reader_complain(reader, doc_child(reader->doc, node, key),
			"%s: the protocol counts whole seconds", key);
	return false;
}

static bool check_realm_list(struct reader *reader, uint32_t node,
			     const struct conf_optimization *optimization)
{
	size_t i, j;

	for (i = 0; i < optimization->n_realms; i++) {
		for (j = 0; j < i; j++) {
			if (strcmp(optimization->realms[i], optimization->realms[j]) != 0)
				continue;
			reader_complain(reader, doc_child(reader->doc, node, "realms"),
					"realms: '%.64s' stands twice", optimization->realms[i]);
			return false;
		}
	}
	return true;
}

/* UDP where there is a NAT only: something must be there for where there is none. */
static bool check_udp_only_nat(struct reader *reader, uint32_t node,
			       const struct conf_optimization *optimization)
{
	uint32_t draft = doc_child(reader->doc, node, "draft-00");
	size_t i;

	if (!optimization->draft_00.udp_only_nat)
		return true;
	for (i = 0; i < optimization->n_encapsulations; i++) {
		if (optimization->encapsulations[i] != ENCAP_UDP)
			return true;
	}
	reader_complain(reader, doc_child(reader->doc, draft, "udp-only-nat"),
			"udp-only-nat: 'encapsulations' holds nothing else for where there is no "
			"NAT; add ipip");
	return false;
}

bool check_optimization_map(struct reader *reader, uint32_t node, const void *base)
{
	const struct conf_optimization *optimization =
		&((const struct conf_mobile *)base)->optimization;
	bool good = check_encapsulations(reader, node, optimization->encapsulations,
					 optimization->n_encapsulations);

	good &= check_whole_seconds(reader, node, "lifetime", optimization->lifetime);
	good &= check_whole_seconds(reader, node, "max-lifetime", optimization->max_lifetime);
	good &= check_realm_list(reader, node, optimization);
	good &= check_udp_only_nat(reader, node, optimization);
	return good;
}

static void check_peer(const struct check *check, const char *list, size_t index,
		       const struct ip_addr *peer)
{
	const struct conf_mobile *mobile = &check->conf->mobile;
	char path[96], text[ADDR_TEXT_SIZE];

	snprintf(path, sizeof(path), SECTION ".%s[%zu].peer", list, index);
	if (addr_is_equal(peer, &mobile->home_address))
		check_complain(check, check->main, path, "peer: %s is our own home address",
			       addr_print(peer, text));
	if (addr_is_equal(peer, &mobile->home_agent))
		check_complain(check, check->main, path, "peer: %s is the hub's address",
			       addr_print(peer, text));
}

static void check_uplink_of(const struct check *check, const char *list, size_t index,
			    uint16_t port)
{
	const struct conf *conf = check->conf;
	char path[96];
	size_t i;

	for (i = 0; i < conf->mobile.n_uplinks; i++) {
		if (conf->mobile.uplinks[i].port == port)
			return;
	}
	snprintf(path, sizeof(path), SECTION ".%s[%zu].uplink", list, index);
	check_complain(check, check->main, path, "uplink: port %s is none of 'uplinks'",
		       conf->ports[port].name);
}

static void complain_twice(const struct check *check, const char *list, size_t index,
			   const struct ip_addr *peer)
{
	char path[96], text[ADDR_TEXT_SIZE];

	snprintf(path, sizeof(path), SECTION ".%s[%zu].peer", list, index);
	check_complain(check, check->main, path, "peer: %s stands twice", addr_print(peer, text));
}

static void check_peers(const struct check *check)
{
	const struct conf_optimization *optimization = &check->conf->mobile.optimization;
	const struct conf_peer *peers = optimization->peers;
	size_t i, j;

	for (i = 0; i < optimization->n_peers; i++) {
		check_peer(check, "peers", i, &peers[i].peer);
		check_uplink_of(check, "peers", i, peers[i].uplink);
		for (j = 0; j < i && !addr_is_equal(&peers[i].peer, &peers[j].peer); j++)
			;
		if (j < i)
			complain_twice(check, "peers", i, &peers[i].peer);
	}
}

static void check_nat_pairs(const struct check *check)
{
	const struct conf_optimization *optimization = &check->conf->mobile.optimization;
	const struct conf_nat_pair *nat = optimization->nat;
	size_t i, j;

	for (i = 0; i < optimization->n_nat; i++) {
		check_peer(check, "nat", i, &nat[i].peer);
		check_uplink_of(check, "nat", i, nat[i].uplink);
		for (j = 0; j < i; j++) {
			if (nat[i].uplink == nat[j].uplink &&
			    addr_is_equal(&nat[i].peer, &nat[j].peer))
				break;
		}
		if (j < i)
			complain_twice(check, "nat", i, &nat[i].peer);
	}
}

static void check_static_keys(const struct check *check)
{
	const struct conf_optimization *optimization = &check->conf->mobile.optimization;
	const struct conf_static_key *keys = optimization->static_keys;
	char path[96];
	size_t i, j;

	for (i = 0; i < optimization->n_static_keys; i++) {
		check_peer(check, "static-keys", i, &keys[i].peer);
		for (j = 0; j < i && !addr_is_equal(&keys[i].peer, &keys[j].peer); j++)
			;
		if (j < i)
			complain_twice(check, "static-keys", i, &keys[i].peer);
		snprintf(path, sizeof(path), SECTION ".static-keys[%zu].key-file", i);
		if (keys[i].secret.len < SECRET_MIN)
			check_complain(
				check, check->main, path,
				"key-file: %zu octets are too few; %u or more, from: openssl "
				"rand -hex %u",
				keys[i].secret.len, SECRET_MIN, SECRET_MIN);
	}
}

void check_optimization(const struct check *check)
{
	const struct conf_optimization *optimization = &check->conf->mobile.optimization;

	check_peers(check);
	check_nat_pairs(check);
	check_static_keys(check);
	if (optimization->trust_claims)
		check_note(check, check->main, SECTION ".trust-claims",
			   "trust-claims lets any router that is taken draw any prefix to itself");
	if (optimization->reply_131)
		check_note(check, check->main, SECTION ".reply-131",
			   "reply-131 lets anybody have replies signed; for debugging only");
}
