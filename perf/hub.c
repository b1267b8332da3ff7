/* SPDX-License-Identifier: BSD-3-Clause */
#include "hub.h"

#include <errno.h> /* program_invocation_short_name */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "haaro/addr.h"

#include "auth/replay.h"
#include "wire/packet.h"

#define GATEWAY 0xc63364feu

/* --- measuring ------------------------------------------------------------------------------- */

uint64_t hub_clock(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * NS_PER_S + (uint64_t)now.tv_nsec;
}

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a;
	double y = *(const double *)b;

	return x < y ? -1 : x > y;
}

double hub_median(double *figures, size_t n)
{
	qsort(figures, n, sizeof(figures[0]), by_value);
	return figures[n / 2];
}

void hub_die(const char *what)
{
	fprintf(stderr, "%s: %s\n", program_invocation_short_name, what);
	exit(1);
}

/* --- configuration --------------------------------------------------------------------------- */

void hub_init(struct hub *hub)
{
	hub->routers = calloc(HUB_ROUTERS_MAX, sizeof(hub->routers[0]));
	hub->networks = calloc(HUB_ROUTERS_MAX, sizeof(hub->networks[0]));
	if (!hub->routers || !hub->networks || mac_engine_create(&hub->engine) < 0)
		hub_die("out of memory");
}

void hub_fini(struct hub *hub)
{
	mac_engine_destroy(hub->engine);
	free(hub->networks);
	free(hub->routers);
}

static void set_router(struct hub *hub, uint32_t i, enum conf_algorithm algorithm,
		       uint8_t network_len)
{
	struct conf_router *router = &hub->routers[i];
	struct conf_key *key = &router->keys[0];

	snprintf(router->name, sizeof(router->name), "branch-%u", i);
	router->home_address = addr_v4(htonl(HUB_HOMES + 1 + i));
	router->realm = UINT32_MAX;
	router->n_keys = 1;
	key->spi = 1000;
	key->algorithm = algorithm;
	key->secret.len = algorithm == CONF_HMAC_MD5 ? 16 : 32;
	hub->networks[i] = prefix_v4(htonl(HUB_MOBILE + (i << (32 - network_len))), network_len);
	router->networks = &hub->networks[i];
	router->n_networks = 1;
}

static void set_port(struct hub *hub)
{
	struct conf_port *port = &hub->port;

	snprintf(port->name, sizeof(port->name), "wan");
	port->mtu = 1500;
	hub->connected = prefix_v4(htonl(HUB), 24);
	hub->address = addr_v4(htonl(HUB));
	port->networks = &hub->connected;
	port->addresses = &hub->address;
	port->n_addresses = 1;
	port->gateway = addr_v4(htonl(GATEWAY));
	hub->gateway.address = port->gateway;
	hub->gateway.mac = (struct mac_addr){{2, 0, 0, 0, 0, 9}};
	port->neighbours = &hub->gateway;
	port->n_neighbours = 1;
}

void hub_configure(struct hub *hub, enum conf_algorithm algorithm, uint8_t network_len)
{
	struct conf *conf = &hub->conf;

	if (hub->n < 1 || hub->n > HUB_ROUTERS_MAX || hub->n % HUB_STRIDE == 0)
		hub_die("how many: 1 to 100000, no multiple of 7919");
	for (uint32_t i = 0; i < hub->n; i++)
		set_router(hub, i, algorithm, network_len);
	set_port(hub);
	conf->role = CONF_HOME_AGENT;
	conf->ports = &hub->port;
	conf->n_ports = 1;
	/* Some to spare: a move opens the new tunnel before it closes the old. */
	conf->capacity.tunnels = hub->n + 64;
	conf->capacity.prefixes = 2 * hub->n + 64;
	conf->capacity.neighbours = 64;
	hub->homes = prefix_v4(htonl(HUB_HOMES), 12);
	conf->home.address = hub->address;
	conf->home.networks = &hub->homes;
	conf->home.n_networks = 1;
	conf->home.max_lifetime = time_seconds(1800);
	conf->home.replay_tolerance = time_seconds(7);
	conf->home.encapsulations[ENCAP_IPIP] = true;
	conf->home.simultaneous_bindings = 1;
	conf->home.subscribers.routers = hub->routers;
	conf->home.subscribers.n_routers = hub->n;
}

/* --- life ------------------------------------------------------------------------------------ */

static int count_reply(void *arg, const struct inject *inject, const uint8_t *bytes, size_t len)
{
	struct hub *hub = arg;

	(void)inject;
	(void)bytes;
	(void)len;
	hub->replies++;
	return 0;
}

void hub_start(struct hub *hub)
{
	struct fwd_model_options options = {
		.tunnels = hub->n + 64,
		.prefixes = 2 * hub->n + 64,
		.neighbours = 64,
		.punts = 1,
		.ports = 1,
		.inject = count_reply,
		.arg = hub,
	};
	struct haaro_environment environment = {
		.ops = &fwd_model_ops,
		.random = {random_seeded_fill, &hub->seeded},
	};
	struct error err;

	hub->fwd = fwd_model_create(&options);
	if (!hub->fwd)
		hub_die("out of memory");
	environment.fwd = hub->fwd;
	random_seed(&hub->seeded, 1);
	hub->now = (struct now){.mono = time_seconds(1000), .wall = time_seconds(1800000000)};
	if (haaro_create(&hub->haaro, &hub->conf, &environment, &hub->now, &err) < 0)
		hub_die(err.text);
	hub_pass(hub, time_seconds(60));
}

void hub_stop(struct hub *hub)
{
	const char *fault = "";

	haaro_destroy(hub->haaro);
	if (fwd_model_faults(hub->fwd, &fault) > 0)
		hub_die(fault);
	fwd_model_destroy(hub->fwd);
}

void hub_pass(struct hub *hub, uint64_t duration)
{
	hub->now.mono += duration;
	hub->now.wall += duration;
	haaro_tick(hub->haaro, &hub->now);
}

/* --- requests -------------------------------------------------------------------------------- */

uint16_t hub_packet(const struct registration_request *request, const struct sa *sa,
		    uint8_t slot[HUB_SLOT])
{
	uint8_t payload[HUB_SLOT];
	struct writer message = writer_of(payload, sizeof(payload));
	struct writer packet = writer_of(slot, HUB_SLOT);
	struct packet_ipv4 ip = {
		.ttl = MESSAGE_TTL_REVERSE_TUNNEL,
		.protocol = IPV4_PROTOCOL_UDP,
		.source = request->care_of,
		.destination = htonl(HUB),
	};
	struct packet_udp udp = {MESSAGE_UDP_PORT, MESSAGE_UDP_PORT};

	if (registration_request_build(request, &message) != WIRE_OK ||
	    sa_sign(&sa->entries[0], &message) < 0)
		hub_die("a request does not fit");
	ip.total_len = (uint16_t)(IPV4_HEADER_SIZE + UDP_HEADER_SIZE + message.len);
	packet_ipv4_build(&ip, &packet);
	packet_udp_build(&ip, &udp, payload, message.len, &packet);
	if (packet.failed)
		hub_die("a packet does not fit");
	return (uint16_t)packet.len;
}

void hub_deliver(struct hub *hub, const uint8_t *packet, uint16_t len)
{
	struct punt punt = {
		.reason = PUNT_SIGNALLING,
		.adjacency = FWD_NONE,
		.tunnel = {.index = FWD_NONE},
		.len = len,
		.bytes = packet,
	};

	haaro_input(hub->haaro, &hub->now, &punt);
}
