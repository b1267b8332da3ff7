/* SPDX-License-Identifier: BSD-3-Clause */
/* The set-up of pipeline.h. */
#include "pipeline.h"

static struct conf_port port_conf = {.name = "p", .device = "net_ring0", .mtu = 1500};
struct conf conf = {
	.name = "unit",
	.role = CONF_HOME_AGENT,
	.workers = {.count = 1},
	.ports = &port_conf,
	.n_ports = 1,
	.capacity = {.tunnels = 4,
		     .prefixes = 16,
		     .neighbours = 8,
		     .buffers = 512,
		     .ring = 8,
		     .queue = 64},
	.policer = {{1000}, {1000}, {1000}, {1000}, {1000}, {1000}, {1000}, {1000}},
};

uint16_t packet(uint8_t *ip, uint32_t source, uint32_t destination, uint8_t protocol)
{
	be32 from = htonl(source), to = htonl(destination);

	memset(ip, 0, IPV4_SIZE + 8);
	ip[0] = 0x45;
	store16(ip + IPV4_LENGTH, IPV4_SIZE + 8);
	ip[IPV4_TTL] = 64;
	ip[IPV4_PROTOCOL] = protocol;
	memcpy(ip + IPV4_SOURCE, &from, 4);
	memcpy(ip + IPV4_DESTINATION, &to, 4);
	ip[IPV4_SIZE] = 8; /* an echo request, if it is ICMP */
	ipv4_set_checksum(ip, IPV4_SIZE);
	return IPV4_SIZE + 8;
}

void receive(struct state *s, const uint8_t *ip, uint16_t len)
{
	struct inject inject = {.kind = INJECT_FRAME, .port = 0};
	uint8_t frame[14 + 1500] = {0};

	memcpy(frame, s->mac.bytes, 6);
	frame[6] = 2;
	frame[12] = 8;
	memcpy(frame + 14, ip, len);
	assert_int_equal(ops->inject(s->fwd, &inject, frame, 14u + len), 0);
	dataplane_poll(s->fwd, 0);
	dataplane_poll(s->fwd, 0);
}

void receive_by_hub(struct state *s, const uint8_t *inner, uint16_t len)
{
	uint8_t ip[1500];

	packet(ip, HUB, OURS, PROTOCOL_IPIP);
	memcpy(ip + IPV4_SIZE, inner, len);
	store16(ip + IPV4_LENGTH, (uint16_t)(IPV4_SIZE + len));
	ipv4_set_checksum(ip, IPV4_SIZE);
	receive(s, ip, (uint16_t)(IPV4_SIZE + len));
}

void receive_inner(struct state *s, uint32_t source, uint32_t destination)
{
	uint8_t ip[IPV4_SIZE + 8];
	uint16_t len = packet(ip, source, destination, PROTOCOL_ICMP);

	receive_by_hub(s, ip, len);
}

void look(struct state *s)
{
	struct fwd_counters counters;

	ops->counters_read(s->fwd, &counters);
	memcpy(s->drops, counters.drops, sizeof(s->drops));
}

void drops(struct state *s, enum drop_reason reason, uint64_t times)
{
	struct fwd_counters counters;

	ops->counters_read(s->fwd, &counters);
	for (unsigned int i = 1; i < DROP_MAX; i++) {
		uint64_t n = counters.drops[i] - s->drops[i];

		if (i == DROP_ETH_NOT_US)
			continue;
		if (n != (i == reason ? times : 0))
			fail_msg("%s: %lu", drop_name((enum drop_reason)i), n);
	}
	look(s);
}

uint64_t came_round(struct state *s)
{
	struct fwd_counters counters;

	dataplane_poll(s->fwd, 0);
	ops->counters_read(s->fwd, &counters);
	return counters.drops[DROP_ETH_NOT_US];
}

bool punt(struct state *s, enum punt_reason reason, struct punt *punt)
{
	while (ops->punt_read(s->fwd, punt) == 1) {
		if (punt->reason == reason)
			return true;
	}
	return false;
}

int setup(void **arg)
{
	struct dataplane_options options = {.no_hugepages = true, .no_threads = true};
	static struct state state;
	struct state *s = &state;
	struct error err;
	struct fwd_port_state port;
	struct fwd_port hub = {.role = PORT_ROLE_HUB, .up = true};
	struct fwd_adjacency adjacency = {
		.kind = ADJACENCY_FORWARD, .mtu = 1500, .destination = {{2, 0, 0, 0, 0, 9}}};
	struct ip_addr ours = addr_v4(htonl(OURS));
	struct fwd_path path = {.backup = FWD_NONE, .down = DROP_NOT_REGISTERED};
	struct fwd_binding key = {.encap = ENCAP_IPIP, .local = ours};
	struct fwd_tunnel tunnel = {.encap = ENCAP_IPIP,
				    .local = ours,
				    .remote = addr_v4(htonl(HUB)),
				    .mtu = 1480,
				    .source = FWD_SOURCE_NOT_LOCAL,
				    .destination = FWD_DESTINATION_LOCAL,
				    .source_path = FWD_NONE,
				    .ttl = 64,
				    .dscp = FWD_DSCP_COPY};
	struct fwd_route own = {.prefix = prefix_v4(htonl(HOME), 24)};
	struct fwd_route remote = {.prefix = prefix_v4(htonl(REMOTE), 24)};

	if (getenv("XDG_RUNTIME_DIR") == NULL)
		setenv("XDG_RUNTIME_DIR", "/tmp", 0);
	s->fwd = dataplane_create(&conf, &options, &err);
	if (s->fwd == NULL) {
		fprintf(stderr, "%s\n", err.text);
		return -1;
	}
	ops->port_read(s->fwd, 0, &port);
	s->mac = port.mac;
	adjacency.source = port.mac;
	key.remote = tunnel.remote;
	if (ops->port_set(s->fwd, 0, &hub) != 0 ||
	    ops->local_set(s->fwd, REALM_MAIN, &ours, LOCAL_NATIVE | LOCAL_INNER) != 0 ||
	    ops->adjacency_insert(s->fwd, &adjacency, &s->forward) != 0)
		return -1;
	adjacency.kind = ADJACENCY_DOWN;
	tunnel.adjacency = s->forward;
	if (ops->adjacency_insert(s->fwd, &adjacency, &s->down) != 0 ||
	    ops->tunnel_insert(s->fwd, &tunnel, &s->tunnel) != 0 ||
	    ops->binding_insert(s->fwd, &key, s->tunnel.index) != 0)
		return -1;
	path.tunnel = s->tunnel.index;
	if (ops->path_insert(s->fwd, &path, &s->path) != 0)
		return -1;
	own.nexthop = (struct fwd_nexthop){NEXTHOP_ADJACENCY, true, s->forward};
	remote.nexthop = (struct fwd_nexthop){NEXTHOP_PATH, false, s->path};
	*arg = s;
	return ops->route_set(s->fwd, &own) | ops->route_set(s->fwd, &remote);
}

int teardown(void **arg)
{
	struct state *s = *arg;

	dataplane_destroy(s->fwd);
	return 0;
}
