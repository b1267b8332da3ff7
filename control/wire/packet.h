/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * IPv4, UDP and ICMP headers of the packets that the control core makes and takes (RFC 791, 768,
 * 792). Pure functions, any thread. Addresses in wire order, everything else in host order.
 *
 * A packet is built front to back by reserving the header and filling it when the payload is known:
 *
 *     packet_ipv4_build(&ip, &writer);       needs ip.total_len
 *     packet_udp_build(&ip, &udp, payload, len, &writer);
 */
#ifndef WIRE_PACKET_H
#define WIRE_PACKET_H

#include "wire/cursor.h"

#define IPV4_HEADER_SIZE 20
#define UDP_HEADER_SIZE  8
#define ICMP_HEADER_SIZE 8

#define IPV4_PROTOCOL_ICMP 1
#define IPV4_PROTOCOL_IPIP 4
#define IPV4_PROTOCOL_UDP  17

#define IPV4_DF          0x4000
#define IPV4_MF          0x2000
#define IPV4_OFFSET_MASK 0x1fff

struct packet_ipv4 {
	uint8_t tos;
	uint8_t ttl;
	uint8_t protocol;
	uint16_t total_len; /* header and payload */
	uint16_t id;
	uint16_t fragment; /* IPV4_DF, IPV4_MF, offset in units of 8 octets */
	be32 source;
	be32 destination;

	/* parse only */
	uint16_t header_len;
	const uint8_t *payload;
	size_t payload_len; /* as the header says: link padding is left out */
};

struct packet_udp {
	uint16_t source_port;
	uint16_t destination_port;

	/* parse only */
	bool has_checksum; /* false: the sender left it out */
	const uint8_t *payload;
	size_t payload_len;
};

struct packet_icmp {
	uint8_t type;
	uint8_t code;
	uint32_t rest; /* octets 4 to 7: identifier << 16 | sequence, or the MTU of 3/4 */

	/* parse only */
	const uint8_t *payload; /* what follows the 8 octets: echo data, or the quoted packet */
	size_t payload_len;
};

#define PACKET_RESULT_LIST(X)                                      \
	X(OK, "ok")                                                \
	X(SHORT, "shorter than its header")                        \
	X(VERSION, "not IPv4")                                     \
	X(HEADER_LENGTH, "header length under 20 or past the end") \
	X(LENGTH, "length under the header or past the end")       \
	X(CHECKSUM, "wrong checksum")

enum packet_result {
#define X(constant, name) PACKET_##constant,
	PACKET_RESULT_LIST(X)
#undef X
		PACKET_RESULT_MAX
};

const char *packet_result_name(enum packet_result result);

/* The ones' complement sum of octets, folded to 16 bits, as a host integer (RFC 1071). An odd last
 * octet is padded with zero. Chain parts of even length by sum; packet_checksum() finishes. */
uint32_t packet_sum(const void *bytes, size_t len, uint32_t sum);

/* The value of a checksum field, host order, of octets whose checksum field is zero. */
uint16_t packet_checksum(const void *bytes, size_t len);

enum packet_result packet_ipv4_parse(const uint8_t *bytes, size_t len, struct packet_ipv4 *ip);

/*
 * The header that an ICMP error quotes: a checksum or total length that does not match what is
 * there is no fault (routers change the one and cut the other); payload_len is what is there.
 */
enum packet_result packet_ipv4_parse_quoted(const uint8_t *bytes, size_t len,
					    struct packet_ipv4 *ip);

/* Of a datagram's payload as packet_ipv4_parse() gave it (no fragment): lengths, and the checksum
 * unless it is absent. */
enum packet_result packet_udp_parse(const struct packet_ipv4 *ip, struct packet_udp *udp);
enum packet_result packet_icmp_parse(const struct packet_ipv4 *ip, struct packet_icmp *icmp);

/* Appends a header without options, checksummed. */
void packet_ipv4_build(const struct packet_ipv4 *ip, struct writer *writer);

/* Appends UDP header and payload, checksummed over the pseudo header of ip (never 0, RFC 768). */
void packet_udp_build(const struct packet_ipv4 *ip, const struct packet_udp *udp,
		      const uint8_t *payload, size_t len, struct writer *writer);

/* Appends ICMP header and payload, checksummed. */
void packet_icmp_build(const struct packet_icmp *icmp, const uint8_t *payload, size_t len,
		       struct writer *writer);

#endif
