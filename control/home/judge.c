/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What an authenticated request asks for, against what the configuration grants (RFC 5944 section
 * 3.8, RFC 3024 section 4.3, RFC 3519 section 4.6, RFC 5177 section 5).
 */
#include "home/judge.h"

#include <arpa/inet.h>

/* Rows 10 to 12. A request to a broadcast address is answered from, and sent back to, our own. */
bool judge_addresses(struct home *home, struct request *request, struct decision *decision)
{
	const struct conf_home *conf = &home->conf->home;

	if (!link_address_is_own(home->link, &request->datagram->destination))
		return decide_deny(decision, REPLY_UNKNOWN_HOME_AGENT,
				   "sent to a broadcast address");
	if (!link_address_is_own(home->link, &request->home_agent))
		return decide_deny(decision, REPLY_UNKNOWN_HOME_AGENT,
				   "home agent field is not ours");
	if (!addr4_is_unicast(request->home_address.v4))
		return decide_deny(decision, REPLY_PROHIBITED, "home address is not unicast");
	for (size_t i = 0; i < conf->n_networks; i++)
		if (prefix_contains4(&conf->networks[i], request->home_address.v4))
			return false;
	return decide_deny(decision, REPLY_PROHIBITED, "home address in none of our home networks");
}

bool judge_removal(struct home *home, struct request *request, struct decision *decision)
{
	(void)home;
	if (!request_removes(request))
		return false;
	decision->verdict = VERDICT_REMOVE;
	decision->reason = "deregistered";
	return true;
}

/* Rows 13 and 14; without D a UDP Tunnel Request has its own answer (row 16). */
bool judge_care_of(struct home *home, struct request *request, struct decision *decision)
{
	if (!request_has(request, REQUEST_D) && !request->message.udp.is_present)
		return decide_deny(decision, REPLY_PROHIBITED, "foreign agent care-of address");
	if (!addr4_is_unicast(request->care_of.v4))
		return decide_deny(decision, REPLY_POORLY_FORMED, "care-of address is not unicast");
	if (link_address_is_own(home->link, &request->care_of))
		return decide_deny(decision, REPLY_POORLY_FORMED, "care-of address is ours");
	if (addr_is_equal(&request->care_of, &request->home_address))
		return decide_deny(decision, REPLY_POORLY_FORMED,
				   "care-of address is the home address");
	return false;
}

static bool nat_allows(const struct conf_router *router, const struct ip_addr *source)
{
	if (router->nat != CONF_NAT_PREFIXES)
		return router->nat == CONF_NAT_ALLOW;
	for (size_t i = 0; i < router->n_nat_prefixes; i++)
		if (prefix_contains4(&router->nat_prefixes[i], source->v4))
			return true;
	return false;
}

static struct nat_question question_of(const struct home *home, const struct request *request)
{
	const struct conf_home *conf = &home->conf->home;
	const struct registration_udp_request *udp = &request->message.udp;
	const struct ip_addr *source = &request->datagram->source;
	bool direct = addr_is_equal(source, &request->care_of);

	return (struct nat_question){
		.moved = !direct && !addr_is_equal(source, &request->home_address),
		.asked = udp->is_present,
		.forced = udp->force,
		.via_agent = udp->by_foreign,
		.co_located = request_has(request, REQUEST_D),
		.encap_known = udp->encapsulation == UDP_INSIDE_AS_FLAGS ||
			       udp->encapsulation == UDP_INSIDE_IPV4,
		/* From the home address no port is learned for the care-of address. */
		.udp_allowed = conf->encapsulations[ENCAP_UDP] &&
			       (direct || nat_allows(request->subscriber->conf, source)) &&
			       !addr_is_equal(source, &request->home_address),
		.forced_allowed = conf->force_udp,
	};
}

static uint32_t grant(const struct conf_home *conf, uint16_t asked, bool udp)
{
	uint64_t granted = asked;
	uint64_t most = time_in_seconds(conf->max_lifetime);

	if (most < granted)
		granted = most;
	/* Whoever can re-send a request from elsewhere leads the branch astray for a lifetime: by UDP
	 * no authenticator covers the address (tunnels.md section 4.3). */
	most = time_in_seconds(conf->nat_max_lifetime);
	if (udp && most > 0 && most < granted)
		granted = most;
	return (uint32_t)granted;
}

/* Rows 15 to 17. */
bool judge_tunnel(struct home *home, struct request *request, struct decision *decision)
{
	const struct datagram *datagram = request->datagram;
	struct nat_question question = question_of(home, request);
	bool other = request_has(request, REQUEST_M) || request_has(request, REQUEST_G);
	bool inside_ip = request->message.udp.encapsulation == UDP_INSIDE_IPV4;

	decision->behind_nat = question.moved;
	decision->nat = nat_decide(&question);
	if (decision->nat.deny)
		return decide_deny(decision, decision->nat.deny, decision->nat.reason);
	if (other && !(decision->nat.udp && inside_ip))
		return decide_deny(decision, REPLY_NO_ENCAPSULATION,
				   "neither minimal encapsulation nor GRE here");
	if (!decision->nat.udp && !home->conf->home.encapsulations[ENCAP_IPIP])
		return decide_deny(decision, REPLY_NO_ENCAPSULATION, "IPIP is not allowed");
	decision->lifetime = grant(&home->conf->home, request->message.lifetime, decision->nat.udp);
	decision->endpoint = (struct endpoint){
		.encap = decision->nat.udp ? ENCAP_UDP : ENCAP_IPIP,
		.local = request->home_agent,
		.remote = decision->nat.udp ? datagram->source : request->care_of,
		.local_port = decision->nat.udp ? datagram->destination_port : 0,
		.remote_port = decision->nat.udp ? datagram->source_port : 0,
	};
	return false;
}

/* Rows 18 and 19. */
bool judge_reverse(struct home *home, struct request *request, struct decision *decision)
{
	bool wanted = request_has(request, REQUEST_T);

	if (wanted && home->conf->home.reverse_tunnel == CONF_REVERSE_REFUSED)
		return decide_deny(decision, REPLY_NO_REVERSE_TUNNEL,
				   "reverse tunnels are not allowed");
	if (!wanted && home->conf->home.reverse_tunnel == CONF_REVERSE_MANDATORY)
		return decide_deny(decision, REPLY_REVERSE_TUNNEL_MANDATORY,
				   "reverse tunnel is mandatory");
	return false;
}

/* The record that this registration renews or moves; NULL: it needs a new one. */
static struct binding *binding_for(const struct request *request, const struct decision *decision)
{
	struct subscriber *subscriber = request->subscriber;
	struct binding *binding = binding_lookup(subscriber, &request->care_of, false);

	if (!binding)
		binding = binding_lookup_endpoint(subscriber, &decision->endpoint);
	if (!binding && !decision->keep_others)
		binding = subscriber->bindings;
	return binding;
}

/* Rows 20 to 22. */
bool judge_limits(struct home *home, struct request *request, struct decision *decision)
{
	const struct conf_home *conf = &home->conf->home;
	uint32_t most = conf->max_bindings ? conf->max_bindings : home->conf->capacity.tunnels;
	bool simultaneous = request_has(request, REQUEST_S);

	if (request->message.n_networks > 0 && request->subscriber->n_networks == 0)
		return decide_deny(decision, REPLY_MOBNET_DISALLOWED, "is not a mobile router");
	decision->keep_others = simultaneous && conf->simultaneous_bindings > 1;
	decision->code = simultaneous && !decision->keep_others ? REPLY_ACCEPTED_NO_SIMULTANEOUS
								: REPLY_ACCEPTED;
	decision->binding = binding_for(request, decision);
	if (decision->binding)
		return false;
	if (request->subscriber->n_bindings >= conf->simultaneous_bindings && decision->keep_others)
		return decide_deny(decision, REPLY_TOO_MANY_BINDINGS,
				   "holds as many simultaneous bindings as it may");
	if (home->n_bindings < most)
		return false;
	home->counters.no_resources++;
	return decide_deny(decision, REPLY_RESOURCES, "as many bindings as configured are held");
}

void judge_claims(struct home *home, const struct request *request, struct claims *claims)
{
	const struct registration_request *message = &request->message;
	struct subscriber *subscriber = request->subscriber;
	enum conf_networks mode = subscriber->conf->networks_mode;
	uint32_t explicit_networks = mode == CONF_NETWORKS_IMPLICIT ? 0 : subscriber->n_networks;

	claims->count = 0;
	claims->asked = message->n_networks > 0;
	if (claims->asked)
		for (size_t i = 0; i < message->n_networks; i++)
			claims_add(claims, message->networks[i].prefix, message->networks[i].len,
				   NULL);
	else if (mode != CONF_NETWORKS_EXPLICIT)
		for (uint32_t i = 0; i < subscriber->n_networks; i++)
			claims_add(claims, subscriber->networks[i].prefix.addr.v4,
				   subscriber->networks[i].prefix.len, &subscriber->networks[i]);
	for (uint32_t i = 0; i < claims->count; i++)
		claim_judge(&claims->list[i], &home->roster.prefixes, subscriber->networks,
			    explicit_networks);
}

bool judge_networks(struct home *home, struct request *request, struct decision *decision)
{
	struct claims *claims = decision->claims;
	bool possible = false;

	judge_claims(home, request, claims);
	for (uint32_t i = 0; i < claims->count; i++)
		possible |= claims->list[i].code == NETWORK_SUCCESS;
	if (!claims->asked || possible)
		return false;
	return decide_deny(decision, REPLY_MOBNET_ERROR,
			   "may hold none of the networks it asks for");
}
