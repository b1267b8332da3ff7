/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The end of a binding, for whatever cause: traffic moves to the router's next binding or stops,
 * then the tunnel goes. Thread: control core.
 */
#ifndef HOME_RELEASE_H
#define HOME_RELEASE_H

#include "home/binding.h"

/* Frees the binding. The caller has told why. */
void release_binding(struct binding *binding);
void release_all(struct subscriber *subscriber);

/* The timer of bindings: tells and releases (RFC 5944, section 3.8.1: silently, no message goes). */
void release_expired(struct timer *timer, void *binding);

#endif
