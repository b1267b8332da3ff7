/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What a reply code asks of a Mobile Router: the table of RFC 5944, sections 3.6.2 and 3.8.3, RFC
 * 3519, section 3.2, RFC 5177, section 4.2 and mip4-base.md, section 10, as one pure function.
 */
#ifndef MOBILE_DENIAL_H
#define MOBILE_DENIAL_H

#include <stdint.h>

enum denial {
	DENIAL_ACCEPTED,      /* 0, 1: it is none */
	DENIAL_RESYNC,        /* 133: take the hub's time or nonce, ask again */
	DENIAL_REDIRECT,      /* 136: ask the home agent that the reply names */
	DENIAL_ENCAPSULATION, /* 139: no plain tunnel; ask for UDP if allowed */
	DENIAL_NO_UDP,        /* 142: ask without UDP if allowed */
	DENIAL_NETWORKS,      /* 147: ask without the networks that were refused */
	DENIAL_NOT_A_ROUTER,  /* 148: ask without any network */
	DENIAL_PATIENCE,      /* 128, 130: later, each time later */
	DENIAL_IGNORE,        /* 131: log; the schedule goes on as if it had not come */
	DENIAL_REFUSED,       /* all others: a person must look; ask again after a long time */
	DENIAL_MAX
};

enum denial denial_of(uint8_t code);

#endif
