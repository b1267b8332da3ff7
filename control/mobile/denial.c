/* SPDX-License-Identifier: BSD-3-Clause */
/* Codes and what they ask for. */
#include "mobile/denial.h"

enum denial denial_of(uint8_t code)
{
	switch (code) {
	case 0:
	case 1: /* accepted; only simultaneous bindings, which we don't ask for, are missing */
		return DENIAL_ACCEPTED;
	case 128:
	case 130:
		return DENIAL_PATIENCE;
	case 131:
		/*
		 * Whoever sees our request can make the hub say this of his own garbage
		 * (mip4-base.md, section 12, row 8): reacting would let him silence us.
		 */
		return DENIAL_IGNORE;
	case 133:
		return DENIAL_RESYNC;
	case 136:
		return DENIAL_REDIRECT;
	case 139:
		return DENIAL_ENCAPSULATION;
	case 142:
		return DENIAL_NO_UDP;
	case 147:
		return DENIAL_NETWORKS;
	case 148:
		return DENIAL_NOT_A_ROUTER;
	default:
		/* 137 and 138 too: without a reverse tunnel a mobile network is not reached. */
		return DENIAL_REFUSED;
	}
}
