/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What the Home Agent tells: one event for every decision, with all that it used, and a row among the
 * violations for every security exception. Texts name routers and reasons, never a secret.
 */
#ifndef HOME_TELL_H
#define HOME_TELL_H

#include "home/decision.h"
#include "home/request.h"
#include "home/state.h"

/* A binding changed by itself or by an operator. */
void tell_binding(struct home *home, enum event_type type, const struct binding *binding,
		  const char *reason);

/* A registration was accepted; tunnel is the one that it uses from now on. */
void tell_accepted(struct home *home, enum event_type type, const struct request *request,
		   const struct decision *decision, const struct tunnel *tunnel);

/* A duplicate was answered again with what remains of the lifetime. */
void tell_repeated(struct home *home, const struct request *request,
		   const struct decision *decision);

/* A deregistration that found nothing to remove: accepted all the same. */
void tell_removal_of_nothing(struct home *home, const struct request *request);

/* Denied or discarded, by decision->verdict. */
void tell_refused(struct home *home, const struct request *request,
		  const struct decision *decision);

/* A row among the violations, and its event. */
void tell_violation(struct home *home, const struct request *request,
		    const struct subscriber *subscriber, const char *reason);

/* A message that could not be read, or is none that a home agent takes. */
void tell_unreadable(struct home *home, const struct datagram *datagram, const char *reason);

#endif
