/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The decision about a Registration Request: the processing table of RFC 5944 section 3.8.2 with
 * RFC 3024, 3519 and 5177, in the order of mip4-base.md section 12. Without effects but for the
 * rate limits of its own denials. Thread: control core.
 */
#ifndef HOME_REGISTRAR_H
#define HOME_REGISTRAR_H

#include "home/decision.h"
#include "home/request.h"
#include "home/state.h"

/* request is parsed; its subscriber is filled in here. claims is room to judge networks in. */
void registrar_decide(struct home *home, struct request *request, struct claims *claims,
		      struct decision *decision);

#endif
