/* SPDX-License-Identifier: BSD-3-Clause */
/* control/link: what the configuration becomes, link state, reload. */
#include <errno.h>

#include "rig.h"

static const struct fwd_route *route(const struct rig *rig, const char *text)
{
	struct ip_prefix key = prefix(text);

	return fake_fwd_route(&rig->fwd, REALM_MAIN, &key);
}

static unsigned int local(const struct rig *rig, const char *text)
{
	struct ip_addr key = addr(text);

	return fake_fwd_local(&rig->fwd, REALM_MAIN, &key);
}

static void a_hub_routes_its_networks_and_the_rest_by_its_gateway(void **state)
{
	struct rig *rig = rig_hub();

	(void)state;
	rig_start(rig);
	assert_int_equal(rig->fwd.n_routes, 4);
	assert_int_equal(rig_route_adjacency(rig, "198.51.100.0/24").kind, ADJACENCY_GLEAN);
	assert_int_equal(rig_route_adjacency(rig, "198.51.100.0/24").port, 0);
	assert_int_equal(rig_route_adjacency(rig, "10.255.0.0/24").port, 1);
	assert_int_equal(rig_route_adjacency(rig, "10.200.0.0/16").kind, ADJACENCY_RESOLVE);
	assert_int_equal(rig_route_adjacency(rig, "10.200.0.0/16").port, 1);
	assert_int_equal(rig_route_adjacency(rig, "0.0.0.0/0").port, 0);
	assert_false(route(rig, "10.255.0.0/24")->nexthop.own);
	assert_int_equal(local(rig, "198.51.100.1"), LOCAL_NATIVE);
	assert_int_equal(local(rig, "10.255.0.1"), LOCAL_NATIVE);
	assert_int_equal(rig->fwd.ports[0].set.role, PORT_ROLE_HUB);
	assert_true(rig->fwd.ports[0].set.up);
	rig_stop(rig);
}

static void a_branch_routes_its_lan_alone(void **state)
{
	struct rig *rig = rig_branch();

	(void)state;
	/* A network with no LAN route, one inside a LAN network, a LAN network that is not mobile. */
	rig->mobile_networks[1] = prefix("10.9.0.0/16");
	rig->mobile_networks[2] = prefix("10.1.0.128/25");
	rig->conf.mobile.n_networks = 3;
	rig_start(rig);
	assert_int_equal(rig->fwd.n_routes, 4);
	assert_true(route(rig, "10.1.0.0/24")->nexthop.own);
	assert_int_equal(rig_route_adjacency(rig, "10.1.0.0/24").kind, ADJACENCY_GLEAN);
	assert_false(route(rig, "10.1.64.0/24")->nexthop.own);
	assert_true(route(rig, "10.1.0.128/25")->nexthop.own);
	assert_int_equal(rig_route_adjacency(rig, "10.1.0.128/25").kind, ADJACENCY_GLEAN);
	/* What the hub sends for a network that is not there must not go back to it. */
	assert_true(route(rig, "10.9.0.0/16")->nexthop.own);
	assert_int_equal(route(rig, "10.9.0.0/16")->nexthop.kind, NEXTHOP_UNREACHABLE);
	assert_int_equal(route(rig, "10.9.0.0/16")->nexthop.id, DROP_NO_ROUTE);
	/* No uplink network, no default route: those are the hub's. */
	assert_null(route(rig, "203.0.113.0/24"));
	assert_null(route(rig, "0.0.0.0/0"));
	assert_int_equal(rig->fwd.ports[0].set.role, PORT_ROLE_UPLINK);
	assert_int_equal(rig->fwd.ports[1].set.role, PORT_ROLE_UPLINK);
	assert_int_equal(rig->fwd.ports[2].set.role, PORT_ROLE_LAN);
	rig_stop(rig);
}

static void hosts_of_own_networks_are_own(void **state)
{
	struct rig *rig = rig_branch();

	(void)state;
	rig_start(rig);
	rig_arp(rig, 2, 1, "10.1.0.5", mac(5), "10.1.0.1");
	assert_true(route(rig, "10.1.0.5/32")->nexthop.own);
	/* Neighbours on an uplink are next hops, never routes. */
	rig_arp(rig, 0, 1, "203.0.113.77", mac(77), "203.0.113.10");
	assert_null(route(rig, "203.0.113.77/32"));
	rig_stop(rig);
}

static void role_addresses_add_to_those_of_the_ports(void **state)
{
	struct rig *rig = rig_hub();
	struct ip_addr wan = addr("198.51.100.1");
	struct ip_addr home = addr("192.0.2.254");

	(void)state;
	rig_start(rig);
	assert_int_equal(link_address_insert(rig->link, REALM_MAIN, &wan), 0);
	assert_int_equal(link_address_insert(rig->link, REALM_MAIN, &wan), 0);
	assert_int_equal(link_address_insert(rig->link, REALM_MAIN, &home), 0);
	assert_int_equal(local(rig, "198.51.100.1"), LOCAL_NATIVE | LOCAL_INNER);
	assert_int_equal(local(rig, "192.0.2.254"), LOCAL_INNER);
	assert_true(link_address_is_own(rig->link, &home));
	link_address_remove(rig->link, REALM_MAIN, &wan);
	link_address_remove(rig->link, REALM_MAIN, &home);
	assert_int_equal(local(rig, "198.51.100.1"), LOCAL_NATIVE);
	assert_int_equal(local(rig, "192.0.2.254"), 0);
	assert_false(link_address_is_own(rig->link, &home));
	assert_true(link_address_is_own(rig->link, &wan));
	assert_int_equal(link_port_address(rig->link, 1).v4, ip("10.255.0.1"));
	assert_int_equal(link_port_address(rig->link, 9).family, IP_NONE);
	rig_stop(rig);
}

static void what_does_not_fit_refuses_the_start(void **state)
{
	(void)state;
	for (size_t capacity = 0; capacity < 6; capacity++) {
		struct rig *rig = rig_branch();
		struct error err;

		rig->fwd.capacity = capacity;
		/* 3 addresses, 1 glean, 3 next hops and 2 routes: 4 slots are enough. */
		if (link_create(&rig->link, &rig->core, &rig->conf, &err) < 0)
			rig->link = NULL;
		assert_int_equal(rig->link != NULL, capacity >= 3);
		rig_stop(rig);
	}
}

/* --- link state -------------------------------------------------------------------------------- */

static void a_port_that_goes_down_takes_its_routes_along(void **state)
{
	struct rig *rig = rig_hub();
	struct event event;

	(void)state;
	rig_start(rig);
	rig_arp(rig, 1, 1, "10.255.0.9", mac(9), "10.255.0.1");
	rig_arp(rig, 1, 2, "10.255.0.2", mac(2), "10.255.0.1");
	rig_forget_packets(rig);
	link_port_changed(rig->link, 1, LINK_PORT_DOWN);
	assert_false(link_port_is_up(rig->link, 1));
	assert_false(rig->fwd.ports[1].set.up);
	assert_int_equal(rig_route_adjacency(rig, "10.255.0.0/24").kind, ADJACENCY_DOWN);
	assert_int_equal(rig_route_adjacency(rig, "10.200.0.0/16").kind, ADJACENCY_DOWN);
	assert_null(route(rig, "10.255.0.9/32"));
	event = rig_event(rig, EVENT_PORT_DOWN);
	assert_int_equal(event.port, 1);
	assert_string_equal(event.text, "core");
	link_port_changed(rig->link, 1, LINK_PORT_DOWN); /* no news */
	assert_false(rig_has_event(rig, EVENT_PORT_DOWN));
	rig_advance(rig, 10 * NS_PER_S); /* nothing is asked on a dead wire */
	while (rig->fwd.n_packets > 0)
		assert_int_not_equal(rig_packet(rig)->inject.port, 1);

	link_port_changed(rig->link, 1, LINK_PORT_UP);
	assert_int_equal(rig_event(rig, EVENT_PORT_UP).port, 1);
	assert_true(rig->fwd.ports[1].set.up);
	assert_int_equal(rig_route_adjacency(rig, "10.255.0.0/24").kind, ADJACENCY_GLEAN);
	rig_expect_arp(rig, 1, "10.255.0.2", NULL); /* the held next hop */
	rig_expect_arp(rig, 1, "10.255.0.1", NULL); /* gratuitous */
	rig_no_packet(rig);
	rig_stop(rig);
}

static void a_deleted_device_is_opened_again(void **state)
{
	struct rig *rig = rig_branch();

	(void)state;
	rig_start(rig);
	link_port_changed(rig->link, 0, LINK_PORT_GONE);
	assert_int_equal(rig_event(rig, EVENT_PORT_GONE).port, 0);
	assert_int_equal(rig->fwd.detached, 1);
	/* It is back, but cannot be opened yet. */
	rig->fwd.fail_reattach = -ENODEV;
	link_port_changed(rig->link, 0, LINK_PORT_UP);
	assert_false(link_port_is_up(rig->link, 0));
	rig_advance(rig, 2500 * NS_PER_MS);
	assert_int_equal(rig->fwd.reattached, 3);
	assert_false(rig_has_event(rig, EVENT_PORT_BACK));
	rig->fwd.fail_reattach = 0;
	rig->fwd.ports[0].mac = mac(0x99);
	rig_advance(rig, 500 * NS_PER_MS);
	rig_event(rig, EVENT_PORT_BACK);
	rig_event(rig, EVENT_PORT_UP);
	assert_true(link_port_is_up(rig->link, 0));
	rig_forget_packets(rig);
	rig_arp(rig, 0, 1, "203.0.113.77", mac(77), "203.0.113.10");
	assert_memory_equal(rig_packet(rig)->bytes + 6, mac(0x99).bytes, 6); /* its new MAC */
	/* Gone and back without carrier: open, but down. */
	link_port_changed(rig->link, 0, LINK_PORT_GONE);
	link_port_changed(rig->link, 0, LINK_PORT_DOWN);
	assert_true(rig_has_event(rig, EVENT_PORT_BACK));
	assert_false(link_port_is_up(rig->link, 0));
	link_port_changed(rig->link, 0, LINK_PORT_UP);
	assert_true(link_port_is_up(rig->link, 0));
	rig_stop(rig);
}

static void a_port_may_be_down_or_missing_at_start(void **state)
{
	struct rig *rig = rig_branch();

	(void)state;
	rig->fwd.ports[0].pmd_link_up = false;
	rig->fwd.ports[1].present = false;
	rig_start(rig);
	assert_false(link_port_is_up(rig->link, 0));
	assert_false(link_port_is_up(rig->link, 1));
	assert_true(link_port_is_up(rig->link, 2));
	while (rig->fwd.n_packets > 0)
		assert_int_equal(rig_packet(rig)->inject.port, 2);
	link_port_changed(rig->link, 1, LINK_PORT_UP);
	assert_int_equal(rig->fwd.reattached, 1);
	assert_true(link_port_is_up(rig->link, 1));
	rig_stop(rig);
}

/* --- reload ------------------------------------------------------------------------------------------ */

/* A copy of the configuration in use, to be changed and applied. */
struct next {
	struct conf conf;
	struct conf_port ports[3];
	struct ip_prefix networks[2];
	struct ip_addr addresses[2];
	struct conf_route routes[2];
	struct conf_neighbour neighbours[2];
	struct conf_tunnel tunnels[2];
	struct ip_prefix tunnel_networks[2];
};

/* Port 1's lists are the copy's own. */
static void next_init(struct next *next, const struct rig *rig)
{
	memset(next, 0, sizeof(*next));
	next->conf = rig->conf;
	memcpy(next->ports, rig->ports, sizeof(next->ports));
	memcpy(next->networks, rig->networks[1], sizeof(next->networks));
	memcpy(next->addresses, rig->addresses[1], sizeof(next->addresses));
	memcpy(next->routes, rig->routes[1], sizeof(next->routes));
	memcpy(next->neighbours, rig->neighbours[1], sizeof(next->neighbours));
	next->conf.ports = next->ports;
	next->ports[1].networks = next->networks;
	next->ports[1].addresses = next->addresses;
	next->ports[1].routes = next->routes;
	next->ports[1].neighbours = next->neighbours;
	for (int i = 0; i < 2; i++) {
		struct conf_tunnel *tunnel = &next->tunnels[i];

		snprintf(tunnel->name, sizeof(tunnel->name), "t%d", i);
		tunnel->encap = ENCAP_UDP;
		tunnel->local = addr("198.51.100.1");
		tunnel->remote = addr("203.0.113.10");
		tunnel->local_port = 434;
		tunnel->remote_port = (uint16_t)(434 + i);
		tunnel->networks = &next->tunnel_networks[i];
		tunnel->n_networks = 1;
		next->tunnel_networks[i] = prefix_v4(htonl(0x0a010000u + ((uint32_t)i << 16)), 16);
	}
	next->conf.tunnels = next->tunnels;
}

static void the_same_configuration_changes_nothing(void **state)
{
	struct rig *rig = rig_hub();
	struct next next;
	struct error err;
	unsigned int changes;

	(void)state;
	rig->neighbours[1][0] = (struct conf_neighbour){addr("10.255.0.9"), mac(9)};
	rig->ports[1].n_neighbours = 1;
	rig_start(rig);
	rig_arp(rig, 1, 2, "10.255.0.2", mac(2), "10.255.0.1");
	rig_forget_packets(rig);
	next_init(&next, rig);
	changes = rig->fwd.changes;
	assert_int_equal(link_reload(rig->link, &next.conf, &err), 0);
	assert_int_equal(rig->fwd.changes, changes);
	rig_no_packet(rig);
	assert_int_equal(link_reload(rig->link, &rig->conf, &err), 0);
	rig_stop(rig);
}

static void a_reload_applies_the_difference(void **state)
{
	struct rig *rig = rig_hub();
	struct next next;
	struct error err;
	uint32_t tunnel, path;

	(void)state;
	rig_start(rig);
	rig_arp(rig, 0, 2, "198.51.100.254", mac(254), "198.51.100.1");
	next_init(&next, rig);
	next.conf.n_tunnels = 1;
	assert_int_equal(link_reload(rig->link, &next.conf, &err), 0);
	path = route(rig, "10.1.0.0/16")->nexthop.id;
	tunnel = rig->fwd.paths[path].tunnel;
	rig_forget_packets(rig);
	{
		struct next other;

		next_init(&other, rig);
		other.conf.n_tunnels = 2; /* one more; the first as it was */
		other.routes[0].via = addr("10.255.0.3");
		other.routes[1] = (struct conf_route){prefix("10.201.0.0/16"), addr("10.255.0.2")};
		other.ports[1].n_routes = 2;
		other.networks[1] = prefix("10.254.0.0/24");
		other.addresses[1] = addr("10.254.0.1");
		other.ports[1].n_addresses = 2;
		other.neighbours[0] = (struct conf_neighbour){addr("10.255.0.3"), mac(3)};
		other.ports[1].n_neighbours = 1;
		other.ports[0].gateway = addr("198.51.100.253");
		assert_int_equal(link_reload(rig->link, &other.conf, &err), 0);
		assert_int_equal(route(rig, "10.1.0.0/16")->nexthop.id, path);
		assert_int_equal(rig->fwd.paths[path].tunnel, tunnel);
		assert_non_null(route(rig, "10.2.0.0/16"));
		assert_int_equal(rig_route_adjacency(rig, "10.200.0.0/16").destination.bytes[5], 3);
		assert_int_equal(rig_route_adjacency(rig, "10.201.0.0/16").kind, ADJACENCY_RESOLVE);
		assert_int_equal(rig_route_adjacency(rig, "10.254.0.0/24").kind, ADJACENCY_GLEAN);
		assert_int_equal(local(rig, "10.254.0.1"), LOCAL_NATIVE);
		/* The tunnel follows the gateway. */
		assert_int_equal(rig->fwd.adjacencies[rig->fwd.tunnels[tunnel].adjacency].kind,
				 ADJACENCY_RESOLVE);
		rig_arp(rig, 0, 2, "198.51.100.253", mac(253), "198.51.100.1");
		assert_int_equal(rig->fwd.adjacencies[rig->fwd.tunnels[tunnel].adjacency]
					 .destination.bytes[5],
				 253);
		/* And all of it back. */
		assert_int_equal(link_reload(rig->link, &rig->conf, &err), 0);
	}
	assert_int_equal(rig->fwd.n_routes, 4 + 2); /* and both gateways, who answered */
	assert_null(route(rig, "10.255.0.3/32"));
	assert_int_equal(fake_fwd_tunnels(&rig->fwd), 0);
	assert_int_equal(rig_route_adjacency(rig, "10.200.0.0/16").kind, ADJACENCY_RESOLVE);
	assert_int_equal(local(rig, "10.254.0.1"), 0);
	rig_stop(rig);
}

static void a_reload_that_fails_changes_nothing(void **state)
{
	struct rig *rig = rig_hub();
	struct next first, next;
	struct error err;
	static struct fwd before;

	(void)state;
	rig_start(rig);
	next_init(&first, rig);
	first.conf.n_tunnels = 1;
	assert_int_equal(link_reload(rig->link, &first.conf, &err), 0);
	before = rig->fwd;
	next_init(&next, rig);
	next.conf.n_tunnels = 2;
	next.tunnels[0].mtu = 1300; /* closed and opened again, before the second cannot be */
	next.tunnels[1].remote = addr("198.51.100.1");
	next.routes[1] = (struct conf_route){prefix("10.201.0.0/16"), addr("10.255.0.7")};
	next.ports[1].n_routes = 2;
	next.networks[1] = prefix("10.254.0.0/24");
	next.addresses[1] = addr("10.254.0.1");
	next.ports[1].n_addresses = 2;
	next.neighbours[0] = (struct conf_neighbour){addr("10.255.0.3"), mac(3)};
	next.ports[1].n_neighbours = 1;
	next.ports[0].gateway = addr("198.51.100.253");
	assert_int_equal(link_reload(rig->link, &next.conf, &err), -EINVAL);
	assert_non_null(strstr(err.text, "t1"));
	assert_int_equal(rig->fwd.n_routes, before.n_routes);
	assert_int_equal(rig->fwd.n_locals, before.n_locals);
	assert_int_equal(rig->fwd.n_bindings, before.n_bindings);
	assert_int_equal(fake_fwd_adjacencies(&rig->fwd), fake_fwd_adjacencies(&before));
	assert_int_equal(fake_fwd_tunnels(&rig->fwd), 1);
	assert_int_equal(
		rig->fwd.tunnels[rig->fwd.paths[route(rig, "10.1.0.0/16")->nexthop.id].tunnel].mtu,
		1468);
	assert_null(route(rig, "10.201.0.0/16"));
	assert_null(route(rig, "10.255.0.3/32"));
	/* Full tables, at each place: likewise. */
	for (size_t room = 0; room < 4; room++) {
		rig->fwd.capacity = fake_fwd_adjacencies(&rig->fwd) + room;
		next.conf.n_tunnels = 1;
		next.ports[1].n_routes = 2;
		if (link_reload(rig->link, &next.conf, &err) == 0)
			assert_int_equal(link_reload(rig->link, &first.conf, &err), 0);
		rig->fwd.capacity = FAKE_SIZE;
		assert_int_equal(rig->fwd.n_routes, before.n_routes);
		assert_int_equal(rig->fwd.n_locals, before.n_locals);
		assert_int_equal(fake_fwd_tunnels(&rig->fwd), 1);
		assert_int_equal(fake_fwd_adjacencies(&rig->fwd), fake_fwd_adjacencies(&before));
	}
	rig_stop(rig);
}

static void what_needs_a_restart_is_refused(void **state)
{
	struct rig *rig = rig_hub();
	struct next next;
	struct error err;

	(void)state;
	rig_start(rig);
	next_init(&next, rig);
	next.conf.role = CONF_MOBILE_ROUTER;
	assert_int_equal(link_reload(rig->link, &next.conf, &err), -EINVAL);
	next_init(&next, rig);
	next.conf.n_ports = 1;
	assert_int_equal(link_reload(rig->link, &next.conf, &err), -EINVAL);
	next_init(&next, rig);
	snprintf(next.ports[1].device, sizeof(next.ports[1].device), "net_null0");
	assert_int_equal(link_reload(rig->link, &next.conf, &err), -EINVAL);
	assert_non_null(strstr(err.text, "ports[1]"));
	rig_stop(rig);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_hub_routes_its_networks_and_the_rest_by_its_gateway),
		cmocka_unit_test(a_branch_routes_its_lan_alone),
		cmocka_unit_test(hosts_of_own_networks_are_own),
		cmocka_unit_test(role_addresses_add_to_those_of_the_ports),
		cmocka_unit_test(what_does_not_fit_refuses_the_start),
		cmocka_unit_test(a_port_that_goes_down_takes_its_routes_along),
		cmocka_unit_test(a_deleted_device_is_opened_again),
		cmocka_unit_test(a_port_may_be_down_or_missing_at_start),
		cmocka_unit_test(the_same_configuration_changes_nothing),
		cmocka_unit_test(a_reload_applies_the_difference),
		cmocka_unit_test(a_reload_that_fails_changes_nothing),
		cmocka_unit_test(what_needs_a_restart_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
