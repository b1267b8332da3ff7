/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The stages in the order of a packet's way, one file each. A stage takes all packets of its vector
 * and passes each on to a later stage, or drops it with a reason.
 *
 *     parse ─ classify ─┬─────────── lookup ─ fragment ─ encap ─┬─ tx
 *                       └─ decap ───┘  │                        │
 *                       └──────────────┴──── punt ──────────────┘
 *
 * The one step back is a packet whose inner packet is again a tunnel packet to us: from lookup to
 * decap, at most TUNNEL_DEPTH_MAX times.
 *
 * Stages never log, allocate (packet buffers from the worker's pool excepted), lock or call the
 * system. Thread: the worker's.
 */
#ifndef STAGE_STAGE_H
#define STAGE_STAGE_H

#include "worker.h"

#define TUNNEL_DEPTH_MAX 4

void stage_parse(struct worker *w, struct vector *in);
void stage_classify(struct worker *w, struct vector *in);
void stage_decap(struct worker *w, struct vector *in);
void stage_lookup(struct worker *w, struct vector *in);
void stage_fragment(struct worker *w, struct vector *in);
void stage_encap(struct worker *w, struct vector *in);
void stage_punt(struct worker *w, struct vector *in);
void stage_tx(struct worker *w, struct vector *in);

/* What to do with a packet to one of our addresses: natively, or out of a tunnel (classify.c). */
void classify_local(struct worker *w, struct pkt_view *pkt);

/*
 * For paths (watch.c). A user packet that is about to be sent by one that says so (PATH_WATCHED_SENT);
 * one that was admitted, by the routes of its destination and source; a burst, by those of its
 * destinations.
 */
void watch_sent(struct worker *w, struct pkt_view *pkt, uint32_t path, uint64_t entry);
void watch_received(struct worker *w, struct pkt_view *pkt, uint32_t hop, uint32_t source_hop);
void watch_pairs(struct worker *w, const struct vector *in, const uint32_t *hops);

/* A copy of a packet of a marked path goes up now; the packet itself is the caller's (punt.c). */
void punt_notify(struct worker *w, struct pkt_view *pkt, uint32_t path);

#endif
