/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The control side of a tunnel: follows the underlay (next hop, port), keeps path MTU soft state
 * (tunnels.md section 7.3), owns its binding key, matches ICMP errors to it. Handed out by
 * tunnel_open(), gone at tunnel_close(); posts EVENT_PATH_MTU and EVENT_TUNNEL_ERROR.
 *
 * Thread: control core.
 */
#ifndef LINK_TUNNEL_H
#define LINK_TUNNEL_H

#include "haaro/forwarding.h"

struct link;

struct tunnel;

/*
 * An echo request that came by a tunnel whose far end's port is not known yet (remote_port 0): who
 * opened it decides whether that fixes the port (tunnels.md, section 5.3), and says by which tunnel
 * the answer goes; index FWD_NONE: no answer.
 */
struct tunnel_knock {
	struct tunnel *tunnel;
	struct ip_addr remote; /* outer source */
	uint16_t remote_port;  /* outer source port, host order */
	struct ip_addr source; /* inner */
	struct ip_addr destination;
};

typedef struct tunnel_ref (*tunnel_knocked)(void *arg, const struct tunnel_knock *knock);

/* Every field not named is zero, and zero is the default of its kind; port must be set. */
struct tunnel_spec {
	enum encap encap;
	uint16_t port; /* leave by this port; PORT_NONE: by the port that reaches remote */
	struct ip_addr local;
	struct ip_addr remote;
	uint16_t local_port;  /* ENCAP_UDP */
	uint16_t remote_port; /* 0: any, it only receives and has no underlay; knocked is asked */
	uint16_t realm;
	uint16_t mtu; /* 0: from the underlay */
	enum fwd_source source;
	uint32_t source_path;
	enum fwd_destination destination;
	enum fwd_accept accept;
	tunnel_knocked knocked; /* NULL: nobody; must not open or close this tunnel */
	void *knocked_arg;
	bool compatibility; /* ECN: the far end is a plain RFC 2003 exit, whatever the configuration
			       says */
	bool zero_checksum; /* ENCAP_UDP: send 0, whatever the configuration says */
	struct ip_addr peer; /* home address of the far end, for show */
};

/*
 * Inserts the tunnel and its binding key. -EINVAL: an address that cannot be, a far end that is
 * ourselves, or one whose port is not known and that may do all. -EEXIST: the key (outer addresses and ports) belongs to another live tunnel. -ENOSPC:
 * capacity. On failure nothing is changed. A tunnel without an underlay opens all the same: it gets
 * one when a port comes up.
 */
int tunnel_open(struct link *link, const struct tunnel_spec *spec, struct tunnel **tunnel);

/* Removes key and tunnel. The caller has moved every path off it. NULL is fine. */
void tunnel_close(struct link *link, struct tunnel *tunnel);

/*
 * The same with the key taken over from old in one store, so that no packet meets neither: for a
 * change of policy between the same addresses. The caller moves its paths and closes old.
 */
int tunnel_replace(struct link *link, struct tunnel *old, const struct tunnel_spec *spec,
		   struct tunnel **tunnel);

/* It is about to be closed: echo requests by it are not answered any more, so that its far end knows. */
void tunnel_mute(struct tunnel *tunnel);

struct tunnel_ref tunnel_ref(const struct tunnel *tunnel);
const struct tunnel_spec *tunnel_spec(const struct tunnel *tunnel);
uint16_t tunnel_mtu(const struct tunnel *tunnel);
bool tunnel_has_underlay(const struct tunnel *tunnel);

#endif
