/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A Registration Request on its way through the Home Agent.
 */
#ifndef HOME_REQUEST_H
#define HOME_REQUEST_H

#include "auth/sa.h"
#include "link/link.h"
#include "wire/registration.h"

struct subscriber;

struct request {
	const struct datagram *datagram;
	struct registration_request message;
	struct ip_addr home_address; /* of the message; the subscriber's once it is known */
	struct ip_addr home_agent;
	struct ip_addr care_of;
	struct subscriber *subscriber; /* NULL: unknown */
	const struct sa_entry *key;    /* that signed it; NULL: not verified */
};

static inline bool request_has(const struct request *request, uint8_t flag)
{
	return (request->message.flags & flag) != 0;
}

/* A deregistration, and one of everything (mip4-base.md section 12.1). */
static inline bool request_removes(const struct request *request)
{
	return request->message.lifetime == 0;
}

static inline bool request_removes_all(const struct request *request)
{
	return request_removes(request) && addr_is_equal(&request->care_of, &request->home_address);
}

#endif
