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

#include "auth/replay.h"
#include "hub.h"

#define REALMS   10
#define ROUNDS   9
#define REQUESTS 1000 /* of a round */

struct bench {
	struct hub hub;
	struct conf_realm realms[REALMS];
	struct sa sa; /* of every router */
	uint8_t packets[REQUESTS][HUB_SLOT];
	uint16_t lengths[REQUESTS];
	uint64_t identification;
};

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

static void configure(struct bench *bench)
{
	struct hub *hub = &bench->hub;
	struct conf_home *home = &hub->conf.home;

	hub_configure(hub, CONF_HMAC_SHA256_128, 24);
	for (uint32_t i = 0; i < hub->n; i++) {
		struct conf_router *router = &hub->routers[i];

		router->realm = i % REALMS;
		router->advertise = true;
		router->priority = CONF_PRIORITY_NONE;
		router->networks_mode = CONF_NETWORKS_IMPLICIT;
	}
	home->route_optimization = true;
	home->advertisement_size = 1400;
	home->advertisement_compress = true;
	home->subscribers.realms = bench->realms;
	home->subscribers.n_realms = REALMS;
	if (sa_init(&bench->sa, hub->engine, hub->routers[0].keys, 1) < 0)
		hub_die("a key can't be used");
}

static void make_request(struct bench *bench, uint32_t slot, uint32_t router, uint8_t flags)
{
	const struct hub *hub = &bench->hub;
	struct registration_request request = {
		.flags = REQUEST_D | REQUEST_T,
		.lifetime = 1800,
		.home_address = hub->routers[router].home_address.v4,
		.home_agent = htonl(HUB),
		.care_of = htonl(HUB_PLACES + 1 + router),
		.identification = ntp_from_unix(hub->now.wall) + ++bench->identification,
		.capability = {.is_present = true, .flags = flags},
	};

	bench->lengths[slot] = hub_packet(&request, &bench->sa, bench->packets[slot]);
}

static void deliver(struct bench *bench, uint32_t slot)
{
	hub_deliver(&bench->hub, bench->packets[slot], bench->lengths[slot]);
}

/* Nanoseconds per request of a thousand routers, in an order that no cache foresees. */
static double run(struct bench *bench, uint8_t flags)
{
	struct hub *hub = &bench->hub;
	uint64_t replies = hub->replies;
	uint64_t began;
	uint64_t took;
	uint32_t router = 0;

	hub_pass(hub, time_seconds(10));
	for (uint32_t i = 0; i < REQUESTS; i++) {
		router = (router + HUB_STRIDE) % hub->n;
		make_request(bench, i, router, flags);
	}
	began = hub_clock();
	for (uint32_t i = 0; i < REQUESTS; i++)
		deliver(bench, i);
	took = hub_clock() - began;
	if (hub->replies != replies + REQUESTS)
		hub_die("not every request was answered");
	return (double)took / REQUESTS;
}

static double median(struct bench *bench, uint8_t flags)
{
	double figures[ROUNDS];

	for (int i = 0; i < ROUNDS; i++)
		figures[i] = run(bench, flags);
	return hub_median(figures, ROUNDS);
}

static void measure(struct bench *bench)
{
	struct hub *hub = &bench->hub;
	const struct home_counters *counters;
	struct home_counters before;
	double plain;
	double told;

	configure(bench);
	hub_start(hub);
	counters = home_counters(haaro_home(hub->haaro));
	for (uint32_t i = 0; i < hub->n; i++) {
		make_request(bench, 0, i, CAPABILITY_ADVERTISE);
		deliver(bench, 0);
	}
	if (counters->initial != hub->n)
		hub_die("not every router was registered");
	plain = median(bench, CAPABILITY_ADVERTISE);
	run(bench, CAPABILITY_ADVERTISE | CAPABILITY_REQUEST);
	before = *counters;
	told = median(bench, CAPABILITY_ADVERTISE | CAPABILITY_REQUEST);
	printf("%8u %9.0f ns %9.0f ns %9.0f ns %9" PRIu64 " %9" PRIu64 "\n", hub->n, plain, told,
	       told - plain,
	       (counters->advertisement_octets - before.advertisement_octets) /
		       (counters->advertisements - before.advertisements),
	       counters->chunks_encoded - before.chunks_encoded);
	fflush(stdout);
	hub_stop(hub);
	sa_fini(&bench->sa);
}

int main(int argc, char **argv)
{
	static const char *const usual[] = {"", "100", "10000", NULL};
	static struct bench bench;

	hub_init(&bench.hub);
	set_realms(&bench);
	printf("a renewal's way through the control core, one core (goal: as dear with many "
	       "routers)\n");
	printf("%8s %12s %12s %12s %9s %9s\n", "routers", "not told", "told", "difference",
	       "octets", "encoded");
	for (int i = 1; argc > 1 ? i < argc : usual[i] != NULL; i++) {
		bench.hub.n = (uint32_t)strtoul(argc > 1 ? argv[i] : usual[i], NULL, 10);
		measure(&bench);
	}
	hub_fini(&bench.hub);
	return 0;
}
