/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Revocation of our registration. The hub repeats the message, each time with a newer identifier,
 * until it is acknowledged or the binding would have run out: so it is answered as long, also after
 * the first has done its work.
 */
#include "mobile/revocation.h"

#include <errno.h>

#include "mobile/registration.h"
#include "mobile/schedule.h"
#include "wire/revocation.h"

static bool is_about_us(const struct mobile *mobile, const struct datagram *datagram,
			const struct revocation *message)
{
	const struct mobile_revocation *known = &mobile->revocation;

	if (!known->agreed || mobile->core->now.mono >= known->until ||
	    !addr_is_equal(&datagram->source, &known->agent) ||
	    !addr_is_equal(&datagram->destination, &known->care_of))
		return false;
	/* A: only a home agent's own; a mobile's message reflected at us lacks it. */
	return message->from_home &&
	       message->home_address == mobile->conf->mobile.home_address.v4 &&
	       message->home_domain == known->agent.v4 &&
	       message->foreign_domain == known->care_of.v4;
}

static void acknowledge(struct mobile *mobile, const struct datagram *datagram,
			const struct revocation *message, const struct sa_entry *entry)
{
	const struct revocation_ack ack = {
		.inform = message->inform,
		.home_address = message->home_address,
		.identifier = message->identifier,
	};
	uint8_t bytes[MESSAGE_SIZE];
	struct writer writer = writer_of(bytes, sizeof(bytes));
	struct datagram answer = datagram_back(datagram);

	if (revocation_ack_build(&ack, &writer) != WIRE_OK || sa_sign(entry, &writer) < 0)
		return;
	answer.port = datagram->port;
	answer.payload = bytes;
	answer.len = writer.len;
	(void)link_send_datagram(mobile->link, &answer, 0);
}

void mobile_revocation_handle(struct mobile *mobile, const struct datagram *datagram)
{
	struct mobile_revocation *known = &mobile->revocation;
	const struct sa_entry *entry;
	struct revocation message;

	if (revocation_parse(datagram->payload, datagram->len, &message) != WIRE_OK) {
		mobile->counters.malformed++;
		return;
	}
	if (sa_verify(&mobile->sa, datagram->payload, &message.auth, &entry) != SA_OK) {
		mobile->counters.auth_failed++;
		return;
	}
	if (!is_about_us(mobile, datagram, &message) ||
	    !revocation_is_newer(message.identifier, known->newest)) {
		mobile->counters.unexpected++;
		return;
	}
	known->newest = message.identifier;
	acknowledge(mobile, datagram, &message, entry);
	if (!mobile->registration.live || mobile_is_leaving(mobile))
		return;
	mobile->counters.revoked++;
	mobile_registration_lose(mobile, "revoked by the home agent", true);
	mobile_registration_hold(mobile, SCHEDULE_REVOKED, false);
}
