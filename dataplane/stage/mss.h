/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The TCP maximum segment size of a SYN lowered to what the tunnel carries (RFC 9293 section 3.7.1:
 * MTU less 40), so that TCP with DF works where ICMP is filtered. In both directions.
 */
#ifndef STAGE_MSS_H
#define STAGE_MSS_H

#include "encap/ipv4.h"
#include "pkt.h"

enum {
	TCP_SIZE = 20,
	TCP_OFFSET = 12,
	TCP_FLAGS = 13,
	TCP_SYN = 0x02,
	TCP_CHECKSUM = 16,
	TCP_OPTION_END = 0,
	TCP_OPTION_NOP = 1,
	TCP_OPTION_MSS = 2,
	TCP_OPTION_MSS_SIZE = 4,
};

/* A SYN with its TCP header in it: not a later fragment, not cut short. */
static inline bool mss_is_syn(const struct pkt_view *pkt)
{
	return pkt->ip[IPV4_PROTOCOL] == PROTOCOL_TCP &&
	       (ipv4_fragment(pkt->ip) & IPV4_OFFSET) == 0 &&
	       pkt->len >= pkt->header_len + TCP_SIZE &&
	       (pkt->ip[pkt->header_len + TCP_FLAGS] & TCP_SYN) != 0;
}

/* Lowers the MSS option to max where it is above; true if it was. */
bool mss_clamp(struct pkt_view *pkt, uint16_t max);

#endif
