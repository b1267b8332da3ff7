/* SPDX-License-Identifier: BSD-3-Clause */
/* IPv4, UDP and ICMP as the control core reads them: payloads lie inside, headers come back. */
#include <string.h>

#include "fuzz.h"
#include "wire/packet.h"

static void check_inside(const uint8_t *data, size_t len, const uint8_t *part, size_t part_len)
{
	FUZZ_CHECK(part >= data && part_len <= len && part + part_len <= data + len);
}

static void check_rebuilt(const uint8_t *data, const struct packet_ipv4 *ip)
{
	uint8_t bytes[IPV4_HEADER_SIZE];
	struct writer writer = writer_of(bytes, sizeof(bytes));

	if (ip->header_len != IPV4_HEADER_SIZE || (data[6] & 0x80) != 0)
		return; /* options, or the reserved flag */
	packet_ipv4_build(ip, &writer);
	/* ones' complement has two zeros: a sender may have written the other into the checksum */
	FUZZ_CHECK(memcmp(bytes, data, 10) == 0 && memcmp(bytes + 12, data + 12, 8) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct packet_ipv4 ip;
	struct packet_udp udp;
	struct packet_icmp icmp;

	if (packet_ipv4_parse_quoted(data, len, &ip) == PACKET_OK)
		check_inside(data, len, ip.payload, ip.payload_len);
	if (packet_ipv4_parse(data, len, &ip) != PACKET_OK)
		return 0;
	check_inside(data, len, ip.payload, ip.payload_len);
	check_rebuilt(data, &ip);
	if (packet_udp_parse(&ip, &udp) == PACKET_OK)
		check_inside(data, len, udp.payload, udp.payload_len);
	if (packet_icmp_parse(&ip, &icmp) == PACKET_OK)
		check_inside(data, len, icmp.payload, icmp.payload_len);
	return 0;
}
