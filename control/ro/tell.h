/* SPDX-License-Identifier: BSD-3-Clause */
/* Events of route optimization, one for each transition; texts never hold a secret. */
#ifndef RO_TELL_H
#define RO_TELL_H

#include "ro/direct.h"

/* About a peer, with what is known of its direct tunnel filled in; value and text are the caller's. */
struct event tell_event(const struct peer *peer, enum event_type type);

/* The same, posted with that value and text (printf). */
__attribute__((format(printf, 4, 5))) void tell_peer(const struct peer *peer, enum event_type type,
						     uint32_t value, const char *format, ...);

void tell_port_moved(const struct direct *direct, uint16_t port);

#endif
