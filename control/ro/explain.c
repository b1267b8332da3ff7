/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Why a pair of addresses has a direct path, or has not: every gate on the way, in the order in which
 * they open, each with what is known and for how long (operations.md, section 2, complaint 5).
 */
#include <inttypes.h>
#include <stdarg.h>

#include "ro/cache.h"
#include "ro/direct.h"
#include "ro/nat.h"
#include "ro/routability.h"
#include "ro/session.h"

struct explanation {
	const struct ro *ro;
	const struct peer *peer; /* NULL: none has the destination */
	const struct ro_prefix *prefix;
	bool shut;     /* a gate did not pass */
	bool in_order; /* each of the gates needs those before it */
	ro_gate_visit visit;
	void *arg;
};

__attribute__((format(printf, 5, 6))) static void tell(struct explanation *of, const char *name,
						       bool pass, uint64_t since,
						       const char *format, ...)
{
	bool open = of->in_order && of->shut; /* what would be behind a shut gate */
	struct ro_gate gate = {.name = name, .verdict = pass ? RO_PASS : open ? RO_OPEN : RO_FAIL};
	va_list args;

	gate.age = since ? time_between(since, ro_mono(of->ro)) : TIME_NEVER;
	va_start(args, format);
	vsnprintf(gate.value, sizeof(gate.value), format, args);
	va_end(args);
	of->visit(of->arg, &gate);
	of->shut |= !pass;
}

/* --- us --------------------------------------------------------------------------------------------------- */

static bool is_own(const struct explanation *of, const struct ip_addr *address)
{
	return ro_owns(of->ro, address->v4) || addr_is_equal(address, ro_home_address(of->ro));
}

/* Returns whether packets between the two stay here. */
static bool explain_pair(struct explanation *of, const struct ip_addr *source,
			 const struct ip_addr *destination)
{
	bool inside = !of->peer && is_own(of, source) && is_own(of, destination);

	tell(of, "they are two routers'", !inside, 0, "%s", inside ? "both are ours" : "yes");
	return inside;
}

/* Only a registration says which networks are ours: without one, nobody knows. */
static void explain_source(struct explanation *of, const struct ip_addr *source)
{
	bool own = is_own(of, source);
	bool registered = mobile_is_registered(of->ro->mobile);

	tell(of, "registered at the hub", registered, mobile_optimization(of->ro->mobile)->when,
	     "%s", registered ? "yes" : "no");
	of->in_order = !registered;
	tell(of, "source is ours", own, 0, "%s",
	     own ? "in a network that the hub accepted" : "in none of our accepted networks");
	of->in_order = false;
}

static void explain_hub(struct explanation *of)
{
	const struct ro *ro = of->ro;
	const struct mobile_optimization *told = mobile_optimization(ro->mobile);

	tell(of, "enabled here", ro->conf->mobile.route_optimization, 0, "%s",
	     ro->conf->mobile.route_optimization ? "yes" : "route-optimization.enabled is false");
	tell(of, "granted by the hub", ro->granted, told->when, "%s",
	     ro->granted               ? "yes"
	     : told->answer.is_present ? "refused: see the hub's subscribers"
				       : "it said nothing: not enabled there");
}

/* --- the peer ------------------------------------------------------------------------------------------------- */

static void explain_peer(struct explanation *of)
{
	char text[ADDR_TEXT_SIZE], network[PREFIX_TEXT_SIZE];
	struct ip_prefix prefix;

	if (!of->peer) {
		tell(of, "destination is a peer's", false, 0,
		     "the hub told of no router that has it");
		return;
	}
	addr_print(&of->peer->home_address, text);
	if (!of->prefix) {
		tell(of, "destination is a peer's", true, of->peer->seen, "home address of %s",
		     text);
		return;
	}
	prefix = prefix_v4(of->prefix->key.addr, of->prefix->key.len);
	tell(of, "destination is a peer's", !of->prefix->ours, of->prefix->seen, "%s of %s%s%s%s",
	     prefix_print(&prefix, network), text, of->prefix->realm[0] ? ", realm " : "",
	     of->prefix->realm, of->prefix->ours ? ": but it is in our own networks" : "");
}

static void explain_policy(struct explanation *of)
{
	const struct peer *peer = of->peer;
	const struct conf_optimization *conf = ro_conf(of->ro);
	uint64_t held = time_between(ro_mono(of->ro), peer->held_until);

	tell(of, "not stopped", !peer->stopped, 0, "%s",
	     peer->stopped ? "ro stop was said; ro start takes it back" : "yes");
	tell(of, "may ask", conf->request || peer_is_accepted(peer), 0, "%s",
	     conf->request ? "request is true" : "request is false: only the peer may ask");
	if (held)
		tell(of, "not held down", false, 0, "for another %" PRIu64 " s: %s",
		     time_in_seconds(held), peer->reason ? peer->reason : "it failed");
	else
		tell(of, "not held down", true, 0, "yes");
}

static void explain_nat(struct explanation *of)
{
	struct mobile_care_of care_of = {.port = PORT_NONE};
	bool mine = ro_is_outbound_only(of->ro);
	bool theirs = of->peer->outbound_only;
	bool pass;

	(void)session_care_of(of->peer, &care_of);
	pass = !nat_forbids(of->peer, care_of.port);
	tell(of, "one side can be reached", pass, of->peer->seen, "we are %s, the peer is %s",
	     mine ? "behind a NAT" : "open", theirs ? "behind a NAT" : "open");
}

/* --- between us ------------------------------------------------------------------------------------------------- */

static void explain_trigger(struct explanation *of)
{
	static const char *const names[] = {
		[CONF_TRIGGER_SEND] = "send",
		[CONF_TRIGGER_RECEIVE] = "receive",
		[CONF_TRIGGER_MESH] = "mesh",
		[CONF_TRIGGER_MANUAL] = "manual",
	};
	const struct peer *peer = of->peer;
	bool asked = peer->attempts > 0 || peer_is_accepted(peer);

	tell(of, "asked for", asked, peer->triggered, "trigger: %s, asked %u time%s",
	     names[ro_conf(of->ro)->trigger], peer->attempts, peer->attempts == 1 ? "" : "s");
}

static void explain_tests(struct explanation *of)
{
	const struct peer *peer = of->peer;
	const struct token *home = &peer->tokens[RR_HOME], *care_of = &peer->tokens[RR_CARE_OF];
	bool done = peer_is_registered(peer);

	tell(of, "home test", done || home->held, home->since, "%s",
	     home->held ? "answered through the hub"
	     : done     ? "shared key"
			: "not answered");
	tell(of, "care-of test", done || care_of->held, care_of->since, "%s",
	     care_of->held ? "answered natively"
	     : done        ? "shared key"
			   : "not answered");
}

static void explain_registrations(struct explanation *of)
{
	const struct peer *peer = of->peer;
	bool wait = ro_conf(of->ro)->mutual == CONF_MUTUAL_WAIT;
	bool registered = peer_is_registered(peer), accepted = peer_is_accepted(peer);

	tell(of, "we are registered there", registered, registered ? peer->session->sent : 0,
	     registered ? "yes, last code %u" : "no, last code %u", peer->last_code);
	tell(of, "the peer is registered here", accepted || !wait, 0, "%s",
	     accepted ? "yes"
	     : wait   ? "no: its packets to us may come directly, ours wait (mutual: wait)"
		      : "no, and not waited for (mutual: immediate)");
}

static void explain_tunnel(struct explanation *of)
{
	static const char *const states[] = {
		[DIRECT_HALF] = "waits for the peer's first keepalive",
		[DIRECT_PROBING] = "keepalives are out, none is answered yet",
		[DIRECT_UP] = "answers",
		[DIRECT_SILENT] = "has fallen silent",
		[DIRECT_LINGER] = "is being closed",
	};
	const struct direct *direct = direct_foremost(of->peer);

	tell(of, "direct tunnel proven", direct && direct->state == DIRECT_UP,
	     direct ? direct->keepalive.heard : 0, "%s",
	     direct ? states[direct->state] : "there is none");
}

static void explain_path(struct explanation *of)
{
	const struct peer *peer = of->peer;

	tell(of, "path", peer->path.direct != NULL, peer->direct_since, "%s%s%s",
	     peer->path.direct ? "direct" : "by the hub",
	     !peer->path.direct && peer->reason ? ": " : "",
	     !peer->path.direct && peer->reason ? peer->reason : "");
}

void ro_explain(const struct ro *ro, const struct ip_addr *source,
		const struct ip_addr *destination, ro_gate_visit visit, void *arg)
{
	struct explanation of = {.ro = ro, .visit = visit, .arg = arg};
	bool inside;

	of.prefix = cache_lookup(ro, destination->v4);
	of.peer = peer_find(ro, destination);
	if (of.peer)
		of.prefix = NULL;
	else if (of.prefix)
		of.peer = of.prefix->peer;
	inside = explain_pair(&of, source, destination);
	explain_source(&of, source);
	explain_hub(&of);
	if (inside)
		return;
	explain_peer(&of);
	if (!of.peer)
		return;
	explain_policy(&of);
	explain_nat(&of);
	of.in_order = true;
	explain_trigger(&of);
	explain_tests(&of);
	explain_registrations(&of);
	explain_tunnel(&of);
	of.in_order = false;
	explain_path(&of);
}
