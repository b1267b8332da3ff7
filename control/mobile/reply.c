/* SPDX-License-Identifier: BSD-3-Clause */
/* The checks of a reply, in their order: cheap ones that need no key first. */
#include "mobile/reply.h"

#include <errno.h>

/* From whom and to where the last request went, with addresses and ports swapped. */
static bool answers_request(const struct mobile *mobile, const struct datagram *datagram)
{
	const struct mobile_request *request = &mobile->request;

	return addr_is_equal(&datagram->source, &request->agent) &&
	       addr_is_equal(&datagram->destination, &request->care_of) &&
	       datagram->source_port == MESSAGE_UDP_PORT &&
	       datagram->destination_port == mobile_port(mobile);
}

int mobile_reply_check(const struct mobile *mobile, const struct datagram *datagram,
		       struct registration_reply *reply)
{
	const struct mobile_request *request = &mobile->request;
	const struct sa_entry *entry;

	if (registration_reply_parse(datagram->payload, datagram->len, reply) != WIRE_OK)
		return -EBADMSG;
	if (!request->waiting || !answers_request(mobile, datagram))
		return -ENOMSG;
	/* Strictly the newest request: what answers an older one was overtaken. */
	if ((uint32_t)reply->identification != (uint32_t)request->identification)
		return -ENOMSG;
	/* Whatever the code: without a foreign agent nobody but the hub has anything to say to us.
	 */
	if (sa_verify(&mobile->sa, datagram->payload, &reply->auth, &entry) != SA_OK)
		return -EACCES;
	if (reply->home_address != mobile->conf->mobile.home_address.v4)
		return -ENOMSG;
	return 0;
}
