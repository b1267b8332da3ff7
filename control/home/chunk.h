/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Routers as an advertisement has them (haaro.md, section 4.5), one by one or a chunk at a time.
 * Thread: control core.
 */
#ifndef HOME_CHUNK_H
#define HOME_CHUNK_H

#include "home/listing.h"

struct home;

/*
 * Appends a router and its networks. WIRE_SPACE: not all of them fit; what fits is there, and the
 * encoder may go on.
 */
enum wire_result chunk_put_router(struct advertisement_encoder *encoder,
				  const struct subscriber *subscriber, struct writer *writer);

/* The most octets that a router may take; a little more than it does. */
size_t chunk_router_size(const struct subscriber *subscriber);

/*
 * Appends those members of a chunk that are in the mask: all that are listed from its cache, which is
 * filled first if need be, others encoded for this once. WIRE_SPACE: does not fit, or there is no
 * memory for it: nothing was written.
 */
enum wire_result chunk_put(struct home *home, const struct listing *listing, uint32_t index,
			   uint32_t mask, struct writer *writer);

#endif
