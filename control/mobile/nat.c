/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Behind a NAT only UDP works, so it is offered whenever the configuration allows it; the hub,
 * which sees whether the source is the care-of address, decides. The F flag asks for it in any
 * case.
 */
#include "mobile/nat.h"

#include <errno.h>

static bool is_listed(const struct conf_mobile *conf, enum encap encap)
{
	for (size_t i = 0; i < conf->n_encapsulations; i++)
		if (conf->encapsulations[i] == encap)
			return true;
	return false;
}

bool mobile_nat_ask(const struct conf_mobile *conf, bool no_udp, bool force,
		    struct mobile_nat_request *request)
{
	request->plain = is_listed(conf, ENCAP_IPIP) && !force;
	request->udp = is_listed(conf, ENCAP_UDP) && !no_udp;
	/* Without the flag a hub that sees no NAT answers with a plain tunnel. */
	request->forced = request->udp && (conf->force_udp || !request->plain);
	return request->plain || request->udp;
}

int mobile_nat_agree(const struct mobile_nat_request *request,
		     const struct registration_udp_reply *reply, enum encap *encap,
		     bool *behind_nat)
{
	bool udp = request->udp && reply->is_present && reply->code < UDP_REPLY_DECLINED;

	if (!udp && !request->plain)
		return -EPROTO;
	*encap = udp ? ENCAP_UDP : ENCAP_IPIP;
	/* Forced, the hub would have said the same without a NAT: it can't be told. */
	*behind_nat = udp && !request->forced;
	return 0;
}

bool mobile_nat_may_choose(const struct mobile_nat_request *request, enum encap encap)
{
	return encap == ENCAP_UDP ? request->udp : request->plain;
}
