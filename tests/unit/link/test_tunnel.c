/* SPDX-License-Identifier: BSD-3-Clause */
/* control/link: tunnels over the underlay, path MTU, static tunnels, removals put off. */
#include <errno.h>

#include "rig.h"

static struct tunnel_spec spec_udp(const char *local, const char *remote, uint16_t remote_port)
{
	return (struct tunnel_spec){
		.encap = ENCAP_UDP,
		.port = PORT_NONE,
		.local = addr(local),
		.remote = addr(remote),
		.local_port = 434,
		.remote_port = remote_port,
		.source = FWD_SOURCE_NOT_LOCAL,
		.peer = addr("192.0.2.1"),
	};
}

static const struct fwd_tunnel *entry(const struct rig *rig, const struct tunnel *tunnel)
{
	return &rig->fwd.tunnels[tunnel_ref(tunnel).index];
}

static struct fwd_adjacency adjacency(const struct rig *rig, const struct tunnel *tunnel)
{
	assert_int_not_equal(entry(rig, tunnel)->adjacency, FWD_NONE);
	return rig->fwd.adjacencies[entry(rig, tunnel)->adjacency];
}

static void a_tunnel_has_entry_key_and_underlay(void **state)
{
	struct rig *rig = rig_hub();
	struct tunnel_spec spec = spec_udp("198.51.100.1", "203.0.113.10", 40112);
	struct tunnel *tunnel;

	(void)state;
	rig_start(rig);
	assert_int_equal(tunnel_open(rig->link, &spec, &tunnel), 0);
	assert_int_equal(rig->fwd.n_bindings, 1);
	assert_int_equal(rig->fwd.binding_tunnels[0], tunnel_ref(tunnel).index);
	assert_int_equal(rig->fwd.bindings[0].remote.v4, ip("203.0.113.10"));
	assert_int_equal(rig->fwd.bindings[0].remote_port, 40112);
	assert_int_equal(rig->fwd.bindings[0].local_port, 434);
	assert_int_equal(entry(rig, tunnel)->mtu, 1468);
	assert_int_equal(entry(rig, tunnel)->ttl, 64);
	assert_true(entry(rig, tunnel)->udp_checksum);
	assert_int_equal(entry(rig, tunnel)->ecn, FWD_ECN_NORMAL);
	assert_int_equal(entry(rig, tunnel)->dscp, FWD_DSCP_COPY);
	assert_int_equal(tunnel_mtu(tunnel), 1468);
	assert_true(tunnel_has_underlay(tunnel));
	assert_int_equal(adjacency(rig, tunnel).kind, ADJACENCY_RESOLVE);
	rig_arp(rig, 0, 2, "198.51.100.254", mac(254), "198.51.100.1");
	assert_int_equal(adjacency(rig, tunnel).kind, ADJACENCY_FORWARD);
	assert_int_equal(adjacency(rig, tunnel).destination.bytes[5], 254);
	tunnel_close(rig->link, tunnel);
	assert_int_equal(rig->fwd.n_bindings, 0);
	rig_stop(rig);
}

static void a_key_has_one_owner(void **state)
{
	struct rig *rig = rig_hub();
	struct tunnel_spec spec = spec_udp("198.51.100.1", "203.0.113.10", 434);
	struct tunnel *tunnel, *other, *ipip;

	(void)state;
	rig_start(rig);
	assert_int_equal(tunnel_open(rig->link, &spec, &tunnel), 0);
	assert_int_equal(tunnel_open(rig->link, &spec, &other), -EEXIST);
	assert_int_equal(fake_fwd_tunnels(&rig->fwd), 1);
	spec.encap = ENCAP_IPIP;
	spec.local_port = spec.remote_port = 0;
	assert_int_equal(tunnel_open(rig->link, &spec, &ipip), 0);
	assert_int_equal(tunnel_mtu(ipip), 1480);
	tunnel_close(rig->link, tunnel);
	tunnel_close(rig->link, ipip);
	tunnel_close(rig->link, NULL);
	rig_stop(rig);
}

static void a_refused_tunnel_leaves_nothing(void **state)
{
	struct rig *rig = rig_hub();
	struct tunnel_spec spec = spec_udp("198.51.100.1", "198.51.100.1", 434);
	struct tunnel *tunnel;
	size_t slots;

	(void)state;
	rig_start(rig);
	slots = fake_fwd_adjacencies(&rig->fwd);
	assert_int_equal(tunnel_open(rig->link, &spec, &tunnel), -EINVAL); /* to ourselves */
	spec.remote = addr("224.0.0.1");
	assert_int_equal(tunnel_open(rig->link, &spec, &tunnel), -EINVAL);
	spec.remote = addr("198.51.100.77"); /* connected: a next hop of its own */
	spec.port = 2;
	assert_int_equal(tunnel_open(rig->link, &spec, &tunnel), -EINVAL);
	spec.port = PORT_NONE;
	rig->fwd.capacity = fake_fwd_adjacencies(&rig->fwd);
	assert_int_equal(tunnel_open(rig->link, &spec, &tunnel), -ENOSPC);
	rig->fwd.capacity = FAKE_SIZE;
	for (uint32_t i = 0; i < FAKE_SIZE; i++)
		rig->fwd.tunnel_use[i] = FAKE_RETIRED;
	rig->fwd.keep_retired = true;
	assert_int_equal(tunnel_open(rig->link, &spec, &tunnel), -ENOSPC);
	rig->fwd.keep_retired = false;
	fake_fwd_ops.reclaim(&rig->fwd);
	memset(rig->fwd.binding_tunnels, 0xff, sizeof(rig->fwd.binding_tunnels));
	rig->fwd.n_bindings = FAKE_SIZE;
	assert_int_equal(tunnel_open(rig->link, &spec, &tunnel), -ENOSPC);
	rig->fwd.n_bindings = 0;
	assert_int_equal(fake_fwd_adjacencies(&rig->fwd), slots);
	assert_int_equal(fake_fwd_tunnels(&rig->fwd), 0);
	assert_int_equal(tunnel_open(rig->link, &spec, &tunnel), 0);
	tunnel_close(rig->link, tunnel);
	rig_stop(rig);
}

static void the_key_moves_in_one_store(void **state)
{
	struct rig *rig = rig_hub();
	struct tunnel_spec spec = spec_udp("198.51.100.1", "203.0.113.10", 434);
	struct tunnel *old, *new;

	(void)state;
	rig_start(rig);
	assert_int_equal(tunnel_open(rig->link, &spec, &old), 0);
	spec.mtu = 1400;
	assert_int_equal(tunnel_replace(rig->link, old, &spec, &new), 0);
	assert_int_equal(rig->fwd.n_bindings, 1);
	assert_int_equal(rig->fwd.binding_tunnels[0], tunnel_ref(new).index);
	tunnel_close(rig->link, old);
	assert_int_equal(rig->fwd.n_bindings, 1);
	assert_int_equal(fake_fwd_tunnels(&rig->fwd), 1);
	assert_int_equal(tunnel_mtu(new), 1400);
	spec.remote_port = 435;
	assert_int_equal(tunnel_replace(rig->link, new, &spec, &old), -EINVAL);
	tunnel_close(rig->link, new);
	assert_int_equal(rig->fwd.n_bindings, 0);
	rig_stop(rig);
}

static void next_hops_are_shared(void **state)
{
	struct rig *rig = rig_hub();
	struct tunnel *tunnels[50];
	size_t slots;

	(void)state;
	rig_start(rig);
	slots = fake_fwd_adjacencies(&rig->fwd);
	for (uint16_t i = 0; i < 50; i++) {
		struct tunnel_spec spec = spec_udp("198.51.100.1", "203.0.113.10", 1000 + i);

		assert_int_equal(tunnel_open(rig->link, &spec, &tunnels[i]), 0);
	}
	assert_int_equal(fake_fwd_adjacencies(&rig->fwd), slots);
	for (uint16_t i = 0; i < 50; i++)
		tunnel_close(rig->link, tunnels[i]);
	rig_stop(rig);
}

static void the_underlay_prefers_connected_then_static_then_gateway(void **state)
{
	struct rig *rig = rig_hub();
	const char *remotes[] = {"198.51.100.77", "10.200.3.4", "203.0.113.10"};
	const char *hops[] = {"198.51.100.77", "10.255.0.2", "198.51.100.254"};
	const uint16_t ports[] = {0, 1, 0};

	(void)state;
	rig->ports[1].gateway = addr("10.255.0.254"); /* the second: not asked */
	rig->routes[1][1] = (struct conf_route){prefix("198.51.100.64/26"), addr("10.255.0.2")};
	rig->ports[1].n_routes = 2;
	rig_start(rig);
	rig_arp(rig, 1, 2, "10.255.0.2", mac(2), "10.255.0.1");
	rig_arp(rig, 0, 2, "198.51.100.254", mac(254), "198.51.100.1");
	rig_forget_packets(rig);
	for (int i = 0; i < 3; i++) {
		struct tunnel_spec spec = spec_udp("198.51.100.1", remotes[i], 434);
		struct tunnel *tunnel;

		assert_int_equal(tunnel_open(rig->link, &spec, &tunnel), 0);
		assert_int_equal(adjacency(rig, tunnel).port, ports[i]);
		if (i == 0)
			rig_expect_arp(rig, 0, hops[i], NULL);
		else
			assert_int_equal(adjacency(rig, tunnel).destination.bytes[5],
					 ntohl(ip(hops[i])) & 0xff);
		tunnel_close(rig->link, tunnel);
	}
	rig_stop(rig);
}

static void a_tunnel_stays_on_its_port(void **state)
{
	struct rig *rig = rig_branch();
	struct tunnel_spec spec = spec_udp("198.18.2.20", "198.51.100.1", 434);
	struct tunnel *tunnel;

	(void)state;
	spec.port = 1;
	rig_start(rig);
	assert_int_equal(tunnel_open(rig->link, &spec, &tunnel), 0);
	assert_int_equal(adjacency(rig, tunnel).port, 1);
	link_port_changed(rig->link, 1, LINK_PORT_DOWN);
	assert_false(tunnel_has_underlay(tunnel));
	assert_int_equal(entry(rig, tunnel)->adjacency, FWD_NONE);
	link_port_changed(rig->link, 1, LINK_PORT_UP);
	assert_true(tunnel_has_underlay(tunnel));
	assert_int_equal(adjacency(rig, tunnel).port, 1);
	tunnel_close(rig->link, tunnel);
	rig_stop(rig);
}

static void the_hub_goes_by_another_gateway_when_a_port_is_down(void **state)
{
	struct rig *rig = rig_hub();
	struct tunnel_spec spec = spec_udp("198.51.100.1", "203.0.113.10", 434);
	struct tunnel *tunnel;

	(void)state;
	rig->ports[1].gateway = addr("10.255.0.254");
	rig->ports[1].mtu = 1400;
	rig_start(rig);
	assert_int_equal(tunnel_open(rig->link, &spec, &tunnel), 0);
	rig_has_event(rig, EVENT_PORT_UP);
	link_port_changed(rig->link, 0, LINK_PORT_DOWN);
	assert_int_equal(adjacency(rig, tunnel).port, 1);
	assert_int_equal(entry(rig, tunnel)->mtu, 1368);
	assert_int_equal(rig_event(rig, EVENT_PATH_MTU).value, 1368);
	link_port_changed(rig->link, 0, LINK_PORT_UP);
	assert_int_equal(adjacency(rig, tunnel).port, 0);
	assert_int_equal(entry(rig, tunnel)->mtu, 1468);
	tunnel_close(rig->link, tunnel);
	rig_stop(rig);
}

/* --- static tunnels ------------------------------------------------------------------------------ */

struct statics {
	struct conf_tunnel tunnels[3];
	struct ip_prefix networks[3][2];
};

static void set_static(struct rig *rig, struct statics *statics)
{
	for (int i = 0; i < 3; i++) {
		struct conf_tunnel *tunnel = &statics->tunnels[i];

		snprintf(tunnel->name, sizeof(tunnel->name), "t%d", i);
		tunnel->encap = i == 0 ? ENCAP_IPIP : ENCAP_UDP;
		tunnel->local = addr("198.51.100.1");
		tunnel->remote = addr("203.0.113.10");
		tunnel->local_port = 434;
		tunnel->remote_port = (uint16_t)(434 + i);
		tunnel->networks = statics->networks[i];
		tunnel->n_networks = 1;
		tunnel->udp_checksum = true;
		statics->networks[i][0] = prefix_v4(htonl(0x0a010000u + ((uint32_t)i << 16)), 16);
	}
	rig->conf.tunnels = statics->tunnels;
	rig->conf.n_tunnels = 3;
}

static void static_tunnels_have_path_and_routes(void **state)
{
	struct statics statics = {0};
	struct rig *rig = rig_hub();
	struct ip_prefix network = prefix("10.1.0.0/16");
	const struct fwd_route *route;
	const struct fwd_tunnel *tunnel;

	(void)state;
	set_static(rig, &statics);
	statics.tunnels[1].any_source = true;
	statics.tunnels[1].compatibility = true;
	statics.tunnels[1].udp_checksum = false;
	statics.tunnels[1].mtu = 1300;
	rig_start(rig);
	route = fake_fwd_route(&rig->fwd, REALM_MAIN, &network);
	assert_int_equal(route->nexthop.kind, NEXTHOP_PATH);
	tunnel = &rig->fwd.tunnels[rig->fwd.paths[route->nexthop.id].tunnel];
	assert_int_equal(tunnel->encap, ENCAP_IPIP);
	assert_int_equal(tunnel->local_port, 0);
	assert_int_equal(tunnel->source, FWD_SOURCE_PATH);
	assert_int_equal(tunnel->source_path, route->nexthop.id);
	network = prefix("10.2.0.0/16");
	route = fake_fwd_route(&rig->fwd, REALM_MAIN, &network);
	tunnel = &rig->fwd.tunnels[rig->fwd.paths[route->nexthop.id].tunnel];
	assert_int_equal(tunnel->source, FWD_SOURCE_ANY);
	assert_int_equal(tunnel->ecn, FWD_ECN_COMPATIBILITY);
	assert_false(tunnel->udp_checksum);
	assert_int_equal(tunnel->mtu, 1300);
	assert_int_equal(rig->fwd.n_bindings, 3);
	rig_stop(rig);
}

static void static_tunnels_that_do_not_fit_refuse_the_start(void **state)
{
	struct statics statics = {0};
	struct rig *rig = rig_hub();
	struct error err;

	(void)state;
	set_static(rig, &statics);
	statics.tunnels[2].remote_port = 435; /* the same key as the second */
	assert_int_equal(link_create(&rig->link, &rig->core, &rig->conf, &err), -EEXIST);
	assert_non_null(strstr(err.text, "t2"));
	rig->link = NULL;
	rig_stop(rig);
}

/* --- removals that the data plane puts off ---------------------------------------------------------- */

static void removals_are_tried_again(void **state)
{
	struct rig *rig = rig_hub();
	struct tunnel_spec spec = spec_udp("198.51.100.1", "198.51.100.77", 434);
	struct tunnel *tunnel;
	size_t slots;

	(void)state;
	rig_start(rig);
	slots = fake_fwd_adjacencies(&rig->fwd);
	assert_int_equal(tunnel_open(rig->link, &spec, &tunnel), 0);
	rig->fwd.fail_remove = -EAGAIN;
	tunnel_close(rig->link, tunnel);
	assert_int_equal(fake_fwd_tunnels(&rig->fwd), 1);
	assert_int_equal(rig->fwd.n_bindings, 1);
	/* The key is taken over from the removal that waits. */
	assert_int_equal(tunnel_open(rig->link, &spec, &tunnel), 0);
	assert_int_equal(rig->fwd.binding_tunnels[0], tunnel_ref(tunnel).index);
	rig_advance(rig, 10 * NS_PER_MS);
	assert_int_equal(fake_fwd_tunnels(&rig->fwd), 2);
	rig->fwd.fail_remove = 0;
	rig_advance(rig, 10 * NS_PER_MS);
	assert_int_equal(fake_fwd_tunnels(&rig->fwd), 1);
	assert_int_equal(rig->fwd.n_bindings, 1);
	assert_int_equal(fake_fwd_adjacencies(&rig->fwd), slots + 1);
	tunnel_close(rig->link, tunnel);
	rig_stop(rig);
}

static void adjacencies_are_pointed_in_the_end(void **state)
{
	struct rig *rig = rig_hub();

	(void)state;
	rig_start(rig);
	rig->fwd.fail_set = -EAGAIN;
	rig_arp(rig, 0, 2, "198.51.100.254", mac(254), "198.51.100.1");
	link_port_changed(rig->link, 1, LINK_PORT_DOWN);
	rig_advance(rig, 10 * NS_PER_MS);
	assert_int_equal(rig_route_adjacency(rig, "0.0.0.0/0").kind, ADJACENCY_RESOLVE);
	assert_int_equal(rig_route_adjacency(rig, "10.255.0.0/24").kind, ADJACENCY_GLEAN);
	rig->fwd.fail_set = 0;
	rig_advance(rig, 10 * NS_PER_MS);
	assert_int_equal(rig_route_adjacency(rig, "0.0.0.0/0").kind, ADJACENCY_FORWARD);
	assert_int_equal(rig_route_adjacency(rig, "10.255.0.0/24").kind, ADJACENCY_DOWN);
	rig_stop(rig);
}

static bool see(void *arg, const struct link_tunnel_view *view)
{
	*(struct link_tunnel_view *)arg = *view;
	return true;
}

static void tunnels_can_be_shown(void **state)
{
	struct rig *rig = rig_hub();
	struct tunnel_spec spec = spec_udp("198.51.100.1", "203.0.113.10", 40112);
	struct link_tunnel_view view = {0};
	struct tunnel *tunnel;

	(void)state;
	rig_start(rig);
	assert_int_equal(tunnel_open(rig->link, &spec, &tunnel), 0);
	link_walk_tunnels(rig->link, see, &view);
	assert_string_equal(view.name, "");
	assert_int_equal(view.ref.index, tunnel_ref(tunnel).index);
	assert_int_equal(view.port, 0);
	assert_int_equal(view.next_hop.v4, ip("198.51.100.254"));
	assert_int_equal(view.next_hop_state, NEIGHBOUR_INCOMPLETE);
	assert_int_equal(view.peer.v4, ip("192.0.2.1"));
	assert_int_equal(view.mtu, 1468);
	assert_int_equal(view.path_mtu, 0);
	link_port_changed(rig->link, 0, LINK_PORT_GONE);
	link_walk_tunnels(rig->link, see, &view);
	assert_int_equal(view.port, PORT_NONE);
	tunnel_close(rig->link, tunnel);
	rig_stop(rig);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_tunnel_has_entry_key_and_underlay),
		cmocka_unit_test(a_key_has_one_owner),
		cmocka_unit_test(a_refused_tunnel_leaves_nothing),
		cmocka_unit_test(the_key_moves_in_one_store),
		cmocka_unit_test(next_hops_are_shared),
		cmocka_unit_test(the_underlay_prefers_connected_then_static_then_gateway),
		cmocka_unit_test(a_tunnel_stays_on_its_port),
		cmocka_unit_test(the_hub_goes_by_another_gateway_when_a_port_is_down),
		cmocka_unit_test(static_tunnels_have_path_and_routes),
		cmocka_unit_test(static_tunnels_that_do_not_fit_refuse_the_start),
		cmocka_unit_test(removals_are_tried_again),
		cmocka_unit_test(adjacencies_are_pointed_in_the_end),
		cmocka_unit_test(tunnels_can_be_shown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
