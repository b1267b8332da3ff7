/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Who gets a UDP tunnel (RFC 3519, section 4.6; tunnels.md section 4.3). A pure table. Thread: any.
 */
#ifndef HOME_NAT_H
#define HOME_NAT_H

#include <stdbool.h>
#include <stdint.h>

struct nat_question {
	bool moved;          /* the request's source is not its care-of address: a NAT is between */
	bool asked;          /* there is a UDP Tunnel Request that counts */
	bool forced;         /* its F flag */
	bool via_agent;      /* its R flag: registering through a foreign agent */
	bool co_located;     /* the request's D flag */
	bool encap_known;    /* its Encapsulation field names one that we have in UDP */
	bool udp_allowed;    /* by configuration, and by the subscriber's policy for this source */
	bool forced_allowed; /* without a NAT */
};

struct nat_answer {
	uint8_t deny;       /* 0, or the code to deny the registration with */
	const char *reason; /* of a denial */
	bool udp;           /* all data of the binding goes by UDP */
	bool reply;         /* put a UDP Tunnel Reply into the reply */
	uint8_t reply_code; /* UDP_REPLY_WILL_TUNNEL, UDP_REPLY_DECLINED */
	bool reply_forced;  /* its F flag */
};

struct nat_answer nat_decide(const struct nat_question *question);

#endif
