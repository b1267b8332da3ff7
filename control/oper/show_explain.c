/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * ro explain: every gate between a pair of addresses and a direct path, as this router knows them. A
 * branch knows all of its own; the hub knows whether it lets the two hear of each other.
 */
#include <stdio.h>
#include <string.h>

#include "haaro/addr.h"

#include "oper/command.h"
#include "oper/show.h"

struct explaining {
	struct answer *answer;
	const char *shut; /* the gate to be opened first; NULL: none failed */
	bool is_direct;
	bool is_foreign; /* the source is another's */
};

static const char *const verdicts[] = {
	[RO_PASS] = "pass",
	[RO_FAIL] = "fail",
	[RO_OPEN] = "open",
};

/* A path is also held down because of NATs: then these are what is to be mended. */
static bool is_why(const char *gate, const char *shut)
{
	return strcmp(shut, "not held down") == 0 && strcmp(gate, "one side can be reached") == 0;
}

static void gate_row(void *arg, const struct ro_gate *gate)
{
	struct explaining *of = arg;

	if (gate->verdict == RO_FAIL && (of->shut == NULL || is_why(gate->name, of->shut)))
		of->shut = gate->name;
	of->is_foreign |= gate->verdict == RO_FAIL && strcmp(gate->name, "source is ours") == 0;
	of->is_direct |= gate->verdict == RO_PASS && strcmp(gate->name, "path") == 0;
	answer_row(of->answer, json_pack("{ss ss so so}", "verdict", verdicts[gate->verdict],
					 "gate", gate->name, "value", show_text(gate->value),
					 "age_s", show_seconds(gate->age)));
}

/* --- the conclusion -------------------------------------------------------------------- */

struct advice {
	const char *gate;
	const char *next; /* what to do if it is the first that fails */
};

static const struct advice at_branch[] = {
	{"they are two routers'", "nothing: packets between the two do not leave this branch"},
	{"source is ours",
	 "ask the branch that has the source; show registration has our networks"},
	{"registered at the hub", "show registration"},
	{"enabled here", "set mobile-router.route-optimization.enabled: true, and reload"},
	{"granted by the hub", "ro explain at the hub"},
	{"destination is a peer's",
	 "ro explain at the hub; if all passes there, it tells when we register again"},
	{"not stopped", "ro start with the peer's home address"},
	{"may ask", "set request: true here, or ask from the other side"},
	{"not held down", "mend that; then ro start tries at once"},
	{"one side can be reached",
	 "forward UDP port 434 at one side's NAT, and set outbound-only: no there"},
	{"asked for", "send packets that way, or ro start with the peer's home address"},
	{"home test", "look whether the home addresses reach each other through the hub"},
	{"care-of test", "look whether the peer's home address is reached outside of tunnels"},
	{"we are registered there",
	 "send packets that way; if it refuses, ro explain there and its log say why"},
	{"the peer is registered here", "ro explain at the peer, the other way round"},
	{"direct tunnel proven", "look what drops packets between the two care-of addresses"},
	{"path", "show ro sessions with the peer's home address"},
	{NULL, NULL},
};

static const struct advice at_hub[] = {
	{"enabled at this hub", "set home-agent.route-optimization.enabled: true, and reload"},
	{"source is a router's", "add the source's network to a subscriber"},
	{"source is bound", "show registration at its branch"},
	{"source asks for direct paths", "set route-optimization.enabled: true at its branch"},
	{"source may be advertised", "change its subscriber entry, and reload"},
	{"source is advertised", "set route-optimization.advertise: true at its branch"},
	{"destination is a router's",
	 "nothing if it is at the hub or beyond; else add its network to a subscriber"},
	{"destination is bound", "show registration at its branch"},
	{"destination asks for direct paths", "set route-optimization.enabled: true at its branch"},
	{"destination may be advertised", "change its subscriber entry, and reload"},
	{"destination is advertised", "set route-optimization.advertise: true at its branch"},
	{"they are two routers'", "nothing: packets between the two do not leave that branch"},
	{"source is told of destination", "let its realm see the other's, in the subscribers"},
	{"destination is told of source", "let its realm see the other's, in the subscribers"},
	{"one side can be reached",
	 "forward UDP port 434 at one side's NAT, and set outbound-only: no there"},
	{NULL, NULL},
};

/* The last row: what all of it comes to, and what to do next. */
static void conclude(struct explaining *of, const struct advice *advice, const char *good,
		     const char *bad)
{
	bool pass = (of->is_direct && !of->is_foreign) || of->shut == NULL;
	char text[160];

	while (!pass && advice->gate != NULL && strcmp(advice->gate, of->shut) != 0)
		advice++;
	if (pass || advice->gate == NULL)
		snprintf(text, sizeof(text), "%s", pass ? good : bad);
	else
		snprintf(text, sizeof(text), "%s; next: %s", bad, advice->next);
	answer_row(of->answer, json_pack("{ss ss so sn}", "verdict", pass ? "pass" : "fail", "gate",
					 "conclusion", "value", show_text(text), "age_s"));
}

/* --- at a hub -------------------------------------------------------------------------- */

__attribute__((format(printf, 4, 5))) static void tell(struct explaining *of, const char *name,
						       bool pass, const char *format, ...)
{
	struct ro_gate gate = {
		.name = name, .verdict = pass ? RO_PASS : RO_FAIL, .age = TIME_NEVER};
	va_list args;

	va_start(args, format);
	vsnprintf(gate.value, sizeof(gate.value), format, args);
	va_end(args);
	gate_row(of, &gate);
}

struct end_names {
	const char *who, *bound, *asks, *policy, *listed;
};

static void explain_end(struct explaining *of, const struct home_pair_end *end,
			const struct end_names *names)
{
	char text[PREFIX_TEXT_SIZE];

	if (end->name == NULL) {
		tell(of, names->who, false, "no router has it: see show bindings");
		return;
	}
	tell(of, names->who, true, "%s, %s", end->name, prefix_print(&end->network, text));
	tell(of, names->bound, end->bound, end->bound ? "yes" : "no registration now");
	tell(of, names->asks, end->optimizes,
	     end->optimizes ? "yes%s%s" : "its requests say nothing of it%s%s",
	     end->outbound ? ", it can only open connections" : "",
	     end->nat ? ", behind a NAT" : "");
	tell(of, names->policy, !end->refused && end->advertised_by_policy,
	     end->refused                ? "refused by its subscriber entry"
	     : end->advertised_by_policy ? "yes"
					 : "route-optimization.advertise is false there");
	tell(of, names->listed, end->listed,
	     end->listed       ? "yes"
	     : end->advertises ? "no"
			       : "it does not permit it (advertise: false at the branch)");
}

static void explain_at_hub(struct explaining *of, const struct home *home,
			   const struct ip_addr *source, const struct ip_addr *destination)
{
	static const struct end_names source_names = {
		"source is a router's", "source is bound", "source asks for direct paths",
		"source may be advertised", "source is advertised"};
	static const struct end_names destination_names = {
		"destination is a router's", "destination is bound",
		"destination asks for direct paths", "destination may be advertised",
		"destination is advertised"};
	const struct home_pair_view view = home_explain(home, source, destination);
	bool same = view.source.name != NULL && view.destination.name != NULL &&
		    addr_is_equal(&view.source.home_address, &view.destination.home_address);
	bool both_closed = view.source.outbound && view.destination.outbound;

	tell(of, "enabled at this hub", view.enabled,
	     view.enabled ? "yes" : "home-agent.route-optimization.enabled is false");
	explain_end(of, &view.source, &source_names);
	explain_end(of, &view.destination, &destination_names);
	if (view.source.name == NULL || view.destination.name == NULL)
		return;
	tell(of, "they are two routers'", !same, "%s", same ? "both are this one's" : "yes");
	if (same)
		return;
	tell(of, "source is told of destination", view.source.sees,
	     view.source.sees ? "realm %s" : "realm %s does not see the other's",
	     view.source.realm[0] ? view.source.realm : "none");
	tell(of, "destination is told of source", view.destination.sees,
	     view.destination.sees ? "realm %s" : "realm %s does not see the other's",
	     view.destination.realm[0] ? view.destination.realm : "none");
	tell(of, "one side can be reached", !both_closed,
	     both_closed ? "both can only open connections" : "yes");
}

/* --------------------------------------------------------------------------------------- */

int show_explain(struct answer *answer, const struct running *running)
{
	const struct home *home = haaro_home(running->haaro);
	struct explaining of = {.answer = answer};
	struct ip_addr source, destination;
	int result = command_address(answer, 0, &source);
	bool inside;

	if (result == 0)
		result = command_address(answer, 1, &destination);
	if (result < 0)
		return result;
	if (home != NULL) {
		explain_at_hub(&of, home, &source, &destination);
		conclude(&of, at_hub, "the hub lets them find each other; ro explain at a branch",
			 "they do not find each other");
		return 0;
	}
	ro_explain(haaro_ro(running->haaro), &source, &destination, gate_row, &of);
	inside = of.shut != NULL && strcmp(of.shut, "they are two routers'") == 0;
	conclude(&of, at_branch, "direct from here; the way back is the peer's to explain",
		 inside ? "by no tunnel" : "by the hub");
	return 0;
}
