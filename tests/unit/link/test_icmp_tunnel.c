/* SPDX-License-Identifier: BSD-3-Clause */
/* control/link: ICMP errors about our outer packets, and path MTU as soft state. */
#include "rig.h"
#include "wire/packet.h"

static uint8_t inner[PUNT_PACKET_MAX];

struct case_rig {
	struct rig *rig;
	struct tunnel *tunnel;
};

/* A branch with a UDP or IPIP tunnel to the hub, registered from its first uplink. */
static struct case_rig start(enum encap encap)
{
	struct case_rig c = {.rig = rig_branch()};
	struct tunnel_spec spec = {
		.encap = encap,
		.port = 0,
		.local = addr("203.0.113.10"),
		.remote = addr("198.51.100.1"),
		.local_port = encap == ENCAP_UDP ? 434 : 0,
		.remote_port = encap == ENCAP_UDP ? 434 : 0,
		.source = FWD_SOURCE_NOT_LOCAL,
		.peer = addr("192.0.2.1"),
	};

	rig_start(c.rig);
	assert_int_equal(tunnel_open(c.rig->link, &spec, &c.tunnel), 0);
	rig_arp(c.rig, 2, 1, "10.1.0.5", mac(5), "10.1.0.1");
	rig_forget_packets(c.rig);
	rig_has_event(c.rig, EVENT_PORT_UP);
	return c;
}

static void stop(struct case_rig *c)
{
	tunnel_close(c->rig->link, c->tunnel);
	rig_stop(c->rig);
}

/* The outer packet as we sent it: headers, and inner_quoted octets of a 1400-octet inner packet. */
static size_t outer(uint8_t *bytes, enum encap encap, const char *source, uint8_t first,
		    size_t inner_quoted)
{
	struct writer writer = writer_of(bytes, PUNT_PACKET_MAX);
	const size_t overhead = encap == ENCAP_UDP ? 12 : 0;
	const struct packet_ipv4 header = {
		.ttl = 60,
		.protocol = encap == ENCAP_UDP ? IPV4_PROTOCOL_UDP : IPV4_PROTOCOL_IPIP,
		.total_len = (uint16_t)(20 + overhead + 1400),
		.fragment = IPV4_DF,
		.source = ip("203.0.113.10"),
		.destination = ip("198.51.100.1"),
	};

	assert_int_equal(rig_udp(inner, source, "10.2.0.7", 1400 - 28), 1400);
	inner[6] = 0x40; /* DF */
	packet_ipv4_build(&header, &writer);
	if (encap == ENCAP_UDP) {
		write_u16(&writer, 434);
		write_u16(&writer, 434);
		write_u32(&writer, 0);
		if (inner_quoted > 0) {
			write_u8(&writer, first);
			write_bytes(&writer, "\4\0\0", 3);
		}
	}
	write_bytes(&writer, inner, inner_quoted);
	return writer.len;
}

static void icmp_error(struct case_rig *c, uint8_t type, uint8_t code, uint32_t rest,
		       const uint8_t *quote, size_t len)
{
	uint8_t packet[PUNT_PACKET_MAX];
	struct writer writer = writer_of(packet, sizeof(packet));
	const struct packet_ipv4 header = {
		.ttl = 60,
		.protocol = IPV4_PROTOCOL_ICMP,
		.total_len = (uint16_t)(28 + len),
		.source = ip("192.0.2.99"), /* some router on the way */
		.destination = ip("203.0.113.10"),
	};
	const struct packet_icmp icmp = {.type = type, .code = code, .rest = rest};
	struct punt punt;

	packet_ipv4_build(&header, &writer);
	packet_icmp_build(&icmp, quote, len, &writer);
	punt = rig_punt(PUNT_ICMP, 0, packet, writer.len);
	link_handle_icmp(c->rig->link, &punt);
}

#define NOTHING 255

static void each_error_is_relayed_as_the_table_says(void **state)
{
	static const struct {
		uint8_t type, code;
		uint32_t rest;
		uint8_t to_type, to_code;
		uint32_t to_rest;
	} rows[] = {
		{3, 0, 0, 3, 0, 0},
		{3, 1, 0, 3, 1, 0},
		{3, 2, 0, 3, 1, 0},
		{3, 3, 0, NOTHING, 0, 0},
		{3, 4, 1300, 3, 4, 1300 - 32},
		{3, 5, 0, NOTHING, 0, 0},
		{3, 13, 0, NOTHING, 0, 0},
		{4, 0, 0, NOTHING, 0, 0},
		{5, 0, 0, NOTHING, 0, 0},
		{5, 1, 0, NOTHING, 0, 0},
		{11, 0, 0, 3, 1, 0},
		{11, 1, 0, 3, 1, 0},
		{12, 0, 8u << 24, NOTHING, 0, 0},  /* our outer header */
		{12, 0, 31u << 24, NOTHING, 0, 0}, /* the last octet of ours */
		{12, 0, 32u << 24, 12, 0, 0},      /* the first of the inner packet */
		{12, 0, 41u << 24, 12, 0, 9u << 24},
	};
	uint8_t quote[PUNT_PACKET_MAX];

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct case_rig c = start(ENCAP_UDP);
		size_t len = outer(quote, ENCAP_UDP, "10.1.0.5", 4, 100);
		struct packet_ipv4 header;
		struct packet_icmp icmp;
		struct fake_packet *sent;

		icmp_error(&c, rows[i].type, rows[i].code, rows[i].rest, quote, len);
		assert_int_equal(link_counters(c.rig->link)->tunnel_errors_in, 1);
		if (rows[i].to_type == NOTHING) {
			rig_no_packet(c.rig);
			stop(&c);
			continue;
		}
		sent = rig_packet(c.rig);
		assert_int_equal(sent->inject.kind, INJECT_LOOKUP);
		assert_int_equal(packet_ipv4_parse(sent->bytes, sent->len, &header), PACKET_OK);
		assert_int_equal(packet_icmp_parse(&header, &icmp), PACKET_OK);
		assert_int_equal(header.source, ip("10.1.0.1"));
		assert_int_equal(header.destination, ip("10.1.0.5"));
		assert_int_equal(icmp.type, rows[i].to_type);
		assert_int_equal(icmp.code, rows[i].to_code);
		assert_int_equal(icmp.rest, rows[i].to_rest);
		assert_int_equal(icmp.payload_len, 100);
		assert_memory_equal(icmp.payload, inner, 100);
		rig_no_packet(c.rig);
		stop(&c);
	}
}

static void errors_are_told_once_a_second(void **state)
{
	struct case_rig c = start(ENCAP_UDP);
	uint8_t quote[PUNT_PACKET_MAX];
	size_t len = outer(quote, ENCAP_UDP, "10.1.0.5", 4, 0); /* outer header and 8 octets */
	struct event event;

	(void)state;
	for (int i = 0; i < 5; i++)
		icmp_error(&c, 3, 3, 0, quote, len);
	event = rig_event(c.rig, EVENT_TUNNEL_ERROR);
	assert_int_equal(event.value, 0x303);
	assert_int_equal(event.tunnel.index, tunnel_ref(c.tunnel).index);
	assert_int_equal(event.peer.v4, ip("192.0.2.99"));
	assert_int_equal(event.home_address.v4, ip("192.0.2.1"));
	assert_false(rig_has_event(c.rig, EVENT_TUNNEL_ERROR));
	rig_no_packet(c.rig); /* nobody to relay to: the inner header is not quoted */
	rig_advance(c.rig, NS_PER_S);
	icmp_error(&c, 3, 1, 0, quote, len);
	assert_int_equal(rig_event(c.rig, EVENT_TUNNEL_ERROR).value, 0x301);
	stop(&c);
}

static void forged_quotes_change_nothing(void **state)
{
	struct case_rig c = start(ENCAP_UDP);
	uint8_t quote[PUNT_PACKET_MAX];
	const size_t wrong[] = {12, 16, 20, 22}; /* addresses and ports */
	size_t len;

	(void)state;
	for (int i = 0; i < 4; i++) {
		len = outer(quote, ENCAP_UDP, "10.1.0.5", 4, 100);
		quote[wrong[i] + 1] ^= 1;
		icmp_error(&c, 3, 4, 600, quote, len);
	}
	/* Another encapsulation, another protocol, signalling, no ports, no header. */
	len = outer(quote, ENCAP_IPIP, "10.1.0.5", 4, 100);
	icmp_error(&c, 3, 4, 600, quote, len);
	quote[9] = 6;
	icmp_error(&c, 3, 4, 600, quote, len);
	len = outer(quote, ENCAP_UDP, "10.1.0.5", 1, 100);
	icmp_error(&c, 3, 4, 600, quote, len);
	icmp_error(&c, 3, 4, 600, quote, 23);
	icmp_error(&c, 3, 4, 600, quote, 12);
	assert_int_equal(link_counters(c.rig->link)->tunnel_errors_foreign, 9);
	assert_int_equal(tunnel_mtu(c.tunnel), 1468);
	rig_no_packet(c.rig);
	stop(&c);
}

static void relays_only_to_own_networks(void **state)
{
	struct case_rig c = start(ENCAP_IPIP);
	uint8_t quote[PUNT_PACKET_MAX];
	size_t len = outer(quote, ENCAP_IPIP, "192.0.2.77", 4, 100);

	(void)state;
	icmp_error(&c, 3, 1, 0, quote, len);
	rig_no_packet(c.rig);
	len = outer(quote, ENCAP_IPIP, "10.1.0.5", 4, 100);
	icmp_error(&c, 3, 1, 0, quote, len);
	assert_int_equal(rig_packet(c.rig)->inject.kind, INJECT_LOOKUP);
	stop(&c);
}

static void too_big_is_relayed_only_where_it_helps(void **state)
{
	struct case_rig c = start(ENCAP_IPIP);
	uint8_t quote[PUNT_PACKET_MAX];
	size_t len = outer(quote, ENCAP_IPIP, "10.1.0.5", 4, 100);

	(void)state;
	icmp_error(&c, 3, 4, 1420, quote, len); /* the inner packet of 1400 fits */
	assert_int_equal(tunnel_mtu(c.tunnel), 1400);
	rig_no_packet(c.rig);
	quote[20 + 6] = 0; /* without DF it is fragmented from now on */
	icmp_error(&c, 3, 4, 1000, quote, len);
	assert_int_equal(tunnel_mtu(c.tunnel), 980);
	rig_no_packet(c.rig);
	stop(&c);
}

static void too_big(struct case_rig *c, uint32_t mtu)
{
	uint8_t quote[PUNT_PACKET_MAX];
	size_t len = outer(quote, ENCAP_IPIP, "10.1.0.5", 4, 0);

	icmp_error(c, 3, 4, mtu, quote, len);
}

static void path_mtu_shrinks_to_the_floor_and_no_further(void **state)
{
	struct case_rig c = start(ENCAP_IPIP);

	(void)state;
	too_big(&c, 1400);
	assert_int_equal(tunnel_mtu(c.tunnel), 1380);
	assert_int_equal(c.rig->fwd.tunnels[tunnel_ref(c.tunnel).index].mtu, 1380);
	assert_int_equal(rig_event(c.rig, EVENT_PATH_MTU).value, 1380);
	too_big(&c, 1450); /* never up by ICMP (RFC 1191, section 3) */
	assert_int_equal(tunnel_mtu(c.tunnel), 1380);
	too_big(&c, 597);
	assert_int_equal(tunnel_mtu(c.tunnel), 577);
	too_big(&c, 596);
	assert_int_equal(tunnel_mtu(c.tunnel), 576);
	too_big(&c, 1);
	assert_int_equal(tunnel_mtu(c.tunnel), 576);
	stop(&c);
}

static bool see(void *arg, const struct link_tunnel_view *view)
{
	*(struct link_tunnel_view *)arg = *view;
	return true;
}

static void an_unsaid_mtu_is_the_next_plateau(void **state)
{
	struct case_rig c = start(ENCAP_IPIP);
	struct link_tunnel_view view;

	(void)state;
	too_big(&c, 0); /* about 1420 octets */
	link_walk_tunnels(c.rig->link, see, &view);
	assert_int_equal(view.path_mtu, 1006);
	too_big(&c, 0);
	too_big(&c, 0);
	too_big(&c, 0);
	too_big(&c, 0);
	link_walk_tunnels(c.rig->link, see, &view);
	assert_int_equal(view.path_mtu, 68);
	stop(&c);
}

static void path_mtu_grows_back_by_plateaus(void **state)
{
	struct case_rig c = start(ENCAP_IPIP);

	(void)state;
	too_big(&c, 1000);
	rig_advance(c.rig, 599 * NS_PER_S);
	assert_int_equal(tunnel_mtu(c.tunnel), 980);
	rig_advance(c.rig, NS_PER_S); /* 10 minutes after it shrank */
	assert_int_equal(tunnel_mtu(c.tunnel), 986);
	rig_advance(c.rig, 119 * NS_PER_S);
	assert_int_equal(tunnel_mtu(c.tunnel), 986);
	rig_advance(c.rig, NS_PER_S); /* 2 minutes after it grew */
	assert_int_equal(tunnel_mtu(c.tunnel), 1472);
	too_big(&c, 1400); /* too much: 10 minutes again */
	rig_advance(c.rig, 599 * NS_PER_S);
	assert_int_equal(tunnel_mtu(c.tunnel), 1380);
	rig_advance(c.rig, NS_PER_S);
	assert_int_equal(tunnel_mtu(c.tunnel), 1472);
	rig_advance(c.rig, 120 * NS_PER_S);
	assert_int_equal(tunnel_mtu(c.tunnel), 1480); /* the port's own: forgotten */
	stop(&c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_error_is_relayed_as_the_table_says),
		cmocka_unit_test(errors_are_told_once_a_second),
		cmocka_unit_test(forged_quotes_change_nothing),
		cmocka_unit_test(relays_only_to_own_networks),
		cmocka_unit_test(too_big_is_relayed_only_where_it_helps),
		cmocka_unit_test(path_mtu_shrinks_to_the_floor_and_no_further),
		cmocka_unit_test(an_unsaid_mtu_is_the_next_plateau),
		cmocka_unit_test(path_mtu_grows_back_by_plateaus),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
