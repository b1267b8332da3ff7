/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Route optimization in virtual time: the real roles ro/ and mobile/ of a branch over the recording link
 * of unit/mobile, whose hub grants and advertises here, and three other branches that are played from
 * the codecs and the keys of auth/ alone, not from ro/.
 *
 * The branch under test, "we": home address 192.0.2.3, care-of address 203.0.113.30, network
 * 10.3.0.0/24. The others: A 192.0.2.1 (the smaller address) at 203.0.113.10, B 192.0.2.9 (the
 * larger) at 203.0.113.90, C 192.0.2.7 at 203.0.113.70; networks 10.1, 10.9 and 10.7.0.0/24.
 */
#ifndef UNIT_RO_SCENE_H
#define UNIT_RO_SCENE_H

#include "auth/correspondent.h"
#include "auth/keygen.h"
#include "ro/ro.h"
#include "ro/state.h"
#include "wire/return_routability.h"
#include "world.h"

#define SCENE_SENT 1024 /* messages kept */
#define SCENE_ECHO 1024
#define SILENCE    (-1) /* instead of a reply's code */

enum far_name { FAR_A, FAR_B, FAR_C, FARS };

/* Whether the hub tells of a router. */
enum far_told { TOLD_ALWAYS, TOLD_WHEN_ASKED, TOLD_NEVER };

/* A message of ours to anybody but the hub. */
struct scene_sent {
	uint64_t mono;
	enum message_type type;
	uint8_t ttl;
	struct datagram datagram; /* payload: bytes */
	uint8_t bytes[MESSAGE_SIZE];
};

/* A keepalive of ours. */
struct scene_echo {
	uint64_t mono;
	struct link_echo echo;
	struct ip_addr local; /* of the tunnel */
	struct ip_addr remote;
	uint16_t remote_port;
};

/* Another branch. */
struct far {
	struct scene *scene;
	struct ip_addr home_address;
	struct ip_addr care_of; /* as others see it */
	struct ip_addr also_at; /* it answers keepalives there too */
	struct ip_prefix networks[3];
	size_t n_networks;
	enum far_told told;
	bool outbound_only;

	/* how it answers us */
	bool deaf[RR_TEST_MAX]; /* our Test Inits do not reach it */
	bool mute;              /* nor do our requests */
	bool dead;              /* nor our keepalives */
	uint16_t mtu;           /* larger ones get lost; 0: none */
	struct ip_addr unheard; /* and those from this address of ours */
	uint16_t echo_port;     /* it answers only tunnels from here; 0: from any */
	bool udp_only;          /* nor those of IPIP tunnels: something on the way drops them */
	uint8_t code;
	uint8_t ack_code;
	uint16_t lifetime; /* that it grants at most */
	bool plain;        /* declines UDP */
	bool strict;       /* wants our time to be its own */
	int64_t ahead;     /* seconds that its clock is */
	size_t n_care_ofs;
	be32 care_ofs[3];
	struct nonces nonces;
	size_t n_requests; /* authentic ones of ours */
	struct registration_request request;
	struct correspondent_key request_key;
	struct datagram request_datagram;

	/* how it asks us */
	uint8_t tokens[RR_TEST_MAX][RR_TOKEN_SIZE];
	uint16_t indexes[RR_TEST_MAX];
	uint64_t identification; /* the last one */
	struct correspondent_key key;
	struct registration_reply reply; /* our last one to it, authentic unless SILENCE was told */
	bool reply_is_signed;
	size_t n_heard;
};

struct scene {
	struct world *world;
	struct ro *ro;
	struct far far[FARS];

	/* the hub */
	bool grants;
	bool knows_nothing; /* of RFC 6521 */
	bool nat;           /* sees us behind one */
	uint8_t grant_code;
	const uint8_t *advertisement; /* instead of a right one */
	size_t advertisement_len;
	uint8_t bytes[MESSAGE_SIZE];
	struct registration_capability capability; /* of our last request to it */
	uint64_t solicited;                        /* mono, of the last one that named a router */
	size_t n_solicitations;

	size_t n_sent;
	struct scene_sent sent[SCENE_SENT]; /* a ring */
	size_t counts[256];                 /* by message type */
	size_t n_echoes;
	struct scene_echo echoes[SCENE_ECHO]; /* a ring */
};

/* --- life: scene.c -------------------------------------------------------------------------------- */

/* Configured, not started: change what is to be otherwise. */
struct scene *scene_create(void);

/* Registers at the hub. */
void scene_start(struct scene *scene);
void scene_destroy(struct scene *scene);
void scene_run(struct scene *scene, uint64_t duration);

/* The same configuration again, as a daemon that is killed and started: nothing is remembered. */
void scene_restart(struct scene *scene);

/* The hub is asked for nothing and says what it knows now: at a refresh. */
void scene_refresh(struct scene *scene);

/* A worker meets a packet to, or from, that router's networks: it tells, if the path is marked. */
void scene_traffic(struct scene *scene, const struct far *far, bool sent);

/* --- reading -------------------------------------------------------------------------------------- */

/* Messages of a type that we sent to others than the hub, since the start. */
size_t scene_count(const struct scene *scene, enum message_type type);

/* The last one of them; fails the test if there is none. */
const struct scene_sent *scene_last(const struct scene *scene, enum message_type type);

struct ro_session_view scene_session(const struct scene *scene, const struct far *far);
enum ro_state scene_state(const struct scene *scene, const struct far *far);

/* By which tunnel our packets to an address leave: compared with mobile_hub_tunnel(). */
uint32_t scene_way(const struct scene *scene, const char *address);
bool scene_is_direct(const struct scene *scene, const struct far *far);

/* Which route we have for exactly that prefix leads to a peer's path. */
bool scene_is_routed(const struct scene *scene, const struct ip_prefix *prefix);

/* How many direct tunnels we have to it, those that only receive included. */
size_t scene_tunnels(const struct scene *scene, const struct far *far);

const struct peer *scene_peer(const struct scene *scene, const struct far *far);

/* --- the others: far.c ---------------------------------------------------------------------------- */

void far_init(struct scene *scene);
void far_fini(struct scene *scene);

/* What we sent to it: answered after a round trip as it is set. */
void far_take(struct far *far, const struct datagram *datagram);
struct far *far_find(struct scene *scene, const struct ip_addr *home_address);

/* The answer to our last request to it as it would be, to be bent and handed in now. */
struct registration_reply far_answer(const struct far *far);
void far_reply(struct far *far, const struct registration_reply *reply);

/* The same as a datagram in bytes[MESSAGE_SIZE]; key NULL: unsigned. */
struct datagram far_signed(const struct far *far, const struct registration_reply *reply,
			   const struct correspondent_key *key, uint8_t *bytes);

/* --- the others as they ask us: asking.c ---------------------------------------------------------- */

/* One Test Init by the right way; false: no answer. */
bool far_test(struct far *far, enum rr_test test);

/* A Test Init as a datagram in bytes[64], to be bent. */
struct datagram far_init_datagram(const struct far *far, enum rr_test test, uint8_t *bytes);

/* A request for all of its networks, by UDP, for 300 s. */
struct registration_request far_request(struct far *far);

/* As a datagram in bytes[MESSAGE_SIZE], signed with the key of its tokens. */
struct datagram far_request_datagram(struct far *far, const struct registration_request *request,
				     uint8_t *bytes);

/* Hands in a datagram: the code of what we answer to it, SILENCE if nothing, or only later. */
int far_send(struct far *far, const struct datagram *datagram);

/* Signed and sent: the same. */
int far_ask(struct far *far, const struct registration_request *request);

/* Both tests and a request. */
int far_register(struct far *far);

/* Lifetime 0, signed with its home token alone. */
int far_leave(struct far *far);

/* What we have answered to it since: the code of the last reply that it has not looked at. */
int far_heard(struct far *far);

/* A keepalive from its care-of address and that port: whether it is answered. */
bool far_knock(struct far *far, uint16_t port);

#endif
