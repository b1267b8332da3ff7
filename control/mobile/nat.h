/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * UDP or plain: what our request says about it and what the answer means (RFC 3519,
 * sections 3.1, 3.2 and 4.4; tunnels.md, sections 4.1 to 4.3). Pure.
 */
#ifndef MOBILE_NAT_H
#define MOBILE_NAT_H

#include <stdbool.h>
#include <stdint.h>

#include "haaro/conf.h"

#include "wire/registration.h"

/* What a request asks for. */
struct mobile_nat_request {
	bool plain;  /* a plain tunnel is fine */
	bool udp;    /* with a UDP Tunnel Request */
	bool forced; /* F: UDP even without a NAT */
};

/*
 * What to ask for. no_udp: the hub can't (code 142); force: it can't do a plain tunnel (code 139).
 * False: nothing that we may use is left to ask for.
 */
bool mobile_nat_ask(const struct conf_mobile *conf, bool no_udp, bool force,
		    struct mobile_nat_request *request);

/* Which encapsulation was agreed, and whether a NAT is why. -EPROTO: none that we may use. */
int mobile_nat_agree(const struct mobile_nat_request *request,
		     const struct registration_udp_reply *reply, enum encap *encap,
		     bool *behind_nat);

/* Encapsulations that a reply to this request may choose. */
bool mobile_nat_may_choose(const struct mobile_nat_request *request, enum encap encap);

#endif
