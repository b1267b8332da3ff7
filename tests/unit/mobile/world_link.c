/* SPDX-License-Identifier: BSD-3-Clause */
/* The recording link and the small hub. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "link/removal.h"
#include "world.h"

/* --- the link ------------------------------------------------------------------------------- */

struct tunnel {
	struct tunnel *next;
	struct tunnel_spec spec;
	struct tunnel_ref ref;
	bool muted;
};

static struct fwd_binding binding_of(const struct tunnel_spec *spec)
{
	return (struct fwd_binding){
		.encap = spec->encap,
		.local = spec->local,
		.remote = spec->remote,
		.local_port = spec->local_port,
		.remote_port = spec->remote_port,
	};
}

static struct tunnel *find(const struct link *link, const struct fwd_binding *key)
{
	for (struct tunnel *tunnel = link->tunnels; tunnel; tunnel = tunnel->next)
		if (tunnel->spec.encap == key->encap &&
		    addr_is_equal(&tunnel->spec.local, &key->local) &&
		    addr_is_equal(&tunnel->spec.remote, &key->remote) &&
		    tunnel->spec.local_port == key->local_port &&
		    tunnel->spec.remote_port == key->remote_port)
			return tunnel;
	return NULL;
}

int tunnel_open(struct link *link, const struct tunnel_spec *spec, struct tunnel **tunnel)
{
	const struct fwd_binding binding = binding_of(spec);
	const struct fwd_tunnel fwd = {
		.encap = spec->encap,
		.local = spec->local,
		.remote = spec->remote,
		.local_port = spec->local_port,
		.remote_port = spec->remote_port,
		.mtu = 1400,
		.adjacency = FWD_NONE,
		.source = spec->source,
		.source_path = spec->source_path,
		.destination = spec->destination,
		.accept = spec->accept,
		.ttl = 64,
	};
	const struct fwd_ops *ops = link->core->ops;
	struct tunnel *made;

	int result = link->fail_tunnel;

	if (result != 0) {
		if (link->fail_times > 0 && --link->fail_times == 0)
			link->fail_tunnel = 0;
		return result;
	}
	if (find(link, &binding))
		return -EEXIST;
	made = calloc(1, sizeof(*made));
	assert_non_null(made);
	made->spec = *spec;
	assert_int_equal(ops->tunnel_insert(link->core->fwd, &fwd, &made->ref), 0);
	assert_int_equal(ops->binding_insert(link->core->fwd, &binding, made->ref.index), 0);
	made->next = link->tunnels;
	link->tunnels = made;
	link->n_tunnels++;
	*tunnel = made;
	return 0;
}

void tunnel_close(struct link *link, struct tunnel *tunnel)
{
	const struct fwd_ops *ops = link->core->ops;
	struct tunnel **at = &link->tunnels;
	struct fwd_binding binding;

	if (!tunnel)
		return;
	while (*at != tunnel)
		at = &(*at)->next;
	*at = tunnel->next;
	binding = binding_of(&tunnel->spec);
	assert_int_equal(ops->binding_remove(link->core->fwd, &binding), 0);
	assert_int_equal(ops->tunnel_remove(link->core->fwd, tunnel->ref), 0);
	ops->reclaim(link->core->fwd);
	link->n_tunnels--;
	free(tunnel);
}

void tunnel_mute(struct tunnel *tunnel)
{
	assert_non_null(tunnel);
	tunnel->muted = true;
}

bool world_is_muted(const struct tunnel *tunnel)
{
	return tunnel->muted;
}

void link_path_remove(struct link *link, uint32_t index)
{
	assert_int_equal(link->core->ops->path_remove(link->core->fwd, index), 0);
}

struct tunnel_ref tunnel_ref(const struct tunnel *tunnel)
{
	return tunnel->ref;
}

const struct tunnel_spec *tunnel_spec(const struct tunnel *tunnel)
{
	return &tunnel->spec;
}

uint16_t tunnel_mtu(const struct tunnel *tunnel)
{
	(void)tunnel;
	return 1400;
}

int link_route_set(struct link *link, const struct fwd_route *route)
{
	return link->core->ops->route_set(link->core->fwd, route);
}

void link_route_remove(struct link *link, uint16_t realm, const struct ip_prefix *prefix)
{
	assert_int_equal(link->core->ops->route_remove(link->core->fwd, realm, prefix), 0);
}

int link_address_insert(struct link *link, uint16_t realm, const struct ip_addr *addr)
{
	assert_int_equal(realm, REALM_MAIN);
	link->inner = *addr;
	return 0;
}

void link_address_remove(struct link *link, uint16_t realm, const struct ip_addr *addr)
{
	assert_int_equal(realm, REALM_MAIN);
	if (addr_is_equal(&link->inner, addr))
		link->inner = (struct ip_addr){0};
}

bool link_address_is_own(const struct link *link, const struct ip_addr *addr)
{
	for (size_t i = 0; i < WORLD_PORTS; i++)
		if (addr_is_equal(&link->addresses[i], addr))
			return true;
	return addr_is_equal(&link->inner, addr);
}

bool link_port_is_up(const struct link *link, uint16_t port)
{
	return link->up[port];
}

struct ip_addr link_port_address(const struct link *link, uint16_t port)
{
	return link->addresses[port];
}

static void hub_handle_request(struct world *world, const struct world_sent *sent);
static void hub_handle_echo(struct world *world, const struct world_echo *echo,
			    const struct ip_addr *destination);

static bool is_for_hub(const struct world *world, const struct ip_addr *destination)
{
	return !world->above.arg || addr_is_equal(destination, &world->conf.mobile.home_agent);
}

int link_send_datagram(struct link *link, const struct datagram *datagram, uint8_t ttl)
{
	struct world_above *above = &link->world->above;
	struct world_sent *sent;

	if (!is_for_hub(link->world, &datagram->destination)) {
		above->sent(above->arg, datagram, ttl);
		return 0;
	}
	sent = &link->sent[link->n_sent++];
	assert_true(link->n_sent < WORLD_SENT_MAX);
	assert_true(datagram->len <= sizeof(sent->bytes));
	*sent = (struct world_sent){
		.mono = link->core->now.mono, .datagram = *datagram, .ttl = ttl};
	memcpy(sent->bytes, datagram->payload, datagram->len);
	sent->datagram.payload = sent->bytes;
	if (message_type(sent->bytes, datagram->len) != MESSAGE_REQUEST)
		return 0;
	assert_int_equal(registration_request_parse(sent->bytes, datagram->len, &sent->request),
			 WIRE_OK);
	hub_handle_request(link->world, sent);
	return link->up[datagram->port] ? 0 : -ENETUNREACH;
}

static const struct tunnel *tunnel_of(const struct link *link, struct tunnel_ref ref)
{
	for (const struct tunnel *tunnel = link->tunnels; tunnel; tunnel = tunnel->next)
		if (tunnel->ref.index == ref.index && tunnel->ref.generation == ref.generation)
			return tunnel;
	return NULL;
}

int link_send_echo(struct link *link, const struct link_echo *request)
{
	const struct tunnel *tunnel = tunnel_of(link, request->tunnel);
	struct world_above *above = &link->world->above;
	struct world_echo *echo;

	assert_int_equal(request->identifier, LINK_ECHO_ID);
	assert_true(addr_is_set(&request->source));
	if (tunnel && !is_for_hub(link->world, &tunnel->spec.remote)) {
		above->echoed(above->arg, request, &tunnel->spec);
		return 0;
	}
	echo = &link->echoes[link->n_echoes++ % WORLD_SENT_MAX];
	assert_int_equal(request->size, 0);
	*echo = (struct world_echo){
		.mono = link->core->now.mono,
		.port = request->port,
		.tunnel = request->tunnel,
		.sequence = request->sequence,
	};
	hub_handle_echo(link->world, echo, &request->destination);
	return 0;
}

struct tunnel_ref world_knock(struct world *world, const struct tunnel_knock *knock,
			      const struct ip_addr *local)
{
	struct fwd_binding key = {
		.encap = ENCAP_UDP,
		.local = *local,
		.remote = knock->remote,
		.local_port = MESSAGE_UDP_PORT,
		.remote_port = knock->remote_port,
	};
	struct tunnel *tunnel = find(&world->link, &key);
	struct tunnel_knock told = *knock;
	struct tunnel_ref answer = {.index = FWD_NONE};

	if (tunnel) /* its port is known: nobody is asked */
		return tunnel->ref;
	key.remote_port = 0;
	tunnel = find(&world->link, &key);
	if (!tunnel || !tunnel->spec.knocked)
		return answer;
	told.tunnel = tunnel;
	answer = tunnel->spec.knocked(tunnel->spec.knocked_arg, &told);
	world_settle(world);
	return answer;
}

/* --- the hub -------------------------------------------------------------------------------- */

struct world_delivery *world_enqueue(struct world *world)
{
	struct world_delivery *delivery = &world->queue[world->n_queue++];

	assert_true(world->n_queue < WORLD_QUEUE_MAX);
	*delivery = (struct world_delivery){.mono = world->core.now.mono + WORLD_RTT};
	return delivery;
}

static uint32_t hub_seconds(const struct world *world)
{
	return (uint32_t)((int64_t)ntp_seconds(ntp_from_unix(world->core.now.wall)) +
			  world->hub.ahead);
}

static void add_acks(const struct world *world, const struct registration_request *request,
		     struct registration_reply *reply)
{
	const struct world_hub *hub = &world->hub;

	if (hub->silent_networks || request->lifetime == 0)
		return;
	for (size_t i = 0; i < request->n_networks; i++)
		reply->acks[reply->n_acks++] = (struct registration_ack){
			.network = request->networks[i], .code = hub->ack_code};
	for (size_t i = 0; request->n_networks == 0 && i < hub->n_implicit; i++)
		reply->acks[reply->n_acks++] = (struct registration_ack){
			.network = {hub->implicit[i].addr.v4, hub->implicit[i].len},
			.implicit = true,
			.code = hub->ack_code,
		};
}

struct registration_reply world_answer(const struct world *world)
{
	const struct registration_request *request = &world_last(world)->request;
	uint16_t port = world_last(world)->datagram.port;
	const struct world_hub *hub = &world->hub;
	struct registration_reply reply = {
		.code = hub->code,
		.lifetime = request->lifetime < hub->lifetime ? request->lifetime : hub->lifetime,
		.home_address = request->home_address,
		.home_agent = request->home_agent,
		.identification = request->identification,
	};
	int32_t off = (int32_t)(ntp_seconds(request->identification) - hub_seconds(world));

	add_acks(world, request, &reply);
	reply.udp.is_present = request->udp.is_present;
	reply.udp.force = request->udp.force;
	reply.udp.keepalive = hub->keepalive;
	reply.udp.code = hub->nat[port] || (request->udp.force && hub->force_allowed)
				 ? UDP_REPLY_WILL_TUNNEL
				 : UDP_REPLY_DECLINED;
	reply.revocation.is_present = hub->revokes && request->revocation.is_present;
	reply.revocation.timestamp = hub_seconds(world);
	if (hub->strict && (off > 7 || off < -7)) {
		reply.code = REPLY_IDENTIFICATION;
		reply.identification =
			(uint64_t)hub_seconds(world) << 32 | (uint32_t)request->identification;
	}
	if (world->above.arg)
		world->above.answer(world->above.arg, request, &reply);
	return reply;
}

struct datagram world_signed(struct world *world, const struct registration_reply *reply,
			     uint8_t *bytes)
{
	struct datagram datagram = world_last(world)->datagram;
	struct writer writer = writer_of(bytes, MESSAGE_SIZE);
	struct ip_addr source = datagram.source;

	assert_int_equal(registration_reply_build(reply, &writer), WIRE_OK);
	assert_int_equal(sa_sign(&world->sa.entries[0], &writer), 0);
	datagram.source = datagram.destination;
	datagram.destination = source;
	datagram.destination_port = datagram.source_port;
	datagram.source_port = MESSAGE_UDP_PORT;
	datagram.payload = bytes;
	datagram.len = writer.len;
	return datagram;
}

static void hub_handle_request(struct world *world, const struct world_sent *sent)
{
	struct world_hub *hub = &world->hub;
	struct world_delivery *delivery;
	struct registration_reply reply;
	const struct sa_entry *entry;

	if (!hub->alive || hub->mute || !hub->reaches[sent->datagram.port] ||
	    !world->link.up[sent->datagram.port])
		return;
	assert_int_equal(sa_verify(&world->sa, sent->bytes, &sent->request.auth, &entry), SA_OK);
	reply = world_answer(world);
	if (reply_code_is_success(reply.code)) {
		hub->bound = sent->request.lifetime ? addr_v4(sent->request.care_of)
						    : (struct ip_addr){0};
	}
	delivery = world_enqueue(world);
	delivery->datagram = world_signed(world, &reply, delivery->bytes);
}

static void hub_handle_echo(struct world *world, const struct world_echo *echo,
			    const struct ip_addr *destination)
{
	struct world_hub *hub = &world->hub;
	struct fwd_tunnel_state state;
	struct world_delivery *delivery;
	uint16_t port = echo->port;

	if (echo->tunnel.index != FWD_NONE) {
		assert_int_equal(
			world->core.ops->tunnel_read(&world->fwd, echo->tunnel.index, &state), 0);
		if (!addr_is_equal(&hub->bound, &state.set.local))
			return;
		for (port = 0; port < WORLD_PORTS; port++)
			if (addr_is_equal(&world->link.addresses[port], &state.set.local))
				break;
		if (hub->blocked[port])
			return;
	} else if (hub->filtered) {
		return;
	}
	if (!hub->alive || !hub->reaches[port] || !world->link.up[port])
		return;
	delivery = world_enqueue(world);
	delivery->is_event = true;
	delivery->event = core_event(&world->core, EVENT_ECHO_REPLY);
	delivery->event.peer = *destination;
	delivery->event.port = echo->tunnel.index == FWD_NONE ? echo->port : PORT_NONE;
	delivery->event.tunnel = echo->tunnel;
	delivery->event.value = echo->sequence;
	delivery->event.value2 = LINK_ECHO_ID;
}
