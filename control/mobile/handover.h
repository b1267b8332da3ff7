/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * When to ask and by which uplink: carrier, probes and the hub's watch come together here
 * (mip4-base.md, sections 9 and 11; tunnels.md, section 5.1). Thread: control core.
 */
#ifndef MOBILE_HANDOVER_H
#define MOBILE_HANDOVER_H

#include "mobile/state.h"

/* Makes timers and watches known; an uplink's state starts as the link's. Nothing is sent. */
void mobile_handover_init(struct mobile *mobile);
void mobile_handover_fini(struct mobile *mobile);

/* Takes an uplink into use, or refreshes what is known of its port and address. */
void mobile_handover_take_uplink(struct mobile *mobile, struct uplink *uplink);

/* Moves to the uplink that is to be used now, if that is another one. */
void mobile_handover_review(struct mobile *mobile);

/* EVENT_PORT_…, EVENT_ECHO_REPLY, EVENT_TUNNEL_ERROR. */
void mobile_handover_handle_event(struct mobile *mobile, const struct event *event);

#endif
