/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The encapsulations by name, number and size. What they do on the wire is in dataplane/encap, one
 * file each; which one a tunnel gets is negotiated by the registration (RFC 5944, RFC 3519).
 */
#ifndef HAARO_ENCAP_H
#define HAARO_ENCAP_H

/* X(constant, name in configuration and output, octets in front of the inner packet) */
#define ENCAP_LIST(X)                      \
	X(IPIP, "ipip", 20) /* RFC 2003 */ \
	X(UDP, "udp", 32)   /* RFC 3519, carrying IP: 20 + 8 + 4 */

enum encap {
#define X(constant, name, overhead) ENCAP_##constant,
	ENCAP_LIST(X)
#undef X
		ENCAP_MAX
};

static inline const char *encap_name(enum encap encap)
{
	static const char *const names[ENCAP_MAX] = {
#define X(constant, name, overhead) [ENCAP_##constant] = name,
		ENCAP_LIST(X)
#undef X
	};

	return encap < ENCAP_MAX ? names[encap] : "?";
}

/* Octets that an encapsulation adds; the tunnel's MTU is the path's less these. */
static inline unsigned int encap_overhead(enum encap encap)
{
	static const unsigned int overheads[ENCAP_MAX] = {
#define X(constant, name, overhead) [ENCAP_##constant] = overhead,
		ENCAP_LIST(X)
#undef X
	};

	return encap < ENCAP_MAX ? overheads[encap] : 0;
}

#endif
