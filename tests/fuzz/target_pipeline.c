/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A worker's turn on real tables with one frame. The first octet says how it arrives (bit 0: port;
 * bit 1: mend its IPv4 checksums; bits 2 and 3: role of the port), the rest is the frame, in a
 * buffer of just its size. However it is made, it leaves well formed, goes up, or is dropped, and
 * no buffer is lost or freed twice. Ports are net_null's with receive and send of our own.
 */
#include <string.h>

#include <rte_ethdev.h>

#include "haaro/addr.h"
#include "haaro/dataplane.h"

#include "encap/ipv4.h"
#include "fuzz.h"
#include "fwd.h"

enum {
	PORTS = 2, /* wan and core */
	ETHERNET = 14,
	MENDED_MAX = 6, /* headers in headers */
	FRAME_SIZE_MAX = 4096,
	MTU = 1500,
	MTU_SMALL = 576,
	RATE = 1000000000, /* the policers never act: that would depend on the time */
};

#define HUB \
	0xcb00710au /* 203.0.113.10; the far ends are .30 to .33, as in tests/replay, and to .35 */

static const struct fwd_ops *const ops = &dataplane_ops;
static struct fwd *fwd; /* EAL starts once in a process */
static struct rte_mbuf *arriving[PORTS];
static unsigned int n_freed; /* of the buffers that arrived */

/* --- the tables of tests/replay/cases.py ---------------------------------------------------------- */

static uint32_t add_adjacency(uint16_t port, enum adjacency_kind kind)
{
	const struct fwd_adjacency adjacency = {.kind = kind, .port = port, .mtu = MTU};
	uint32_t index;

	FUZZ_CHECK(ops->adjacency_insert(fwd, &adjacency, &index) == 0);
	return index;
}

static void add_route(uint32_t addr, uint8_t len, struct fwd_nexthop nexthop)
{
	const struct fwd_route route = {
		.realm = REALM_MAIN,
		.prefix = {.addr = addr_v4(htonl(addr)), .len = len},
		.nexthop = nexthop,
	};

	FUZZ_CHECK(ops->route_set(fwd, &route) == 0);
}

/* Tunnel n has the far end 203.0.113.(30 + n), with 10.(1 + n).0.0/24 behind it. */
static void add_tunnel(unsigned int n, struct fwd_tunnel tunnel)
{
	struct fwd_path path = {
		.tunnel = FWD_NONE,
		.backup = FWD_NONE,
		.notify_send = tunnel.accept != FWD_ACCEPT_ALL,
		.notify_receive = tunnel.accept != FWD_ACCEPT_ALL,
		.count = tunnel.accept != FWD_ACCEPT_ALL,
		.down = DROP_UNBOUND,
	};
	struct fwd_binding binding;
	struct tunnel_ref ref;

	tunnel.local = addr_v4(htonl(HUB));
	tunnel.remote = addr_v4(htonl((HUB & ~0xffu) + 30 + n));
	tunnel.realm = REALM_MAIN;
	tunnel.ttl = 64;
	tunnel.dscp = FWD_DSCP_COPY;
	tunnel.clamp_mss = true;
	FUZZ_CHECK(ops->path_insert(fwd, &path, &tunnel.source_path) == 0);
	FUZZ_CHECK(ops->tunnel_insert(fwd, &tunnel, &ref) == 0);
	path.tunnel = ref.index;
	FUZZ_CHECK(ops->path_set(fwd, tunnel.source_path, &path) == 0);
	binding = (struct fwd_binding){
		.encap = tunnel.encap,
		.local = tunnel.local,
		.remote = tunnel.remote,
		.local_port = tunnel.local_port,
		.remote_port = tunnel.remote_port,
	};
	FUZZ_CHECK(ops->binding_insert(fwd, &binding, ref.index) == 0);
	add_route(0x0a000000 | (n + 1) << 16, 24,
		  (struct fwd_nexthop){.kind = NEXTHOP_PATH, .id = tunnel.source_path});
}

static void fill_tables(void)
{
	const struct ip_addr hub = addr_v4(htonl(HUB)), core = addr_v4(htonl(0x0aff0001));
	const struct fwd_port port = {.role = PORT_ROLE_HUB, .realm = REALM_MAIN, .up = true};
	uint32_t wan = add_adjacency(0, ADJACENCY_FORWARD);

	for (uint16_t i = 0; i < PORTS; i++)
		FUZZ_CHECK(ops->port_set(fwd, i, &port) == 0);
	FUZZ_CHECK(ops->local_set(fwd, REALM_MAIN, &hub, LOCAL_NATIVE | LOCAL_INNER) == 0);
	FUZZ_CHECK(ops->local_set(fwd, REALM_MAIN, &core, LOCAL_NATIVE) == 0);
	add_route(HUB & ~0xffu, 24, (struct fwd_nexthop){.kind = NEXTHOP_ADJACENCY, .id = wan});
	add_route(0x0aff0000, 24,
		  (struct fwd_nexthop){.kind = NEXTHOP_ADJACENCY,
				       .own = true,
				       .id = add_adjacency(1, ADJACENCY_FORWARD)});
	add_route(0x0aff0080, 25,
		  (struct fwd_nexthop){.kind = NEXTHOP_ADJACENCY,
				       .id = add_adjacency(1, ADJACENCY_GLEAN)});
	add_route(0xc0000200, 24,
		  (struct fwd_nexthop){.kind = NEXTHOP_UNREACHABLE, .id = DROP_UNBOUND});
	add_tunnel(0, (struct fwd_tunnel){.encap = ENCAP_IPIP, .mtu = MTU - 20, .adjacency = wan});
	add_tunnel(1, (struct fwd_tunnel){.encap = ENCAP_UDP,
					  .mtu = MTU - 32,
					  .adjacency = wan,
					  .local_port = 434,
					  .remote_port = 40000,
					  .udp_checksum = true});
	add_tunnel(2, (struct fwd_tunnel){.encap = ENCAP_IPIP,
					  .mtu = MTU - 20,
					  .adjacency = wan,
					  .source = FWD_SOURCE_ANY});
	add_tunnel(3, (struct fwd_tunnel){.encap = ENCAP_IPIP,
					  .mtu = MTU_SMALL,
					  .adjacency = wan,
					  .source = FWD_SOURCE_NOT_LOCAL,
					  .destination = FWD_DESTINATION_LOCAL});
	/* branches' own: half-bound, and bound, both from any port */
	for (unsigned int n = 4; n < 6; n++)
		add_tunnel(n, (struct fwd_tunnel){.encap = ENCAP_UDP,
						  .mtu = MTU - 32,
						  .adjacency = FWD_NONE,
						  .local_port = 434,
						  .destination = FWD_DESTINATION_LOCAL,
						  .accept = n == 4 ? FWD_ACCEPT_ECHO
								   : FWD_ACCEPT_DIRECT});
}

/* --- ports of ours ---------------------------------------------------------------------------------- */

static void check_sent(const struct rte_mbuf *mbuf)
{
	const uint8_t *ip = rte_pktmbuf_mtod_offset(mbuf, const uint8_t *, ETHERNET);
	uint32_t header = (ip[0] & 0xfu) * 4, len = load16(ip + IPV4_LENGTH);

	FUZZ_CHECK(mbuf->nb_segs == 1 && mbuf->data_len == mbuf->pkt_len);
	FUZZ_CHECK(len + ETHERNET == mbuf->data_len && len <= MTU);
	FUZZ_CHECK(ip[0] >> 4 == 4 && header >= IPV4_SIZE && header <= len);
	FUZZ_CHECK(checksum_is_good(ip, header) && ip[IPV4_TTL] != 0);
}

static uint16_t send_burst(void *queue, struct rte_mbuf **mbufs, uint16_t n)
{
	(void)queue;
	for (uint16_t i = 0; i < n; i++)
		check_sent(mbufs[i]);
	rte_pktmbuf_free_bulk(mbufs, n);
	return n;
}

static uint16_t receive_burst(void *queue, struct rte_mbuf **mbufs, uint16_t n)
{
	struct rte_mbuf **mine = queue;

	if (*mine == NULL || n == 0)
		return 0;
	mbufs[0] = *mine;
	*mine = NULL;
	return 1;
}

static void take_ports(void)
{
	static void *queues[PORTS];

	for (uint8_t i = 0; i < PORTS; i++) {
		struct rte_eth_fp_ops *device = &rte_eth_fp_ops[fwd->ports[i].id];

		queues[i] = &arriving[i];
		device->rxq.data = &queues[i];
		device->rx_pkt_burst = receive_burst;
		device->tx_pkt_burst = send_burst;
		/* as net_pcap's, so that frames of tests/replay fit */
		fwd->ports[i].mac = (struct mac_addr){{2, 0x70, 0x63, 0x61, 0x70, i}};
	}
}

static void stop(void)
{
	dataplane_destroy(fwd);
}

static void start(void)
{
	static struct conf_port ports[PORTS] = {
		{.name = "wan", .device = "net_null0", .mtu = MTU},
		{.name = "core", .device = "net_null1", .mtu = MTU},
	};
	static struct conf conf = {
		.name = "fuzz",
		.role = CONF_HOME_AGENT,
		.workers = {.count = 1},
		.ports = ports,
		.n_ports = PORTS,
		.capacity = {.tunnels = 8,
			     .prefixes = 32,
			     .neighbours = 8,
			     .buffers = 1024,
			     .ring = 64,
			     .queue = 64},
		.policer = {{RATE}, {RATE}, {RATE}, {RATE}, {RATE}, {RATE}, {RATE}, {RATE}},
	};
	const struct dataplane_options options = {.no_hugepages = true, .no_threads = true};
	struct error err = {.text = ""};

	setenv("XDG_RUNTIME_DIR", "/tmp", 0);
	fwd = dataplane_create(&conf, &options, &err);
	if (fwd == NULL)
		fputs(err.text, stderr);
	FUZZ_CHECK(fwd != NULL);
	atexit(stop);
	take_ports();
	fill_tables();
}

/* --- a frame ------------------------------------------------------------------------------------------ */

/* The checksums of the IPv4 headers, the outermost first: what they guard is worth fuzzing. */
static void mend(uint8_t *frame, size_t len)
{
	size_t at = ETHERNET;

	for (unsigned int n = 0; n < MENDED_MAX && at + IPV4_SIZE <= len; n++) {
		uint8_t *ip = frame + at;
		size_t header = (ip[0] & 0xfu) * 4;

		if (header < IPV4_SIZE || at + header > len)
			return;
		ipv4_set_checksum(ip, (uint32_t)header);
		at += header;
		if (ip[IPV4_PROTOCOL] == PROTOCOL_UDP)
			at += UDP_SIZE + 4;
		else if (ip[IPV4_PROTOCOL] != PROTOCOL_IPIP)
			return;
	}
}

static void count_free(void *buffer, void *arg)
{
	(void)arg;
	free(buffer);
	n_freed++;
}

/* Its octets end where the allocation ends: who reads on is seen. */
static struct rte_mbuf *make_buffer(const uint8_t *frame, size_t len)
{
	static struct rte_mbuf_ext_shared_info shared = {.free_cb = count_free};
	struct rte_mbuf *mbuf = rte_pktmbuf_alloc(fwd->pool);
	uint16_t size = (uint16_t)(RTE_PKTMBUF_HEADROOM + len);
	uint8_t *buffer = malloc(size);

	FUZZ_CHECK(mbuf != NULL && buffer != NULL);
	rte_mbuf_ext_refcnt_set(&shared, 1);
	rte_pktmbuf_attach_extbuf(mbuf, buffer, RTE_BAD_IOVA, size, &shared);
	mbuf->data_off = RTE_PKTMBUF_HEADROOM;
	mbuf->data_len = (uint16_t)len;
	mbuf->pkt_len = (uint32_t)len;
	if (len > 0)
		memcpy(rte_pktmbuf_mtod(mbuf, void *), frame, len);
	return mbuf;
}

static void drain_punts(size_t len)
{
	struct punt punt;

	while (ops->punt_read(fwd, &punt) > 0)
		FUZZ_CHECK(punt.len <= len && punt.len <= PUNT_PACKET_MAX && punt.bytes != NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct fwd_port set = {.realm = REALM_MAIN, .up = true};
	uint16_t port;

	if (len == 0 || len > FRAME_SIZE_MAX)
		return 0;
	if (fwd == NULL)
		start();
	port = data[0] & 1;
	set.role = (enum port_role)((data[0] >> 2 & 3) % (PORT_ROLE_LAN + 1));
	FUZZ_CHECK(ops->port_set(fwd, port, &set) == 0);
	arriving[port] = make_buffer(data + 1, len - 1);
	if (data[0] & 2)
		mend(rte_pktmbuf_mtod(arriving[port], uint8_t *), len - 1);
	n_freed = 0;
	dataplane_poll(fwd, 0);
	drain_punts(len);
	FUZZ_CHECK(n_freed == 1);
	FUZZ_CHECK(rte_mempool_avail_count(fwd->pool) == fwd->pool->size);
	return 0;
}
