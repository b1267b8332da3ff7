/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The hub takes a registration back (RFC 3543, sections 3.3 and 4; mip4-base.md, section 17).
 * Thread: control core.
 */
#ifndef MOBILE_REVOCATION_H
#define MOBILE_REVOCATION_H

#include "mobile/state.h"

/* A Registration Revocation: checked, acknowledged, carried out; or dropped. */
void mobile_revocation_handle(struct mobile *mobile, const struct datagram *datagram);

#endif
