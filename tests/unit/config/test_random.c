/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Randomised configurations: what the printer writes is read as the same value, whatever the keys
 * hold. The schema says what a key may hold; the few that must fit others (addresses, names) come
 * from a table of their own. The same seed, the same configuration.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "compare.h"
#include "conf_texts.h"
#include "schema_walk.h"
#include "value.h"

#define ROUNDS    2000
#define PORTS_MAX 4

struct source {
	uint64_t state;
	FILE *out;
	enum conf_role role;
	unsigned int item; /* of the innermost list of maps */
};

/* splitmix64, public domain arithmetic: 0..n-1. */
static uint64_t draw(struct source *source, uint64_t n)
{
	uint64_t z = source->state += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	z ^= z >> 31;
	return z % n;
}

static uint64_t between(struct source *source, uint64_t min, uint64_t max)
{
	/* The ends are where it breaks. */
	switch (draw(source, 4)) {
	case 0:
		return min;
	case 1:
		return max;
	default:
		return max == UINT64_MAX ? draw(source, max) : min + draw(source, max - min + 1);
	}
}

static void write_text(struct source *source, size_t size, bool name)
{
	static const char letters[] = "abcXYZ0129._-";
	size_t len = between(source, 1, size - 1 < 40 ? size - 1 : 40);
	size_t i;

	fputs(name ? "n" : "\"", source->out);
	for (i = name ? 1 : 0; i < len; i++) {
		char c = name ? letters[draw(source, sizeof(letters) - 1)]
			      : (char)(0x20 + draw(source, 0x5f));

		fprintf(source->out, "%s%c", !name && (c == '"' || c == '\\') ? "\\" : "", c);
	}
	fputs(name ? "" : "\"", source->out);
}

/* Keys whose values must fit those of others; %u is the number of the item that they are in. */
static const struct {
	const char *path;
	const char *texts[4]; /* NULL: leave the key out */
} fixed[] = {
	{"version", {"1", "1", "1", "1"}},
	{"ports[].name", {"p%u", "p%u", "p%u", "p%u"}},
	{"ports[].device", {"net_null%u", "\"0000:00:0%u.0\"", "\"a%u \\\\ \\\"\"", "net_tap%u"}},
	{"ports[].addresses",
	 {"[10.%u.0.1/16]", "[10.%u.0.1/24]", "[10.%u.0.1/24, 10.%u.0.65/24]", "[10.%u.0.1/30]"}},
	{"ports[].gateway", {"10.%u.0.2", "10.%u.0.2", "10.%u.0.2", "10.%u.0.2"}},
	{"ports[].routes", {"[]", "[{to: 172.%u.0.0/16, via: 10.%u.0.2}]", NULL, "[]"}},
	{"ports[].neighbours",
	 {"[]", NULL, "[{address: 10.%u.0.2, mac: \"02:Ab:00:00:00:ff\"}]", "[]"}},
	{"home-agent.address", {"10.0.0.1", "10.0.0.1", "10.0.0.1", "10.0.0.1"}},
	{"home-agent.home-networks",
	 {"[192.0.2.0/24]", "[192.0.2.0/32]", "[192.0.2.0/25, 192.0.2.128/26]", "[11.0.0.0/8]"}},
	{"home-agent.subscribers", {NULL, NULL, NULL, NULL}},
	{"home-agent.max-lifetime", {"30m", "65534s", "1h30m", NULL}},
	{"home-agent.nat.max-lifetime", {"1m", "1500s", NULL, "30m"}},
	{"home-agent.nat.keepalive", {"1s", "59s", NULL, "60000ms"}},
	{"home-agent.max-bindings", {"auto", "1", NULL, "1"}},
	{"mobile-router.home-address", {"192.0.2.1", "192.0.2.1", "172.31.0.1", "192.0.2.1"}},
	{"mobile-router.home-agent", {"198.51.100.1", "198.51.100.1", "198.51.100.2", "9.9.9.9"}},
	{"mobile-router.key",
	 {"{spi: 256, secret: \"" SECRET_64 "\"}", "[{spi: 4294967295, secret: \"" SECRET_64 "\"}]",
	  "[{spi: 300, algorithm: hmac-md5, secret: \"text:sixteen letters\\\\!\"}, {spi: 301, "
	  "replay: nonces, secret: \"" SECRET_64 "\"}]",
	  "{spi: 1000, algorithm: hmac-sha1, secret: \"" SECRET_64 "\"}"}},
	{"mobile-router.local-port", {"434", "434", NULL, "434"}},
	{"mobile-router.lifetime", {"10s", "65534s", NULL, "1h"}},
	{"mobile-router.uplinks",
	 {"[{port: p0}]", "[{port: p0}]", "[{port: p1}, {port: p0}]", "[{port: p0}, {port: p1}]"}},
	{"mobile-router.networks",
	 {"{mode: implicit, ports: [p3]}", "{prefixes: [10.2.0.0/16], ports: [p2, p3]}",
	  "{mode: both, prefixes: [10.2.0.0/15, 10.3.0.0/16], ports: [p3, p2]}",
	  "{mode: explicit, prefixes: [172.16.0.0/12], ports: [p2]}"}},
	{"mobile-router.encapsulations", {"[udp]", "[ipip]", "[ipip, udp]", NULL}},
	{"mobile-router.watch-hub.interval", {"0s", "200ms", "1500ms", "1h"}},
	{"mobile-router.watch-uplinks.interval", {"0s", "200ms", NULL, "61s"}},
	{"mobile-router.route-optimization.encapsulations",
	 {"[udp]", "[ipip]", "[ipip, udp]", NULL}},
	{"mobile-router.route-optimization.lifetime", {"10s", "420s", NULL, "5m"}},
	{"mobile-router.route-optimization.max-lifetime", {"10s", "420s", NULL, "7m"}},
	{"mobile-router.route-optimization.keepalive",
	 {"{interval: 400ms, losses: 100, idle: 1s}", "{interval: 200ms, full-size: false}", NULL,
	  "{interval: 1h, idle: 1h, full-size: true}"}},
	{"mobile-router.route-optimization.hold-down",
	 {"{first: 1s, longest: 24h}", "{longest: 30s}", NULL, "{first: 24h, longest: 24h}"}},
	{"mobile-router.route-optimization.realms", {"[]", "[a]", NULL, "[Acme.Example.com, b_2]"}},
	{"mobile-router.route-optimization.peers",
	 {"[]", "[{peer: 192.0.2.9, uplink: p0}]", NULL,
	  "[{peer: 192.0.2.9, uplink: p0}, {peer: 192.0.2.8, uplink: p0}]"}},
	{"mobile-router.route-optimization.nat",
	 {"[]", "[{uplink: p0, peer: 192.0.2.9, opens: true}]", NULL,
	  "[{uplink: p0, peer: 192.0.2.9, opens: false}, {uplink: p0, peer: 192.0.2.8, opens: "
	  "true}]"}},
	{"mobile-router.route-optimization.static-keys",
	 {"[]", NULL, "[{peer: 192.0.2.9, key-file: /k}]",
	  "[{peer: 192.0.2.9, key-file: k}, {peer: 192.0.2.8, key-file: k}]"}},
	{"mobile-router.route-optimization.draft-00.udp-only-nat",
	 {"false", "false", NULL, "false"}},
	{"tunnels",
	 {"[]", "[{name: t, local: 10.0.0.1, remote: 9.8.7.6}]",
	  "[{name: t, encapsulation: udp, local: 10.0.0.1, remote: 9.8.7.6, remote-port: 65535, "
	  "mtu: 68, networks: [0.0.0.0/0, 1.0.0.0/8], accept: any, ecn: compatibility, "
	  "udp-checksum: false}]",
	  NULL}},
	{"metrics.listen", {"\"\"", "\"10.0.0.1:1\"", "127.0.0.1:65535", NULL}},
	{"workers.cores", {"auto", "[0]", "[1023, 7, 0]", NULL}},
};

/* True if the path is one of the fixed ones; writes its line unless it is to be left out. */
static bool write_fixed(struct source *source, const char *path, const char *name)
{
	const char *text, *at;
	size_t i;

	for (i = 0; i < sizeof(fixed) / sizeof(fixed[0]); i++) {
		if (strcmp(fixed[i].path, path) != 0)
			continue;
		text = fixed[i].texts[draw(source, 4)];
		/* Branch LAN ports have no gateway, uplinks need one. */
		if (strcmp(path, "ports[].gateway") == 0 && source->role == CONF_MOBILE_ROUTER &&
		    source->item >= 2)
			text = NULL;
		if (!text)
			return true;
		fprintf(source->out, "%s: ", name);
		for (at = text; *at != '\0'; at++) {
			if (at[0] == '%' && at[1] == 'u')
				fprintf(source->out, "%u", source->item), at++;
			else
				fputc(*at, source->out);
		}
		fputs(",\n", source->out);
		return true;
	}
	return false;
}

static void write_map(struct source *source, const struct map *map, const char *above);

static void write_number(struct source *source, const struct key *key)
{
	uint64_t number = between(source, key->min, key->max);

	if ((key->flags & KEY_AUTO) && draw(source, 3) == 0) {
		fputs("auto", source->out);
		return;
	}
	if (key->flags & KEY_POWER_2) {
		for (number = key->min; number * 2 <= key->max && draw(source, 4) != 0;)
			number *= 2;
	}
	fprintf(source->out, "%ju%s", (uintmax_t)number, key->type == &value_rate ? "/s" : "");
}

static void write_value(struct source *source, const struct key *key)
{
	size_t n = 0;

	if (key->type == &value_number || key->type == &value_rate) {
		write_number(source, key);
	} else if (key->type == &value_duration) {
		fprintf(source->out, "%jums",
			(uintmax_t)(between(source, key->min, key->max) / NS_PER_MS));
	} else if (key->type == &value_boolean) {
		fputs(draw(source, 2) ? "true" : "false", source->out);
	} else if (key->type == &value_choice) {
		while (key->choices[n])
			n++;
		fputs(key->choices[draw(source, n)], source->out);
	} else if (key->type == &value_encap_set) {
		fputs(draw(source, 2) ? "[udp, ipip]" : "[ipip]", source->out);
	} else if (key->type == &value_name || key->type == &value_text) {
		write_text(source, key->size, key->type == &value_name);
	} else {
		fail_msg("%s: a kind of value that this test does not know", key->name);
	}
}

static void write_maps(struct source *source, const struct key *key, const char *path)
{
	unsigned int n = source->role == CONF_HOME_AGENT ? 1 + (unsigned int)draw(source, PORTS_MAX)
							 : PORTS_MAX;
	char below[WALK_PATH_SIZE];

	assert_string_equal(path, "ports");
	snprintf(below, sizeof(below), "%.100s[]", path);
	fputs("[", source->out);
	for (source->item = 0; source->item < n; source->item++) {
		fputs(source->item > 0 ? ", " : "", source->out);
		write_map(source, key->map, below);
	}
	fputs("]", source->out);
}

static void write_map(struct source *source, const struct map *map, const char *above)
{
	unsigned int other = source->role == CONF_HOME_AGENT ? KEY_MOBILE : KEY_HOME;
	char path[WALK_PATH_SIZE];
	size_t i;

	fputs("{", source->out);
	for (i = 0; i < map->n_keys; i++) {
		const struct key *key = &map->keys[i];
		bool required = (key->flags & (KEY_REQUIRED | KEY_HOME | KEY_MOBILE)) != 0;

		snprintf(path, sizeof(path), "%s%s%s", above, above[0] ? "." : "", key->name);
		if (key->flags & other)
			continue;
		if (strcmp(path, "role") == 0) {
			fprintf(source->out, "role: %s,\n", key->choices[source->role]);
		} else if (!write_fixed(source, path, key->name)) {
			if (!required && draw(source, 3) == 0)
				continue;
			fprintf(source->out, "%s: ", key->name);
			if (key->list != LIST_NO)
				write_maps(source, key, path);
			else if (key->map)
				write_map(source, key->map, path);
			else
				write_value(source, key);
			fputs(",\n", source->out);
		}
	}
	fputs("}", source->out);
}

static void check_round(uint64_t seed)
{
	struct load_options options = {.private_text = true, .without_secrets = true};
	struct source source = {.state = seed,
				.role = seed % 2 ? CONF_HOME_AGENT : CONF_MOBILE_ROUTER};
	char *text = NULL, *print, *again;
	char path[COMPARE_PATH_SIZE];
	struct conf *conf, *next;
	struct error err;
	size_t len = 0;

	source.out = open_memstream(&text, &len);
	write_map(&source, &schema_main, "");
	fclose(source.out);
	conf = load_text("random.yaml", text, len, &options, &err);
	if (!conf)
		fail_msg("seed %ju: %s\n%s", (uintmax_t)seed, err.text, text);
	print = printed(conf, conf_print);
	next = load_text("random.yaml", print, strlen(print), &options, &err);
	if (!next)
		fail_msg("seed %ju: %s\n%s", (uintmax_t)seed, err.text, print);
	again = printed(next, conf_print);
	if (strcmp(print, again) != 0)
		fail_msg("seed %ju: printed\n%s\nthen\n%s", (uintmax_t)seed, print, again);
	if (map_differs(&schema_main, conf, next, 0, path) && !strstr(path, "secret"))
		fail_msg("seed %ju: %s differs\n%s", (uintmax_t)seed, path, print);
	conf_free(conf);
	conf_free(next);
	free(text);
	free(print);
	free(again);
}

static void test_fixed_point(void **state)
{
	uint64_t seed;

	(void)state;
	for (seed = 0; seed < ROUNDS; seed++)
		check_round(seed);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_fixed_point),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
