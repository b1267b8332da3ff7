/* SPDX-License-Identifier: BSD-3-Clause */
/* The checks, cheap ones first. */
#include "ro/reply.h"

#include <errno.h>

static bool is_waited_for(const struct session *session)
{
	return session &&
	       (session->asking == ASKING_REGISTRATION || session->asking == ASKING_REMOVAL);
}

/* From the peer's home address, natively to where the request came from: never by a tunnel. */
static bool came_right(const struct ro *ro, const struct session *session,
		       const struct datagram *datagram)
{
	return datagram->tunnel.index == FWD_NONE && datagram->source_port == MESSAGE_UDP_PORT &&
	       datagram->destination_port == mobile_signalling_port(ro->mobile) &&
	       addr_is_equal(&datagram->destination, &session->care_of.address);
}

static bool is_hint(const struct registration_reply *reply)
{
	return reply->code >= REPLY_HOME_NONCE_EXPIRED && reply->code <= REPLY_NONCES_EXPIRED &&
	       reply->correspondent.count == 0;
}

int reply_check(const struct ro *ro, const struct session *session, const struct datagram *datagram,
		struct registration_reply *reply)
{
	if (registration_reply_parse(datagram->payload, datagram->len, reply) != WIRE_OK)
		return -EBADMSG;
	if (!is_waited_for(session) || !came_right(ro, session, datagram) ||
	    (uint32_t)reply->identification != (uint32_t)session->identification ||
	    reply->home_address != ro_home_address(ro)->v4)
		return -ENOMSG;
	if (is_hint(reply))
		return 1;
	if (reply->correspondent.behind > 0 || reply->auth.count > 0 ||
	    !correspondent_verify(ro->engine, &session->key, datagram->payload,
				  &reply->correspondent))
		return -EACCES;
	return 0;
}
