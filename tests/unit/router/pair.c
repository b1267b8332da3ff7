/* SPDX-License-Identifier: BSD-3-Clause */
#include "pair.h"

#include <sys/stat.h>
#include <unistd.h>

#include "wire/packet.h"

#define TUNNEL_DATA 4
#define STEPS_MAX   100000

const char pair_hub_yaml[] = "version: 1\n"
			     "name: hub\n"
			     "role: home-agent\n"
			     "ports:\n"
			     "  - {name: wan, device: net_null0, addresses: [198.51.100.1/24]}\n"
			     "  - {name: core, device: net_null1, addresses: [10.255.0.1/24]}\n"
			     "home-agent:\n"
			     "  address: 198.51.100.1\n"
			     "  home-networks: [192.0.2.0/24]\n"
			     "  subscribers: subscribers.yaml\n";

const char pair_subscribers_yaml[] =
	"version: 1\n"
	"routers:\n"
	"  - name: branch-a\n"
	"    home-address: 192.0.2.1\n"
	"    keys:\n"
	"      - {spi: 1000, algorithm: hmac-sha256-128,\n"
	"         secret: "
	"\"hex:00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff\"}\n"
	"    networks: [10.1.0.0/24]\n";

const char pair_branch_yaml[] =
	"version: 1\n"
	"name: branch-a\n"
	"role: mobile-router\n"
	"ports:\n"
	"  - {name: isp, device: net_null0, addresses: [198.51.100.10/24]}\n"
	"  - {name: lan, device: net_null1, addresses: [10.1.0.1/24]}\n"
	"mobile-router:\n"
	"  home-address: 192.0.2.1\n"
	"  home-agent: 198.51.100.1\n"
	"  key: {spi: 1000, algorithm: hmac-sha256-128,\n"
	"        secret: "
	"\"hex:00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff\"}\n"
	"  lifetime: 60s\n"
	"  uplinks: [{port: isp}]\n"
	"  networks: {mode: explicit, prefixes: [10.1.0.0/24], ports: [lan]}\n"
	"  encapsulations: [udp, ipip]\n"
	"  force-udp: false\n";

static void path_of(const struct pair *pair, const char *name, char path[128])
{
	snprintf(path, 128, "%s/%s", pair->directory, name);
}

void pair_write(const struct pair *pair, const char *name, const char *text)
{
	char path[128];
	FILE *file;

	path_of(pair, name, path);
	file = fopen(path, "w");
	assert_non_null(file);
	assert_true(fputs(text, file) >= 0);
	assert_int_equal(fclose(file), 0);
	assert_int_equal(chmod(path, 0600), 0);
}

struct conf *pair_load(const struct pair *pair, const char *name)
{
	struct error err = {""};
	struct conf *conf;
	char path[128];

	path_of(pair, name, path);
	conf = conf_load(path, &err);
	if (!conf)
		fail_msg("%s", err.text);
	return conf;
}

static void see(void *arg, const struct event *event)
{
	struct node *node = arg;

	node->events[event->type]++;
}

static void node_start(struct pair *pair, struct node *node, const char *name, uint64_t seed)
{
	const struct haaro_environment environment = {
		.ops = &fake_fwd_ops,
		.fwd = &node->fwd,
		.random = {random_seeded_fill, &node->seeded},
		.subscriber = see,
		.subscriber_arg = node,
	};
	struct error err = {""};

	fake_fwd_init(&node->fwd, 2);
	node->fwd.ports[0].mac.bytes[1] = (uint8_t)seed;
	random_seed(&node->seeded, seed);
	node->conf = pair_load(pair, name);
	if (haaro_create(&node->haaro, node->conf, &environment, &pair->now, &err) < 0)
		fail_msg("%s", err.text);
}

struct pair *pair_create(void)
{
	return pair_create_of(pair_hub_yaml, pair_subscribers_yaml, pair_branch_yaml);
}

struct pair *pair_create_of(const char *hub, const char *subscribers, const char *branch)
{
	struct pair *pair = calloc(1, sizeof(*pair));

	assert_non_null(pair);
	snprintf(pair->directory, sizeof(pair->directory), "/tmp/haaro-pair-XXXXXX");
	assert_non_null(mkdtemp(pair->directory));
	pair->now = (struct now){.mono = 1000 * NS_PER_S, .wall = 1800000000 * NS_PER_S};
	pair_write(pair, "hub.yaml", hub);
	pair_write(pair, "subscribers.yaml", subscribers);
	pair_write(pair, "branch.yaml", branch);
	node_start(pair, &pair->hub, "hub.yaml", 1);
	node_start(pair, &pair->branch, "branch.yaml", 2);
	return pair;
}

static void node_stop(struct node *node)
{
	haaro_destroy(node->haaro);
	conf_free(node->conf);
	if (node->fwd.faults > 0)
		fail_msg("%u faults, the last: %s", node->fwd.faults, node->fwd.fault);
	assert_int_equal(fake_fwd_adjacencies(&node->fwd), 0);
	assert_int_equal(fake_fwd_tunnels(&node->fwd), 0);
	assert_int_equal(fake_fwd_paths(&node->fwd), 0);
	assert_int_equal(node->fwd.n_bindings, 0);
	assert_int_equal(node->fwd.n_routes, 0);
	assert_int_equal(node->fwd.n_locals, 0);
}

void pair_destroy(struct pair *pair)
{
	static const char *const names[] = {"hub.yaml", "subscribers.yaml", "branch.yaml"};
	char path[128];

	node_stop(&pair->branch);
	node_stop(&pair->hub);
	for (size_t i = 0; i < 3; i++) {
		path_of(pair, names[i], path);
		unlink(path);
	}
	rmdir(pair->directory);
	free(pair);
}

/* --- the segment, and what workers would do ------------------------------------------------------- */

static struct punt punt_of(const struct node *node, enum punt_reason reason, const uint8_t *bytes,
			   size_t len)
{
	return (struct punt){
		.reason = reason,
		.port = node->port,
		.adjacency = FWD_NONE,
		.tunnel = {.index = FWD_NONE},
		.len = (uint16_t)len,
		.bytes = bytes,
	};
}

/* An IPv4 packet that arrives natively. */
static void arrive(struct pair *pair, struct node *to, const uint8_t *bytes, size_t len)
{
	struct punt punt = punt_of(to, PUNT_SIGNALLING, bytes, len);
	struct packet_ipv4 ip;
	struct ip_addr destination;

	assert_int_equal(packet_ipv4_parse(bytes, len, &ip), PACKET_OK);
	destination = addr_v4(ip.destination);
	if (!(fake_fwd_local(&to->fwd, REALM_MAIN, &destination) & LOCAL_NATIVE))
		return;
	punt.outer = addr_v4(ip.source);
	if (ip.protocol == IPV4_PROTOCOL_ICMP)
		punt.reason = PUNT_ICMP;
	else if (ip.fragment & (IPV4_MF | IPV4_OFFSET_MASK))
		punt.reason = PUNT_FRAGMENT;
	else
		pair->signalling++;
	pair->fragments += punt.reason == PUNT_FRAGMENT;
	haaro_input(to->haaro, &pair->now, &punt);
}

/* An inner packet that was put into a tunnel of the other side. */
static void arrive_by_tunnel(struct pair *pair, struct node *to, const struct fwd_tunnel *sent,
			     const uint8_t *bytes, size_t len)
{
	const struct fwd_binding key = {
		.encap = sent->encap,
		.local = sent->remote,
		.remote = sent->local,
		.local_port = sent->remote_port,
		.remote_port = sent->local_port,
	};
	struct punt punt = punt_of(to, PUNT_ICMP, bytes, len);
	struct ip_addr destination = addr_v4(0);
	uint32_t index;

	memcpy(&destination.v4, bytes + 16, 4);
	if (sent->adjacency == FWD_NONE ||
	    fake_fwd_ops.binding_lookup(&to->fwd, &key, &index) < 0 ||
	    !(fake_fwd_local(&to->fwd, REALM_MAIN, &destination) & LOCAL_INNER))
		return;
	pair->tunnelled++;
	punt.tunnel = (struct tunnel_ref){index, to->fwd.generations[index]};
	punt.outer = sent->local;
	haaro_input(to->haaro, &pair->now, &punt);
}

static void carry(struct pair *pair, struct node *from, struct node *to,
		  const struct fake_packet *packet)
{
	const struct inject *inject = &packet->inject;
	struct punt punt;

	if (pair->cut)
		return;
	if (inject->kind == INJECT_TUNNEL) {
		arrive_by_tunnel(pair, to, &from->fwd.tunnels[inject->tunnel.index], packet->bytes,
				 packet->len);
	} else if (inject->kind == INJECT_ADJACENCY) {
		if (from->fwd.adjacencies[inject->adjacency].port == from->port)
			arrive(pair, to, packet->bytes, packet->len);
	} else if (inject->kind == INJECT_FRAME && inject->port == from->port) {
		punt = punt_of(to, PUNT_ARP, packet->bytes, packet->len);
		haaro_input(to->haaro, &pair->now, &punt);
	}
}

/* Carries until nobody has anything to say. */
static void settle(struct pair *pair)
{
	static struct fake_packet packet;
	int n;

	for (n = 0; n < STEPS_MAX; n++) {
		if (fake_fwd_take(&pair->branch.fwd, &packet))
			carry(pair, &pair->branch, &pair->hub, &packet);
		else if (fake_fwd_take(&pair->hub.fwd, &packet))
			carry(pair, &pair->hub, &pair->branch, &packet);
		else
			break;
	}
	assert_true(n < STEPS_MAX);
}

void pair_run(struct pair *pair, uint64_t duration)
{
	uint64_t end = pair->now.mono + duration;
	int n;

	settle(pair);
	for (n = 0; n < STEPS_MAX; n++) {
		uint64_t hub = haaro_deadline(pair->hub.haaro);
		uint64_t branch = haaro_deadline(pair->branch.haaro);
		uint64_t next = hub < branch ? hub : branch;

		if (next > end)
			break;
		if (next > pair->now.mono) {
			pair->now.wall += next - pair->now.mono;
			pair->now.mono = next;
		}
		haaro_tick(hub <= branch ? pair->hub.haaro : pair->branch.haaro, &pair->now);
		settle(pair);
	}
	assert_true(n < STEPS_MAX);
	pair->now.wall += end - pair->now.mono;
	pair->now.mono = end;
}
