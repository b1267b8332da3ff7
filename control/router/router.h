/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A whole router as a value: the sans-I/O control core. Time and randomness come in as parameters;
 * the only effects are calls of struct fwd_ops. The daemon has one; the simulator has thousands.
 *
 *     input.c     a packet from the punt ring   -> the part that handles it
 *     dispatch.c  an event                      -> its handlers, then the subscriber
 *     deadline.c  the time                      -> what is due, and when to come back
 *     router.c    a configuration               -> the parts, made, changed and taken down
 *
 * Each entry point takes the time, drains the events it caused before it returns, and never blocks.
 */
#ifndef ROUTER_ROUTER_H
#define ROUTER_ROUTER_H

#include "haaro/conf.h"
#include "haaro/error.h"

#include "core/core.h"
#include "home/home.h"
#include "link/link.h"
#include "mobile/mobile.h"
#include "ro/ro.h"

struct haaro;

/* Called for every event after its handlers; must not call back into the router. */
typedef void (*haaro_subscriber)(void *arg, const struct event *event);

struct haaro_environment {
	const struct fwd_ops *ops;
	struct fwd *fwd;
	struct random random;
	haaro_subscriber subscriber; /* NULL: nobody listens */
	void *subscriber_arg;
};

/* conf must outlive the router, or be replaced by haaro_reload(). */
int haaro_create(struct haaro **haaro, const struct conf *conf,
		 const struct haaro_environment *environment, const struct now *now,
		 struct error *err);
void haaro_destroy(struct haaro *haaro);

void haaro_input(struct haaro *haaro, const struct now *now, const struct punt *punt);

/* When haaro_tick() is wanted next, mono; TIME_NEVER: not at all. */
uint64_t haaro_deadline(const struct haaro *haaro);
void haaro_tick(struct haaro *haaro, const struct now *now);

void haaro_port_changed(struct haaro *haaro, const struct now *now, uint16_t port,
			enum link_port_state state);

/* Applies the difference; on failure nothing is changed and the old conf stays in use. */
int haaro_reload(struct haaro *haaro, const struct now *now, const struct conf *next,
		 struct error *err);

int haaro_clear_binding(struct haaro *haaro, const struct now *now,
			const struct ip_addr *home_address);

/* ro_start() and ro_stop(); -ENOTSUP: a Home Agent has no peers. */
int haaro_ro_start(struct haaro *haaro, const struct now *now, const struct ip_addr *home_address);
int haaro_ro_stop(struct haaro *haaro, const struct now *now, const struct ip_addr *home_address);

/* Deregisters; drained once there is nothing left to wait for. */
void haaro_shutdown(struct haaro *haaro, const struct now *now);
bool haaro_is_drained(const struct haaro *haaro);

/* For show; NULL when the router does not have that role. */
const struct home *haaro_home(const struct haaro *haaro);
const struct mobile *haaro_mobile(const struct haaro *haaro);
const struct ro *haaro_ro(const struct haaro *haaro);
const struct link *haaro_link(const struct haaro *haaro);

#endif
