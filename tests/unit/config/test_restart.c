/* SPDX-License-Identifier: BSD-3-Clause */
/* Which changes a running daemon can take. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "compare.h"
#include "conf_texts.h"

static struct conf *parse_good(const char *text, const char *subscribers)
{
	struct error err;
	struct conf *conf = parse(text, subscribers, &err);

	if (!conf)
		fail_msg("%s", err.text);
	return conf;
}

/* The key that keeps b from being taken by a daemon that runs a; NULL: none does. */
static void check_restart(const char *a, const char *b, const char *key)
{
	struct conf *running = parse_good(a, NULL);
	struct conf *next = parse_good(b, NULL);
	struct error err;
	const char *found = conf_restart_key(running, next, &err);

	if (key && found)
		assert_string_equal(found, key);
	else
		assert_true(!key && !found);
	conf_free(running);
	conf_free(next);
}

static void test_restart_keys(void **state)
{
	(void)state;
	check_restart(HUB_TEXT, HUB_TEXT, NULL);
	check_restart(HUB_TEXT, HUB_TEXT "name: other\n", "name");
	check_restart(HUB_TEXT, BRANCH_TEXT, "role");
	check_restart(HUB_TEXT, HUB_STATIC_TEXT, "ports");
	check_restart(HUB_STATIC_TEXT, HUB_TEXT, "ports");
	check_restart(HUB_TEXT, HUB_TEXT "workers: {cores: [1]}\n", "workers.cores");
	check_restart(HUB_TEXT "workers: {cores: [1, 2]}\n", HUB_TEXT "workers: {cores: [1, 3]}\n",
		      "workers.cores");
	check_restart(HUB_TEXT, HUB_TEXT "workers: {count: 2}\n", "workers.count");
	check_restart(HUB_TEXT, HUB_TEXT "capacity: {prefixes: 4097}\n", "capacity.prefixes");
	check_restart(HUB_TEXT, HUB_TEXT "signalling-policer: {arp: 7/s}\n",
		      "signalling-policer.arp");
	check_restart(HUB_TEXT, HUB_TEXT "tunnel-policy: {ttl: 65}\n", "tunnel-policy.ttl");
	check_restart(HUB_TEXT, HUB_TEXT "control-socket: {path: /run/x}\n", "control-socket.path");
}

#define LAN_TEXT(device, address, mtu)                                                 \
	"version: 1\n"                                                                 \
	"role: home-agent\n" HUB_PORTS "  - {name: lan, device: " device ", mtu: " mtu \
	", addresses: [" address "]}\n" HUB_HOME

static void test_restart_ports(void **state)
{
	(void)state;
	check_restart(LAN_TEXT("net_null1", "10.0.0.1/24", "1500"),
		      LAN_TEXT("net_null2", "10.0.0.1/24", "1500"), "ports[1].device");
	check_restart(LAN_TEXT("net_null1", "10.0.0.1/24", "1500"),
		      LAN_TEXT("net_null1", "10.0.0.1/24", "1400"), "ports[1].mtu");
	check_restart(LAN_TEXT("net_null1", "10.0.0.1/24", "1500"),
		      LAN_TEXT("net_null1", "10.0.0.2/25", "1500"), NULL);
}

#define UPLINKS_TEXT(uplinks, lan)                                                               \
	"version: 1\n"                                                                           \
	"role: mobile-router\n"                                                                  \
	"ports:\n"                                                                               \
	"  - {name: a, device: net_null0, addresses: [203.0.113.10/24], gateway: 203.0.113.1}\n" \
	"  - {name: b, device: net_null1, addresses: [198.18.0.10/24], gateway: 198.18.0.1}\n"   \
	"  - {name: c, device: net_null2, addresses: [10.1.0.1/24]}\n"                           \
	"mobile-router:\n"                                                                       \
	"  home-address: 192.0.2.1\n"                                                            \
	"  home-agent: 198.51.100.1\n"                                                           \
	"  key: {spi: 1000, secret: \"" SECRET_64 "\"}\n"                                        \
	"  uplinks: [" uplinks "]\n"                                                             \
	"  networks: {prefixes: [10.1.0.0/24], ports: [" lan "]}\n"

/* Their order is the operator's to change at any time; which ports they are is not. */
static void test_restart_uplinks(void **state)
{
	(void)state;
	check_restart(UPLINKS_TEXT("{port: a}, {port: b}", "c"),
		      UPLINKS_TEXT("{port: b}, {port: a}", "c"), NULL);
	check_restart(UPLINKS_TEXT("{port: a}, {port: b}", "c"), UPLINKS_TEXT("{port: a}", "c"),
		      "mobile-router.uplinks");
}

static void test_reloadable(void **state)
{
	(void)state;
	check_restart(HUB_TEXT, HUB_TEXT "workers: {idle: busy}\n", NULL);
	check_restart(HUB_TEXT, HUB_TEXT "  max-lifetime: 1h\n", NULL);
	check_restart(HUB_TEXT, HUB_TEXT "log: {level: debug}\n", NULL);
	check_restart(HUB_TEXT,
		      HUB_TEXT "tunnels: [{name: a, local: 198.51.100.1, remote: 203.0.113.1}]\n",
		      NULL);
}

#define UPLINKS_OF(keys) \
	UPLINKS_TEXT("{port: a}, {port: b}", "c") "  route-optimization: {" keys "}\n"

/* All of route optimization; and what is known of one peer differs by uplink. */
static void test_reloadable_optimization(void **state)
{
	(void)state;
	check_restart(UPLINKS_OF(""), UPLINKS_OF("enabled: false, advertise: false"), NULL);
	check_restart(UPLINKS_OF(""), UPLINKS_OF("keepalive: {interval: 1s}, max-peers: 9"), NULL);
	check_restart(UPLINKS_OF(""), UPLINKS_OF("realms: [a.b], outbound-only: no"), NULL);
	check_restart(UPLINKS_OF(""), UPLINKS_OF("draft-00: {strict-reject: true}"), NULL);
	check_restart(UPLINKS_OF("nat: [{uplink: a, peer: 192.0.2.2, opens: true}]"),
		      UPLINKS_OF("nat: [{uplink: a, peer: 192.0.2.2, opens: true}, "
				 "{uplink: b, peer: 192.0.2.2, opens: false}]"),
		      NULL);
	check_restart(UPLINKS_OF("peers: [{peer: 192.0.2.2, uplink: a}]"),
		      UPLINKS_OF("peers: [{peer: 192.0.2.2, uplink: b}]"), NULL);
	check_restart(HUB_TEXT,
		      HUB_TEXT "  route-optimization: {enabled: false, compress: false}\n", NULL);
}

static void check_differs(const char *a, const char *b, const char *key)
{
	struct conf *x = parse_good(HUB_TEXT "  subscribers: s\n", a);
	struct conf *y = parse_good(HUB_TEXT "  subscribers: s\n", b);
	char path[COMPARE_PATH_SIZE];

	if (key) {
		assert_true(map_differs(&schema_subscribers, &x->home.subscribers,
					&y->home.subscribers, 0, path));
		assert_string_equal(path, key);
	} else {
		assert_false(map_differs(&schema_subscribers, &x->home.subscribers,
					 &y->home.subscribers, 0, path));
	}
	conf_free(x);
	conf_free(y);
}

#define ROUTER(text)                                                                           \
	"version: 1\n"                                                                         \
	"routers: [{name: a, home-address: 192.0.2.1, keys: [{spi: 1000, secret: \"" SECRET_64 \
	"\"}]" text "}]\n"

/* Secrets and lists count as differences too: a reload compares routers this way. */
static void test_differences(void **state)
{
	(void)state;
	check_differs(ROUTER(""), ROUTER(""), NULL);
	check_differs(ROUTER(""), ROUTER(", nat: never"), "routers[0].nat");
	check_differs(ROUTER(", nat: [10.0.0.0/8]"), ROUTER(", nat: [10.0.0.0/9]"),
		      "routers[0].nat");
	check_differs(ROUTER(", networks: [10.0.0.0/8]"), ROUTER(""), "routers[0].networks");
	check_differs(ROUTER(", networks: [10.2.0.0/16]"), ROUTER(", networks: [10.1.0.0/16]"),
		      "routers[0].networks[0]");
	check_differs("version: 1\nrouters: [{name: a, home-address: 192.0.2.1, keys: [{spi: 1000, "
		      "secret: \"text:0123456789abcdef0123456789abcdef\"}]}]\n",
		      ROUTER(""), "routers[0].keys[0].secret");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_restart_keys),
		cmocka_unit_test(test_restart_ports),
		cmocka_unit_test(test_restart_uplinks),
		cmocka_unit_test(test_reloadable),
		cmocka_unit_test(test_reloadable_optimization),
		cmocka_unit_test(test_differences),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
