/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Explicit Congestion Notification through a tunnel (RFC 6040). At the entry the outer field is the
 * inner one (normal mode) or 00 (compatibility mode): a mask, in the tunnel entry. At the exit one
 * table says what leaves, what is odd enough to be counted, and what must be dropped.
 */
#ifndef ENCAP_ECN_H
#define ENCAP_ECN_H

#include <stdint.h>

enum {
	ECN_NOT_ECT = 0,
	ECN_ECT1 = 1,
	ECN_ECT0 = 2,
	ECN_CE = 3,
	ECN_MASK = 3,

	ECN_WARN = 0x40, /* "!" and "!!!" of RFC 6040, figure 4: a path should not make this */
	ECN_DROP = 0x80,
};

/* What leaves the tunnel: the ECN field, with ECN_WARN and ECN_DROP. */
static inline uint8_t ecn_exit(uint8_t inner, uint8_t outer)
{
	/* RFC 6040, section 4.2, figure 4; columns: outer Not-ECT, ECT(1), ECT(0), CE */
	static const uint8_t leaves[4][4] = {
		[ECN_NOT_ECT] = {ECN_NOT_ECT, ECN_NOT_ECT | ECN_WARN, ECN_NOT_ECT | ECN_WARN,
				 ECN_DROP | ECN_WARN},
		[ECN_ECT1] = {ECN_ECT1, ECN_ECT1, ECN_ECT1 | ECN_WARN, ECN_CE},
		[ECN_ECT0] = {ECN_ECT0, ECN_ECT1, ECN_ECT0, ECN_CE},
		[ECN_CE] = {ECN_CE, ECN_CE | ECN_WARN, ECN_CE, ECN_CE},
	};

	return leaves[inner & ECN_MASK][outer & ECN_MASK];
}

#endif
