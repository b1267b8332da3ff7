/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What telling a router of the others costs a hub, on one core: renewals of a router that asks for it
 * (RFC 6521) and of one that does not, among 100 and among 10 000 that permit it. From the datagram to
 * the signed reply, parser and authenticator included.
 *
 *     bench_advertisement [routers ...]            (100 10000 unless told)
 *
 * The tables are the simulator's. Every router has one network; every realm has a tenth of them and
 * sees all. A figure is the median of rounds over a thousand requests, which are made before the clock
 * starts. "encoded" is how many chunks were, in all rounds: those that nobody had been told of before.
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

#define ROUTERS_MAX 100000
#define REALMS      10
#define ROUNDS      9
#define REQUESTS    1000 /* of a round */
#define SLOT        192  /* octets of a request with its headers, at most */

#define HUB     0xc6336401u /* 198.51.100.1 */
#define GATEWAY 0xc63364feu
#define HOMES   0xac100000u /* 172.16.0.0/12 */
#define PLACES  0xc6120000u /* 198.18.0.0/15: care-of addresses */
#define MOBILE  0x0a000000u /* 10.0.0.0/8 */

struct bench {
	uint32_t n;
	struct conf conf;
	struct conf_port port;
	struct conf_neighbour gateway;
	struct ip_prefix connected;
	struct ip_addr address;
	struct ip_prefix homes;
	struct conf_realm realms[REALMS];
	struct conf_router *routers;
	struct ip_prefix *networks;
	struct random_seeded seeded;
	struct mac_engine *engine;
	struct sa sa; /* of every router */
	struct fwd *fwd;
	struct haaro *haaro;
	struct now now;
	uint8_t packets[REQUESTS][SLOT];
	uint16_t lengths[REQUESTS];
	uint64_t identification;
	uint64_t replies;
	uint64_t octets; /* of replies, with their headers */
};

static uint64_t clock_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * NS_PER_S + (uint64_t)now.tv_nsec;
}

static void die(const char *what)
{
	fprintf(stderr, "bench_advertisement: %s\n", what);
	exit(1);
}

static int count_reply(void *arg, const struct inject *inject, const uint8_t *bytes, size_t len)
{
	struct bench *bench = arg;

	(void)inject;
	(void)bytes;
	bench->replies++;
	bench->octets += len;
	return 0;
}

static void set_realms(struct bench *bench)
{
	static char names[REALMS][CONF_REALM_SIZE];

	for (uint32_t i = 0; i < REALMS; i++) {
		snprintf(names[i], sizeof(names[i]), "site-%u.example.com", i);
		memcpy(bench->realms[i].name, names[i], sizeof(names[i]));
		bench->realms[i].sees = names;
		bench->realms[i].n_sees = REALMS;
	}
}

static void set_routers(struct bench *bench)
{
	for (uint32_t i = 0; i < bench->n; i++) {
		struct conf_router *router = &bench->routers[i];
		struct conf_key *key = &router->keys[0];

		snprintf(router->name, sizeof(router->name), "branch-%u", i);
		router->home_address = addr_v4(htonl(HOMES + 1 + i));
		router->realm = i % REALMS;
		router->n_keys = 1;
		key->spi = 1000;
		key->algorithm = CONF_HMAC_SHA256_128;
		key->secret.len = 32;
		router->advertise = true;
		router->priority = CONF_PRIORITY_NONE;
		bench->networks[i] = prefix_v4(htonl(MOBILE + i * 256), 24);
		router->networks_mode = CONF_NETWORKS_IMPLICIT;
		router->networks = &bench->networks[i];
		router->n_networks = 1;
	}
	if (sa_init(&bench->sa, bench->engine, bench->routers[0].keys, 1) < 0)
		die("a key can't be used");
}

static void set_conf(struct bench *bench)
{
	struct conf *conf = &bench->conf;
	struct conf_home *home = &conf->home;

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
	conf->capacity.tunnels = bench->n + 64;
	conf->capacity.prefixes = 2 * bench->n + 64;
	conf->capacity.neighbours = 64;
	bench->homes = prefix_v4(htonl(HOMES), 12);
	home->address = bench->address;
	home->networks = &bench->homes;
	home->n_networks = 1;
	home->max_lifetime = time_seconds(1800);
	home->replay_tolerance = time_seconds(7);
	home->encapsulations[ENCAP_IPIP] = true;
	home->simultaneous_bindings = 1;
	home->route_optimization = true;
	home->advertisement_size = 1400;
	home->advertisement_compress = true;
	home->subscribers.realms = bench->realms;
	home->subscribers.n_realms = REALMS;
	home->subscribers.routers = bench->routers;
	home->subscribers.n_routers = bench->n;
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
	bench->now = (struct now){.mono = time_seconds(1000), .wall = time_seconds(1800000000)};
	if (haaro_create(&bench->haaro, &bench->conf, &environment, &bench->now, &err) < 0)
		die(err.text);
	bench->now.mono += time_seconds(60); /* past the refusal of what is older than the start */
	bench->now.wall += time_seconds(60);
	haaro_tick(bench->haaro, &bench->now);
}

static void make_request(struct bench *bench, uint32_t slot, uint32_t router, uint8_t flags)
{
	struct registration_request request = {
		.flags = REQUEST_D | REQUEST_T,
		.lifetime = 1800,
		.home_address = bench->routers[router].home_address.v4,
		.home_agent = htonl(HUB),
		.care_of = htonl(PLACES + 1 + router),
		.identification = ntp_from_unix(bench->now.wall) + ++bench->identification,
		.capability = {.is_present = true, .flags = flags},
	};
	uint8_t payload[SLOT];
	struct writer message = writer_of(payload, sizeof(payload));
	struct writer packet = writer_of(bench->packets[slot], SLOT);
	struct packet_ipv4 ip = {
		.ttl = 255,
		.protocol = IPV4_PROTOCOL_UDP,
		.source = request.care_of,
		.destination = htonl(HUB),
	};
	struct packet_udp udp = {.source_port = 434, .destination_port = 434};

	if (registration_request_build(&request, &message) != WIRE_OK ||
	    sa_sign(&bench->sa.entries[0], &message) < 0)
		die("a request does not fit");
	ip.total_len = (uint16_t)(IPV4_HEADER_SIZE + UDP_HEADER_SIZE + message.len);
	packet_ipv4_build(&ip, &packet);
	packet_udp_build(&ip, &udp, payload, message.len, &packet);
	if (packet.failed)
		die("a packet does not fit");
	bench->lengths[slot] = (uint16_t)packet.len;
}

static void deliver(struct bench *bench, uint32_t slot)
{
	struct punt punt = {
		.reason = PUNT_SIGNALLING,
		.adjacency = FWD_NONE,
		.tunnel = {.index = FWD_NONE},
		.len = bench->lengths[slot],
		.bytes = bench->packets[slot],
	};

	haaro_input(bench->haaro, &bench->now, &punt);
}

/* Nanoseconds per request of a thousand routers, in an order that no cache foresees. */
static double run(struct bench *bench, uint8_t flags)
{
	uint64_t replies = bench->replies;
	uint64_t began;
	uint64_t took;
	uint32_t router = 0;

	bench->now.mono += time_seconds(10);
	bench->now.wall += time_seconds(10);
	haaro_tick(bench->haaro, &bench->now);
	for (uint32_t i = 0; i < REQUESTS; i++) {
		router = (router + 7919) % bench->n;
		make_request(bench, i, router, flags);
	}
	began = clock_ns();
	for (uint32_t i = 0; i < REQUESTS; i++)
		deliver(bench, i);
	took = clock_ns() - began;
	if (bench->replies != replies + REQUESTS)
		die("not every request was answered");
	return (double)took / REQUESTS;
}

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a;
	double y = *(const double *)b;

	return x < y ? -1 : x > y;
}

static double median(struct bench *bench, uint8_t flags)
{
	double figures[ROUNDS];

	for (int i = 0; i < ROUNDS; i++)
		figures[i] = run(bench, flags);
	qsort(figures, ROUNDS, sizeof(figures[0]), by_value);
	return figures[ROUNDS / 2];
}

static void measure(struct bench *bench)
{
	const struct home_counters *counters;
	struct home_counters before;
	const char *fault = "";
	double plain;
	double told;

	set_routers(bench);
	set_conf(bench);
	start(bench);
	counters = home_counters(haaro_home(bench->haaro));
	for (uint32_t i = 0; i < bench->n; i++) {
		make_request(bench, 0, i, CAPABILITY_ADVERTISE);
		deliver(bench, 0);
	}
	if (counters->initial != bench->n)
		die("not every router was registered");
	plain = median(bench, CAPABILITY_ADVERTISE);
	run(bench, CAPABILITY_ADVERTISE | CAPABILITY_REQUEST);
	before = *counters;
	told = median(bench, CAPABILITY_ADVERTISE | CAPABILITY_REQUEST);
	printf("%8u %9.0f ns %9.0f ns %9.0f ns %9" PRIu64 " %9" PRIu64 "\n", bench->n, plain, told,
	       told - plain,
	       (counters->advertisement_octets - before.advertisement_octets) /
		       (counters->advertisements - before.advertisements),
	       counters->chunks_encoded - before.chunks_encoded);
	fflush(stdout);
	haaro_destroy(bench->haaro);
	if (fwd_model_faults(bench->fwd, &fault) > 0)
		die(fault);
	fwd_model_destroy(bench->fwd);
	sa_fini(&bench->sa);
}

int main(int argc, char **argv)
{
	static const char *const usual[] = {"", "100", "10000", NULL};
	static struct bench bench;

	bench.routers = calloc(ROUTERS_MAX, sizeof(bench.routers[0]));
	bench.networks = calloc(ROUTERS_MAX, sizeof(bench.networks[0]));
	if (!bench.routers || !bench.networks || mac_engine_create(&bench.engine) < 0)
		die("out of memory");
	set_realms(&bench);
	printf("a renewal's way through the control core, one core (goal: as dear with many "
	       "routers)\n");
	printf("%8s %12s %12s %12s %9s %9s\n", "routers", "not told", "told", "difference",
	       "octets", "encoded");
	for (int i = 1; argc > 1 ? i < argc : usual[i] != NULL; i++) {
		bench.n = (uint32_t)strtoul(argc > 1 ? argv[i] : usual[i], NULL, 10);
		if (bench.n < 1 || bench.n > ROUTERS_MAX || bench.n % 7919 == 0)
			die("routers: 1 to 100000, no multiple of 7919");
		measure(&bench);
	}
	mac_engine_destroy(bench.engine);
	free(bench.networks);
	free(bench.routers);
	return 0;
}
