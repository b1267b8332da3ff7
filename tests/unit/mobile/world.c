/* SPDX-License-Identifier: BSD-3-Clause */
/* The clock and the life of a branch under test, and what tests read of it. */
#include "world.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#define HUB "198.51.100.1"

static const struct conf_key key = {
	.spi = 1000,
	.algorithm = CONF_HMAC_SHA256_128,
	.secret = {.bytes = "0123456789abcdef0123456789abcdef", .len = 32},
};

struct ip_addr world_addr(const char *text)
{
	be32 v4 = 0;

	assert_int_equal(inet_pton(AF_INET, text, &v4), 1);
	return addr_v4(v4);
}

/* --- the clock ------------------------------------------------------------------------------ */

static void set_time(struct world *world, uint64_t mono)
{
	world->core.now.wall += mono - world->core.now.mono;
	world->core.now.mono = mono;
}

void world_settle(struct world *world)
{
	struct event event;

	while (event_take(&world->core.events, &event)) {
		if (event.type != EVENT_ECHO_REPLY) {
			assert_true(world->n_events < WORLD_EVENTS_MAX);
			world->events[world->n_events++] = event;
		}
		if (world->mobile)
			mobile_handle_event(world->mobile, &event);
		if (world->above.arg)
			world->above.handle_event(world->above.arg, &event);
	}
}

void world_deliver(struct world *world, const struct datagram *datagram)
{
	if (!world->above.arg || !world->above.takes(world->above.arg, datagram))
		mobile_handle_datagram(world->mobile, datagram);
	world_settle(world);
}

static size_t first_delivery(const struct world *world)
{
	size_t first = 0;

	for (size_t i = 1; i < world->n_queue; i++)
		if (world->queue[i].mono < world->queue[first].mono)
			first = i;
	return first;
}

static void take_delivery(struct world *world)
{
	size_t first = first_delivery(world);
	struct world_delivery delivery = world->queue[first];

	world->queue[first] = world->queue[--world->n_queue];
	delivery.datagram.payload = delivery.bytes;
	if (!delivery.is_event) {
		world_deliver(world, &delivery.datagram);
		return;
	}
	core_post(&world->core, &delivery.event);
	world_settle(world);
}

/* One step, not past end; false if nothing is due by then. */
static bool step(struct world *world, uint64_t end)
{
	uint64_t timer = timers_next(&world->core.timers);
	uint64_t delivery = world->n_queue ? world->queue[first_delivery(world)].mono : TIME_NEVER;
	uint64_t next = timer < delivery ? timer : delivery;

	if (next > end)
		return false;
	set_time(world, next);
	if (delivery <= timer) {
		take_delivery(world);
		return true;
	}
	timers_run(&world->core.timers, next);
	world_settle(world);
	return true;
}

void world_run(struct world *world, uint64_t duration)
{
	uint64_t end = world->core.now.mono + duration;

	while (step(world, end))
		;
	set_time(world, end);
	assert_string_equal(world->fwd.fault, "");
}

void world_run_until(struct world *world, enum mobile_state state, uint64_t most)
{
	uint64_t end = world->core.now.mono + most;

	while (world_view(world).state != state)
		assert_true(step(world, end));
}

void world_port(struct world *world, uint16_t port, enum link_port_state state)
{
	static const enum event_type types[] = {
		[LINK_PORT_UP] = EVENT_PORT_UP,
		[LINK_PORT_DOWN] = EVENT_PORT_DOWN,
		[LINK_PORT_GONE] = EVENT_PORT_GONE,
	};
	struct event event = core_event(&world->core, types[state]);

	world->link.up[port] = state == LINK_PORT_UP;
	event.port = port;
	core_post(&world->core, &event);
	world_settle(world);
}

void world_reload(struct world *world)
{
	struct conf *made = malloc(sizeof(*made));
	struct error err;

	assert_non_null(made);
	*made = world->next;
	assert_int_equal(mobile_reload(world->mobile, made, &err), 0);
	if (world->above.arg)
		world->above.reload(world->above.arg, made);
	world_settle(world);
	free(world->held);
	world->held = made;
}

/* --- reading -------------------------------------------------------------------------------- */

void world_reply(struct world *world, const struct registration_reply *reply)
{
	uint8_t bytes[MESSAGE_SIZE];
	struct datagram datagram = world_signed(world, reply, bytes);

	world_deliver(world, &datagram);
}

struct mobile_view world_view(const struct world *world)
{
	struct mobile_view view;

	mobile_read(world->mobile, &view);
	return view;
}

const struct world_sent *world_last(const struct world *world)
{
	assert_true(world->link.n_sent > 0);
	return &world->link.sent[world->link.n_sent - 1];
}

size_t world_count(const struct world *world, enum event_type type)
{
	size_t n = 0;

	for (size_t i = 0; i < world->n_events; i++)
		n += world->events[i].type == type;
	return n;
}

const struct event *world_event(const struct world *world, enum event_type type)
{
	for (size_t i = world->n_events; i-- > 0;)
		if (world->events[i].type == type)
			return &world->events[i];
	fail_msg("no %s", event_name(type));
	return NULL;
}

struct fwd_path world_path(const struct world *world)
{
	struct ip_addr anywhere = world_addr("8.8.8.8");
	struct fwd_nexthop nexthop;
	struct fwd_path path;

	assert_int_equal(world->core.ops->route_lookup((struct fwd *)(uintptr_t)&world->fwd,
						       REALM_MAIN, &anywhere, &nexthop),
			 0);
	assert_int_equal(nexthop.kind, NEXTHOP_PATH);
	assert_int_equal(
		world->core.ops->path_read((struct fwd *)(uintptr_t)&world->fwd, nexthop.id, &path),
		0);
	return path;
}

bool world_is_own(const struct world *world, const char *address)
{
	struct ip_addr addr = world_addr(address);
	struct fwd_nexthop nexthop;

	assert_int_equal(world->core.ops->route_lookup((struct fwd *)(uintptr_t)&world->fwd,
						       REALM_MAIN, &addr, &nexthop),
			 0);
	return nexthop.own;
}

/* --- life ----------------------------------------------------------------------------------- */

static void configure(struct world *world)
{
	static const char *const addresses[WORLD_PORTS] = {"203.0.113.30", "198.18.2.20",
							   "10.3.0.1", "198.18.3.30"};
	static const char *const names[WORLD_PORTS] = {"isp-a", "isp-b", "lan", "isp-c"};
	struct conf_mobile *mobile = &world->conf.mobile;

	world->conf.role = CONF_MOBILE_ROUTER;
	world->conf.ports = world->ports;
	world->conf.n_ports = WORLD_PORTS;
	for (uint16_t i = 0; i < WORLD_PORTS; i++) {
		snprintf(world->ports[i].name, sizeof(world->ports[i].name), "%s", names[i]);
		world->link.up[i] = true;
		world->link.addresses[i] = world_addr(addresses[i]);
		world->hub.reaches[i] = true;
	}
	world->uplinks[1].port = 1;
	world->uplinks[2].port = 3;
	world->networks[0] = prefix_v4(world_addr("10.3.0.0").v4, 24);
	world->networks[1] = prefix_v4(world_addr("10.3.64.0").v4, 24);
	world->lan_ports[0] = WORLD_LAN;
	*mobile = (struct conf_mobile){
		.home_address = world_addr("192.0.2.3"),
		.home_agent = world_addr(HUB),
		.keys = {key},
		.n_keys = 1,
		.lifetime = time_seconds(600),
		.local_port = 434,
		.uplinks = world->uplinks,
		.n_uplinks = 2,
		.networks_mode = CONF_NETWORKS_EXPLICIT,
		.networks = world->networks,
		.n_networks = 1,
		.lan_ports = world->lan_ports,
		.n_lan_ports = 1,
		.encapsulations = {ENCAP_UDP, ENCAP_IPIP},
		.n_encapsulations = 2,
		.watch_hub = {.interval = time_seconds(5), .losses = 3},
		.watch_uplinks = {.interval = time_seconds(5), .losses = 3},
		.revocation = true,
	};
	world->hub.alive = true;
	world->hub.lifetime = 1800;
	world->hub.revokes = true;
}

/* What link/ puts into the tables: LAN networks, own where the configuration says so. */
static void install_lan(struct world *world)
{
	const struct fwd_adjacency glean = {
		.kind = ADJACENCY_GLEAN, .port = WORLD_LAN, .mtu = 1500};
	struct fwd_route route = {.realm = REALM_MAIN};

	route.nexthop.kind = NEXTHOP_ADJACENCY;
	assert_int_equal(world->core.ops->adjacency_insert(&world->fwd, &glean, &route.nexthop.id),
			 0);
	for (size_t i = 0; i < 2; i++) {
		route.prefix = world->networks[i];
		route.nexthop.own = world->conf.mobile.networks_mode == CONF_NETWORKS_EXPLICIT &&
				    i < world->conf.mobile.n_networks;
		assert_int_equal(world->core.ops->route_set(&world->fwd, &route), 0);
	}
}

struct world *world_create(uint64_t seed)
{
	struct world *world = calloc(1, sizeof(*world));

	assert_non_null(world);
	configure(world);
	fake_fwd_init(&world->fwd, WORLD_PORTS);
	random_seed(&world->seeded, seed);
	world->random = (struct random){.fill = random_seeded_fill, .state = &world->seeded};
	assert_int_equal(core_init(&world->core, &fake_fwd_ops, &world->fwd, &world->random), 0);
	world->core.now = (struct now){.mono = WORLD_START, .wall = WORLD_WALL};
	world->link.core = &world->core;
	world->link.world = world;
	assert_int_equal(mac_engine_create(&world->engine), 0);
	assert_int_equal(sa_init(&world->sa, world->engine, &key, 1), 0);
	return world;
}

void world_start(struct world *world)
{
	struct error err;

	install_lan(world);
	world->next = world->conf;
	assert_int_equal(
		mobile_create(&world->mobile, &world->core, &world->link, &world->conf, &err), 0);
	world_settle(world);
}

void world_destroy(struct world *world)
{
	mobile_destroy(world->mobile);
	assert_int_equal(world->link.n_tunnels, 0);
	assert_int_equal(fake_fwd_tunnels(&world->fwd), 0);
	assert_int_equal(world->core.timers.count, 0);
	assert_false(addr_is_set(&world->link.inner));
	assert_string_equal(world->fwd.fault, "");
	sa_fini(&world->sa);
	mac_engine_destroy(world->engine);
	core_fini(&world->core);
	free(world->held);
	free(world);
}
