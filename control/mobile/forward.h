/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What the workers see of a Mobile Router: the default route to one path, the path to one tunnel or
 * down, the home address, and which LAN networks are its own (nemo4.md, section 4; tunnels.md,
 * sections 8 and 9). Thread: control core.
 */
#ifndef MOBILE_FORWARD_H
#define MOBILE_FORWARD_H

#include "mobile/nat.h"
#include "mobile/state.h"

/* Path (down: not_registered), default route, home address. On failure nothing is left behind. */
int mobile_forward_init(struct mobile *mobile, struct error *err);
void mobile_forward_fini(struct mobile *mobile);

/* Another home address; on failure the old one stays. */
int mobile_forward_set_home_address(struct mobile *mobile, const struct ip_addr *next);

/*
 * Opens the tunnels that a reply to a request by uplink may choose, so that what the hub sends
 * before its reply has arrived is accepted (make before break).
 */
void mobile_forward_open(struct mobile *mobile, const struct uplink *uplink,
			 const struct mobile_nat_request *request);

/*
 * Sends everything into the tunnel to agent by uplink with encap: one store. All other tunnels keep
 * receiving for MOBILE_LINGER. Returns the tunnel in tunnel, or -errno and nothing is changed.
 */
int mobile_forward_use(struct mobile *mobile, const struct uplink *uplink, enum encap encap,
		       struct tunnel **tunnel);

/* Nothing is forwarded any more; at_once: nothing is received either. */
void mobile_forward_down(struct mobile *mobile, bool at_once);

/* When something last came through the tunnel in use, to a second; 0: never. */
uint64_t mobile_forward_heard(const struct mobile *mobile);

/*
 * Marks the LAN routes inside accepted networks as own and others as not, so that only they may use
 * the tunnel in either direction.
 */
void mobile_forward_mark_networks(struct mobile *mobile);

#endif
