/* SPDX-License-Identifier: BSD-3-Clause */
/* IPv4, UDP and ICMP headers: RFC 791, 768, 792; the checksum of RFC 1071. Pure, any thread. */
#include "wire/packet.h"

const char *packet_result_name(enum packet_result result)
{
	static const char *const names[] = {
#define X(constant, name) [PACKET_##constant] = (name),
		PACKET_RESULT_LIST(X)
#undef X
	};

	_Static_assert(sizeof(names) / sizeof(names[0]) == PACKET_RESULT_MAX,
		       "every result has a name");
	return result < PACKET_RESULT_MAX ? names[result] : "?";
}

uint32_t packet_sum(const void *bytes, size_t len, uint32_t sum)
{
	const uint8_t *octets = bytes;
	uint64_t total = sum;
	size_t i;

	for (i = 0; i + 1 < len; i += 2)
		total += (uint32_t)(octets[i] << 8 | octets[i + 1]);
	if (i < len)
		total += (uint32_t)(octets[i] << 8);
	while (total >> 16)
		total = (total & 0xffff) + (total >> 16);
	return (uint32_t)total;
}

uint16_t packet_checksum(const void *bytes, size_t len)
{
	return (uint16_t)~packet_sum(bytes, len, 0);
}

/* A sum over octets that include a right checksum is all ones. */
static bool sum_is_right(uint32_t sum)
{
	return sum == 0xffff;
}

/* The pseudo header of RFC 768. */
static uint32_t pseudo_sum(const struct packet_ipv4 *ip, size_t udp_len)
{
	uint8_t bytes[12];
	struct writer writer = writer_of(bytes, sizeof(bytes));

	write_be32(&writer, ip->source);
	write_be32(&writer, ip->destination);
	write_u8(&writer, 0);
	write_u8(&writer, IPV4_PROTOCOL_UDP);
	write_u16(&writer, (uint16_t)udp_len);
	return packet_sum(bytes, sizeof(bytes), 0);
}

enum packet_result packet_ipv4_parse_quoted(const uint8_t *bytes, size_t len,
					    struct packet_ipv4 *ip)
{
	struct reader reader = reader_of(bytes, len);
	uint8_t first = read_u8(&reader);

	*ip = (struct packet_ipv4){.header_len = (uint16_t)((first & 0x0f) * 4)};
	ip->tos = read_u8(&reader);
	ip->total_len = read_u16(&reader);
	ip->id = read_u16(&reader);
	ip->fragment = read_u16(&reader) & (IPV4_DF | IPV4_MF | IPV4_OFFSET_MASK);
	ip->ttl = read_u8(&reader);
	ip->protocol = read_u8(&reader);
	read_u16(&reader);
	ip->source = read_be32(&reader);
	ip->destination = read_be32(&reader);
	if (reader.failed)
		return PACKET_SHORT;
	if (first >> 4 != 4)
		return PACKET_VERSION;
	if (ip->header_len < IPV4_HEADER_SIZE || ip->header_len > len)
		return PACKET_HEADER_LENGTH;
	ip->payload = bytes + ip->header_len;
	ip->payload_len = len - ip->header_len;
	return PACKET_OK;
}

enum packet_result packet_ipv4_parse(const uint8_t *bytes, size_t len, struct packet_ipv4 *ip)
{
	enum packet_result result = packet_ipv4_parse_quoted(bytes, len, ip);

	if (result != PACKET_OK)
		return result;
	if (ip->total_len < ip->header_len || ip->total_len > len)
		return PACKET_LENGTH;
	if (!sum_is_right(packet_sum(bytes, ip->header_len, 0)))
		return PACKET_CHECKSUM;
	ip->payload_len = ip->total_len - ip->header_len;
	return PACKET_OK;
}

enum packet_result packet_udp_parse(const struct packet_ipv4 *ip, struct packet_udp *udp)
{
	struct reader reader = reader_of(ip->payload, ip->payload_len);
	uint16_t udp_len;

	*udp = (struct packet_udp){0};
	udp->source_port = read_u16(&reader);
	udp->destination_port = read_u16(&reader);
	udp_len = read_u16(&reader);
	udp->has_checksum = read_u16(&reader) != 0;
	if (reader.failed)
		return PACKET_SHORT;
	if (udp_len < UDP_HEADER_SIZE || udp_len > ip->payload_len)
		return PACKET_LENGTH;
	udp->payload = ip->payload + UDP_HEADER_SIZE;
	udp->payload_len = udp_len - UDP_HEADER_SIZE;
	if (udp->has_checksum &&
	    !sum_is_right(packet_sum(ip->payload, udp_len, pseudo_sum(ip, udp_len))))
		return PACKET_CHECKSUM;
	return PACKET_OK;
}

enum packet_result packet_icmp_parse(const struct packet_ipv4 *ip, struct packet_icmp *icmp)
{
	struct reader reader = reader_of(ip->payload, ip->payload_len);

	*icmp = (struct packet_icmp){0};
	icmp->type = read_u8(&reader);
	icmp->code = read_u8(&reader);
	read_u16(&reader);
	icmp->rest = read_u32(&reader);
	if (reader.failed)
		return PACKET_SHORT;
	icmp->payload = ip->payload + ICMP_HEADER_SIZE;
	icmp->payload_len = ip->payload_len - ICMP_HEADER_SIZE;
	return sum_is_right(packet_sum(ip->payload, ip->payload_len, 0)) ? PACKET_OK
									 : PACKET_CHECKSUM;
}

static void put_checksum(uint8_t *field, uint16_t checksum)
{
	field[0] = (uint8_t)(checksum >> 8);
	field[1] = (uint8_t)checksum;
}

void packet_ipv4_build(const struct packet_ipv4 *ip, struct writer *writer)
{
	size_t start = writer->len;
	uint8_t *header;

	write_u8(writer, 0x45);
	write_u8(writer, ip->tos);
	write_u16(writer, ip->total_len);
	write_u16(writer, ip->id);
	write_u16(writer, ip->fragment);
	write_u8(writer, ip->ttl);
	write_u8(writer, ip->protocol);
	write_u16(writer, 0);
	write_be32(writer, ip->source);
	write_be32(writer, ip->destination);
	if (writer->failed)
		return;
	header = writer->bytes + start;
	put_checksum(header + 10, packet_checksum(header, IPV4_HEADER_SIZE));
}

void packet_udp_build(const struct packet_ipv4 *ip, const struct packet_udp *udp,
		      const uint8_t *payload, size_t len, struct writer *writer)
{
	size_t start = writer->len;
	size_t udp_len = UDP_HEADER_SIZE + len;
	uint16_t checksum;
	uint8_t *header;

	if (udp_len > UINT16_MAX) {
		writer->failed = true;
		return;
	}
	write_u16(writer, udp->source_port);
	write_u16(writer, udp->destination_port);
	write_u16(writer, (uint16_t)udp_len);
	write_u16(writer, 0);
	write_bytes(writer, payload, len);
	if (writer->failed)
		return;
	header = writer->bytes + start;
	checksum = (uint16_t)~packet_sum(header, udp_len, pseudo_sum(ip, udp_len));
	put_checksum(header + 6, checksum == 0 ? 0xffff : checksum);
}

void packet_icmp_build(const struct packet_icmp *icmp, const uint8_t *payload, size_t len,
		       struct writer *writer)
{
	size_t start = writer->len;
	uint8_t *header;

	write_u8(writer, icmp->type);
	write_u8(writer, icmp->code);
	write_u16(writer, 0);
	write_u32(writer, icmp->rest);
	write_bytes(writer, payload, len);
	if (writer->failed)
		return;
	header = writer->bytes + start;
	put_checksum(header + 2, packet_checksum(header, ICMP_HEADER_SIZE + len));
}
