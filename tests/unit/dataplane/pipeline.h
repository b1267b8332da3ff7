/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A data plane with one worker and a branch's tunnel to its hub, driven through the contract alone: the
 * set-up that tests of the pipeline share. The one port is a net_ring device, which leads back to
 * itself: what is sent is received, for another's MAC.
 */
#ifndef PIPELINE_H
#define PIPELINE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "haaro/addr.h"
#include "haaro/dataplane.h"

#include "encap/ipv4.h"

#define OURS   0xcb00710a /* 203.0.113.10: native and inner */
#define HUB    0xcb00711e /* 203.0.113.30: the far end */
#define HOME   0x0a010000 /* 10.1.0.0/24: our own network */
#define REMOTE 0x0a090000 /* behind the tunnel */

struct state {
	struct fwd *fwd;
	uint32_t down, forward; /* adjacencies */
	struct tunnel_ref tunnel;
	uint32_t path;
	uint64_t drops[DROP_MAX]; /* at the last look */
	struct mac_addr mac;
};

static const struct fwd_ops *const ops = &dataplane_ops;

extern struct conf conf;

/* An IPv4 packet with an 8 octet payload of that protocol. */
uint16_t packet(uint8_t *ip, uint32_t source, uint32_t destination, uint8_t protocol);

/* Has the worker receive a frame: it is sent into the ring first. */
void receive(struct state *s, const uint8_t *ip, uint16_t len);

/* The same inside a tunnel from the far end. */
void receive_by_hub(struct state *s, const uint8_t *inner, uint16_t len);
void receive_inner(struct state *s, uint32_t source, uint32_t destination);

void look(struct state *s);

/* Since the last look exactly one drop, for that reason, but for what came round the ring. */
void drops(struct state *s, enum drop_reason reason, uint64_t times);

#define expect_drop(reason) drops(s, reason, 1)
#define expect_none()       drops(s, DROP_NONE, 0)

uint64_t came_round(struct state *s);
bool punt(struct state *s, enum punt_reason reason, struct punt *punt);

int setup(void **arg);
int teardown(void **arg);

#endif
