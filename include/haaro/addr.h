/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Making, comparing and printing addresses and prefixes. Inline, pure, any thread.
 */
#ifndef HAARO_ADDR_H
#define HAARO_ADDR_H

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

#include "haaro/types.h"

#define ADDR_TEXT_SIZE   INET6_ADDRSTRLEN
#define PREFIX_TEXT_SIZE (INET6_ADDRSTRLEN + 4)

static inline struct ip_addr addr_v4(be32 v4)
{
	struct ip_addr addr = {.family = IP_V4};

	addr.v4 = v4;
	return addr;
}

static inline bool addr_is_set(const struct ip_addr *addr)
{
	return addr->family != IP_NONE;
}

static inline bool addr_is_equal(const struct ip_addr *a, const struct ip_addr *b)
{
	return a->family == b->family &&
	       (a->family == IP_V6 ? memcmp(a->v6, b->v6, 16) == 0 : a->v4 == b->v4);
}

/* An IPv4 address that a host can have: not 0/8, 127/8, multicast, reserved or broadcast. */
static inline bool addr4_is_unicast(be32 v4)
{
	uint32_t host = ntohl(v4);
	uint32_t top = host >> 24;

	return top != 0 && top != 127 && top < 224;
}

/* The netmask of a prefix length in 0..32. */
static inline be32 addr4_mask(unsigned int len)
{
	return len == 0 ? 0 : htonl(UINT32_MAX << (32 - len));
}

/* A prefix with its host bits cleared; len in 0..32. */
static inline struct ip_prefix prefix_v4(be32 v4, unsigned int len)
{
	struct ip_prefix prefix = {.len = (uint8_t)len};

	prefix.addr = addr_v4(v4 & addr4_mask(len));
	return prefix;
}

static inline bool prefix_is_equal(const struct ip_prefix *a, const struct ip_prefix *b)
{
	return a->len == b->len && addr_is_equal(&a->addr, &b->addr);
}

static inline bool prefix_contains4(const struct ip_prefix *prefix, be32 v4)
{
	return prefix->addr.family == IP_V4 && (v4 & addr4_mask(prefix->len)) == prefix->addr.v4;
}

/* True when one of the two lies inside the other. */
static inline bool prefix_overlaps(const struct ip_prefix *a, const struct ip_prefix *b)
{
	return a->len <= b->len ? prefix_contains4(a, b->addr.v4) : prefix_contains4(b, a->addr.v4);
}

/* Prints into a caller's buffer of ADDR_TEXT_SIZE and returns it; "-" for no address. */
static inline const char *addr_print(const struct ip_addr *addr, char *text)
{
	if (addr->family == IP_V4)
		inet_ntop(AF_INET, &addr->v4, text, ADDR_TEXT_SIZE);
	else if (addr->family == IP_V6)
		inet_ntop(AF_INET6, addr->v6, text, ADDR_TEXT_SIZE);
	else
		memcpy(text, "-", 2);
	return text;
}

/* Prints "address/length" into a caller's buffer of PREFIX_TEXT_SIZE and returns it. */
static inline const char *prefix_print(const struct ip_prefix *prefix, char *text)
{
	size_t len;

	addr_print(&prefix->addr, text);
	len = strlen(text);
	snprintf(text + len, PREFIX_TEXT_SIZE - len, "/%u", (unsigned int)prefix->len);
	return text;
}

#endif
