/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Registrations per second through the control core of a hub, on one core: from a packet of the punt
 * ring through UDP, parser, authenticator, decision and tables to the signed reply in the inject ring.
 *
 *     bench_registration [bindings]            (100 000 unless told)
 *
 * The tables are the simulator's; what the data plane's own cost is bench_tables' to say. Every
 * router has one explicit network. Requests are made before the clock starts. A figure of renewals is
 * the median of five rounds over all bindings.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "haaro/addr.h"

#include "auth/replay.h"
#include "auth/sa.h"
#include "fwd_model.h"
#include "router/router.h"
#include "wire/packet.h"
#include "wire/registration.h"

#define BINDINGS 100000
#define ROUNDS   5
#define SLOT     192 /* octets of a request with its headers, at most */

#define HUB     0xc6336401u /* 198.51.100.1 */
#define GATEWAY 0xc63364feu
#define HOMES   0xac100000u /* 172.16.0.0/12 */
#define PLACES  0xc6120000u /* 198.18.0.0/15: the first care-of addresses */
#define OTHERS  0x64400000u /* 100.64.0.0/10: where everybody moves to */
#define MOBILE  0x0a000000u /* 10.0.0.0/8 */

struct bench {
	uint32_t n;
	struct conf conf;
	struct conf_port port;
	struct conf_neighbour gateway;
	struct ip_prefix connected;
	struct ip_addr address;
	struct ip_prefix homes;
	struct conf_router *routers;
	struct ip_prefix *networks;
	struct random_seeded seeded;
	struct mac_engine *engine;
	struct fwd *fwd;
	struct haaro *haaro;
	struct now now;
	uint8_t *packets; /* n slots */
	uint16_t *lengths;
	uint64_t replies;
};

static uint64_t clock_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * NS_PER_S + (uint64_t)now.tv_nsec;
}

static void die(const char *what)
{
	fprintf(stderr, "bench_registration: %s\n", what);
	exit(1);
}

static int count_reply(void *arg, const struct inject *inject, const uint8_t *bytes, size_t len)
{
	struct bench *bench = arg;

	(void)inject;
	(void)bytes;
	(void)len;
	bench->replies++;
	return 0;
}

static void set_routers(struct bench *bench, enum conf_algorithm algorithm)
{
	for (uint32_t i = 0; i < bench->n; i++) {
		struct conf_router *router = &bench->routers[i];
		struct conf_key *key = &router->keys[0];

		snprintf(router->name, sizeof(router->name), "branch-%u", i);
		router->home_address = addr_v4(htonl(HOMES + 1 + i));
		router->realm = UINT32_MAX;
		router->n_keys = 1;
		key->spi = 1000;
		key->algorithm = algorithm;
		key->secret.len = algorithm == CONF_HMAC_MD5 ? 16 : 32;
		memcpy(key->secret.bytes, &i, sizeof(i));
		bench->networks[i] = prefix_v4(htonl(MOBILE + i * 16), 28);
		router->networks = &bench->networks[i];
		router->n_networks = 1;
	}
}

static void set_conf(struct bench *bench)
{
	struct conf *conf = &bench->conf;

	snprintf(bench->port.name, sizeof(bench->port.name), "wan");
	bench->port.mtu = 1500;
	bench->connected = prefix_v4(htonl(HUB), 24);
	bench->address = addr_v4(htonl(HUB));
	bench->port.networks = &bench->connected;
	bench->port.addresses = &bench->address;
	bench->port.n_addresses = 1;
	bench->port.gateway = addr_v4(htonl(GATEWAY));
	bench->gateway.address = bench->port.gateway;
	bench->gateway.mac = (struct mac_addr){{2, 0, 0, 0, 0, 9}};
	bench->port.neighbours = &bench->gateway;
	bench->port.n_neighbours = 1;
	conf->role = CONF_HOME_AGENT;
	conf->ports = &bench->port;
	conf->n_ports = 1;
	/* One to spare: a move opens the new tunnel before it closes the old. */
	conf->capacity.tunnels = bench->n + 64;
	conf->capacity.prefixes = 2 * bench->n + 64;
	conf->capacity.neighbours = 64;
	bench->homes = prefix_v4(htonl(HOMES), 12);
	conf->home.address = bench->address;
	conf->home.networks = &bench->homes;
	conf->home.n_networks = 1;
	conf->home.max_lifetime = time_seconds(1800);
	conf->home.replay_tolerance = time_seconds(7);
	conf->home.encapsulations[ENCAP_IPIP] = true;
	conf->home.simultaneous_bindings = 1;
	conf->home.subscribers.routers = bench->routers;
	conf->home.subscribers.n_routers = bench->n;
}

static void start(struct bench *bench)
{
	struct fwd_model_options options = {
		.tunnels = bench->n + 64,
		.prefixes = 2 * bench->n + 64,
		.neighbours = 64,
		.punts = 1,
		.ports = 1,
		.inject = count_reply,
		.arg = bench,
	};
	struct haaro_environment environment = {
		.ops = &fwd_model_ops,
		.random = {random_seeded_fill, &bench->seeded},
	};
	struct error err;

	bench->fwd = fwd_model_create(&options);
	if (!bench->fwd)
		die("out of memory");
	environment.fwd = bench->fwd;
	random_seed(&bench->seeded, 1);
	bench->now = (struct now){
		.mono = time_seconds(1000),
		.wall = time_seconds(1800000000),
	};
	if (haaro_create(&bench->haaro, &bench->conf, &environment, &bench->now, &err) < 0)
		die(err.text);
}

/* The next request of a router, as a packet in its slot. */
static void make_request(struct bench *bench, const struct sa *sa, uint32_t i, uint32_t places,
			 uint16_t lifetime)
{
	struct registration_request request = {
		.flags = REQUEST_D | REQUEST_T,
		.lifetime = lifetime,
		.home_address = bench->routers[i].home_address.v4,
		.home_agent = htonl(HUB),
		.care_of = htonl(places + 1 + i),
		.identification = ntp_from_unix(bench->now.wall) + i,
		.n_networks = 1,
		.networks = {{bench->networks[i].addr.v4, bench->networks[i].len}},
	};
	uint8_t payload[SLOT];
	struct writer message = writer_of(payload, sizeof(payload));
	struct writer packet = writer_of(bench->packets + (size_t)i * SLOT, SLOT);
	struct packet_ipv4 ip = {
		.ttl = 255,
		.protocol = IPV4_PROTOCOL_UDP,
		.source = request.care_of,
		.destination = htonl(HUB),
	};
	struct packet_udp udp = {.source_port = 434, .destination_port = 434};

	if (registration_request_build(&request, &message) != WIRE_OK ||
	    sa_sign(&sa->entries[0], &message) < 0)
		die("a request does not fit");
	ip.total_len = (uint16_t)(IPV4_HEADER_SIZE + UDP_HEADER_SIZE + message.len);
	packet_ipv4_build(&ip, &packet);
	packet_udp_build(&ip, &udp, payload, message.len, &packet);
	if (packet.failed)
		die("a packet does not fit");
	bench->lengths[i] = (uint16_t)packet.len;
}

static void make_requests(struct bench *bench, uint32_t places, uint16_t lifetime)
{
	struct sa sa;

	for (uint32_t i = 0; i < bench->n; i++) {
		if (sa_init(&sa, bench->engine, bench->routers[i].keys, 1) < 0)
			die("a key can't be used");
		make_request(bench, &sa, i, places, lifetime);
		sa_fini(&sa);
	}
}

/* One request of every router, in an order that no cache foresees; registrations per second. */
static double run(struct bench *bench, uint32_t places, uint16_t lifetime)
{
	uint64_t replies = bench->replies;
	uint64_t began;
	uint64_t took;
	uint32_t order = 0;

	bench->now.mono += time_seconds(10);
	bench->now.wall += time_seconds(10);
	haaro_tick(bench->haaro, &bench->now);
	make_requests(bench, places, lifetime);
	began = clock_ns();
	for (uint32_t k = 0; k < bench->n; k++) {
		struct punt punt = {
			.reason = PUNT_SIGNALLING,
			.adjacency = FWD_NONE,
			.tunnel = {.index = FWD_NONE},
		};

		order = (order + 7919) % bench->n;
		punt.len = bench->lengths[order];
		punt.bytes = bench->packets + (size_t)order * SLOT;
		haaro_input(bench->haaro, &bench->now, &punt);
	}
	took = clock_ns() - began;
	if (bench->replies != replies + bench->n)
		die("not every request was answered");
	return (double)bench->n * (double)NS_PER_S / (double)took;
}

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a;
	double y = *(const double *)b;

	return x < y ? -1 : x > y;
}

static void check(struct bench *bench, uint64_t accepted, const char *what)
{
	const struct home_counters *counters = home_counters(haaro_home(bench->haaro));

	if (accepted != bench->n || counters->denied != 0 || counters->discarded != 0)
		die(what);
}

/* The same subscriber file once more: what the control core is away for, in milliseconds. */
static double reload(struct bench *bench)
{
	static struct conf again;
	uint64_t began = clock_ns();
	struct error err;

	again = bench->conf;
	if (haaro_reload(bench->haaro, &bench->now, &again, &err) < 0)
		die(err.text);
	return (double)(clock_ns() - began) / (double)NS_PER_MS;
}

/* All bindings run out at once: per second. */
static double expire(struct bench *bench)
{
	uint64_t began;

	bench->now.mono += time_seconds(1801);
	bench->now.wall += time_seconds(1801);
	began = clock_ns();
	haaro_tick(bench->haaro, &bench->now);
	return (double)bench->n * (double)NS_PER_S / (double)(clock_ns() - began);
}

static void measure(struct bench *bench, enum conf_algorithm algorithm)
{
	const struct home_counters *counters;
	double renewals[ROUNDS];
	double first;
	double moved;
	double left;
	double away;
	double expired;
	const char *fault = "";

	set_routers(bench, algorithm);
	start(bench);
	counters = home_counters(haaro_home(bench->haaro));
	bench->now.mono += time_seconds(60); /* past the refusal of what is older than the start */
	bench->now.wall += time_seconds(60);
	first = run(bench, PLACES, 1800);
	check(bench, counters->initial, "not every router was registered");
	for (int i = 0; i < ROUNDS; i++)
		renewals[i] = run(bench, PLACES, 1800);
	check(bench, counters->renewed / ROUNDS, "not every renewal was accepted");
	qsort(renewals, ROUNDS, sizeof(renewals[0]), by_value);
	moved = run(bench, OTHERS, 1800);
	check(bench, counters->moved, "not every move was accepted");
	away = reload(bench);
	left = run(bench, OTHERS, 0);
	check(bench, counters->deregistered, "not every deregistration was accepted");
	run(bench, PLACES, 1800);
	expired = expire(bench);
	check(bench, counters->expired, "not every binding ran out");
	printf("%-18s %9.0f %9.0f %9.0f %9.0f %9.0f %8.0f ms\n", mac_name(algorithm),
	       renewals[ROUNDS / 2], first, moved, left, expired, away);
	fflush(stdout);
	haaro_destroy(bench->haaro);
	if (fwd_model_faults(bench->fwd, &fault) > 0)
		die(fault);
	fwd_model_destroy(bench->fwd);
}

int main(int argc, char **argv)
{
	static const enum conf_algorithm algorithms[] = {CONF_HMAC_MD5, CONF_HMAC_SHA1,
							 CONF_HMAC_SHA256_128};
	static struct bench bench;

	bench.n = argc > 1 ? (uint32_t)strtoul(argv[1], NULL, 10) : BINDINGS;
	if (bench.n < 1 || bench.n > BINDINGS || bench.n % 7919 == 0)
		die("bindings: 1 to 100000, no multiple of 7919");
	bench.routers = calloc(bench.n, sizeof(bench.routers[0]));
	bench.networks = calloc(bench.n, sizeof(bench.networks[0]));
	bench.packets = calloc(bench.n, SLOT);
	bench.lengths = calloc(bench.n, sizeof(bench.lengths[0]));
	if (!bench.routers || !bench.networks || !bench.packets || !bench.lengths ||
	    mac_engine_create(&bench.engine) < 0)
		die("out of memory");
	set_conf(&bench);
	printf("registrations per second, %u bindings, one core (goal: 150000 renewals)\n",
	       bench.n);
	printf("%-18s %9s %9s %9s %9s %9s %11s\n", "algorithm", "renewal", "first", "move", "leave",
	       "expiry", "reload");
	for (size_t i = 0; i < sizeof(algorithms) / sizeof(algorithms[0]); i++)
		measure(&bench, algorithms[i]);
	mac_engine_destroy(bench.engine);
	free(bench.lengths);
	free(bench.packets);
	free(bench.networks);
	free(bench.routers);
	return 0;
}
