/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What an authentic request asks, and whether it may have it (haaro.md, section 14.1, rows 11 to 19; RFC
 * 6521, sections 3.3.3 and 11.2).
 */
#include "ro/cache.h"
#include "ro/claim.h"
#include "ro/nat.h"
#include "ro/verify.h"

/* --- what is asked: rows 11 to 17 ---------------------------------------------------------------------------- */

/* Why we take no registration; NULL: we do. */
static const char *why_none(const struct claim *claim)
{
	if (claim->peer && claim->peer->stopped)
		return "stopped by the operator";
	if (!claim->ro->granted)
		return "the hub does not let us";
	if (claim->ro->leaving)
		return "we leave";
	return ro_conf(claim->ro)->advertise ? NULL : "advertise is false here";
}

bool what_policy(struct claim *claim)
{
	const struct registration_request *message = &claim->message;
	struct ip_addr hub = mobile_hub_address(claim->ro->mobile);
	const char *why = why_none(claim);

	if (message->lifetime > 0 && !(message->flags & REQUEST_D))
		return claim_refuse(claim, REPLY_POORLY_FORMED, "no co-located care-of address");
	if (message->home_agent != hub.v4)
		return claim_refuse(claim, REPLY_PROHIBITED, "another home agent than ours");
	if (message->lifetime == 0) {
		claim->verdict = CLAIM_REMOVE;
		return true;
	}
	if (why)
		return claim_refuse(claim, REPLY_PROHIBITED, why);
	if (ro_conf(claim->ro)->draft_00.require_networks && message->n_networks == 0)
		return claim_refuse(claim, REPLY_PROHIBITED, "names no network");
	return false;
}

static bool is_nat(const struct claim *claim)
{
	if (!addr_is_equal(&claim->datagram.source, &claim->care_of))
		return true;
	return claim->peer && nat_lookup(claim->peer, claim->datagram.port) == NAT_CLOSED;
}

bool what_encapsulation(struct claim *claim)
{
	const struct registration_request *message = &claim->message;
	const struct registration_udp_request *udp = &message->udp;

	claim->nat = is_nat(claim);
	if (claim->nat && !udp->is_present)
		return claim_refuse(claim, REPLY_PROHIBITED,
				    "a NAT is between us, and it wants no UDP");
	if (udp->is_present && udp->encapsulation != UDP_INSIDE_AS_FLAGS &&
	    udp->encapsulation != UDP_INSIDE_IPV4)
		return claim_refuse(claim, REPLY_NO_UDP_ENCAPSULATION,
				    "an encapsulation that we lack");
	if (!udp->is_present && (message->flags & (REQUEST_M | REQUEST_G)))
		return claim_refuse(claim, REPLY_NO_ENCAPSULATION, "an encapsulation that we lack");
	claim->encap = udp->is_present && (udp->force || claim->nat) ? ENCAP_UDP : ENCAP_IPIP;
	return false;
}

bool what_room(struct claim *claim)
{
	size_t engaged = 0;

	if (claim->peer && peer_is_engaged(claim->peer))
		return false;
	for (const struct peer *peer = claim->ro->peers; peer; peer = peer->hh.next)
		engaged += peer_is_engaged(peer);
	if (engaged < ro_conf(claim->ro)->max_peers)
		return false;
	return claim_refuse(claim, REPLY_RESOURCES, "as many peers as max-peers allows");
}

/* --- may it: rows 18 and 19 ------------------------------------------------------------------------------------ */

static bool is_known(const struct claim *claim)
{
	return claim->peer && claim->peer->advertised;
}

static bool takes_realm(const struct ro *ro, const char *realm)
{
	const struct conf_optimization *conf = ro_conf(ro);

	for (size_t i = 0; i < conf->n_realms; i++)
		if (strcmp(conf->realms[i], realm) == 0)
			return true;
	return conf->n_realms == 0;
}

/* By its word alone: nobody else's so far, and nothing that would be left to the hub all the same. */
static bool is_trusted(const struct claim *claim, const struct ip_prefix *asked,
		       const struct ro_prefix *known)
{
	return ro_conf(claim->ro)->trust_claims && claim->peer &&
	       (!known || known->peer == claim->peer) && !mobile_owns(claim->ro->mobile, asked);
}

/* Exactly as the hub says it, of this router. */
static uint8_t judge_network(const struct claim *claim, const struct registration_network *network)
{
	const struct ip_prefix asked =
		prefix_v4(network->prefix, network->len > 32 ? 32 : network->len);
	const struct ro_prefix *prefix = cache_find(claim->ro, &asked);

	if (network->len > 32)
		return NETWORK_INVALID_LENGTH;
	if (prefix && prefix->peer == claim->peer && !prefix->ours && !prefix->claimed)
		return takes_realm(claim->ro, prefix->realm) ? NETWORK_SUCCESS
							     : NETWORK_UNAUTHORIZED;
	if (network->len == 0)
		return NETWORK_INVALID_LENGTH;
	return is_trusted(claim, &asked, prefix) ? NETWORK_SUCCESS : NETWORK_UNAUTHORIZED;
}

static void judge_networks(struct claim *claim)
{
	claim->n_authorized = 0;
	for (size_t i = 0; i < claim->message.n_networks; i++) {
		claim->codes[i] = judge_network(claim, &claim->message.networks[i]);
		claim->n_authorized += claim->codes[i] == NETWORK_SUCCESS;
	}
}

/* The hub has been asked, or need not be: its word decides (RFC 6521, sections 3.3.3 and 11.2). */
static bool judge_finally(struct claim *claim)
{
	const struct conf_optimization *conf = ro_conf(claim->ro);
	size_t asked = claim->message.n_networks;

	claim->ro->counters.unauthorized += asked - claim->n_authorized;
	if (asked > 0 && claim->n_authorized == 0)
		return claim_refuse(claim, REPLY_MOBNET_ERROR,
				    "the hub gives it none of these networks");
	if (asked > claim->n_authorized && conf->draft_00.strict_reject)
		return claim_refuse(claim, REPLY_MOBNET_ERROR,
				    "the hub gives it not all of these networks");
	if (!is_known(claim) && !conf->accept_unknown)
		return claim_refuse(claim, REPLY_PROHIBITED, "the hub does not know it");
	return false;
}

bool what_authorization(struct claim *claim)
{
	bool all;

	judge_networks(claim);
	all = claim->n_authorized == claim->message.n_networks &&
	      (is_known(claim) ||
	       (ro_conf(claim->ro)->accept_unknown && claim->message.n_networks == 0));
	if (all)
		return false;
	if (!claim->told && verify_is_due(claim)) {
		claim->verdict = CLAIM_VERIFY;
		return true;
	}
	return judge_finally(claim);
}
