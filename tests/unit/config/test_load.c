/* SPDX-License-Identifier: BSD-3-Clause */
/* Loading: defaults, values, and that a print parses to the same. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "haaro/addr.h"

#include "conf_texts.h"

static struct conf *parse_good(const char *text, const char *subscribers)
{
	struct error err;
	struct conf *conf = parse(text, subscribers, &err);

	if (!conf)
		fail_msg("%s", err.text);
	return conf;
}

static void test_hub_defaults(void **state)
{
	struct conf *conf = parse_good(HUB_TEXT, NULL);

	(void)state;
	assert_int_equal(conf->role, CONF_HOME_AGENT);
	assert_string_equal(conf->name, "test");
	assert_string_equal(conf->control_socket.path, "/run/haaro/test.sock");
	assert_int_equal(conf->n_ports, 1);
	assert_int_equal(conf->ports[0].mtu, 1500);
	assert_int_equal(conf->ports[0].n_addresses, 1);
	assert_int_equal(conf->ports[0].networks[0].len, 24);
	assert_int_equal(ntohl(conf->ports[0].addresses[0].v4), 0xc6336401);
	assert_int_equal(conf->workers.count, 1);
	assert_null(conf->workers.cores);
	assert_int_equal(conf->capacity.tunnels, 1024);
	assert_int_equal(conf->home.max_lifetime, 1800 * NS_PER_S);
	assert_int_equal(conf->home.nat_max_lifetime, 120 * NS_PER_S);
	assert_int_equal(conf->home.replay_tolerance, 7 * NS_PER_S);
	assert_true(conf->home.encapsulations[ENCAP_UDP]);
	assert_true(conf->home.encapsulations[ENCAP_IPIP]);
	assert_int_equal(conf->policer.unknown.per_second, 2000);
	assert_true(conf->tunnel_policy.clamp_mss);
	assert_int_equal(conf->tunnel_policy.ttl, 64);
	assert_int_equal(conf->log.level, CONF_LOG_INFO);
	assert_non_null(strstr(conf->notes, "nobody can register"));
	conf_free(conf);
}

static void test_branch_defaults(void **state)
{
	struct conf *conf = parse_good(BRANCH_TEXT, NULL);

	(void)state;
	assert_int_equal(conf->role, CONF_MOBILE_ROUTER);
	assert_int_equal(conf->mobile.local_port, 434);
	assert_int_equal(conf->mobile.lifetime, 600 * NS_PER_S);
	assert_int_equal(conf->mobile.n_keys, 1);
	assert_int_equal(conf->mobile.keys[0].secret.len, 32);
	assert_int_equal(conf->mobile.keys[0].algorithm, CONF_HMAC_SHA256_128);
	assert_null(conf->mobile.keys[0].file);
	assert_int_equal(conf->mobile.uplinks[0].port, 0);
	assert_int_equal(conf->mobile.lan_ports[0], 1);
	assert_int_equal(conf->mobile.n_encapsulations, 2);
	assert_int_equal(conf->mobile.encapsulations[0], ENCAP_UDP);
	assert_int_equal(conf->mobile.watch_hub.interval, 5 * NS_PER_S);
	assert_int_equal(conf->mobile.watch_uplinks.losses, 3);
	assert_false(conf->mobile.break_out);
	assert_null(conf->notes);
	conf_free(conf);
}

/* RFC 6521 as it stands, and as the protocol reference recommends it (haaro.md, section 17). */
static void test_optimization_defaults(void **state)
{
	static const struct conf_draft_00 none;
	struct conf *conf = parse_good(BRANCH_TEXT, NULL);
	const struct conf_optimization *optimization = &conf->mobile.optimization;

	(void)state;
	assert_true(conf->mobile.route_optimization);
	assert_true(optimization->advertise);
	assert_true(optimization->request);
	assert_int_equal(optimization->outbound_only, CONF_OUTBOUND_AUTO);
	assert_int_equal(optimization->trigger, CONF_TRIGGER_SEND);
	assert_int_equal(optimization->threshold_packets, 1);
	assert_int_equal(optimization->threshold_bytes, 0);
	assert_int_equal(optimization->threshold_within, NS_PER_S);
	assert_int_equal(optimization->mutual, CONF_MUTUAL_WAIT);
	assert_int_equal(optimization->n_encapsulations, 1);
	assert_int_equal(optimization->encapsulations[0], ENCAP_UDP);
	assert_int_equal(optimization->lifetime, 300 * NS_PER_S);
	assert_int_equal(optimization->max_lifetime, 420 * NS_PER_S);
	assert_int_equal(optimization->keepalive.interval, 500 * NS_PER_MS);
	assert_int_equal(optimization->keepalive.losses, 3);
	assert_int_equal(optimization->keepalive_idle, 10 * NS_PER_S);
	assert_true(optimization->keepalive_full_size);
	assert_int_equal(optimization->hold_down_first, 30 * NS_PER_S);
	assert_int_equal(optimization->hold_down_longest, 600 * NS_PER_S);
	assert_int_equal(optimization->max_peers, 1000);
	assert_int_equal(optimization->n_realms, 0);
	assert_false(optimization->accept_unknown);
	assert_false(optimization->trust_claims);
	assert_false(optimization->reply_131);
	assert_int_equal(optimization->n_peers, 0);
	assert_int_equal(optimization->n_nat, 0);
	assert_int_equal(optimization->n_static_keys, 0);
	assert_memory_equal(&optimization->draft_00, &none, sizeof(none));
	conf_free(conf);
	conf = parse_good(HUB_TEXT, NULL);
	assert_true(conf->home.route_optimization);
	assert_int_equal(conf->home.advertisement_size, 1400);
	assert_true(conf->home.advertisement_compress);
	assert_false(conf->home.detect_nat);
	conf_free(conf);
}

#define OPTIMIZATION_TEXT                                                             \
	BRANCH_TEXT                                                                   \
	"  route-optimization:\n"                                                     \
	"    enabled: false\n"                                                        \
	"    advertise: false\n"                                                      \
	"    request: false\n"                                                        \
	"    outbound-only: yes\n"                                                    \
	"    trigger: mesh\n"                                                         \
	"    threshold: {packets: 5, bytes: 20000, within: 3s}\n"                     \
	"    mutual: immediate\n"                                                     \
	"    encapsulations: [ipip, udp]\n"                                           \
	"    lifetime: 1m\n"                                                          \
	"    max-lifetime: 2m\n"                                                      \
	"    keepalive: {interval: 200ms, losses: 4, idle: 5s, full-size: false}\n"   \
	"    hold-down: {first: 1s, longest: 2s}\n"                                   \
	"    max-peers: 7\n"                                                          \
	"    realms: [Acme.Example.COM, b]\n"                                         \
	"    accept-unknown: true\n"                                                  \
	"    trust-claims: true\n"                                                    \
	"    reply-131: true\n"                                                       \
	"    peers: [{peer: 192.0.2.2, uplink: isp}]\n"                               \
	"    nat: [{uplink: isp, peer: 192.0.2.2, opens: true},\n"                    \
	"          {uplink: isp, peer: 192.0.2.3, opens: false}]\n"                   \
	"    draft-00: {strict-reject: true, hold-reply: true, udp-only-nat: true,\n" \
	"               mutual-deregistration: true, require-networks: true}\n"

/* Each value that is none of the defaults arrives in its own field. */
static void test_optimization(void **state)
{
	struct conf *conf = parse_good(OPTIMIZATION_TEXT, NULL);
	const struct conf_optimization *optimization = &conf->mobile.optimization;

	(void)state;
	assert_false(conf->mobile.route_optimization);
	assert_false(optimization->advertise);
	assert_false(optimization->request);
	assert_int_equal(optimization->outbound_only, CONF_OUTBOUND_YES);
	assert_int_equal(optimization->trigger, CONF_TRIGGER_MESH);
	assert_int_equal(optimization->threshold_packets, 5);
	assert_int_equal(optimization->threshold_bytes, 20000);
	assert_int_equal(optimization->threshold_within, 3 * NS_PER_S);
	assert_int_equal(optimization->mutual, CONF_MUTUAL_IMMEDIATE);
	assert_int_equal(optimization->n_encapsulations, 2);
	assert_int_equal(optimization->encapsulations[0], ENCAP_IPIP);
	assert_int_equal(optimization->lifetime, 60 * NS_PER_S);
	assert_int_equal(optimization->max_lifetime, 120 * NS_PER_S);
	assert_int_equal(optimization->keepalive.interval, 200 * NS_PER_MS);
	assert_int_equal(optimization->keepalive.losses, 4);
	assert_int_equal(optimization->keepalive_idle, 5 * NS_PER_S);
	assert_false(optimization->keepalive_full_size);
	assert_int_equal(optimization->hold_down_first, NS_PER_S);
	assert_int_equal(optimization->hold_down_longest, 2 * NS_PER_S);
	assert_int_equal(optimization->max_peers, 7);
	assert_int_equal(optimization->n_realms, 2);
	assert_string_equal(optimization->realms[0], "acme.example.com");
	assert_string_equal(optimization->realms[1], "b");
	assert_true(optimization->accept_unknown);
	assert_true(optimization->trust_claims);
	assert_true(optimization->reply_131);
	conf_free(conf);
}

static void test_optimization_lists(void **state)
{
	struct conf *conf = parse_good(OPTIMIZATION_TEXT, NULL);
	const struct conf_optimization *optimization = &conf->mobile.optimization;

	(void)state;
	assert_int_equal(optimization->n_peers, 1);
	assert_int_equal(ntohl(optimization->peers[0].peer.v4), 0xc0000202);
	assert_int_equal(optimization->peers[0].uplink, 0);
	assert_int_equal(optimization->n_nat, 2);
	assert_int_equal(optimization->nat[0].uplink, 0);
	assert_int_equal(ntohl(optimization->nat[0].peer.v4), 0xc0000202);
	assert_true(optimization->nat[0].opens);
	assert_int_equal(ntohl(optimization->nat[1].peer.v4), 0xc0000203);
	assert_false(optimization->nat[1].opens);
	conf_free(conf);
}

/* Where no peer has to find it. */
static void test_another_port(void **state)
{
	static const char *const without[] = {"enabled: false", "advertise: false"};
	char text[2048];

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct conf *conf;

		snprintf(text, sizeof(text),
			 BRANCH_TEXT "  local-port: 4340\n  route-optimization: {%s}\n",
			 without[i]);
		conf = parse_good(text, NULL);
		assert_int_equal(conf->mobile.local_port, 4340);
		conf_free(conf);
	}
}

/* Each of the draft's differences by itself, so that none is another's. */
static void test_draft_00(void **state)
{
	static const struct {
		const char *text;
		struct conf_draft_00 draft;
	} rows[] = {
		{"strict-reject: true", {.strict_reject = true}},
		{"hold-reply: true", {.hold_reply = true}},
		{"mutual-deregistration: true", {.mutual_deregistration = true}},
		{"require-networks: true", {.require_networks = true}},
		{"udp-only-nat: true", {.udp_only_nat = true}},
	};
	struct conf *conf;
	char text[2048];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		snprintf(text, sizeof(text),
			 "%s  route-optimization: {encapsulations: [udp, ipip], draft-00: {%s}}\n",
			 BRANCH_TEXT, rows[i].text);
		conf = parse_good(text, NULL);
		assert_memory_equal(&conf->mobile.optimization.draft_00, &rows[i].draft,
				    sizeof(rows[i].draft));
		conf_free(conf);
	}
	conf = parse_good(HUB_TEXT "  route-optimization: {enabled: false, compress: false, "
				   "draft-00: {detect-nat: true}}\n",
			  NULL);
	assert_false(conf->home.route_optimization);
	assert_false(conf->home.advertisement_compress);
	assert_true(conf->home.detect_nat);
	conf_free(conf);
}

#define LABEL_127                                                            \
	"labelsofonehundredandtwentysevencharactersarethelongestthatareoneo" \
	"ctetwiththehighestbitclearandsothelongestthatcanbesentatall12"

/* Realms are lower case, and see themselves unless they say whom. */
static void test_realms(void **state)
{
	struct conf *conf = parse_good(HUB_TEXT "  subscribers: s.yaml\n", SUBSCRIBERS_TEXT
				       "    realm: ACME.example.com\n"
				       "realms:\n"
				       "  - {name: b, sees: [Acme.Example.Com]}\n"
				       "  - {name: Acme.EXAMPLE.com}\n"
				       "  - {name: c, sees: []}\n"
				       "  - {name: " LABEL_127 "." LABEL_127 "}\n");
	const struct conf_subscribers *subscribers = &conf->home.subscribers;

	(void)state;
	assert_int_equal(sizeof(LABEL_127), 128);
	assert_int_equal(subscribers->routers[0].realm, 1);
	assert_string_equal(subscribers->realms[1].name, "acme.example.com");
	assert_int_equal(subscribers->realms[0].n_sees, 1);
	assert_string_equal(subscribers->realms[0].sees[0], "acme.example.com");
	assert_int_equal(subscribers->realms[1].n_sees, 1);
	assert_string_equal(subscribers->realms[1].sees[0], "acme.example.com");
	assert_int_equal(subscribers->realms[2].n_sees, 1);
	assert_string_equal(subscribers->realms[2].sees[0], "c");
	assert_int_equal(strlen(subscribers->realms[3].name), 255);
	conf_free(conf);
}

static void test_subscribers(void **state)
{
	struct conf *conf = parse_good(HUB_TEXT "  subscribers: s.yaml\n", SUBSCRIBERS_TEXT);
	const struct conf_router *router = conf->home.subscribers.routers;

	(void)state;
	assert_int_equal(conf->home.subscribers.n_routers, 1);
	assert_string_equal(router->name, "branch-a");
	assert_int_equal(router->realm, UINT32_MAX);
	assert_int_equal(router->keys[0].spi, 1000);
	assert_int_equal(router->keys[0].secret.bytes[31], 0xff);
	assert_int_equal(router->networks_mode, CONF_NETWORKS_BOTH);
	assert_int_equal(router->nat, CONF_NAT_ALLOW);
	assert_int_equal(router->priority, 10);
	conf_free(conf);
}

static void test_tunnels(void **state)
{
	struct conf *conf = parse_good(
		HUB_TEXT
		"tunnels:\n"
		"  - {name: a, local: 198.51.100.1, remote: 203.0.113.1}\n"
		"  - {name: b, encapsulation: udp, local: 198.51.100.1, remote: 203.0.113.1,\n"
		"     remote-port: 5000, accept: any, ecn: compatibility}\n",
		NULL);

	(void)state;
	assert_int_equal(conf->tunnels[0].encap, ENCAP_IPIP);
	assert_int_equal(conf->tunnels[0].local_port, 0);
	assert_int_equal(conf->tunnels[0].mtu, 0);
	assert_false(conf->tunnels[0].any_source);
	assert_int_equal(conf->tunnels[1].encap, ENCAP_UDP);
	assert_int_equal(conf->tunnels[1].local_port, 434);
	assert_int_equal(conf->tunnels[1].remote_port, 5000);
	assert_true(conf->tunnels[1].any_source);
	assert_true(conf->tunnels[1].compatibility);
	conf_free(conf);
}

/* A short lifetime carries those behind a NAT with it, unless they are given. */
static void test_nat_follows(void **state)
{
	struct conf *conf = parse_good(HUB_TEXT "  max-lifetime: 10s\n", NULL);

	(void)state;
	assert_int_equal(conf->home.nat_max_lifetime, 10 * NS_PER_S);
	assert_int_equal(conf->home.nat_keepalive, 4 * NS_PER_S);
	conf_free(conf);
}

/* Printed, parsed and printed again: the same text. Secrets are hidden and do not come back. */
static void check_fixed_point(const char *text, const char *subscribers)
{
	struct conf *conf = parse_good(text, subscribers);
	char *main_text = printed(conf, conf_print);
	char *subscribers_text = printed(conf, conf_print_subscribers);
	struct load_options options = {.private_text = true,
				       .without_secrets = true,
				       .subscribers = subscribers ? subscribers_text : NULL};
	struct error err;
	struct conf *again = load_text("test.yaml", main_text, strlen(main_text), &options, &err);
	char *main_again, *subscribers_again;

	if (!again)
		fail_msg("%s\n%s", err.text, main_text);
	main_again = printed(again, conf_print);
	subscribers_again = printed(again, conf_print_subscribers);
	assert_string_equal(main_text, main_again);
	assert_string_equal(subscribers_text, subscribers_again);
	assert_null(strstr(main_text, "00112233"));
	assert_null(strstr(subscribers_text, "00112233"));
	free(main_text);
	free(main_again);
	free(subscribers_text);
	free(subscribers_again);
	conf_free(conf);
	conf_free(again);
}

static void test_fixed_point(void **state)
{
	(void)state;
	check_fixed_point(HUB_TEXT, NULL);
	check_fixed_point(HUB_TEXT "  subscribers: s.yaml\n", SUBSCRIBERS_TEXT);
	check_fixed_point(HUB_TEXT "  subscribers: s.yaml\n",
			  SUBSCRIBERS_TEXT "realms: [{name: A.b}, {name: c, sees: [c, a.B]}]\n");
	check_fixed_point(BRANCH_TEXT, NULL);
	check_fixed_point(OPTIMIZATION_TEXT, NULL);
}

/* A print with a hidden secret cannot start a router by accident. */
static void test_hidden_refused(void **state)
{
	struct conf *conf = parse_good(BRANCH_TEXT, NULL);
	char *text = printed(conf, conf_print);
	struct error err;

	(void)state;
	assert_null(conf_parse("test.yaml", text, strlen(text), &err));
	assert_non_null(strstr(err.text, "'hidden'"));
	free(text);
	conf_free(conf);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_hub_defaults),
		cmocka_unit_test(test_branch_defaults),
		cmocka_unit_test(test_optimization_defaults),
		cmocka_unit_test(test_optimization),
		cmocka_unit_test(test_optimization_lists),
		cmocka_unit_test(test_another_port),
		cmocka_unit_test(test_draft_00),
		cmocka_unit_test(test_subscribers),
		cmocka_unit_test(test_realms),
		cmocka_unit_test(test_tunnels),
		cmocka_unit_test(test_nat_follows),
		cmocka_unit_test(test_fixed_point),
		cmocka_unit_test(test_hidden_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
