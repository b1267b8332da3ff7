/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Signalling as UDP datagrams: out of punted packets, fragmented ones included, and onto the wire.
 * Thread: control core.
 */
#ifndef LINK_DATAGRAM_H
#define LINK_DATAGRAM_H

#include "haaro/forwarding.h"
#include "haaro/punt.h"
#include "haaro/types.h"

struct link;

#define DATAGRAM_PORT 434 /* Mobile IP signalling (RFC 5944, section 3.2) */

/* A UDP payload with everything that a role needs to judge and to answer it. */
struct datagram {
	struct ip_addr source;
	struct ip_addr destination;
	uint16_t source_port; /* host order */
	uint16_t destination_port;
	uint16_t port;            /* arrival port, PORT_NONE if by a tunnel */
	struct tunnel_ref tunnel; /* arrival tunnel; index FWD_NONE: natively */
	uint16_t realm;
	const uint8_t *payload;
	size_t len;
};

/* Back to where one came from, without a payload so far; natively, until it is given a tunnel. */
static inline struct datagram datagram_back(const struct datagram *from)
{
	return (struct datagram){
		.source = from->destination,
		.destination = from->source,
		.source_port = from->destination_port,
		.destination_port = from->source_port,
		.port = PORT_NONE,
		.tunnel = {.index = FWD_NONE},
		.realm = from->realm,
	};
}

/*
 * A datagram out of a PUNT_SIGNALLING or, when it completes one, a PUNT_FRAGMENT packet: checks
 * lengths and the UDP checksum. 1: datagram filled (valid until the next call), 0: nothing yet or
 * dropped and counted.
 */
int link_take_datagram(struct link *link, const struct punt *punt, struct datagram *datagram);

/*
 * Sends a UDP datagram natively from source (one of our addresses): out of port, or of the port
 * that reaches destination if PORT_NONE. With a tunnel (index not FWD_NONE) it goes into that
 * tunnel. ttl 0 means the default. -ENETUNREACH: no way there now.
 */
int link_send_datagram(struct link *link, const struct datagram *datagram, uint8_t ttl);

#endif
