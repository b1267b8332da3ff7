/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A next hop as the route table stores it: 32 bits, one store, one load.
 *
 *     31        30..28   27    26..24     23..0
 *     extended  kind     own   reserved   id
 *
 * "extended" is the route table's own: the entry names a group of 256 finer entries. Zero is
 * NEXTHOP_NONE, so zeroed memory says "no route".
 */
#ifndef TABLE_NEXTHOP_H
#define TABLE_NEXTHOP_H

#include "haaro/forwarding.h"

#define NEXTHOP_EXTENDED   (1u << 31)
#define NEXTHOP_KIND_SHIFT 28
#define NEXTHOP_KIND_MASK  (7u << NEXTHOP_KIND_SHIFT)
#define NEXTHOP_OWN        (1u << 27)
#define NEXTHOP_ID_MASK    FWD_ID_MAX

static inline uint32_t nexthop_pack(const struct fwd_nexthop *nexthop)
{
	return (uint32_t)nexthop->kind << NEXTHOP_KIND_SHIFT | (nexthop->own ? NEXTHOP_OWN : 0) |
	       (nexthop->id & NEXTHOP_ID_MASK);
}

static inline enum nexthop_kind nexthop_kind(uint32_t packed)
{
	return (enum nexthop_kind)((packed & NEXTHOP_KIND_MASK) >> NEXTHOP_KIND_SHIFT);
}

static inline uint32_t nexthop_id(uint32_t packed)
{
	return packed & NEXTHOP_ID_MASK;
}

static inline bool nexthop_is_own(uint32_t packed)
{
	return packed & NEXTHOP_OWN;
}

static inline struct fwd_nexthop nexthop_unpack(uint32_t packed)
{
	return (struct fwd_nexthop){
		.kind = nexthop_kind(packed),
		.own = nexthop_is_own(packed),
		.id = nexthop_id(packed),
	};
}

#endif
