/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A hub with many routers on the simulator's tables, for benchmarks of the control core. Whatever fails
 * ends the program with a word. Thread: one.
 */
#ifndef PERF_HUB_H
#define PERF_HUB_H

#include "auth/sa.h"
#include "fwd_model.h"
#include "router/router.h"
#include "wire/registration.h"

#define HUB        0xc6336401u /* 198.51.100.1 */
#define HUB_HOMES  0xac100000u /* 172.16.0.0/12 */
#define HUB_PLACES 0xc6120000u /* 198.18.0.0/15: care-of addresses */
#define HUB_MOBILE 0x0a000000u /* 10.0.0.0/8 */

#define HUB_ROUTERS_MAX 100000
#define HUB_STRIDE      7919 /* to take routers in an order that no cache foresees */
#define HUB_SLOT        192  /* octets of a request with its headers, at most */

struct hub {
	uint32_t n; /* routers: 1..HUB_ROUTERS_MAX, no multiple of HUB_STRIDE */
	struct conf conf;
	struct conf_port port;
	struct conf_neighbour gateway;
	struct ip_prefix connected;
	struct ip_addr address;
	struct ip_prefix homes;
	struct conf_router *routers;
	struct ip_prefix *networks; /* of each router one */
	struct random_seeded seeded;
	struct mac_engine *engine;
	struct fwd *fwd;
	struct haaro *haaro;
	struct now now;
	uint64_t replies;
};

/* Room for HUB_ROUTERS_MAX. */
void hub_init(struct hub *hub);
void hub_fini(struct hub *hub);

/* The common part of its configuration: n routers with one key each, whose secrets are to be set. */
void hub_configure(struct hub *hub, enum conf_algorithm algorithm, uint8_t network_len);

/* A minute after its start, past the refusal of what is older. */
void hub_start(struct hub *hub);
void hub_stop(struct hub *hub);
void hub_pass(struct hub *hub, uint64_t duration);

/* From its care-of address, signed, as a packet: its length. */
uint16_t hub_packet(const struct registration_request *request, const struct sa *sa,
		    uint8_t slot[HUB_SLOT]);
void hub_deliver(struct hub *hub, const uint8_t *packet, uint16_t len);

/* --- measuring ------------------------------------------------------------------------------- */

uint64_t hub_clock(void); /* nanoseconds */

/* Sorts. */
double hub_median(double *figures, size_t n);

__attribute__((noreturn)) void hub_die(const char *what);

#endif
