/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What a Mobile Router asks, as bytes (RFC 5944, section 3.6.1; mip4-base.md, sections 2, 6.5, 9
 * and 18). Thread: control core.
 */
#ifndef MOBILE_REQUEST_H
#define MOBILE_REQUEST_H

#include "mobile/state.h"

/*
 * Sends a request for lifetime (as on the wire; 0 drops all bindings) by the active uplink, with
 * TTL 255, as RFC 3024, section 4.1 demands of who asks for a reverse tunnel. Notes in
 * mobile->request and mobile->last_sent what its answer is judged by. again: a retransmission,
 * which with nonces repeats the last one's bytes.
 */
void mobile_request_send(struct mobile *mobile, uint16_t lifetime,
			 const struct mobile_nat_request *ask, bool again);

#endif
