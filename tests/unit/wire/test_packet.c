/* SPDX-License-Identifier: BSD-3-Clause */
/* IPv4, UDP and ICMP headers against tunnels.md V12, at their bounds. */
#include <arpa/inet.h>

#include "cmocka_all.h"
#include "hex.h"
#include "vectors.h"
#include "wire/packet.h"

static uint8_t bytes[128];

static void test_checksum(void **state)
{
	/* RFC 1071, section 3 */
	static const uint8_t example[] = {0x00, 0x01, 0xf2, 0x03, 0xf4, 0xf5, 0xf6, 0xf7};

	(void)state;
	assert_int_equal(packet_sum(example, 8, 0), 0xddf2);
	assert_int_equal(packet_sum(example + 4, 4, packet_sum(example, 4, 0)), 0xddf2);
	assert_int_equal(packet_checksum(example, 8), 0x220d);
	assert_int_equal(packet_sum(example, 7, 0), 0xddf2 - 0xf7);
	assert_int_equal(packet_checksum(example, 0), 0xffff);
}

static void test_vector(void **state)
{
	size_t len = hex_read(VECTOR_KEEPALIVE, bytes, sizeof(bytes));
	struct packet_ipv4 outer, inner;
	struct packet_udp udp;
	struct packet_icmp icmp;
	struct writer writer;
	uint8_t room[128];

	(void)state;
	assert_int_equal(packet_ipv4_parse(bytes, len, &outer), PACKET_OK);
	assert_int_equal(outer.source, inet_addr("203.0.113.30"));
	assert_int_equal(outer.destination, inet_addr("203.0.113.10"));
	assert_int_equal(outer.protocol, IPV4_PROTOCOL_UDP);
	assert_int_equal(outer.fragment, IPV4_DF);
	assert_int_equal(outer.id, 0x100);
	assert_int_equal(outer.ttl, 64);
	assert_int_equal(packet_udp_parse(&outer, &udp), PACKET_OK);
	assert_int_equal(udp.source_port, 434);
	assert_int_equal(udp.destination_port, 434);
	assert_true(udp.has_checksum);
	assert_int_equal(udp.payload_len, 32);
	assert_int_equal(packet_ipv4_parse(udp.payload + 4, udp.payload_len - 4, &inner),
			 PACKET_OK);
	assert_int_equal(packet_icmp_parse(&inner, &icmp), PACKET_OK);
	assert_int_equal(icmp.type, 8);
	assert_int_equal(icmp.rest, 0x4d520001);
	assert_int_equal(icmp.payload_len, 0);

	/* and back */
	writer = writer_of(room, sizeof(room));
	packet_ipv4_build(&outer, &writer);
	packet_udp_build(&outer, &udp, udp.payload, udp.payload_len, &writer);
	assert_false(writer.failed);
	assert_int_equal(writer.len, len);
	assert_memory_equal(room, bytes, len);
	writer = writer_of(room, sizeof(room));
	packet_ipv4_build(&inner, &writer);
	packet_icmp_build(&icmp, icmp.payload, icmp.payload_len, &writer);
	assert_memory_equal(room, udp.payload + 4, 28);
}

static void test_ipv4_bounds(void **state)
{
	size_t whole = hex_read(VECTOR_KEEPALIVE, bytes, sizeof(bytes));
	struct packet_ipv4 ip;
	size_t len;

	(void)state;
	for (len = 0; len < whole; len++)
		assert_int_equal(packet_ipv4_parse(bytes, len, &ip),
				 len < 20 ? PACKET_SHORT : PACKET_LENGTH);
	assert_int_equal(packet_ipv4_parse(bytes, whole + 5, &ip), PACKET_OK);
	assert_int_equal(ip.payload_len, 40); /* padding is not payload */
	bytes[0] = 0x65;
	assert_int_equal(packet_ipv4_parse(bytes, whole, &ip), PACKET_VERSION);
	bytes[0] = 0x44;
	assert_int_equal(packet_ipv4_parse(bytes, whole, &ip), PACKET_HEADER_LENGTH);
	bytes[0] = 0x46;
	assert_int_equal(packet_ipv4_parse(bytes, whole, &ip), PACKET_CHECKSUM);
	assert_int_equal(ip.header_len, 24);
	bytes[0] = 0x4f;
	assert_int_equal(packet_ipv4_parse(bytes, 59, &ip), PACKET_HEADER_LENGTH);
	bytes[0] = 0x45;
	bytes[3] = 19;
	assert_int_equal(packet_ipv4_parse(bytes, whole, &ip), PACKET_LENGTH);
	assert_int_equal(packet_ipv4_parse_quoted(bytes, whole, &ip), PACKET_OK);
	bytes[3] = 60;
	bytes[8]++;
	assert_int_equal(packet_ipv4_parse(bytes, whole, &ip), PACKET_CHECKSUM);
	assert_int_equal(packet_ipv4_parse_quoted(bytes, 28, &ip), PACKET_OK);
	assert_int_equal(ip.payload_len, 8);
	assert_int_equal(packet_ipv4_parse_quoted(bytes, 19, &ip), PACKET_SHORT);
}

static void test_udp_bounds(void **state)
{
	size_t whole = hex_read(VECTOR_KEEPALIVE, bytes, sizeof(bytes));
	struct packet_ipv4 ip;
	struct packet_udp udp;

	(void)state;
	assert_int_equal(packet_ipv4_parse(bytes, whole, &ip), PACKET_OK);
	ip.payload_len = 7;
	assert_int_equal(packet_udp_parse(&ip, &udp), PACKET_SHORT);
	ip.payload_len = 8;
	assert_int_equal(packet_udp_parse(&ip, &udp), PACKET_LENGTH);
	ip.payload_len = 40;
	bytes[25] = 7;
	assert_int_equal(packet_udp_parse(&ip, &udp), PACKET_LENGTH);
	bytes[25] = 41;
	assert_int_equal(packet_udp_parse(&ip, &udp), PACKET_LENGTH);
	bytes[25] = 39;
	assert_int_equal(packet_udp_parse(&ip, &udp), PACKET_CHECKSUM);
	bytes[26] = bytes[27] = 0; /* the sender left it out */
	assert_int_equal(packet_udp_parse(&ip, &udp), PACKET_OK);
	assert_false(udp.has_checksum);
	assert_int_equal(udp.payload_len, 31);
}

/* A sum that comes to zero is sent as all ones, which zero in the field would deny (RFC 768). */
static void test_udp_checksum_never_zero(void **state)
{
	struct packet_ipv4 ip = {.protocol = IPV4_PROTOCOL_UDP};
	struct packet_udp udp = {.source_port = 1};
	uint8_t room[16], payload[2] = {0, 0};
	struct writer writer = writer_of(room, sizeof(room));
	uint16_t checksum;

	(void)state;
	packet_udp_build(&ip, &udp, payload, 2, &writer);
	checksum = (uint16_t)(room[6] << 8 | room[7]);
	payload[0] = (uint8_t)(checksum >> 8);
	payload[1] = (uint8_t)checksum;
	writer = writer_of(room, sizeof(room));
	packet_udp_build(&ip, &udp, payload, 2, &writer);
	assert_int_equal(room[6], 0xff);
	assert_int_equal(room[7], 0xff);
}

static void test_icmp_bounds(void **state)
{
	struct packet_ipv4 ip = {.payload = bytes, .payload_len = 7};
	struct packet_icmp icmp;

	(void)state;
	hex_read("08 00 aa ac 4d 52 00 01", bytes, sizeof(bytes));
	assert_int_equal(packet_icmp_parse(&ip, &icmp), PACKET_SHORT);
	ip.payload_len = 8;
	assert_int_equal(packet_icmp_parse(&ip, &icmp), PACKET_OK);
	bytes[7]++;
	assert_int_equal(packet_icmp_parse(&ip, &icmp), PACKET_CHECKSUM);
}

static void test_no_room(void **state)
{
	uint8_t room[64];
	struct packet_ipv4 ip = {.ttl = 1};
	struct packet_udp udp = {.source_port = 1};
	struct packet_icmp icmp = {.type = 8};
	struct writer writer = writer_of(room, IPV4_HEADER_SIZE - 1);

	(void)state;
	packet_ipv4_build(&ip, &writer);
	assert_true(writer.failed);
	writer = writer_of(room, UDP_HEADER_SIZE + 3);
	packet_udp_build(&ip, &udp, bytes, 4, &writer);
	assert_true(writer.failed);
	writer = writer_of(room, ICMP_HEADER_SIZE + 3);
	packet_icmp_build(&icmp, bytes, 4, &writer);
	assert_true(writer.failed);
	writer = writer_of(room, sizeof(room));
	packet_udp_build(&ip, &udp, bytes, UINT16_MAX - UDP_HEADER_SIZE + 1, &writer);
	assert_true(writer.failed);
}

static void test_names(void **state)
{
	(void)state;
	assert_string_equal(packet_result_name(PACKET_CHECKSUM), "wrong checksum");
	assert_string_equal(packet_result_name(PACKET_RESULT_MAX), "?");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_checksum),
		cmocka_unit_test(test_vector),
		cmocka_unit_test(test_ipv4_bounds),
		cmocka_unit_test(test_udp_bounds),
		cmocka_unit_test(test_udp_checksum_never_zero),
		cmocka_unit_test(test_icmp_bounds),
		cmocka_unit_test(test_no_room),
		cmocka_unit_test(test_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
