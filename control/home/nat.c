/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The home agent's decision about UDP tunnelling (RFC 3519, section 4.6), row by row as tunnels.md
 * section 4.3 has it. Only for requests that register; a deregistration is never judged here.
 */
#include "home/nat.h"

#include "wire/registration.h"

static struct nat_answer deny(uint8_t code, const char *reason)
{
	return (struct nat_answer){.deny = code, .reason = reason};
}

static struct nat_answer tunnel(const struct nat_question *question)
{
	if (!question->encap_known)
		return deny(REPLY_NO_UDP_ENCAPSULATION, "encapsulation inside UDP not available");
	return (struct nat_answer){
		.udp = true,
		.reply = true,
		.reply_code = UDP_REPLY_WILL_TUNNEL,
		.reply_forced = question->forced,
	};
}

/* The source is the care-of address: nothing is in the way. */
static struct nat_answer decide_direct(const struct nat_question *question)
{
	if (!question->asked)
		return (struct nat_answer){0};
	if (!question->forced)
		return (struct nat_answer){.reply = true, .reply_code = UDP_REPLY_DECLINED};
	if (!question->udp_allowed || !question->forced_allowed)
		return deny(REPLY_PROHIBITED, "UDP without a NAT is not allowed");
	return tunnel(question);
}

struct nat_answer nat_decide(const struct nat_question *question)
{
	if (question->asked && !question->co_located)
		return deny(REPLY_POORLY_FORMED, "UDP tunnel asked without D");
	if (question->asked && question->via_agent)
		return deny(REPLY_PROHIBITED, "UDP tunnel asked through a foreign agent");
	if (!question->moved)
		return decide_direct(question);
	if (!question->asked)
		return deny(REPLY_PROHIBITED, "behind a NAT without asking for UDP");
	if (!question->udp_allowed)
		return deny(REPLY_PROHIBITED, "NAT not allowed for this router or source");
	return tunnel(question);
}
