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

/* A copy of the packet goes up now; the packet itself is the caller's (punt.c). */
void punt_copy(struct worker *w, struct pkt_view *pkt, enum punt_reason reason);

#endif
