/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Another configuration in force, as a difference: a router that is in both keeps its bindings,
 * tunnels and replay state. Thread: control core.
 */
#ifndef HOME_RELOAD_H
#define HOME_RELOAD_H

#include "home/state.h"

/* On failure nothing has changed and err says why. */
int reload_apply(struct home *home, const struct conf *next, struct error *err);

/* Removes a router's bindings and tells it, if that was agreed. */
void reload_revoke(struct subscriber *subscriber, const char *reason);

/* Room for the networks of any subscriber of the roster, and of any request. */
int reload_claims(struct claims *claims, const struct roster *roster);

#endif
