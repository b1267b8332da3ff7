/* SPDX-License-Identifier: BSD-3-Clause */
/* The home agent of the tests, and a router that speaks to it. */
#include "fixture.h"

#include <stdlib.h>
#include <string.h>

be32 ip(const char *text)
{
	be32 address;

	assert_int_equal(inet_pton(AF_INET, text, &address), 1);
	return address;
}

struct ip_addr addr(const char *text)
{
	return addr_v4(ip(text));
}

struct ip_prefix prefix(const char *text, unsigned int len)
{
	return prefix_v4(ip(text), len);
}

static void set_router(struct fixture *f, int index, const char *name, const char *home_address,
		       uint32_t spi)
{
	struct conf_router *router = &f->routers[index];

	snprintf(router->name, sizeof(router->name), "%s", name);
	router->home_address = addr(home_address);
	router->realm = UINT32_MAX;
	router->n_keys = 1;
	router->keys[0] = (struct conf_key){.spi = spi, .algorithm = CONF_HMAC_SHA256_128};
	router->keys[0].secret.len = 32;
	for (int i = 0; i < 32; i++)
		router->keys[0].secret.bytes[i] = (uint8_t)(index * 16 + i);
	router->networks = f->networks[index];
}

static void add_router_network(struct fixture *f, int index, const char *address, unsigned int len)
{
	f->networks[index][f->routers[index].n_networks++] = prefix(address, len);
}

static void set_routers(struct fixture *f)
{
	struct conf_router *routers = f->routers;

	set_router(f, BRANCH_A, "branch-a", "192.0.2.1", 1000);
	routers[BRANCH_A].n_keys = 2;
	routers[BRANCH_A].keys[1] = routers[BRANCH_A].keys[0];
	routers[BRANCH_A].keys[1].spi = 1001;
	routers[BRANCH_A].keys[1].algorithm = CONF_HMAC_SHA1;
	routers[BRANCH_A].keys[1].secret.len = 20;
	add_router_network(f, BRANCH_A, "10.1.0.0", 24);
	add_router_network(f, BRANCH_A, "10.1.64.0", 24);

	set_router(f, BRANCH_B, "branch-b", "192.0.2.2", 2000);
	routers[BRANCH_B].networks_mode = CONF_NETWORKS_IMPLICIT;
	add_router_network(f, BRANCH_B, "10.2.0.0", 24);
	add_router_network(f, BRANCH_B, "10.2.64.0", 24);

	set_router(f, BRANCH_C, "branch-c", "192.0.2.3", 0x100);
	routers[BRANCH_C].networks_mode = CONF_NETWORKS_BOTH;
	routers[BRANCH_C].keys[0].algorithm = CONF_HMAC_MD5;
	routers[BRANCH_C].keys[0].secret.len = 16;
	for (uint8_t i = 0; i < 16; i++)
		routers[BRANCH_C].keys[0].secret.bytes[i] = i;
	add_router_network(f, BRANCH_C, "10.3.0.0", 24);

	set_router(f, NODE_D, "node-d", "192.0.2.4", 4000);
	set_router(f, NONCE_E, "nonce-e", "192.0.2.5", 5000);
	routers[NONCE_E].keys[0].replay = CONF_REPLAY_NONCES;
	add_router_network(f, NONCE_E, "10.5.0.0", 24);
	set_router(f, SHADOW_F, "shadow-f", "192.0.2.6", 6000);
	routers[SHADOW_F].networks_mode = CONF_NETWORKS_BOTH;
	add_router_network(f, SHADOW_F, "10.1.0.0", 16);
	add_router_network(f, SHADOW_F, "10.2.0.0", 24);
	set_router(f, STRAY_G, "stray-g", "10.99.0.1", 7000);
}

static void set_conf(struct fixture *f)
{
	struct conf_home *home = &f->conf.home;

	f->conf.role = CONF_HOME_AGENT;
	f->conf.capacity.tunnels = FAKE_SIZE;
	f->home_network = prefix("192.0.2.0", 24);
	home->address = addr(HUB);
	home->networks = &f->home_network;
	home->n_networks = 1;
	home->max_lifetime = time_seconds(1800);
	home->replay_tolerance = time_seconds(7);
	home->encapsulations[ENCAP_IPIP] = true;
	home->encapsulations[ENCAP_UDP] = true;
	home->force_udp = true;
	home->nat_max_lifetime = time_seconds(120);
	home->nat_keepalive = time_seconds(25);
	home->simultaneous_bindings = 1;
	home->revocation = true;
	home->subscribers.routers = f->routers;
	home->subscribers.n_routers = ROUTERS;
}

int fixture_prepare(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));
	struct random random = {random_seeded_fill, NULL};

	assert_non_null(f);
	fake_fwd_init(&f->fwd, 2);
	f->ops = fake_fwd_ops;
	random_seed(&f->seeded, 1);
	random.state = &f->seeded;
	assert_int_equal(core_init(&f->core, &f->ops, &f->fwd, &random), 0);
	f->core.now = (struct now){.mono = START_MONO, .wall = START_WALL};
	fake_link_init(&f->link, &f->core);
	assert_int_equal(mac_engine_create(&f->engine), 0);
	set_conf(f);
	set_routers(f);
	for (int i = 0; i < ROUTERS; i++)
		assert_int_equal(
			sa_init(&f->sa[i], f->engine, f->routers[i].keys, f->routers[i].n_keys), 0);
	*state = f;
	return 0;
}

/* Past the time in which requests from before the start are refused, unless a test wants just it. */
void fixture_start(struct fixture *f)
{
	struct error err;

	assert_int_equal(home_create(&f->home, &f->core, &f->link, &f->conf, &err), 0);
	fixture_advance(f, time_seconds(60));
}

void fixture_stop(struct fixture *f)
{
	home_destroy(f->home);
	f->home = NULL;
}

int fixture_setup(void **state)
{
	fixture_prepare(state);
	fixture_start(*state);
	return 0;
}

int fixture_teardown(void **state)
{
	struct fixture *f = *state;
	int faults = (int)f->fwd.faults;

	f->ops = fake_fwd_ops; /* no failure is planned any more */
	fixture_stop(f);
	if (f->fwd.faults)
		print_error("tables: %s\n", f->fwd.fault);
	assert_int_equal(faults, 0);
	assert_int_equal(f->fwd.faults, 0);
	assert_int_equal(f->fwd.n_routes, 0);
	assert_int_equal(f->fwd.n_bindings, 0);
	assert_int_equal(f->fwd.n_locals, 0);
	assert_int_equal(fake_fwd_paths(&f->fwd), 0);
	assert_int_equal(fake_fwd_tunnels(&f->fwd), 0);
	assert_int_equal(f->link.open_tunnels, 0);
	assert_int_equal(timers_next(&f->core.timers), TIME_NEVER);
	for (int i = 0; i < ROUTERS; i++)
		sa_fini(&f->sa[i]);
	mac_engine_destroy(f->engine);
	core_fini(&f->core);
	free(f);
	return 0;
}

void fixture_advance(struct fixture *f, uint64_t duration)
{
	uint64_t end = f->core.now.mono + duration;

	while (timers_next(&f->core.timers) <= end) {
		uint64_t step = timers_next(&f->core.timers) - f->core.now.mono;

		f->core.now.mono += step;
		f->core.now.wall += step;
		timers_run(&f->core.timers, f->core.now.mono);
	}
	f->core.now.wall += end - f->core.now.mono;
	f->core.now.mono = end;
}

void fixture_step_wall(struct fixture *f, int64_t nanoseconds)
{
	f->core.now.wall += (uint64_t)nanoseconds;
}

struct registration_request fixture_request(struct fixture *f, int router)
{
	uint64_t id = ntp_from_unix(f->core.now.wall);

	if (f->last_id && (int64_t)(id - f->last_id) <= 0)
		id = f->last_id + 0x10000;
	f->last_id = id;
	return (struct registration_request){
		.flags = REQUEST_D | REQUEST_T,
		.lifetime = 600,
		.home_address = f->routers[router].home_address.v4,
		.home_agent = ip(HUB),
		.care_of = ip(CARE_OF),
		.identification = id,
	};
}

void add_network(struct registration_request *request, const char *address, uint8_t len)
{
	request->networks[request->n_networks++] =
		(struct registration_network){.prefix = ip(address), .len = len};
}

void ask_udp(struct registration_request *request, bool force)
{
	request->udp = (struct registration_udp_request){
		.is_present = true,
		.force = force,
		.encapsulation = 4,
	};
}

struct message fixture_sign(struct fixture *f, int router, size_t key,
			    const struct registration_request *request)
{
	struct message message;
	struct writer writer = writer_of(message.bytes, sizeof(message.bytes));

	assert_int_equal(registration_request_build(request, &writer), WIRE_OK);
	assert_int_equal(sa_sign(&f->sa[router].entries[key], &writer), 0);
	message.len = writer.len;
	return message;
}

void fixture_deliver(struct fixture *f, const struct message *message, const char *source,
		     uint16_t source_port)
{
	struct datagram datagram = {
		.source = addr(source),
		.destination = addr(HUB),
		.source_port = source_port,
		.destination_port = MESSAGE_UDP_PORT,
		.port = 0,
		.tunnel = {.index = FWD_NONE},
		.payload = message->bytes,
		.len = message->len,
	};

	home_handle_datagram(f->home, &datagram);
}

bool fixture_reply(struct fixture *f, int router, struct registration_reply *reply)
{
	const struct fake_datagram *sent = fake_link_last(&f->link);
	const struct sa_entry *entry;

	if (f->link.total_sent == f->seen)
		return false;
	assert_int_equal(f->link.total_sent, f->seen + 1);
	f->seen = f->link.total_sent;
	assert_int_equal(registration_reply_parse(sent->bytes, sent->datagram.len, reply), WIRE_OK);
	assert_int_equal(sa_verify(&f->sa[router], sent->bytes, &reply->auth, &entry), SA_OK);
	return true;
}

bool fixture_ask(struct fixture *f, int router, const struct registration_request *request,
		 const char *source, struct registration_reply *reply)
{
	struct message message = fixture_sign(f, router, 0, request);

	fixture_deliver(f, &message, source, MESSAGE_UDP_PORT);
	return fixture_reply(f, router, reply);
}

struct registration_reply fixture_register(struct fixture *f, int router, const char *care_of)
{
	struct registration_request request = fixture_request(f, router);
	struct registration_reply reply;

	request.care_of = ip(care_of);
	if (f->routers[router].networks_mode == CONF_NETWORKS_EXPLICIT)
		for (size_t i = 0; i < f->routers[router].n_networks; i++)
			request.networks[request.n_networks++] = (struct registration_network){
				f->networks[router][i].addr.v4, f->networks[router][i].len};
	assert_true(fixture_ask(f, router, &request, care_of, &reply));
	assert_int_equal(reply.code, 0);
	return reply;
}

void assert_denied(struct fixture *f, int router, const struct registration_request *request,
		   const char *source, uint8_t code)
{
	const struct home_counters before = *home_counters(f->home);
	const struct home_counters *after = home_counters(f->home);
	struct registration_reply reply;
	struct event event;

	while (event_take(&f->core.events, &event)) {
	}
	assert_true(fixture_ask(f, router, request, source, &reply));
	assert_int_equal(reply.code, code);
	assert_int_equal((uint32_t)reply.identification, (uint32_t)request->identification);
	assert_int_equal(after->denied, before.denied + 1);
	assert_int_equal(after->denied_by_code[code], before.denied_by_code[code] + 1);
	assert_int_equal(after->discarded, before.discarded);
	assert_true(fixture_event(f, EVENT_REGISTRATION_DENIED, &event));
	assert_int_equal(event.value, code);
}

void assert_discarded(struct fixture *f, const struct message *message, const uint64_t *counter)
{
	uint64_t discarded = home_counters(f->home)->discarded;
	uint64_t before = counter ? *counter : 0;
	size_t sent = f->link.total_sent;
	struct event event;

	while (event_take(&f->core.events, &event)) {
	}
	fixture_deliver(f, message, CARE_OF, MESSAGE_UDP_PORT);
	assert_int_equal(f->link.total_sent, sent);
	assert_int_equal(home_counters(f->home)->discarded, discarded + 1);
	if (counter)
		assert_int_equal(*counter, before + 1);
	assert_true(fixture_event(f, EVENT_REGISTRATION_DISCARDED, &event));
	assert_true(event.text[0] != '\0');
}

struct search {
	struct ip_addr home_address;
	struct home_binding_view view;
	struct ip_prefix networks[8];
	size_t found;
};

static bool search_visit(void *arg, const struct home_binding_view *view)
{
	struct search *search = arg;

	if (addr_is_set(&search->home_address) &&
	    !addr_is_equal(&search->home_address, &view->home_address))
		return true;
	if (search->found++ == 0) {
		search->view = *view;
		assert_in_range(view->n_networks, 0, 8);
		for (size_t i = 0; i < view->n_networks; i++)
			search->networks[i] = view->networks[i];
		search->view.networks = search->networks;
	}
	return true;
}

const struct home_binding_view *fixture_binding(struct fixture *f, int router)
{
	static struct search search;

	search = (struct search){.home_address = f->routers[router].home_address};
	home_walk_bindings(f->home, search_visit, &search);
	assert_in_range(search.found, 0, 1);
	return search.found ? &search.view : NULL;
}

size_t fixture_bindings(const struct fixture *f)
{
	struct search search = {.found = 0};

	home_walk_bindings(f->home, search_visit, &search);
	return search.found;
}

const char *fixture_route(struct fixture *f, const char *address, unsigned int len)
{
	struct ip_prefix wanted = prefix(address, len);
	const struct fwd_route *route = fake_fwd_route(&f->fwd, REALM_MAIN, &wanted);

	if (!route)
		return "none";
	if (route->nexthop.kind == NEXTHOP_UNREACHABLE) {
		assert_int_equal(route->nexthop.id, DROP_UNBOUND);
		return "unbound";
	}
	assert_int_equal(route->nexthop.kind, NEXTHOP_PATH);
	return "path";
}

const struct fwd_tunnel *fixture_tunnel(struct fixture *f, const char *address)
{
	struct ip_addr wanted = addr(address);
	struct fwd_nexthop nexthop;
	uint32_t tunnel;

	if (f->core.ops->route_lookup(&f->fwd, REALM_MAIN, &wanted, &nexthop) < 0 ||
	    nexthop.kind != NEXTHOP_PATH)
		return NULL;
	assert_int_equal(f->fwd.path_use[nexthop.id], FAKE_LIVE);
	tunnel = f->fwd.paths[nexthop.id].tunnel;
	if (tunnel == FWD_NONE)
		return NULL;
	assert_int_equal(f->fwd.tunnel_use[tunnel], FAKE_LIVE);
	assert_int_equal(f->fwd.tunnels[tunnel].source, FWD_SOURCE_PATH);
	return &f->fwd.tunnels[tunnel];
}

bool fixture_event(struct fixture *f, enum event_type type, struct event *event)
{
	struct event next;
	bool found = false;

	while (event_take(&f->core.events, &next)) {
		if (next.type != type)
			continue;
		*event = next;
		found = true;
	}
	return found;
}

static bool count_violation(void *arg, const struct home_violation *violation)
{
	size_t *count = arg;

	(void)violation;
	(*count)++;
	return true;
}

size_t fixture_violations(const struct fixture *f)
{
	size_t count = 0;

	home_walk_violations(f->home, count_violation, &count);
	return count;
}

static bool keep_violation(void *arg, const struct home_violation *violation)
{
	*(const struct home_violation **)arg = violation;
	return true;
}

const struct home_violation *fixture_last_violation(const struct fixture *f)
{
	const struct home_violation *last = NULL;

	home_walk_violations(f->home, keep_violation, &last);
	return last;
}
