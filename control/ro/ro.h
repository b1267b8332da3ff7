/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Route optimization of a Mobile Router as router/ and oper/ see it (RFC 6521): both roles at once,
 * the one that asks a peer for a direct path and the one that is asked. Thread: control core.
 */
#ifndef RO_RO_H
#define RO_RO_H

#include "haaro/conf.h"
#include "haaro/error.h"

#include "core/core.h"
#include "link/link.h"
#include "mobile/mobile.h"
#include "ro/show.h"

struct ro;

/* mobile must outlive it. Tells the hub what the configuration allows from the next request on. */
int ro_create(struct ro **ro, struct core *core, struct link *link, struct mobile *mobile,
	      const struct conf *conf, struct error *err);
void ro_destroy(struct ro *ro);

/* Applies the difference; peers that it does not concern keep their direct paths. */
void ro_reload(struct ro *ro, const struct conf *next);

/* Whether a datagram to our signalling port is for ro_handle_datagram() and not for mobile/. */
bool ro_takes(const struct ro *ro, const struct datagram *datagram);
void ro_handle_datagram(struct ro *ro, const struct datagram *datagram);

/* Events of link/ and mobile/ that concern it (router/dispatch.c). */
void ro_handle_event(struct ro *ro, const struct event *event);

/* PUNT_NOTIFY: traffic that asks for a direct path, or that flows again by one that was idle. */
void ro_handle_notify(struct ro *ro, const struct punt *punt);

/*
 * haaroctl ro start, ro stop: asks for a direct path to the router with this home address now,
 * whatever the trigger; or gives it up and leaves that router alone until it is started again.
 * -ENOENT: the hub has told of no such router; -ENOTCONN: not registered, or the hub refuses;
 * -EALREADY.
 */
int ro_start(struct ro *ro, const struct ip_addr *home_address);
int ro_stop(struct ro *ro, const struct ip_addr *home_address);

/* Deregisters at every peer; ro_is_drained() once all have answered, or after 3 s. */
void ro_shutdown(struct ro *ro);
bool ro_is_drained(const struct ro *ro);

#endif
