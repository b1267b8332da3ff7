/* SPDX-License-Identifier: BSD-3-Clause */
/* The recording link and the small hub. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "world.h"

/* --- the link ------------------------------------------------------------------------------- */

struct tunnel {
	struct tunnel_spec spec;
	struct tunnel_ref ref;
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
		.ttl = 64,
	};
	const struct fwd_ops *ops = link->core->ops;
	struct tunnel *made;
	int result;

	if (link->fail_tunnel)
		return link->fail_tunnel;
	made = calloc(1, sizeof(*made));
	assert_non_null(made);
	made->spec = *spec;
	result = ops->tunnel_insert(link->core->fwd, &fwd, &made->ref);
	if (result == 0)
		result = ops->binding_insert(link->core->fwd, &binding, made->ref.index);
	assert_int_equal(result, 0);
	link->n_tunnels++;
	*tunnel = made;
	return 0;
}

void tunnel_close(struct link *link, struct tunnel *tunnel)
{
	const struct fwd_ops *ops = link->core->ops;
	struct fwd_binding binding;

	if (!tunnel)
		return;
	binding = binding_of(&tunnel->spec);
	assert_int_equal(ops->binding_remove(link->core->fwd, &binding), 0);
	assert_int_equal(ops->tunnel_remove(link->core->fwd, tunnel->ref), 0);
	ops->reclaim(link->core->fwd);
	link->n_tunnels--;
	free(tunnel);
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

int link_send_datagram(struct link *link, const struct datagram *datagram, uint8_t ttl)
{
	struct world_sent *sent = &link->sent[link->n_sent++];

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

int link_send_echo(struct link *link, uint16_t port, struct tunnel_ref tunnel,
		   const struct ip_addr *source, const struct ip_addr *destination,
		   uint16_t identifier, uint16_t sequence)
{
	struct world_echo *echo = &link->echoes[link->n_echoes++ % WORLD_SENT_MAX];

	assert_int_equal(identifier, LINK_ECHO_ID);
	assert_true(addr_is_set(source));
	*echo = (struct world_echo){
		.mono = link->core->now.mono, .port = port, .tunnel = tunnel, .sequence = sequence};
	hub_handle_echo(link->world, echo, destination);
	return 0;
}

/* --- the hub -------------------------------------------------------------------------------- */

static struct world_delivery *enqueue(struct world *world)
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
	delivery = enqueue(world);
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
	delivery = enqueue(world);
	delivery->is_event = true;
	delivery->event = core_event(&world->core, EVENT_ECHO_REPLY);
	delivery->event.peer = *destination;
	delivery->event.port = echo->tunnel.index == FWD_NONE ? echo->port : PORT_NONE;
	delivery->event.tunnel = echo->tunnel;
	delivery->event.value = echo->sequence;
	delivery->event.value2 = LINK_ECHO_ID;
}
