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
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "auth/replay.h"
#include "hub.h"

#define BINDINGS HUB_ROUTERS_MAX
#define ROUNDS   5

#define OTHERS 0x64400000u /* 100.64.0.0/10: where everybody moves to */

struct bench {
	struct hub hub;
	uint8_t *packets; /* n slots */
	uint16_t *lengths;
};

static uint8_t *slot_of(const struct bench *bench, uint32_t i)
{
	return bench->packets + (size_t)i * HUB_SLOT;
}

static void configure(struct hub *hub, enum conf_algorithm algorithm)
{
	hub_configure(hub, algorithm, 28);
	for (uint32_t i = 0; i < hub->n; i++)
		memcpy(hub->routers[i].keys[0].secret.bytes, &i, sizeof(i));
}

/* The next request of a router, as a packet in its slot. */
static void make_request(struct bench *bench, const struct sa *sa, uint32_t i, uint32_t places,
			 uint16_t lifetime)
{
	const struct hub *hub = &bench->hub;
	struct registration_request request = {
		.flags = REQUEST_D | REQUEST_T,
		.lifetime = lifetime,
		.home_address = hub->routers[i].home_address.v4,
		.home_agent = htonl(HUB),
		.care_of = htonl(places + 1 + i),
		.identification = ntp_from_unix(hub->now.wall) + i,
		.n_networks = 1,
		.networks = {{hub->networks[i].addr.v4, hub->networks[i].len}},
	};

	bench->lengths[i] = hub_packet(&request, sa, slot_of(bench, i));
}

static void make_requests(struct bench *bench, uint32_t places, uint16_t lifetime)
{
	const struct hub *hub = &bench->hub;
	struct sa sa;

	for (uint32_t i = 0; i < hub->n; i++) {
		if (sa_init(&sa, hub->engine, hub->routers[i].keys, 1) < 0)
			hub_die("a key can't be used");
		make_request(bench, &sa, i, places, lifetime);
		sa_fini(&sa);
	}
}

/* One request of every router, in an order that no cache foresees; registrations per second. */
static double run(struct bench *bench, uint32_t places, uint16_t lifetime)
{
	struct hub *hub = &bench->hub;
	uint64_t replies = hub->replies;
	uint64_t began;
	uint64_t took;
	uint32_t order = 0;

	hub_pass(hub, time_seconds(10));
	make_requests(bench, places, lifetime);
	began = hub_clock();
	for (uint32_t k = 0; k < hub->n; k++) {
		order = (order + HUB_STRIDE) % hub->n;
		hub_deliver(hub, slot_of(bench, order), bench->lengths[order]);
	}
	took = hub_clock() - began;
	if (hub->replies != replies + hub->n)
		hub_die("not every request was answered");
	return (double)hub->n * (double)NS_PER_S / (double)took;
}

static void check(const struct hub *hub, uint64_t accepted, const char *what)
{
	const struct home_counters *counters = home_counters(haaro_home(hub->haaro));

	if (accepted != hub->n || counters->denied != 0 || counters->discarded != 0)
		hub_die(what);
}

/* The same subscriber file once more: what the control core is away for, in milliseconds. */
static double reload(struct hub *hub)
{
	static struct conf again;
	uint64_t began = hub_clock();
	struct error err;

	again = hub->conf;
	if (haaro_reload(hub->haaro, &hub->now, &again, &err) < 0)
		hub_die(err.text);
	return (double)(hub_clock() - began) / (double)NS_PER_MS;
}

/* All bindings run out at once: per second. */
static double expire(struct hub *hub)
{
	uint64_t began = hub_clock();

	hub_pass(hub, time_seconds(1801));
	return (double)hub->n * (double)NS_PER_S / (double)(hub_clock() - began);
}

static void measure(struct bench *bench, enum conf_algorithm algorithm)
{
	struct hub *hub = &bench->hub;
	const struct home_counters *counters;
	double renewals[ROUNDS];
	double first;
	double moved;
	double left;
	double away;
	double expired;

	configure(hub, algorithm);
	hub_start(hub);
	counters = home_counters(haaro_home(hub->haaro));
	first = run(bench, HUB_PLACES, 1800);
	check(hub, counters->initial, "not every router was registered");
	for (int i = 0; i < ROUNDS; i++)
		renewals[i] = run(bench, HUB_PLACES, 1800);
	check(hub, counters->renewed / ROUNDS, "not every renewal was accepted");
	moved = run(bench, OTHERS, 1800);
	check(hub, counters->moved, "not every move was accepted");
	away = reload(hub);
	left = run(bench, OTHERS, 0);
	check(hub, counters->deregistered, "not every deregistration was accepted");
	run(bench, HUB_PLACES, 1800);
	expired = expire(hub);
	check(hub, counters->expired, "not every binding ran out");
	printf("%-18s %9.0f %9.0f %9.0f %9.0f %9.0f %8.0f ms\n", mac_name(algorithm),
	       hub_median(renewals, ROUNDS), first, moved, left, expired, away);
	fflush(stdout);
	hub_stop(hub);
}

int main(int argc, char **argv)
{
	static const enum conf_algorithm algorithms[] = {CONF_HMAC_MD5, CONF_HMAC_SHA1,
							 CONF_HMAC_SHA256_128};
	static struct bench bench;

	bench.hub.n = argc > 1 ? (uint32_t)strtoul(argv[1], NULL, 10) : BINDINGS;
	hub_init(&bench.hub);
	bench.packets = calloc(HUB_ROUTERS_MAX, HUB_SLOT);
	bench.lengths = calloc(HUB_ROUTERS_MAX, sizeof(bench.lengths[0]));
	if (!bench.packets || !bench.lengths)
		hub_die("out of memory");
	printf("registrations per second, %u bindings, one core (goal: 150000 renewals)\n",
	       bench.hub.n);
	printf("%-18s %9s %9s %9s %9s %9s %11s\n", "algorithm", "renewal", "first", "move", "leave",
	       "expiry", "reload");
	for (size_t i = 0; i < sizeof(algorithms) / sizeof(algorithms[0]); i++)
		measure(&bench, algorithms[i]);
	free(bench.lengths);
	free(bench.packets);
	hub_fini(&bench.hub);
	return 0;
}
