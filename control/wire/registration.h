/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Registration Request and Reply with their extensions, between bytes and structs (RFC 5944, 2794,
 * 3519, 3543, 4433, 4917, 5177, 6521). Pure functions: no clock, no table, no log; any thread.
 *
 * Addresses are in wire order, everything else in host order. Pointers in a parsed struct point
 * into the message and live as long as its bytes. A struct that is to be built starts zeroed:
 *
 *     struct registration_request request = {.flags = REQUEST_D | REQUEST_T, …};
 *     struct writer writer = writer_of(buffer, sizeof(buffer));
 *
 *     result = registration_request_build(&request, &writer);   the fixed part and extensions
 *     error = sa_sign(association, &writer);                    auth/sa.h appends the MHAE, last
 */
#ifndef WIRE_REGISTRATION_H
#define WIRE_REGISTRATION_H

#include "haaro/addr.h"

#include "wire/cursor.h"
#include "wire/message.h"

#define REGISTRATION_NETWORKS_MAX      64 /* of one message; more are counted and left out */
#define REGISTRATION_LIFETIME_INFINITE UINT16_C(0xffff)

enum {                   /* flags of a request */
       REQUEST_S = 0x80, /* keep the bindings already held */
       REQUEST_B = 0x40, /* tunnel broadcasts too */
       REQUEST_D = 0x20, /* co-located care-of address */
       REQUEST_M = 0x10, /* minimal encapsulation wanted */
       REQUEST_G = 0x08, /* GRE wanted */
       REQUEST_T = 0x02, /* reverse tunnel wanted */
};

/* A prefix as the message says it: the length may be anything, host bits may be set. */
struct registration_network {
	be32 prefix;
	uint8_t len;
};

static inline bool registration_network_is_valid(const struct registration_network *network)
{
	return network->len >= 1 &&
	       network->len <= 32; /* RFC 5177, section 5.1: 0 is invalid too */
}

/* Host bits cleared; of a valid network only. */
static inline struct ip_prefix registration_network_prefix(
	const struct registration_network *network)
{
	return prefix_v4(network->prefix, network->len);
}

struct registration_ack { /* Mobile Network Acknowledgement, 148/1 and 148/2 */
	struct registration_network network;
	bool implicit;
	uint8_t code; /* enum network_code, or one that we do not know */
};

struct registration_text {   /* NAI, 131, or Message String, 145; absent if len is 0 */
	const uint8_t *text; /* not terminated */
	size_t len;          /* of an NAI 1..255, of a string 1..254 */
};

struct registration_revocation { /* Revocation Support, 137 */
	bool is_present;
	bool inform; /* I: of foreign agents only */
	uint32_t timestamp;
};

struct registration_agent { /* Dynamic HA, 139; absent if kind is 0 */
	enum {
		AGENT_NONE,
		AGENT_REQUESTED,
		AGENT_REDIRECTED,
	} kind;
	be32 address;
};

struct registration_udp_request { /* UDP Tunnel Request, 144/0 */
	bool is_present;
	bool force;            /* F: UDP even without a NAT */
	bool by_foreign;       /* R: registers through a foreign agent */
	uint8_t encapsulation; /* one of those below, 47, 55 or one that we do not know */
};

#define UDP_INSIDE_AS_FLAGS 0 /* as flags M and G say */
#define UDP_INSIDE_IPV4     4

struct registration_udp_reply { /* UDP Tunnel Reply, 44/0 */
	bool is_present;
	uint8_t code; /* 0..63: will tunnel; 64 and more: declined */
	bool force;
	uint16_t keepalive; /* seconds; 0: the mobile's own default */
};

#define UDP_REPLY_WILL_TUNNEL 0
#define UDP_REPLY_DECLINED    64

enum {                              /* flags of a capability */
       CAPABILITY_ADVERTISE = 0x80, /* A: tell others of my networks; I take their registrations */
       CAPABILITY_REQUEST = 0x40,   /* R: tell me of others */
       CAPABILITY_SOLICIT = 0x20,   /* S: tell me of the one router that is named */
       CAPABILITY_OUTBOUND = 0x10,  /* O: behind a NAT or firewall, I can only open */
};

struct registration_capability { /* Mobile Router Route Optimization Capability, 153/1 */
	bool is_present;
	uint8_t flags; /* reserved bits are cleared by parse; S without an address is cleared too */
	be32 solicited; /* S: the router's home address; else 0 */
};

struct registration_optimization { /* Route Optimization Reply, 49/1 */
	bool is_present;
	bool outbound;  /* O: echo of the request's */
	bool nat;       /* N: the home agent saw a NAT */
	bool solicited; /* S: answers a solicitation */
	uint8_t code;   /* 0..15: granted, 16..31: refused (haaro.md, A9) */
};

#define OPTIMIZATION_REFUSED 16 /* reason unspecified; from here on it is refused */

struct registration_advertisement { /* Prefix Advertisement, 50/1: wire/advertisement.h */
	bool is_present;
	const uint8_t *data;
	size_t len;
};

#define REGISTRATION_CARE_OFS_MAX 63 /* what one extension holds */

struct registration_care_ofs { /* Care-of Address, 49/3; absent if n is 0 */
	size_t n;
	be32 list[REGISTRATION_CARE_OFS_MAX]; /* best first */
};

struct registration_skipped {   /* what a parse passed over, for counters */
	unsigned int unknown;   /* skippable types and subtypes that we do not know */
	unsigned int malformed; /* skippable, known, but of a wrong length or content */
	unsigned int repeated;  /* a second one where one is expected; the first counts */
	unsigned int networks;  /* over REGISTRATION_NETWORKS_MAX */
	unsigned int foreign;   /* type 33, Mobile-Foreign Authentication */
};

struct registration_request {
	uint8_t flags; /* REQUEST_…; reserved bits are cleared by parse */
	uint16_t lifetime;
	be32 home_address;
	be32 home_agent;
	be32 care_of;
	uint64_t identification;
	struct registration_text nai;
	struct registration_udp_request udp;
	struct registration_revocation revocation;
	struct registration_agent agent;
	struct registration_capability capability;
	size_t n_networks;
	struct registration_network networks[REGISTRATION_NETWORKS_MAX];

	/* parse only */
	struct message_auth auth;
	struct message_correspondent correspondent;
	unsigned int foreign_home; /* type 34: somebody claims an association that we do not have */
	struct registration_skipped skipped;
	uint8_t failed_type; /* of the extension that made parse fail */
};

struct registration_reply {
	uint8_t code; /* enum reply_code, or one that we do not know */
	uint16_t lifetime;
	be32 home_address;
	be32 home_agent;
	uint64_t identification;
	struct registration_text nai;
	struct registration_udp_reply udp;
	struct registration_revocation revocation;
	struct registration_agent agent;
	struct registration_optimization optimization;
	struct registration_advertisement advertisement;
	struct registration_care_ofs care_ofs;
	size_t n_acks;
	struct registration_ack acks[REGISTRATION_NETWORKS_MAX];

	/* parse only */
	struct registration_text text; /* Message String, 145: what the other side says in words */
	struct message_auth auth;
	struct message_correspondent correspondent;
	unsigned int foreign_home;
	struct registration_skipped skipped;
	uint8_t failed_type;
};

/*
 * Parses a whole UDP payload. Anything but WIRE_OK means: discard silently, nothing of the struct
 * but failed_type is defined (mip4-base section 5.3). WIRE_OK says nothing about who sent it:
 * check auth next. A struct of arrays this large is not cleared: entries past the counts are
 * garbage.
 */
enum wire_result registration_request_parse(const uint8_t *payload, size_t len,
					    struct registration_request *request);
enum wire_result registration_reply_parse(const uint8_t *payload, size_t len,
					  struct registration_reply *reply);

/*
 * Appends the message without its authenticator. WIRE_SPACE: does not fit; WIRE_VALUE: too many
 * networks or care-of addresses, an NAI or an advertisement that is too long, reserved flags, S
 * without an address, or an optimization code over 31. On failure the writer's content is undefined.
 */
enum wire_result registration_request_build(const struct registration_request *request,
					    struct writer *writer);
enum wire_result registration_reply_build(const struct registration_reply *reply,
					  struct writer *writer);

#endif
