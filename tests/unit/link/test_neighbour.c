/* SPDX-License-Identifier: BSD-3-Clause */
/* control/link: ARP frames, the states of a neighbour, waiting packets, host routes. */
#include <errno.h>

#include "rig.h"

#define PING 36 /* octets of the packets that wait: 28 and 8 */

static uint8_t packet[PUNT_PACKET_MAX];

/* A worker hands up a packet for a host of port 1's network, that nobody has resolved. */
static void glean(struct rig *rig, const char *source, const char *destination, size_t len)
{
	struct punt punt =
		rig_punt(PUNT_RESOLVE, 0, packet, rig_udp(packet, source, destination, len));
	struct ip_prefix network = prefix("10.255.0.0/24");

	punt.adjacency = fake_fwd_route(&rig->fwd, REALM_MAIN, &network)->nexthop.id;
	link_handle_resolve(rig->link, &punt);
}

static struct rig *hub(void)
{
	struct rig *rig = rig_hub();

	/* The via of the static route and the gateway would ask for themselves. */
	rig->ports[1].n_routes = 0;
	rig->ports[0].gateway = (struct ip_addr){0};
	rig_start(rig);
	rig_forget_packets(rig);
	return rig;
}

static void arp_frames_are_exact(void **state)
{
	static const uint8_t announce[42] = {
		0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x02, 0, 0,    0, 0,   0,  0x08, 0x06,
		0,    1,    0x08, 0,    6,    4,    0,    1, 0x02, 0, 0,   0,  0,    0,
		198,  51,   100,  1,    0,    0,    0,    0, 0,    0, 198, 51, 100,  1};
	static const uint8_t reply[42] = {0x02, 0xaa, 0,    0, 0, 9,    0x02, 0,   0, 0, 0,
					  1,    0x08, 0x06, 0, 1, 0x08, 0,    6,   4, 0, 2,
					  0x02, 0,    0,    0, 0, 1,    10,   255, 0, 1, 0x02,
					  0xaa, 0,    0,    0, 9, 10,   255,  0,   9};
	static const uint8_t request[42] = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x02, 0,   0, 0, 0,
					    1,    0x08, 0x06, 0,    1,    0x08, 0,    6,   4, 0, 1,
					    0x02, 0,    0,    0,    0,    1,    10,   255, 0, 1, 0,
					    0,    0,    0,    0,    0,    10,   255,  0,   7};
	struct rig *rig = rig_hub();
	struct fake_packet *sent;

	(void)state;
	rig->ports[1].n_routes = 0;
	rig->ports[0].gateway = (struct ip_addr){0};
	rig_start(rig);
	sent = rig_packet(rig);
	assert_int_equal(sent->inject.kind, INJECT_FRAME);
	assert_int_equal(sent->inject.port, 0);
	assert_int_equal(sent->len, 42);
	assert_memory_equal(sent->bytes, announce, 42);
	assert_int_equal(rig_packet(rig)->inject.port, 1);

	rig_arp(rig, 1, 1, "10.255.0.9", mac(9), "10.255.0.1");
	sent = rig_packet(rig);
	assert_int_equal(sent->inject.port, 1);
	assert_int_equal(sent->len, 42);
	assert_memory_equal(sent->bytes, reply, 42);

	glean(rig, "198.51.100.7", "10.255.0.7", 8);
	sent = rig_packet(rig);
	assert_memory_equal(sent->bytes, request, 42);
	rig_no_packet(rig);
	rig_stop(rig);
}

static void only_own_addresses_of_the_port_are_answered(void **state)
{
	struct rig *rig = hub();

	(void)state;
	rig_arp(rig, 1, 1, "10.255.0.9", mac(9), "10.255.0.8");
	rig_arp(rig, 1, 1, "10.255.0.9", mac(9), "198.51.100.1");
	rig_no_packet(rig);
	assert_int_equal(link_counters(rig->link)->arp_ignored, 2);
	/* Nobody of these was talking to us: nothing learned. */
	glean(rig, "198.51.100.7", "10.255.0.9", 8);
	rig_expect_arp(rig, 1, "10.255.0.9", NULL);
	rig_stop(rig);
}

static void malformed_arp_is_ignored(void **state)
{
	struct rig *rig = hub();
	uint8_t frame[42] = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 2, 0xaa, 0, 0,    0,  9,   8, 6,
			     0,    1,    8,    0,    6,    4,    0, 1,    2, 0xaa, 0,  0,   0, 9,
			     10,   255,  0,    9,    0,    0,    0, 0,    0, 0,    10, 255, 0, 1};
	struct punt punt = rig_punt(PUNT_ARP, 1, frame, sizeof(frame));
	const size_t fixed[] = {12, 14, 16, 18, 19}; /* ether type, hardware, protocol, sizes */

	(void)state;
	for (size_t i = 0; i < 5; i++) {
		frame[fixed[i]] ^= 0x40;
		link_handle_arp(rig->link, &punt);
		frame[fixed[i]] ^= 0x40;
	}
	frame[22] |= 1; /* a group is nobody's address */
	link_handle_arp(rig->link, &punt);
	frame[22] &= 0xfe;
	punt.len = 41;
	link_handle_arp(rig->link, &punt);
	assert_int_equal(link_counters(rig->link)->arp_ignored, 7);
	rig_no_packet(rig);
	punt.len = 42;
	link_handle_arp(rig->link, &punt);
	assert_int_equal(rig_packet(rig)->len, 42);
	rig_stop(rig);
}

static void a_request_to_us_teaches(void **state)
{
	struct rig *rig = hub();
	struct fwd_adjacency adjacency;

	(void)state;
	rig_arp(rig, 1, 1, "10.255.0.9", mac(9), "10.255.0.1");
	rig_forget_packets(rig);
	adjacency = rig_route_adjacency(rig, "10.255.0.9/32");
	assert_int_equal(adjacency.kind, ADJACENCY_FORWARD);
	assert_int_equal(adjacency.port, 1);
	assert_int_equal(adjacency.mtu, 1500);
	assert_memory_equal(&adjacency.source, &rig->fwd.ports[1].mac, 6);
	assert_memory_equal(adjacency.destination.bytes, mac(9).bytes, 6);
	glean(rig, "198.51.100.7", "10.255.0.9", 8);
	assert_int_equal(rig_packet(rig)->inject.kind, INJECT_ADJACENCY);
	rig_stop(rig);
}

struct seen {
	unsigned int count;
	struct link_neighbour_view last;
};

static bool see(void *arg, const struct link_neighbour_view *view)
{
	struct seen *seen = arg;

	seen->count++;
	seen->last = *view;
	return true;
}

static void strangers_teach_nothing(void **state)
{
	struct rig *rig = hub();
	size_t routes = rig->fwd.n_routes;
	struct seen seen = {0};

	(void)state;
	rig_arp(rig, 1, 1, "192.0.2.66", mac(66), "10.255.0.1");  /* not of the network */
	rig_arp(rig, 1, 2, "10.255.0.66", mac(66), "10.255.0.1"); /* an answer not asked for */
	rig_arp(rig, 1, 1, "0.0.0.0", mac(66), "10.255.0.1");     /* a probe (RFC 5227) */
	assert_int_equal(rig->fwd.n_routes, routes);
	link_walk_neighbours(rig->link, see, &seen);
	assert_int_equal(seen.count, 0);
	assert_int_equal(link_counters(rig->link)->arp_replies_out, 2);
	rig_stop(rig);
}

static void resolves_and_sends_what_waited_in_order(void **state)
{
	struct rig *rig = hub();

	(void)state;
	for (size_t i = 0; i < 3; i++)
		glean(rig, "198.51.100.7", "10.255.0.7", 8 + i);
	rig_expect_arp(rig, 1, "10.255.0.7", NULL);
	rig_no_packet(rig); /* one question for all */
	rig_arp(rig, 1, 2, "10.255.0.7", mac(7), "10.255.0.1");
	for (size_t i = 0; i < 3; i++) {
		struct fake_packet *sent = rig_packet(rig);

		assert_int_equal(sent->inject.kind, INJECT_ADJACENCY);
		assert_int_equal(sent->len, PING + i);
		assert_memory_equal(sent->bytes + 16, "\x0a\xff\x00\x07", 4);
	}
	rig_no_packet(rig);
	assert_int_equal(rig_event(rig, EVENT_NEIGHBOUR_RESOLVED).peer.v4, ip("10.255.0.7"));
	assert_int_equal(rig->fwd.drops[DROP_NO_NEIGHBOUR], 0);
	rig_stop(rig);
}

static void the_queue_is_short_and_drops_the_oldest(void **state)
{
	struct rig *rig = hub();

	(void)state;
	for (size_t i = 0; i < 11; i++)
		glean(rig, "198.51.100.7", "10.255.0.7", 8 + i);
	assert_int_equal(rig->fwd.drops[DROP_NO_NEIGHBOUR], 3);
	rig_forget_packets(rig);
	rig_arp(rig, 1, 2, "10.255.0.7", mac(7), "10.255.0.1");
	for (size_t i = 3; i < 11; i++)
		assert_int_equal(rig_packet(rig)->len, PING + i);
	rig_no_packet(rig);
	rig_stop(rig);
}

static void all_queues_together_are_bounded(void **state)
{
	struct rig *rig = rig_hub();
	char host[32];

	(void)state;
	rig->ports[1].n_routes = 0;
	rig->ports[0].gateway = (struct ip_addr){0};
	rig->conf.capacity.neighbours = 200;
	rig_start(rig);
	for (int i = 0; i < 129; i++) {
		snprintf(host, sizeof(host), "10.255.0.%d", 2 + i);
		for (int j = 0; j < 8; j++)
			glean(rig, "198.51.100.7", host, 8);
	}
	/* 128 x 8 = 1024 wait; the 129th host's have no place. */
	assert_int_equal(rig->fwd.drops[DROP_NO_NEIGHBOUR], 8);
	rig_stop(rig);
}

static void gives_up_after_three_seconds_and_says_so(void **state)
{
	struct rig *rig = hub();
	struct fake_packet *sent;

	(void)state;
	rig_arp(rig, 0, 1, "198.51.100.7", mac(1), "198.51.100.1");
	rig_forget_packets(rig);
	glean(rig, "198.51.100.7", "10.255.0.7", 8);
	for (int i = 0; i < 3; i++) {
		rig_expect_arp(rig, 1, "10.255.0.7", NULL);
		rig_no_packet(rig);
		rig_advance(rig, NS_PER_S);
	}
	assert_int_equal(rig->fwd.drops[DROP_NO_NEIGHBOUR], 1);
	sent = rig_packet(rig); /* ICMP 3/1 from the port that the packet came in by */
	assert_int_equal(sent->inject.kind, INJECT_ADJACENCY);
	assert_int_equal(sent->bytes[20], 3);
	assert_int_equal(sent->bytes[21], 1);
	assert_memory_equal(sent->bytes + 12, "\xc6\x33\x64\x01\xc6\x33\x64\x07", 8);
	rig_no_packet(rig);

	/* For 5 s it is refused without a question; then asked for again. */
	rig_advance(rig, 4900 * NS_PER_MS);
	glean(rig, "198.51.100.7", "10.255.0.7", 8);
	assert_int_equal(rig->fwd.drops[DROP_NO_NEIGHBOUR], 2);
	assert_int_equal(rig_packet(rig)->bytes[20], 3);
	rig_no_packet(rig);
	rig_advance(rig, 200 * NS_PER_MS);
	glean(rig, "198.51.100.7", "10.255.0.7", 8);
	rig_expect_arp(rig, 1, "10.255.0.7", NULL);
	assert_false(rig_has_event(rig, EVENT_NEIGHBOUR_FAILED)); /* nobody depends on it */
	rig_stop(rig);
}

static void an_old_entry_is_probed_and_stays_in_use(void **state)
{
	struct rig *rig = hub();
	struct mac_addr seven = mac(7);

	(void)state;
	rig_arp(rig, 1, 1, "10.255.0.7", seven, "10.255.0.1");
	rig_forget_packets(rig);
	rig_advance(rig, 60 * NS_PER_S);
	rig_expect_arp(rig, 1, "10.255.0.7", &seven);
	rig_advance(rig, NS_PER_S);
	rig_expect_arp(rig, 1, "10.255.0.7", &seven);
	assert_int_equal(rig_route_adjacency(rig, "10.255.0.7/32").kind, ADJACENCY_FORWARD);
	rig_arp(rig, 1, 2, "10.255.0.7", seven, "10.255.0.1");
	rig_advance(rig, 59 * NS_PER_S);
	rig_no_packet(rig);
	rig_advance(rig, 4 * NS_PER_S); /* three probes unanswered: forgotten */
	assert_int_equal(rig->fwd.n_packets, 3);
	{
		struct ip_prefix host = prefix("10.255.0.7/32");

		assert_null(fake_fwd_route(&rig->fwd, REALM_MAIN, &host));
	}
	assert_int_equal(fake_fwd_adjacencies(&rig->fwd), 2); /* the two glean slots */
	rig_stop(rig);
}

static void a_held_next_hop_is_never_forgotten(void **state)
{
	struct rig *rig = rig_hub();
	struct mac_addr gateway = mac(254);

	(void)state;
	rig->ports[1].n_routes = 0;
	rig_start(rig);
	assert_int_equal(rig_route_adjacency(rig, "0.0.0.0/0").kind, ADJACENCY_RESOLVE);
	rig_arp(rig, 0, 2, "198.51.100.254", gateway, "198.51.100.1");
	assert_int_equal(rig_route_adjacency(rig, "0.0.0.0/0").kind, ADJACENCY_FORWARD);
	rig_advance(rig, 17 * NS_PER_S); /* probing: in use, but sooner than a mere host */
	assert_int_equal(rig_route_adjacency(rig, "0.0.0.0/0").kind, ADJACENCY_FORWARD);
	rig_advance(rig, NS_PER_S); /* asked for by broadcast */
	assert_int_equal(rig_route_adjacency(rig, "0.0.0.0/0").kind, ADJACENCY_RESOLVE);
	assert_false(rig_has_event(rig, EVENT_NEIGHBOUR_FAILED));
	rig_advance(rig, 3 * NS_PER_S);
	assert_int_equal(rig_route_adjacency(rig, "0.0.0.0/0").kind, ADJACENCY_DOWN);
	assert_int_equal(rig_event(rig, EVENT_NEIGHBOUR_FAILED).peer.v4, ip("198.51.100.254"));
	rig_advance(rig, 60 * NS_PER_S); /* told once, asked for again and again */
	assert_false(rig_has_event(rig, EVENT_NEIGHBOUR_FAILED));
	rig_arp(rig, 0, 2, "198.51.100.254", mac(253), "198.51.100.1");
	assert_int_equal(rig_route_adjacency(rig, "0.0.0.0/0").destination.bytes[5], 253);
	assert_true(rig_has_event(rig, EVENT_NEIGHBOUR_RESOLVED));
	rig_stop(rig);
}

static void another_mac_is_one_store(void **state)
{
	struct rig *rig = rig_hub();
	unsigned int changes;

	(void)state;
	rig_start(rig);
	rig_arp(rig, 0, 2, "198.51.100.254", mac(254), "198.51.100.1");
	changes = rig->fwd.changes;
	/* Gratuitous: sender and target the same. */
	rig_arp(rig, 0, 1, "198.51.100.254", mac(200), "198.51.100.254");
	assert_int_equal(rig->fwd.changes, changes + 1);
	assert_int_equal(rig_route_adjacency(rig, "0.0.0.0/0").destination.bytes[5], 200);
	assert_string_equal(rig_event(rig, EVENT_NEIGHBOUR_MOVED).text, "02:aa:00:00:00:c8");
	rig_stop(rig);
}

static void somebody_with_our_address_is_an_event(void **state)
{
	struct rig *rig = hub();
	struct event event;

	(void)state;
	rig_arp(rig, 1, 1, "10.255.0.1", mac(66), "10.255.0.1");
	event = rig_event(rig, EVENT_ADDRESS_CONFLICT);
	assert_int_equal(event.port, 1);
	assert_int_equal(event.peer.v4, ip("10.255.0.1"));
	assert_string_equal(event.text, "02:aa:00:00:00:42");
	rig_no_packet(rig);
	rig_stop(rig);
}

static void a_static_neighbour_is_not_moved(void **state)
{
	struct rig *rig = rig_hub();

	(void)state;
	rig->neighbours[1][0] = (struct conf_neighbour){addr("10.255.0.9"), mac(9)};
	rig->ports[1].n_neighbours = 1;
	rig_start(rig);
	rig_forget_packets(rig);
	rig_arp(rig, 1, 1, "10.255.0.9", mac(66), "10.255.0.1");
	assert_int_equal(rig_route_adjacency(rig, "10.255.0.9/32").destination.bytes[5], 9);
	rig_forget_packets(rig);
	rig_advance(rig, 600 * NS_PER_S);
	assert_int_equal(rig_route_adjacency(rig, "10.255.0.9/32").kind, ADJACENCY_FORWARD);
	rig_stop(rig);
}

static void a_scan_does_not_push_out_who_answers(void **state)
{
	struct rig *rig = rig_hub();
	char host[32];

	(void)state;
	rig->ports[1].n_routes = 0;
	rig->ports[0].gateway = (struct ip_addr){0};
	rig->conf.capacity.neighbours = 8;
	rig_start(rig);
	for (int i = 2; i < 6; i++) {
		snprintf(host, sizeof(host), "10.255.0.%d", i);
		rig_arp(rig, 1, 1, host, mac((unsigned int)i), "10.255.0.1");
	}
	for (int i = 100; i < 200; i++) {
		snprintf(host, sizeof(host), "10.255.0.%d", i);
		glean(rig, "198.51.100.7", host, 8);
	}
	for (int i = 2; i < 6; i++) {
		snprintf(host, sizeof(host), "10.255.0.%d/32", i);
		assert_int_equal(rig_route_adjacency(rig, host).kind, ADJACENCY_FORWARD);
	}
	assert_int_equal(rig->fwd.drops[DROP_NO_NEIGHBOUR], 96);
	/* All eight answer: a ninth is refused, and nobody else suffers. */
	for (int i = 6; i < 10; i++) {
		snprintf(host, sizeof(host), "10.255.0.%d", i);
		rig_arp(rig, 1, 1, host, mac((unsigned int)i), "10.255.0.1");
	}
	glean(rig, "198.51.100.7", "10.255.0.77", 8);
	/* Twice: the ICMP error about it finds no place for its own next hop either. */
	assert_int_equal(link_counters(rig->link)->neighbours_full, 2);
	assert_int_equal(rig->fwd.drops[DROP_NO_NEIGHBOUR], 101);
	rig_stop(rig);
}

static void an_answer_takes_no_prefix_from_others(void **state)
{
	struct rig *rig = hub();
	const struct fwd_route home = {
		.prefix = prefix("10.255.0.7/32"),
		.nexthop = {.kind = NEXTHOP_UNREACHABLE, .id = DROP_UNBOUND},
	};

	(void)state;
	/* A role has the /32 (a home address on a real link): ARP must not override it. */
	assert_int_equal(fake_fwd_ops.route_set(&rig->fwd, &home), 0);
	rig_arp(rig, 1, 1, "10.255.0.7", mac(7), "10.255.0.1");
	assert_int_equal(fake_fwd_route(&rig->fwd, REALM_MAIN, &home.prefix)->nexthop.kind,
			 NEXTHOP_UNREACHABLE);
	/* Nor remove it when the entry goes. */
	rig_advance(rig, 70 * NS_PER_S);
	assert_non_null(fake_fwd_route(&rig->fwd, REALM_MAIN, &home.prefix));
	fake_fwd_ops.route_remove(&rig->fwd, REALM_MAIN, &home.prefix);
	rig_stop(rig);
}

static void full_tables_slow_down_but_do_not_cut_off(void **state)
{
	struct rig *rig = hub();
	struct fake_packet *sent;

	(void)state;
	rig->fwd.fail_insert = -ENOSPC;
	glean(rig, "198.51.100.7", "10.255.0.7", 8);
	rig_forget_packets(rig);
	rig_arp(rig, 1, 2, "10.255.0.7", mac(7), "10.255.0.1");
	sent = rig_packet(rig);
	assert_int_equal(sent->inject.kind, INJECT_FRAME);
	assert_int_equal(sent->len, 14 + PING);
	assert_memory_equal(sent->bytes, "\x02\xaa\0\0\0\x07\x02\0\0\0\0\x01\x08\x00\x45", 15);
	rig_stop(rig);
}

static void not_every_address_is_a_host(void **state)
{
	struct rig *rig = hub();

	(void)state;
	glean(rig, "198.51.100.7", "10.255.0.0", 8);
	glean(rig, "198.51.100.7", "10.255.0.255", 8);
	glean(rig, "198.51.100.7", "10.255.0.1", 8); /* ourselves */
	rig_no_packet(rig);
	assert_int_equal(rig->fwd.drops[DROP_NO_NEIGHBOUR], 3);
	rig_stop(rig);
}

static void neighbours_can_be_shown(void **state)
{
	struct rig *rig = hub();
	struct seen seen = {0};

	(void)state;
	rig_arp(rig, 1, 1, "10.255.0.7", mac(7), "10.255.0.1");
	rig_advance(rig, 5 * NS_PER_S);
	link_walk_neighbours(rig->link, see, &seen);
	assert_int_equal(seen.count, 1);
	assert_int_equal(seen.last.port, 1);
	assert_int_equal(seen.last.address.v4, ip("10.255.0.7"));
	assert_string_equal(neighbour_state_name(seen.last.state), "reachable");
	assert_int_equal(seen.last.age, 5 * NS_PER_S);
	assert_int_equal(seen.last.mac.bytes[5], 7);
	rig_stop(rig);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(arp_frames_are_exact),
		cmocka_unit_test(only_own_addresses_of_the_port_are_answered),
		cmocka_unit_test(malformed_arp_is_ignored),
		cmocka_unit_test(a_request_to_us_teaches),
		cmocka_unit_test(strangers_teach_nothing),
		cmocka_unit_test(resolves_and_sends_what_waited_in_order),
		cmocka_unit_test(the_queue_is_short_and_drops_the_oldest),
		cmocka_unit_test(all_queues_together_are_bounded),
		cmocka_unit_test(gives_up_after_three_seconds_and_says_so),
		cmocka_unit_test(an_old_entry_is_probed_and_stays_in_use),
		cmocka_unit_test(a_held_next_hop_is_never_forgotten),
		cmocka_unit_test(another_mac_is_one_store),
		cmocka_unit_test(somebody_with_our_address_is_an_event),
		cmocka_unit_test(a_static_neighbour_is_not_moved),
		cmocka_unit_test(a_scan_does_not_push_out_who_answers),
		cmocka_unit_test(an_answer_takes_no_prefix_from_others),
		cmocka_unit_test(full_tables_slow_down_but_do_not_cut_off),
		cmocka_unit_test(not_every_address_is_a_host),
		cmocka_unit_test(neighbours_can_be_shown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
