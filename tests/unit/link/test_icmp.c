/* SPDX-License-Identifier: BSD-3-Clause */
/* control/link: echo, the ICMP errors that we send, and who is never sent one. */
#include <errno.h>

#include "rig.h"
#include "wire/packet.h"

static uint8_t packet[PUNT_PACKET_MAX];

/* The rig with the neighbours of these tests known, so that answers leave at once. */
static struct rig *started(struct rig *rig)
{
	rig_start(rig);
	if (rig->conf.role == CONF_HOME_AGENT) {
		rig_arp(rig, 0, 1, "198.51.100.7", mac(7), "198.51.100.1");
		rig_arp(rig, 0, 2, "198.51.100.254", mac(254), "198.51.100.1");
	} else {
		rig_arp(rig, 0, 2, "203.0.113.254", mac(254), "203.0.113.10");
		rig_arp(rig, 2, 1, "10.1.0.5", mac(5), "10.1.0.1");
	}
	rig_forget_packets(rig);
	return rig;
}

static void send_icmp(struct rig *rig, uint16_t port, struct tunnel_ref tunnel, const char *source,
		      const char *destination, uint8_t type, uint32_t rest)
{
	struct writer writer = writer_of(packet, sizeof(packet));
	const struct packet_ipv4 header = {
		.tos = 0x28,
		.ttl = 61,
		.protocol = IPV4_PROTOCOL_ICMP,
		.total_len = 33,
		.source = ip(source),
		.destination = ip(destination),
	};
	const struct packet_icmp icmp = {.type = type, .rest = rest};
	struct punt punt;

	packet_ipv4_build(&header, &writer);
	packet_icmp_build(&icmp, (const uint8_t *)"hello", 5, &writer);
	punt = rig_punt(PUNT_ICMP, port, packet, writer.len);
	punt.tunnel = tunnel;
	link_handle_icmp(rig->link, &punt);
}

static const struct tunnel_ref native = {.index = FWD_NONE};

static void echo_requests_are_answered_exactly(void **state)
{
	static const uint8_t want[] = {0x45, 0x28, 0,    33,   0, 0,   0,   0,   64,  1,   0,
				       0,    198,  51,   100,  1, 198, 51,  100, 7,   0,   0,
				       0,    0,    0x12, 0x34, 0, 9,   'h', 'e', 'l', 'l', 'o'};
	struct rig *rig = started(rig_hub());
	struct fake_packet *sent;
	struct packet_icmp icmp;
	struct packet_ipv4 header;

	(void)state;
	send_icmp(rig, 0, native, "198.51.100.7", "198.51.100.1", 8, 0x12340009);
	sent = rig_packet(rig);
	assert_int_equal(sent->inject.kind, INJECT_ADJACENCY);
	assert_int_equal(sent->len, 33);
	assert_int_equal(packet_ipv4_parse(sent->bytes, sent->len, &header), PACKET_OK);
	assert_int_equal(packet_icmp_parse(&header, &icmp), PACKET_OK);
	/* The rest is exact but for identification and checksums, which were just verified. */
	memset(sent->bytes + 4, 0, 2);
	memset(sent->bytes + 10, 0, 2);
	memset(sent->bytes + 22, 0, 2);
	assert_memory_equal(sent->bytes, want, sizeof(want));
	rig_no_packet(rig);
	rig_stop(rig);
}

static void echo_by_a_tunnel_is_answered_into_it(void **state)
{
	struct rig *rig = started(rig_hub());
	const struct ip_addr home = addr("198.51.100.1");
	const struct tunnel_spec spec = {
		.encap = ENCAP_IPIP,
		.port = PORT_NONE,
		.local = home,
		.remote = addr("203.0.113.10"),
		.source = FWD_SOURCE_ANY,
	};
	struct tunnel *tunnel;
	struct fake_packet *sent;

	(void)state;
	assert_int_equal(link_address_insert(rig->link, REALM_MAIN, &home), 0);
	assert_int_equal(tunnel_open(rig->link, &spec, &tunnel), 0);
	send_icmp(rig, 0, tunnel_ref(tunnel), "192.0.2.1", "198.51.100.1", 8, 0x4d520001);
	sent = rig_packet(rig);
	assert_int_equal(sent->inject.kind, INJECT_TUNNEL);
	assert_int_equal(sent->inject.tunnel.index, tunnel_ref(tunnel).index);
	assert_int_equal(sent->inject.tunnel.generation, tunnel_ref(tunnel).generation);
	assert_memory_equal(sent->bytes + 12, "\xc6\x33\x64\x01\xc0\x00\x02\x01", 8);
	tunnel_mute(tunnel);
	send_icmp(rig, 0, tunnel_ref(tunnel), "192.0.2.1", "198.51.100.1", 8, 0x4d520002);
	rig_no_packet(rig);
	tunnel_close(rig->link, tunnel);
	/* The tunnel is gone, the request was still on its way: nothing leaves, nothing breaks. */
	send_icmp(rig, 0, (struct tunnel_ref){0, 1}, "192.0.2.1", "198.51.100.1", 8, 1);
	rig_no_packet(rig);
	assert_int_equal(link_counters(rig->link)->inject_failed, 1);
	rig_stop(rig);
}

static void a_branch_answers_natively_from_the_port(void **state)
{
	struct rig *rig = started(rig_branch());
	struct fake_packet *sent;
	uint32_t slot;

	(void)state;
	/* From far away to the care-of address: back by that uplink's gateway, not by the hub. */
	send_icmp(rig, 0, native, "192.0.2.200", "203.0.113.10", 8, 1);
	sent = rig_packet(rig);
	assert_int_equal(sent->inject.kind, INJECT_ADJACENCY);
	slot = sent->inject.adjacency;
	assert_int_equal(rig->fwd.adjacencies[slot].destination.bytes[5], 254);
	/* On the LAN with a source that is not there: a forgery, no answer to anybody. */
	send_icmp(rig, 2, native, "192.0.2.200", "10.1.0.1", 8, 1);
	rig_no_packet(rig);
	assert_int_equal(link_counters(rig->link)->unreachable, 1);
	rig_stop(rig);
}

static void echo_replies_become_events(void **state)
{
	struct rig *rig = started(rig_branch());
	struct event event;

	(void)state;
	rig_has_event(rig, EVENT_ECHO_REPLY);
	send_icmp(rig, 0, native, "198.51.100.1", "203.0.113.10", 0, 0x4d520007);
	event = rig_event(rig, EVENT_ECHO_REPLY);
	assert_int_equal(event.port, 0);
	assert_int_equal(event.tunnel.index, FWD_NONE);
	assert_int_equal(event.peer.v4, ip("198.51.100.1"));
	assert_int_equal(event.value, 7);
	assert_int_equal(event.value2, 0x4d52);
	send_icmp(rig, 0, (struct tunnel_ref){3, 4}, "198.51.100.1", "192.0.2.1", 0, 0x4d520008);
	event = rig_event(rig, EVENT_ECHO_REPLY);
	assert_int_equal(event.port, PORT_NONE);
	assert_int_equal(event.tunnel.index, 3);
	assert_int_equal(event.tunnel.generation, 4);
	rig_no_packet(rig);
	rig_stop(rig);
}

static void echo_requests_are_sent_exactly(void **state)
{
	/* tunnels.md, V12: the inner packet, but for identification and checksum. */
	static const uint8_t want[] = {0x45, 0, 0,    0x1c, 0,    0,    0,    0,    0x40, 1,
				       0,    0, 203,  0,    113,  10,   0xc6, 0x33, 0x64, 1,
				       8,    0, 0xaa, 0xac, 0x4d, 0x52, 0,    1};
	struct rig *rig = started(rig_branch());
	struct link_echo echo = {
		.tunnel = native,
		.source = addr("203.0.113.10"),
		.destination = addr("198.51.100.1"),
		.identifier = LINK_ECHO_ID,
		.sequence = 1,
	};
	struct fake_packet *sent;

	(void)state;
	assert_int_equal(link_send_echo(rig->link, &echo), 0);
	sent = rig_packet(rig);
	assert_int_equal(sent->len, sizeof(want));
	memset(sent->bytes + 4, 0, 2);
	memset(sent->bytes + 10, 0, 2);
	assert_memory_equal(sent->bytes, want, sizeof(want));
	link_port_changed(rig->link, 0, LINK_PORT_DOWN);
	assert_true(link_send_echo(rig->link, &echo) < 0);
	rig_no_packet(rig);
	rig_stop(rig);
}

static void echo_requests_have_the_size_asked_for(void **state)
{
	struct rig *rig = started(rig_branch());
	struct link_echo echo = {
		.tunnel = native,
		.source = addr("203.0.113.10"),
		.destination = addr("198.51.100.1"),
		.identifier = LINK_ECHO_ID,
		.sequence = 1,
	};
	const uint16_t sizes[] = {0, 27, 28, 29, 1500};
	struct fake_packet *sent;
	struct packet_icmp icmp;
	struct packet_ipv4 header;

	(void)state;
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		echo.size = sizes[i];
		assert_int_equal(link_send_echo(rig->link, &echo), 0);
		sent = rig_packet(rig);
		assert_int_equal(sent->len, sizes[i] > 28 ? sizes[i] : 28);
		assert_int_equal(packet_ipv4_parse(sent->bytes, sent->len, &header), PACKET_OK);
		assert_int_equal(packet_icmp_parse(&header, &icmp), PACKET_OK);
		assert_int_equal(header.fragment, sizes[i] > 28 ? IPV4_DF : 0);
		assert_int_equal(icmp.rest, 0x4d520001);
		for (size_t j = 0; j < icmp.payload_len; j++)
			assert_int_equal(icmp.payload[j], 0);
	}
	echo.size = 1501; /* the port's MTU, and DF */
	assert_int_equal(link_send_echo(rig->link, &echo), -EMSGSIZE);
	rig->fwd.tunnel_use[5] = FAKE_LIVE;
	rig->fwd.generations[5] = 1;
	rig->fwd.tunnels[5].adjacency = FWD_NONE;
	echo.tunnel = (struct tunnel_ref){5, 1};
	echo.size = PUNT_PACKET_MAX;
	assert_int_equal(link_send_echo(rig->link, &echo), 0);
	assert_int_equal(rig_packet(rig)->len, PUNT_PACKET_MAX);
	echo.size = PUNT_PACKET_MAX + 1;
	assert_int_equal(link_send_echo(rig->link, &echo), -EMSGSIZE);
	rig_no_packet(rig);
	assert_int_equal(link_counters(rig->link)->echo_requests_out, 6);
	rig->fwd.tunnel_use[5] = FAKE_FREE;
	rig_stop(rig);
}

static void nonsense_is_counted_and_forgotten(void **state)
{
	struct rig *rig = started(rig_hub());
	struct punt punt;

	(void)state;
	send_icmp(rig, 0, native, "198.51.100.1", "198.51.100.1", 8, 1); /* from ourselves */
	send_icmp(rig, 0, native, "224.0.0.1", "198.51.100.1", 8, 1);
	send_icmp(rig, 0, native, "198.51.100.7", "198.51.100.1", 13, 1); /* timestamp */
	assert_int_equal(link_counters(rig->link)->icmp_ignored, 3);
	packet[30] ^= 1; /* the checksum no longer fits */
	punt = rig_punt(PUNT_ICMP, 0, packet, 33);
	link_handle_icmp(rig->link, &punt);
	punt.len = 27;
	link_handle_icmp(rig->link, &punt);
	assert_int_equal(link_counters(rig->link)->icmp_malformed, 2);
	rig_no_packet(rig);
	rig_stop(rig);
}

/* --- errors --------------------------------------------------------------------------------------- */

static struct punt error_punt(enum drop_reason reason, uint16_t port, const char *source,
			      const char *destination, size_t len)
{
	struct punt punt =
		rig_punt(PUNT_ERROR, port, packet, rig_udp(packet, source, destination, len));

	punt.drop = reason;
	return punt;
}

static void each_drop_has_its_error(void **state)
{
	static const struct {
		enum drop_reason reason;
		uint8_t type, code;
		uint16_t mtu;
	} rows[] = {
		{DROP_TTL_EXPIRED, 11, 0, 0},     {DROP_TOO_BIG, 3, 4, 1468},
		{DROP_NO_ROUTE, 3, 0, 0},         {DROP_UNBOUND, 3, 1, 0},
		{DROP_NOT_REGISTERED, 3, 1, 0},   {DROP_NO_UNDERLAY, 3, 1, 0},
		{DROP_NO_NEIGHBOUR, 3, 1, 0},     {DROP_LAN_SOURCE, 3, 13, 0},
		{DROP_PROTOCOL_UNKNOWN, 3, 2, 0}, {DROP_PORT_UNKNOWN, 3, 3, 0},
	};
	struct rig *rig = started(rig_branch());

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct punt punt = error_punt(rows[i].reason, 2, "10.1.0.5", "10.2.0.7", 8);
		struct fake_packet *sent;
		struct packet_icmp icmp;
		struct packet_ipv4 header;

		punt.mtu = rows[i].mtu;
		link_handle_error(rig->link, &punt);
		sent = rig_packet(rig);
		assert_int_equal(sent->inject.kind, INJECT_ADJACENCY);
		assert_int_equal(packet_ipv4_parse(sent->bytes, sent->len, &header), PACKET_OK);
		assert_int_equal(packet_icmp_parse(&header, &icmp), PACKET_OK);
		assert_int_equal(header.source, ip("10.1.0.1"));
		assert_int_equal(header.destination, ip("10.1.0.5"));
		assert_int_equal(header.tos, 0xc0);
		assert_int_equal(header.ttl, 64);
		assert_int_equal(icmp.type, rows[i].type);
		assert_int_equal(icmp.code, rows[i].code);
		assert_int_equal(icmp.rest, rows[i].mtu);
		assert_int_equal(icmp.payload_len, punt.len);
		assert_memory_equal(icmp.payload, packet, punt.len);
	}
	assert_int_equal(link_counters(rig->link)->errors_out, 10);
	rig_no_packet(rig);
	rig_stop(rig);
}

static void no_other_drop_has_one(void **state)
{
	struct rig *rig = started(rig_branch());
	unsigned int sent = 0;

	(void)state;
	for (int reason = 0; reason < DROP_MAX + 2; reason++) {
		struct punt punt = error_punt(DROP_NONE, 2, "10.1.0.5", "10.2.0.7", 8);

		punt.drop = (uint16_t)reason;
		link_handle_error(rig->link, &punt);
		sent += rig->fwd.n_packets > 0;
		rig_forget_packets(rig);
	}
	assert_int_equal(sent, 10);
	rig_stop(rig);
}

static void quotes_are_cut_at_576(void **state)
{
	const size_t lens[] = {519, 520, 521, 1400}; /* with headers 547, 548, 549, 1428 */
	struct rig *rig = started(rig_branch());

	(void)state;
	for (int i = 0; i < 4; i++) {
		struct punt punt = error_punt(DROP_NO_ROUTE, 2, "10.1.0.5", "10.2.0.7", lens[i]);

		link_handle_error(rig->link, &punt);
		assert_int_equal(rig_packet(rig)->len, i == 0 ? 575 : 576);
	}
	rig_stop(rig);
}

static void errors_come_from_the_right_address(void **state)
{
	struct rig *rig = started(rig_hub());
	const struct ip_addr home = addr("192.0.2.254");
	struct punt punt;
	struct fake_packet *sent;

	(void)state;
	assert_int_equal(link_address_insert(rig->link, REALM_MAIN, &home), 0);
	/* To us: from where it was sent to. */
	punt = error_punt(DROP_PORT_UNKNOWN, 0, "198.51.100.7", "10.255.0.1", 8);
	link_handle_error(rig->link, &punt);
	sent = rig_packet(rig);
	assert_memory_equal(sent->bytes + 12, "\x0a\xff\x00\x01", 4);
	/* By a tunnel: the hub's address, back into the tunnel. */
	rig->fwd.tunnel_use[5] = FAKE_LIVE;
	rig->fwd.generations[5] = 1;
	rig->fwd.tunnels[5].adjacency = FWD_NONE;
	punt = error_punt(DROP_UNBOUND, 0, "10.1.0.5", "10.2.0.7", 8);
	punt.tunnel = (struct tunnel_ref){5, 1};
	link_handle_error(rig->link, &punt);
	sent = rig_packet(rig);
	assert_int_equal(sent->inject.kind, INJECT_TUNNEL);
	assert_memory_equal(sent->bytes + 12, "\xc0\x00\x02\xfe\x0a\x01\x00\x05", 8);
	rig->fwd.tunnel_use[5] = FAKE_FREE;
	/* From a network that the arrival port does not reach: routed. */
	punt = error_punt(DROP_TTL_EXPIRED, 1, "203.0.113.77", "10.2.0.7", 8);
	link_handle_error(rig->link, &punt);
	sent = rig_packet(rig);
	assert_int_equal(sent->inject.kind, INJECT_LOOKUP);
	assert_memory_equal(sent->bytes + 12, "\x0a\xff\x00\x01\xcb\x00\x71\x4d", 8);
	link_address_remove(rig->link, REALM_MAIN, &home);
	rig_stop(rig);
}

static void some_packets_never_cause_an_error(void **state)
{
	static const struct {
		const char *source, *destination;
	} rows[] = {
		{"0.0.0.0", "10.2.0.7"},    {"127.0.0.1", "10.2.0.7"},
		{"224.0.0.5", "10.2.0.7"},  {"255.255.255.255", "10.2.0.7"},
		{"10.1.0.255", "10.2.0.7"}, /* broadcast sources */
		{"10.1.0.5", "224.0.0.5"},  {"10.1.0.5", "255.255.255.255"},
		{"10.1.0.5", "10.1.0.255"}, {"10.1.0.1", "10.2.0.7"}, /* ourselves */
	};
	const size_t n = sizeof(rows) / sizeof(rows[0]);
	struct rig *rig = started(rig_branch());
	struct punt punt;

	(void)state;
	for (size_t i = 0; i < n; i++) {
		punt = error_punt(DROP_NO_ROUTE, 2, rows[i].source, rows[i].destination, 8);
		link_handle_error(rig->link, &punt);
	}
	punt = error_punt(DROP_NO_ROUTE, 2, "10.1.0.5", "10.2.0.7", 8);
	packet[7] = 1; /* a later fragment; a first one (MF alone) is answered */
	link_handle_error(rig->link, &punt);
	packet[7] = 0;
	packet[9] = IPV4_PROTOCOL_ICMP;
	for (int type = 0; type < 32; type++) {
		packet[20] = (uint8_t)type;
		link_handle_error(rig->link, &punt);
	}
	/* Queries: 0, 8, 13 to 18. */
	assert_int_equal(rig->fwd.n_packets, 8);
	rig_forget_packets(rig);
	punt.len = 20; /* ICMP of a type that we cannot see */
	link_handle_error(rig->link, &punt);
	punt.len = 19;
	link_handle_error(rig->link, &punt);
	rig_no_packet(rig);
	assert_int_equal(link_counters(rig->link)->errors_forbidden, n + 1 + 24 + 2);
	rig_stop(rig);
}

static void errors_to_one_source_are_limited(void **state)
{
	struct rig *rig = started(rig_branch());
	struct punt punt = error_punt(DROP_NO_ROUTE, 2, "10.1.0.5", "10.2.0.7", 8);

	(void)state;
	for (int i = 0; i < 100; i++)
		link_handle_error(rig->link, &punt);
	assert_int_equal(rig->fwd.n_packets, 64);
	assert_int_equal(link_counters(rig->link)->errors_limited, 36);
	rig_forget_packets(rig);
	rig_advance(rig, NS_PER_S);
	link_handle_error(rig->link, &punt);
	assert_int_equal(link_counters(rig->link)->errors_out, 65);
	rig_stop(rig);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(echo_requests_are_answered_exactly),
		cmocka_unit_test(echo_by_a_tunnel_is_answered_into_it),
		cmocka_unit_test(a_branch_answers_natively_from_the_port),
		cmocka_unit_test(echo_replies_become_events),
		cmocka_unit_test(echo_requests_are_sent_exactly),
		cmocka_unit_test(echo_requests_have_the_size_asked_for),
		cmocka_unit_test(nonsense_is_counted_and_forgotten),
		cmocka_unit_test(each_drop_has_its_error),
		cmocka_unit_test(no_other_drop_has_one),
		cmocka_unit_test(quotes_are_cut_at_576),
		cmocka_unit_test(errors_come_from_the_right_address),
		cmocka_unit_test(some_packets_never_cause_an_error),
		cmocka_unit_test(errors_to_one_source_are_limited),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
