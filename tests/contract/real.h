/* SPDX-License-Identifier: BSD-3-Clause */
/* The real tables without ports and workers, for dataplane_ops itself: its table functions only. */
#ifndef CONTRACT_REAL_H
#define CONTRACT_REAL_H

#include "haaro/dataplane.h"

struct fwd *real_create(uint32_t tunnels, uint32_t prefixes, uint32_t neighbours);
void real_destroy(struct fwd *fwd);
unsigned int real_local(const struct fwd *fwd, be32 addr);

/* What a worker does about a user packet of len octets that takes a path, or that came by a tunnel
 * with a source that is routed to it. Both are live. */
void real_send(const struct fwd *fwd, uint32_t path, uint16_t len);
void real_receive(const struct fwd *fwd, uint32_t path, uint32_t tunnel, uint16_t len);

#endif
