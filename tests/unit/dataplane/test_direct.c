/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Tunnels between branches, through the contract: half-bound ones, what may come by one, what their
 * paths are told and count, and at a hub the pairs that talk through it.
 */
#include <errno.h>

#include "pipeline.h"

#define PEER      0xc633644d /* 198.51.100.77: its care-of address */
#define PEER_NET  0x0a080000 /* 10.8.0.0/24, routed to its path */
#define OTHER_NET 0x0a070000 /* 10.7.0.0/24, another router's */
#define STRANGER  0x0a060001 /* routed to nobody */
#define NATIVE    0xc6120001 /* a host in front of us */

enum { SIGNALLING = 434, PAYLOAD = IPV4_SIZE };

struct peer {
	uint32_t path;
	struct tunnel_ref any; /* from any port */
};

static struct peer peer;

static void set_path(struct state *s, uint32_t path, const struct fwd_path *set)
{
	assert_int_equal(ops->path_set(s->fwd, path, set), 0);
}

/* A path that leads by the hub for now. */
static uint32_t add_path(struct state *s, uint32_t network, uint8_t len)
{
	const struct fwd_path path = {.tunnel = s->tunnel.index, .backup = FWD_NONE};
	struct fwd_route route = {
		.prefix = prefix_v4(htonl(network), len),
		.nexthop = {.kind = NEXTHOP_PATH},
	};

	assert_int_equal(ops->path_insert(s->fwd, &path, &route.nexthop.id), 0);
	assert_int_equal(ops->route_set(s->fwd, &route), 0);
	return route.nexthop.id;
}

static struct fwd_binding key_of(uint16_t port)
{
	return (struct fwd_binding){
		.encap = ENCAP_UDP,
		.local = addr_v4(htonl(OURS)),
		.remote = addr_v4(htonl(PEER)),
		.local_port = SIGNALLING,
		.remote_port = port,
	};
}

static struct tunnel_ref insert_tunnel(struct state *s, const struct fwd_tunnel *tunnel)
{
	const struct fwd_binding key = key_of(tunnel->remote_port);
	struct tunnel_ref ref;

	assert_int_equal(ops->tunnel_insert(s->fwd, tunnel, &ref), 0);
	assert_int_equal(ops->binding_insert(s->fwd, &key, ref.index), 0);
	return ref;
}

/* port 0: any. */
static struct fwd_tunnel tunnel_of(const struct state *s, uint16_t port, enum fwd_accept accept)
{
	const struct fwd_binding key = key_of(port);

	return (struct fwd_tunnel){
		.encap = key.encap,
		.local = key.local,
		.remote = key.remote,
		.local_port = key.local_port,
		.remote_port = key.remote_port,
		.mtu = 1468,
		.adjacency = port != 0 ? s->forward : FWD_NONE,
		.source = FWD_SOURCE_PATH,
		.source_path = peer.path,
		.destination = FWD_DESTINATION_LOCAL,
		.accept = accept,
		.ttl = 64,
		.dscp = FWD_DSCP_COPY,
	};
}

static struct tunnel_ref open_tunnel(struct state *s, uint16_t port, enum fwd_accept accept)
{
	const struct fwd_tunnel tunnel = tunnel_of(s, port, accept);

	return insert_tunnel(s, &tunnel);
}

static void close_tunnel(struct state *s, struct tunnel_ref ref, uint16_t port)
{
	const struct fwd_binding key = key_of(port);

	assert_int_equal(ops->binding_remove(s->fwd, &key), 0);
	assert_int_equal(ops->tunnel_remove(s->fwd, ref), 0);
	ops->reclaim(s->fwd);
}

static int setup_peer(void **arg)
{
	conf.capacity.tunnels = 8;
	conf.capacity.ring = 64;
	conf.policer.peer.per_second = 1;
	if (setup(arg) != 0)
		return -1;
	peer.path = add_path(*arg, PEER_NET, 24);
	return 0;
}

/* From the peer's care-of address and that port. */
static void receive_udp(struct state *s, uint16_t port, const uint8_t *inner, uint16_t len)
{
	enum { UDP = IPV4_SIZE, MIP = UDP + UDP_SIZE, INNER = MIP + MIP_TUNNEL_DATA_SIZE };
	uint8_t ip[1500];

	packet(ip, PEER, OURS, PROTOCOL_UDP);
	store16(ip + IPV4_LENGTH, (uint16_t)(INNER + len));
	ipv4_set_checksum(ip, IPV4_SIZE);
	memset(ip + UDP, 0, INNER - UDP);
	store16(ip + UDP, port);
	store16(ip + UDP + 2, SIGNALLING);
	store16(ip + UDP + 4, (uint16_t)(INNER - UDP + len));
	ip[MIP] = MIP_TUNNEL_DATA;
	ip[MIP + 1] = PROTOCOL_IPIP;
	memcpy(ip + INNER, inner, len);
	receive(s, ip, (uint16_t)(INNER + len));
}

static void receive_icmp(struct state *s, uint16_t port, uint32_t source, uint8_t type)
{
	uint8_t ip[64];
	uint16_t len = packet(ip, source, OURS, PROTOCOL_ICMP);

	ip[PAYLOAD] = type;
	receive_udp(s, port, ip, len);
}

static void receive_data(struct state *s, uint16_t port, uint32_t source, uint32_t destination)
{
	uint8_t ip[64];
	uint16_t len = packet(ip, source, destination, PROTOCOL_ICMP);

	receive_udp(s, port, ip, len);
}

/* To us, but no echo of whatever kind: signalling, fragments of an echo, half an echo, others. */
static void receive_no_echoes(struct state *s, enum drop_reason reason)
{
	uint8_t ip[64];
	uint16_t len = packet(ip, PEER_NET + 1, OURS, PROTOCOL_UDP);

	store16(ip + PAYLOAD + 2, SIGNALLING);
	store16(ip + PAYLOAD + 4, 8);
	receive_udp(s, 5000, ip, len);
	expect_drop(reason);
	packet(ip, PEER_NET + 1, OURS, PROTOCOL_IPIP);
	receive_udp(s, 5000, ip, len);
	expect_drop(reason);
	for (uint16_t fragment = 1; fragment != 0; fragment = fragment == 1 ? IPV4_MF : 0) {
		packet(ip, PEER_NET + 1, OURS, PROTOCOL_ICMP);
		store16(ip + IPV4_FRAGMENT, fragment);
		ipv4_set_checksum(ip, IPV4_SIZE);
		receive_udp(s, 5000, ip, len);
		expect_drop(reason);
	}
	packet(ip, PEER_NET + 1, OURS, PROTOCOL_ICMP);
	store16(ip + IPV4_LENGTH, (uint16_t)(len - 1));
	ipv4_set_checksum(ip, IPV4_SIZE);
	receive_udp(s, 5000, ip, (uint16_t)(len - 1));
	expect_drop(reason);
	receive_icmp(s, 5000, PEER_NET + 1, 3); /* an error */
	expect_drop(reason);
}

/* --- what may come by one ------------------------------------------------------------------------ */

/* Proves: H7-092 */
static void test_half_bound(void **arg)
{
	struct tunnel_ref any = open_tunnel(*arg, 0, FWD_ACCEPT_ECHO);
	struct state *s = *arg;
	struct fwd_tunnel_state read;
	struct punt up;

	look(s);
	receive_icmp(s, 40112, PEER_NET + 1, ICMP_ECHO_REQUEST);
	expect_none();
	assert_true(punt(s, PUNT_ICMP, &up));
	assert_int_equal(up.tunnel.index, any.index);
	assert_int_equal(up.tunnel.generation, any.generation);
	assert_int_equal(up.outer.v4, htonl(PEER));
	assert_int_equal(up.outer_port, 40112);
	assert_int_equal(up.path, FWD_NONE);

	receive_data(s, 40112, PEER_NET + 1, HOME + 7);
	expect_drop(DROP_HALF_BOUND);
	receive_icmp(s, 40112, PEER_NET + 1, ICMP_ECHO_REPLY);
	expect_drop(DROP_HALF_BOUND);
	receive_no_echoes(s, DROP_HALF_BOUND);
	receive_icmp(s, 40112, STRANGER, ICMP_ECHO_REQUEST);
	expect_drop(DROP_INNER_SOURCE);
	receive_data(s, 40112, PEER_NET + 1, STRANGER);
	expect_drop(DROP_INNER_DESTINATION);
	assert_int_equal(ops->tunnel_read(s->fwd, any.index, &read), 0);
	assert_int_equal(read.counters.received.packets, 1);
	assert_false(punt(s, PUNT_ICMP, &up));
	close_tunnel(s, any, 0);
}

/* Wherever else it may lead to. */
static void test_half_bound_to_anywhere(void **arg)
{
	struct state *s = *arg;
	struct fwd_tunnel tunnel = tunnel_of(s, 0, FWD_ACCEPT_ECHO);
	struct tunnel_ref any;

	tunnel.destination = FWD_DESTINATION_ANY;
	any = insert_tunnel(s, &tunnel);
	look(s);
	receive_data(s, 40112, PEER_NET + 1, HOME + 7);
	expect_drop(DROP_HALF_BOUND);
	receive_data(s, 40112, PEER_NET + 1, REMOTE + 7);
	expect_drop(DROP_HALF_BOUND);
	close_tunnel(s, any, 0);
}

/* Proves: H7-020, H7-144 */
static void test_direct(void **arg)
{
	struct tunnel_ref any = open_tunnel(*arg, 0, FWD_ACCEPT_DIRECT);
	struct state *s = *arg;
	uint64_t before = came_round(s);
	struct punt up;

	look(s);
	receive_data(s, 40112, PEER_NET + 1, HOME + 7);
	receive_data(s, 40113, PEER_NET + 1, HOME + 7); /* a NAT has moved it */
	expect_none();
	assert_int_equal(came_round(s), before + 2);
	receive_icmp(s, 40112, PEER_NET + 1, ICMP_ECHO_REQUEST);
	assert_true(punt(s, PUNT_ICMP, &up));
	receive_icmp(s, 40112, PEER_NET + 1, ICMP_ECHO_REPLY);
	assert_true(punt(s, PUNT_ICMP, &up));
	expect_none();
	receive_no_echoes(s, DROP_INNER_LOCAL);
	receive_icmp(s, 40112, PEER_NET + 1, 13); /* a timestamp */
	expect_drop(DROP_INNER_LOCAL);
	/* What is routed elsewhere is not the peer's, and what is not ours not for us. */
	receive_data(s, 40112, REMOTE + 1, HOME + 7);
	expect_drop(DROP_INNER_SOURCE);
	receive_data(s, 40112, HOME + 1, HOME + 7);
	expect_drop(DROP_INNER_SOURCE);
	receive_data(s, 40112, PEER_NET + 1, REMOTE + 7);
	expect_drop(DROP_INNER_DESTINATION);
	close_tunnel(s, any, 0);
	receive_data(s, 40112, PEER_NET + 1, HOME + 7);
	expect_drop(DROP_TUNNEL_UNKNOWN);
}

/* The port that is known has a tunnel of its own; every other one is any's. */
static void test_port_of_its_own(void **arg)
{
	struct tunnel_ref any = open_tunnel(*arg, 0, FWD_ACCEPT_ECHO);
	struct tunnel_ref bound = open_tunnel(*arg, 40112, FWD_ACCEPT_DIRECT);
	struct state *s = *arg;
	struct punt up;

	look(s);
	receive_data(s, 40112, PEER_NET + 1, HOME + 7);
	expect_none();
	receive_data(s, 40113, PEER_NET + 1, HOME + 7);
	expect_drop(DROP_HALF_BOUND);
	receive_icmp(s, 40113, PEER_NET + 1, ICMP_ECHO_REQUEST);
	assert_true(punt(s, PUNT_ICMP, &up));
	assert_int_equal(up.tunnel.index, any.index);
	receive_icmp(s, 40112, PEER_NET + 1, ICMP_ECHO_REQUEST);
	assert_true(punt(s, PUNT_ICMP, &up));
	assert_int_equal(up.tunnel.index, bound.index);
	close_tunnel(s, bound, 40112);
	look(s);
	receive_data(s, 40112, PEER_NET + 1, HOME + 7);
	expect_drop(DROP_HALF_BOUND);
	close_tunnel(s, any, 0);
}

/* Nothing leaves to a port that is not known, whoever asks for it. */
static void test_only_receives(void **arg)
{
	struct tunnel_ref any = open_tunnel(*arg, 0, FWD_ACCEPT_DIRECT);
	struct state *s = *arg;
	struct fwd_path path = {.tunnel = any.index, .backup = FWD_NONE};
	const struct inject inject = {.kind = INJECT_TUNNEL, .tunnel = any};
	uint64_t before = came_round(s);
	uint8_t ip[64];
	uint16_t len = packet(ip, NATIVE, PEER_NET + 1, PROTOCOL_UDP);

	look(s);
	set_path(s, peer.path, &path);
	receive(s, ip, len);
	expect_drop(DROP_NO_UNDERLAY);
	assert_int_equal(ops->inject(s->fwd, &inject, ip, len), 0);
	dataplane_poll(s->fwd, 0);
	expect_drop(DROP_NO_UNDERLAY);
	assert_int_equal(ops->tunnel_set_adjacency(s->fwd, any, s->forward), -EINVAL);
	assert_int_equal(came_round(s), before);
	path.tunnel = s->tunnel.index;
	set_path(s, peer.path, &path);
	close_tunnel(s, any, 0);
}

static uint16_t signalling(uint8_t *ip, uint32_t source)
{
	uint16_t len = packet(ip, source, OURS, PROTOCOL_UDP);

	store16(ip + PAYLOAD, 40112);
	store16(ip + PAYLOAD + 2, SIGNALLING);
	store16(ip + PAYLOAD + 4, 8);
	return len;
}

/* Signalling from an address that is the far end of a live tunnel, at whatever port, is not a
 * stranger's (haaro.md, section 21.3). */
static void test_native_signalling_is_of_a_bound_router(void **arg)
{
	struct tunnel_ref any = open_tunnel(*arg, 0, FWD_ACCEPT_ECHO);
	struct state *s = *arg;
	struct fwd_counters before, after;
	uint8_t ip[64];
	uint16_t len = signalling(ip, PEER);

	ops->counters_read(s->fwd, &before);
	receive(s, ip, len);
	ops->counters_read(s->fwd, &after);
	assert_int_equal(after.punted[PUNT_CLASS_BOUND], before.punted[PUNT_CLASS_BOUND] + 1);
	close_tunnel(s, any, 0);
	receive(s, ip, len);
	ops->counters_read(s->fwd, &after);
	assert_int_equal(after.punted[PUNT_CLASS_UNKNOWN], before.punted[PUNT_CLASS_UNKNOWN] + 1);
}

static void receive_signalling_by_hub(struct state *s, uint32_t source)
{
	uint8_t ip[64];
	uint16_t len = signalling(ip, source);

	look(s);
	receive_by_hub(s, ip, len);
}

/*
 * What the hub passes on from a peer has a share of its own, one packet here: from its home address or
 * behind it, and from the care-of address at which a tunnel ends.
 */
static void test_signalling_of_peers_by_the_hub(void **arg)
{
	struct state *s = *arg;
	struct fwd_path path = {.tunnel = s->tunnel.index, .backup = FWD_NONE};
	struct fwd_counters before, after;
	struct tunnel_ref any;

	set_path(s, peer.path, &path);
	ops->counters_read(s->fwd, &before);
	receive_signalling_by_hub(s, REMOTE + 1); /* routed to the hub, like all the world */
	receive_signalling_by_hub(s, PEER_NET + 1);
	receive_signalling_by_hub(s, PEER);
	ops->counters_read(s->fwd, &after);
	assert_int_equal(after.punted[PUNT_CLASS_UNKNOWN], before.punted[PUNT_CLASS_UNKNOWN] + 3);
	path.count = true;
	set_path(s, peer.path, &path);
	receive_signalling_by_hub(s, PEER_NET + 1);
	ops->counters_read(s->fwd, &after);
	assert_int_equal(after.punted[PUNT_CLASS_PEER], before.punted[PUNT_CLASS_PEER] + 1);
	receive_signalling_by_hub(s, PEER_NET + 1);
	expect_drop(DROP_POLICED_PEER);
	any = open_tunnel(s, 0, FWD_ACCEPT_DIRECT);
	receive_signalling_by_hub(s, PEER);
	expect_drop(DROP_POLICED_PEER);
	receive_signalling_by_hub(s, REMOTE + 1);
	expect_none();
	close_tunnel(s, any, 0);
}

/* --- what a path is told --------------------------------------------------------------------------- */

static void send_native(struct state *s, uint32_t source)
{
	uint8_t ip[64];
	uint16_t len = packet(ip, source, PEER_NET + 1, PROTOCOL_UDP);

	receive(s, ip, len);
}

static void send_ours(struct state *s)
{
	const struct inject inject = {.kind = INJECT_LOOKUP};
	uint8_t ip[64];
	uint16_t len = packet(ip, OURS, PEER_NET + 1, PROTOCOL_UDP);

	assert_int_equal(ops->inject(s->fwd, &inject, ip, len), 0);
	dataplane_poll(s->fwd, 0);
}

static void test_notify_send(void **arg)
{
	struct state *s = *arg;
	struct fwd_path path = {.tunnel = s->tunnel.index, .backup = FWD_NONE, .notify_send = true};
	uint64_t before = came_round(s);
	uint8_t ip[1500];
	struct punt up;

	set_path(s, peer.path, &path);
	look(s);
	send_ours(s);
	receive_inner(s, PEER_NET + 1, HOME + 7); /* the other way */
	assert_false(punt(s, PUNT_NOTIFY, &up));
	packet(ip, NATIVE, PEER_NET + 1, PROTOCOL_UDP);
	store16(ip + IPV4_LENGTH, 1400);
	ipv4_set_checksum(ip, IPV4_SIZE);
	receive(s, ip, 1400);
	assert_true(punt(s, PUNT_NOTIFY, &up));
	assert_int_equal(up.path, peer.path);
	assert_int_equal(up.tunnel.index, FWD_NONE);
	assert_int_equal(up.len, 548); /* what an ICMP error of 576 octets quotes */
	assert_memory_equal(up.bytes, ip, IPV4_SIZE);
	assert_int_equal(came_round(s), before + 3); /* all went on */
	expect_none();
	/* Nothing takes a path that leads nowhere. */
	path.tunnel = FWD_NONE;
	path.down = DROP_NOT_REGISTERED;
	set_path(s, peer.path, &path);
	send_native(s, NATIVE);
	expect_drop(DROP_NOT_REGISTERED);
	assert_false(punt(s, PUNT_NOTIFY, &up));
}

static void test_notify_receive(void **arg)
{
	struct tunnel_ref bound = open_tunnel(*arg, 40112, FWD_ACCEPT_DIRECT);
	struct state *s = *arg;
	struct fwd_path path = {
		.tunnel = s->tunnel.index, .backup = FWD_NONE, .notify_receive = true};
	uint8_t ip[64];
	uint16_t len = packet(ip, HUB, OURS, PROTOCOL_IPIP);
	struct punt up;

	set_path(s, peer.path, &path);
	look(s);
	send_native(s, NATIVE);
	receive_inner(s, REMOTE + 1, HOME + 7);         /* of another path */
	receive_data(s, 40112, PEER_NET + 1, HOME + 7); /* not from the hub */
	receive_inner(s, PEER_NET + 1, OURS);           /* to us */
	expect_none();
	assert_false(punt(s, PUNT_NOTIFY, &up));
	receive_inner(s, PEER_NET + 1, REMOTE + 1);
	expect_drop(DROP_INNER_DESTINATION);
	len = packet(ip + IPV4_SIZE, PEER_NET + 1, HOME + 7, PROTOCOL_UDP);
	ip[IPV4_SIZE + IPV4_TTL] = 1;
	ipv4_set_checksum(ip + IPV4_SIZE, IPV4_SIZE);
	store16(ip + IPV4_LENGTH, (uint16_t)(IPV4_SIZE + len));
	ipv4_set_checksum(ip, IPV4_SIZE);
	receive(s, ip, (uint16_t)(IPV4_SIZE + len));
	expect_drop(DROP_TTL_EXPIRED);
	assert_false(punt(s, PUNT_NOTIFY, &up));
	receive_inner(s, PEER_NET + 1, HOME + 7);
	expect_none();
	assert_true(punt(s, PUNT_NOTIFY, &up));
	assert_int_equal(up.path, peer.path);
	assert_int_equal(up.tunnel.index, s->tunnel.index);
	assert_int_equal(up.bytes[IPV4_SOURCE + 1], 8);
	close_tunnel(s, bound, 40112);
}

/* From a hub that may send anywhere: still only what comes to our own networks. */
static void test_notify_receive_at_home(void **arg)
{
	struct state *s = *arg;
	struct fwd_path path = {
		.tunnel = s->tunnel.index, .backup = FWD_NONE, .notify_receive = true};
	struct fwd_tunnel tunnel = tunnel_of(s, 5001, FWD_ACCEPT_ALL);
	uint64_t before = came_round(s);
	struct tunnel_ref hub;
	struct punt up;

	tunnel.source = FWD_SOURCE_NOT_LOCAL;
	tunnel.destination = FWD_DESTINATION_ANY;
	hub = insert_tunnel(s, &tunnel);
	set_path(s, peer.path, &path);
	receive_data(s, 5001, PEER_NET + 1, REMOTE + 1);
	assert_false(punt(s, PUNT_NOTIFY, &up));
	receive_data(s, 5001, PEER_NET + 1, HOME + 7);
	assert_true(punt(s, PUNT_NOTIFY, &up));
	assert_int_equal(came_round(s), before + 2);
	close_tunnel(s, hub, 5001);
}

/* Whoever reads the first one takes the mark away; until then only so many go up. */
static void test_notify_is_policed(void **arg)
{
	struct state *s = *arg;
	const struct fwd_path path = {
		.tunnel = s->tunnel.index, .backup = FWD_NONE, .notify_send = true};
	struct fwd_counters before, after;

	set_path(s, peer.path, &path);
	ops->counters_read(s->fwd, &before);
	look(s);
	for (unsigned int i = 0; i < 50; i++)
		send_native(s, NATIVE);
	expect_none(); /* the copies that do not go up are no packets lost */
	ops->counters_read(s->fwd, &after);
	assert_in_range(after.punted[PUNT_CLASS_NOTIFY] - before.punted[PUNT_CLASS_NOTIFY], 1, 30);
}

static void expect_counters(struct state *s, uint64_t sent_hub, uint64_t sent_direct,
			    uint64_t received_hub, uint64_t received_direct)
{
	struct path_counters counters;

	assert_int_equal(ops->path_counters_read(s->fwd, peer.path, &counters), 0);
	assert_int_equal(counters.sent_hub.packets, sent_hub);
	assert_int_equal(counters.sent_direct.packets, sent_direct);
	assert_int_equal(counters.received_hub.packets, received_hub);
	assert_int_equal(counters.received_direct.packets, received_direct);
	assert_int_equal(counters.sent_hub.bytes, 28 * sent_hub);
	assert_int_equal(counters.sent_direct.bytes, 28 * sent_direct);
	assert_int_equal(counters.received_hub.bytes, 28 * received_hub);
	assert_int_equal(counters.received_direct.bytes, 28 * received_direct);
}

static void test_counters(void **arg)
{
	struct tunnel_ref any = open_tunnel(*arg, 0, FWD_ACCEPT_DIRECT);
	struct tunnel_ref bound = open_tunnel(*arg, 40112, FWD_ACCEPT_DIRECT);
	struct state *s = *arg;
	struct fwd_path path = {.tunnel = s->tunnel.index, .backup = FWD_NONE};

	set_path(s, peer.path, &path);
	send_native(s, NATIVE);
	receive_inner(s, PEER_NET + 1, HOME + 7);
	expect_counters(s, 0, 0, 0, 0);
	path.count = true;
	set_path(s, peer.path, &path);
	send_native(s, NATIVE);
	expect_counters(s, 1, 0, 0, 0);
	receive_inner(s, PEER_NET + 1, HOME + 7);
	receive_inner(s, PEER_NET + 2, HOME + 7);
	expect_counters(s, 1, 0, 2, 0);
	receive_data(s, 40112, PEER_NET + 1, HOME + 7);
	receive_data(s, 40113, PEER_NET + 1, HOME + 7); /* by any's */
	expect_counters(s, 1, 0, 2, 2);
	path.tunnel = bound.index;
	path.direct = true;
	set_path(s, peer.path, &path);
	for (unsigned int i = 0; i < 3; i++)
		send_native(s, NATIVE);
	expect_counters(s, 1, 3, 2, 2);
	/* No user's: what we make, what watches the tunnel; nor what is of another path, or refused. */
	send_ours(s);
	receive_icmp(s, 40112, PEER_NET + 1, ICMP_ECHO_REQUEST);
	receive_inner(s, PEER_NET + 1, OURS);
	receive_inner(s, REMOTE + 1, HOME + 7);
	receive_inner(s, PEER_NET + 1, REMOTE + 1);
	send_native(s, OURS);
	expect_counters(s, 1, 3, 2, 2);
	path.count = false; /* and what was counted stays */
	set_path(s, peer.path, &path);
	send_native(s, NATIVE);
	expect_counters(s, 1, 3, 2, 2);
	path = (struct fwd_path){.tunnel = s->tunnel.index, .backup = FWD_NONE};
	set_path(s, peer.path, &path);
	close_tunnel(s, bound, 40112);
	close_tunnel(s, any, 0);
}

/* --- pairs ------------------------------------------------------------------------------------------ */

struct seen {
	struct fwd_pair pair;
	unsigned int n;
};

static void see(void *arg, const struct fwd_pair *pair)
{
	struct seen *seen = arg;

	seen->pair = *pair;
	seen->n++;
}

static struct seen walk(struct state *s)
{
	struct seen seen = {.n = 0};

	ops->pairs_walk(s->fwd, see, &seen);
	return seen;
}

static void remove_path(struct state *s, uint32_t path, uint32_t network, uint8_t len)
{
	const struct ip_prefix prefix = prefix_v4(htonl(network), len);

	assert_int_equal(ops->route_remove(s->fwd, REALM_MAIN, &prefix), 0);
	assert_int_equal(ops->path_remove(s->fwd, path), 0);
}

/* "Own", so that the tunnels of this file, which bring packets for our own networks only, do. */
static void make_own(struct state *s, uint32_t network, uint8_t len, uint32_t path)
{
	const struct fwd_route route = {
		.prefix = prefix_v4(htonl(network), len),
		.nexthop = {.kind = NEXTHOP_PATH, .own = true, .id = path},
	};

	assert_int_equal(ops->route_set(s->fwd, &route), 0);
}

/* A hub: what one router sends to another is sampled, and nothing else. */
static void test_pairs(void **arg)
{
	enum { SAMPLES = 100 };
	struct tunnel_ref from = open_tunnel(*arg, 40112, FWD_ACCEPT_ALL);
	struct state *s = *arg;
	uint32_t to = add_path(s, OTHER_NET, 24);
	struct seen seen;

	remove_path(s, to, OTHER_NET, 24);
	ops->reclaim(s->fwd);
	assert_int_equal(add_path(s, OTHER_NET, 24), to); /* not the first with its index */
	make_own(s, OTHER_NET, 24, to);
	make_own(s, PEER_NET + 128, 25, peer.path);
	for (unsigned int i = 0; i < 10 * FWD_PAIR_SAMPLE; i++) {
		receive_data(s, 40112, PEER_NET + 1, HOME + 7);       /* to no router */
		receive_data(s, 40112, PEER_NET + 1, PEER_NET + 200); /* to itself */
		receive_inner(s, PEER_NET + 1, OTHER_NET + 1);        /* from no router's tunnel */
		send_native(s, NATIVE);                               /* natively */
		receive_data(s, 40112, PEER_NET + 1, STRANGER);       /* refused */
	}
	assert_int_equal(walk(s).n, 0);
	for (unsigned int i = 0; i < SAMPLES * FWD_PAIR_SAMPLE; i++)
		receive_data(s, 40112, PEER_NET + 1, OTHER_NET + 1);
	seen = walk(s);
	assert_int_equal(seen.n, 1);
	assert_int_equal(seen.pair.from, peer.path);
	assert_int_equal(seen.pair.to, to);
	/* What came round the ring passes parse, but no further: it is not of the sample. */
	assert_in_range(seen.pair.samples, SAMPLES - SAMPLES / 4, SAMPLES + SAMPLES / 4);
	/* The path goes; its successor with the same index has not talked to anybody. */
	remove_path(s, to, OTHER_NET, 24);
	assert_int_equal(walk(s).n, 0);
	ops->reclaim(s->fwd);
	assert_int_equal(add_path(s, OTHER_NET, 24), to);
	assert_int_equal(walk(s).n, 0);
	close_tunnel(s, from, 40112);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_half_bound),
		cmocka_unit_test(test_half_bound_to_anywhere),
		cmocka_unit_test(test_direct),
		cmocka_unit_test(test_port_of_its_own),
		cmocka_unit_test(test_only_receives),
		cmocka_unit_test(test_native_signalling_is_of_a_bound_router),
		cmocka_unit_test(test_signalling_of_peers_by_the_hub),
		cmocka_unit_test(test_notify_send),
		cmocka_unit_test(test_notify_receive),
		cmocka_unit_test(test_notify_receive_at_home),
		cmocka_unit_test(test_notify_is_policed),
		cmocka_unit_test(test_counters),
		cmocka_unit_test(test_pairs),
	};

	return cmocka_run_group_tests(tests, setup_peer, teardown);
}
