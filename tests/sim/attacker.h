/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Who means harm. On the path it copies signalling of two branches, sends it again, later and after
 * restarts, and changes it on the way; it does not drop. Off the path it forges what anybody can:
 * messages of every type with guessed contents, tunnel packets with spoofed outer and wrong inner
 * sources, keepalives from elsewhere, ICMP errors. Inside it is a branch with good keys that claims
 * another's network.
 *
 *     attacker.c   when, and what of all that
 *     observer.c   copies, replays, changes
 *     forger.c     off the path
 *     insider.c    the thief
 */
#ifndef SIM_ATTACKER_H
#define SIM_ATTACKER_H

#include "sim.h"

/* Where forged packets come from: no node. */
#define ATTACKER_NOWHERE UINT32_MAX

enum attacker_mode {
	ATTACKER_SLEEPS,
	ATTACKER_SPARES, /* nothing that may cost a packet: who sees a path can disturb it */
	ATTACKER_ROUGH,
};

/* From now on; SIM_ATTACK comes by itself. */
void attacker_wake(struct sim *sim, enum attacker_mode mode);
void attacker_act(struct sim *sim);
void attacker_fini(struct sim *sim);

/* Uniform, from a stream of its own. */
uint32_t attacker_draw(struct sim *sim, uint32_t bound);
uint32_t attacker_branch(struct sim *sim);

/* An address of an uplink as others see it. */
be32 attacker_outer(const struct sim *sim, uint32_t number, uint16_t port);

struct attack {
	be32 source, destination;
	uint16_t source_port, destination_port;
};

/* The packet's length; 0: it does not fit. */
size_t attacker_build(const struct attack *attack, const uint8_t *payload, size_t len,
		      uint8_t bytes[PUNT_PACKET_MAX]);
void attacker_send(struct sim *sim, const struct attack *attack, const uint8_t *payload,
		   size_t len);

/* observer.c: a packet that leaves a node; of signalling a copy may be kept. */
void observer_see(struct sim *sim, uint32_t from, const uint8_t *packet, size_t len);
void observer_replay(struct sim *sim, bool change);

/* forger.c: at a branch; strangers: nothing of it may leave any state there. */
void forger_act(struct sim *sim, uint32_t victim, enum attacker_mode mode);
void forger_flood(struct sim *sim, uint32_t victim);

/* insider.c: begins a theft, or goes on with it; what comes to the thief's port. */
void insider_act(struct sim *sim);
void insider_see(struct node *node, const struct packet_udp *udp);

#endif
