/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What route optimization (ro/) needs of the registration: a word in its requests and the hub's word
 * in the replies (RFC 6521, sections 5.1, 5.2 and 5.5), addresses to speak from, and paths that lead
 * by the hub until they lead directly. Thread: control core.
 */
#ifndef MOBILE_OPTIMIZATION_H
#define MOBILE_OPTIMIZATION_H

#include "haaro/conf.h"

#include "link/link.h"
#include "mobile/mobile.h"
#include "wire/registration.h"

/* --- what is said and heard ------------------------------------------------------------------ */

/* What the last accepting reply of the hub said of it. */
struct mobile_optimization {
	uint64_t when;                           /* mono; 0: no accepting reply yet */
	struct registration_capability asked;    /* what it answers */
	struct registration_optimization answer; /* is_present false: that hub does not know it */
	size_t len;                              /* of the Prefix Advertisement; 0: there is none */
	uint8_t advertisement[MESSAGE_SIZE];     /* undecoded */
};

/* Valid until the next packet or deadline. EVENT_REGISTERED, _REFRESHED and _HANDOVER tell of it. */
const struct mobile_optimization *mobile_optimization(const struct mobile *mobile);

/* What the configuration alone makes of it: said from the first request on. */
struct registration_capability mobile_capability_of(const struct conf *conf);

/* The capability of the requests from now on; is_present false: none. Sends nothing. */
void mobile_set_capability(struct mobile *mobile, const struct registration_capability *capability);

/*
 * Registers anew as soon as the one-a-second rule allows. -ENOTCONN: not registered; -EAGAIN: the hub has
 * told us to wait, or has left our requests unanswered.
 */
int mobile_ask_hub(struct mobile *mobile);

/* --- how the registration stands ------------------------------------------------------------- */

bool mobile_is_registered(const struct mobile *mobile);

/* The tunnel to the hub, index FWD_NONE without a registration. */
struct tunnel_ref mobile_hub_tunnel(const struct mobile *mobile);
struct ip_addr mobile_hub_address(const struct mobile *mobile);

/* Of signalling and of UDP tunnels, host order. */
uint16_t mobile_signalling_port(const struct mobile *mobile);

/* The registration's lifetime, nanoseconds; 0 without one, TIME_NEVER: infinite. */
uint64_t mobile_granted(const struct mobile *mobile);

struct mobile_care_of {
	uint16_t port;
	struct ip_addr address;
	bool registered; /* the hub has us there */
	bool good;       /* its probe is answered, as far as anybody knows */
};

/* Usable care-of addresses, the registered one first, then best first. Returns how many. */
size_t mobile_care_ofs(const struct mobile *mobile, struct mobile_care_of *list, size_t most);

/* The networks that the hub accepted from us. Returns how many. */
size_t mobile_accepted_networks(const struct mobile *mobile, struct ip_prefix *list, size_t most);

/* Whether a prefix, or an address as one of 32 bits, lies in one of them. */
bool mobile_owns(const struct mobile *mobile, const struct ip_prefix *prefix);

/* --- paths to peers -------------------------------------------------------------------------- */

/*
 * A path that leads where the hub's does, and falls back to it whatever happens to the direct tunnel:
 * one store. Owned by the caller; zeroed, then opened.
 */
struct mobile_path {
	struct mobile_path *next;
	struct mobile_path *prev;
	uint32_t index;
	struct tunnel *direct; /* NULL: by the hub */
	bool notify_send;
	bool notify_receive;
};

/* -ENOSPC: no path left. */
int mobile_path_open(struct mobile *mobile, struct mobile_path *path);

/* The caller has removed every route to it. */
void mobile_path_close(struct mobile *mobile, struct mobile_path *path);

/* Makes the table say what the caller wrote into direct, notify_send and notify_receive. */
void mobile_path_update(struct mobile *mobile, struct mobile_path *path);

/* --- for mobile/ itself ---------------------------------------------------------------------- */

/* outcome.c: an accepting reply. */
void mobile_optimization_note(struct mobile *mobile, const struct registration_reply *reply);

/* forward.c: the path's entry, when the hub's tunnel is hub. */
int mobile_path_write(struct mobile *mobile, const struct mobile_path *path, uint32_t hub);

#endif
