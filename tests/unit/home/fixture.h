/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A home agent at 198.51.100.1 with a few subscribers, on tables in plain arrays and a link that
 * sends into memory; time stands still unless a test moves it.
 *
 *   branch-a   192.0.2.1   SPIs 1000, 1001   10.1.0.0/24, 10.1.64.0/24   explicit
 *   branch-b   192.0.2.2   SPI 2000          10.2.0.0/24, 10.2.64.0/24   implicit
 *   branch-c   192.0.2.3   SPI 256           10.3.0.0/24                 both; the vectors' router
 *   node-d     192.0.2.4   SPI 4000          none: no mobile router
 *   nonce-e    192.0.2.5   SPI 5000          10.5.0.0/24                 explicit; nonces
 *   shadow-f   192.0.2.6   SPI 6000          10.1.0.0/16, 10.2.0.0/24    both; overlaps others
 *   stray-g    10.99.0.1   SPI 7000          none; home address in no home network
 */
#ifndef HOME_FIXTURE_H
#define HOME_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "haaro/addr.h"
#include "haaro/conf.h"

#include "auth/replay.h"
#include "auth/sa.h"
#include "fake_fwd.h"
#include "fake_link.h"
#include "home/home.h"
#include "wire/registration.h"

enum { BRANCH_A, BRANCH_B, BRANCH_C, NODE_D, NONCE_E, SHADOW_F, STRAY_G, ROUTERS };

#define HUB       "198.51.100.1"
#define CARE_OF   "203.0.113.30"
#define ELSEWHERE "203.0.113.77"
#define NAT       "203.0.113.9"

/* 2025-01-01T00:00:00Z: the wall clock when a fixture starts */
#define START_WALL (UINT64_C(1735689600) * NS_PER_S)
#define START_MONO (UINT64_C(1000) * NS_PER_S)

struct fixture {
	struct fwd fwd;
	struct fwd_ops ops; /* fake_fwd_ops, or with a failure planned */
	struct core core;
	struct link link;
	struct random_seeded seeded;
	struct mac_engine *engine;
	struct sa sa[ROUTERS]; /* the routers' side */
	struct conf conf;
	struct conf_router routers[ROUTERS];
	struct ip_prefix networks[ROUTERS][4];
	struct ip_prefix home_network;
	struct home *home;
	uint64_t last_id;
	uint64_t seen; /* datagrams looked at */
};

/* A message as it goes out, for tests that spoil bytes. */
struct message {
	uint8_t bytes[MESSAGE_SIZE];
	size_t len;
};

be32 ip(const char *text);
struct ip_addr addr(const char *text);
struct ip_prefix prefix(const char *text, unsigned int len);

/* For cmocka: a started home agent in *state; teardown checks that nothing was left or breached. */
int fixture_setup(void **state);
int fixture_teardown(void **state);

/* Without a home agent yet: a test changes conf first. */
int fixture_prepare(void **state);
void fixture_start(struct fixture *f);
void fixture_stop(struct fixture *f);

/* Moves both clocks and runs the timers; or the wall clock alone. */
void fixture_advance(struct fixture *f, uint64_t duration);
void fixture_step_wall(struct fixture *f, int64_t nanoseconds);

/* A correct request of that router, with the next Identification: D, T, 600 s, from CARE_OF. */
struct registration_request fixture_request(struct fixture *f, int router);
void add_network(struct registration_request *request, const char *address, uint8_t len);
void ask_udp(struct registration_request *request, bool force);

/* Signs with the router's n-th key. */
struct message fixture_sign(struct fixture *f, int router, size_t key,
			    const struct registration_request *request);
void fixture_deliver(struct fixture *f, const struct message *message, const char *source,
		     uint16_t source_port);

/* Signs and delivers from source port 434; true if it drew a reply, whose authenticator is right. */
bool fixture_ask(struct fixture *f, int router, const struct registration_request *request,
		 const char *source, struct registration_reply *reply);

/* The reply sent since last asked for, parsed and authenticated; false: none. More than one fails. */
bool fixture_reply(struct fixture *f, int router, struct registration_reply *reply);

/* Registers and asserts success; returns the reply. */
struct registration_reply fixture_register(struct fixture *f, int router, const char *care_of);

/* Asserts that the request is denied with that code, and counted. */
void assert_denied(struct fixture *f, int router, const struct registration_request *request,
		   const char *source, uint8_t code);

/* Asserts that bytes draw no answer and raise that counter by one (NULL: only "discarded"). */
void assert_discarded(struct fixture *f, const struct message *message, const uint64_t *counter);

/* The only binding of a router; NULL: none. Valid until the next call. */
const struct home_binding_view *fixture_binding(struct fixture *f, int router);
size_t fixture_bindings(const struct fixture *f);

/* Where a prefix leads: "path", "unbound", "none". */
const char *fixture_route(struct fixture *f, const char *address, unsigned int len);

/* The tunnel that the route of an address leads to now; NULL: none. */
const struct fwd_tunnel *fixture_tunnel(struct fixture *f, const char *address);

/* Drains the queue; true if there was one of that type, which is returned (the last). */
bool fixture_event(struct fixture *f, enum event_type type, struct event *event);
size_t fixture_violations(const struct fixture *f);
const struct home_violation *fixture_last_violation(const struct fixture *f);

#endif
