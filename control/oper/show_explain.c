/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * ro explain: every gate between a pair of addresses and a direct path, as this router knows them. A
 * branch knows all of its own; the hub knows whether it lets the two hear of each other.
 */
#include <errno.h>

#include "haaro/addr.h"

#include "oper/command.h"
#include "oper/show.h"

static const char *const verdicts[] = {
	[RO_PASS] = "pass",
	[RO_FAIL] = "fail",
	[RO_OPEN] = "open",
};

static void gate_row(void *arg, const struct ro_gate *gate)
{
	answer_row(arg, json_pack("{ss ss so so}", "verdict", verdicts[gate->verdict], "gate",
				  gate->name, "value", show_text(gate->value), "age_s",
				  show_seconds(gate->age)));
}

/* --- at a hub -------------------------------------------------------------------------- */

__attribute__((format(printf, 4, 5))) static void tell(struct answer *answer, const char *name,
						       bool pass, const char *format, ...)
{
	struct ro_gate gate = {
		.name = name, .verdict = pass ? RO_PASS : RO_FAIL, .age = TIME_NEVER};
	va_list args;

	va_start(args, format);
	vsnprintf(gate.value, sizeof(gate.value), format, args);
	va_end(args);
	gate_row(answer, &gate);
}

struct end_names {
	const char *who, *bound, *asks, *policy, *listed;
};

static void explain_end(struct answer *answer, const struct home_pair_end *end,
			const struct end_names *names)
{
	char text[PREFIX_TEXT_SIZE];

	if (end->name == NULL) {
		tell(answer, names->who, false, "no router has it: see show bindings");
		return;
	}
	tell(answer, names->who, true, "%s, %s", end->name, prefix_print(&end->network, text));
	tell(answer, names->bound, end->bound, end->bound ? "yes" : "no registration now");
	tell(answer, names->asks, end->optimizes,
	     end->optimizes ? "yes%s%s" : "its requests say nothing of it%s%s",
	     end->outbound ? ", it can only open connections" : "",
	     end->nat ? ", behind a NAT" : "");
	tell(answer, names->policy, !end->refused && end->advertised_by_policy,
	     end->refused                ? "refused by its subscriber entry"
	     : end->advertised_by_policy ? "yes"
					 : "route-optimization.advertise is false there");
	tell(answer, names->listed, end->listed,
	     end->listed       ? "yes"
	     : end->advertises ? "no"
			       : "it does not permit it (advertise: false at the branch)");
}

static int explain_at_hub(struct answer *answer, const struct home *home,
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
	bool both_closed = view.source.outbound && view.destination.outbound;

	tell(answer, "enabled at this hub", view.enabled,
	     view.enabled ? "yes" : "home-agent.route-optimization.enabled is false");
	explain_end(answer, &view.source, &source_names);
	explain_end(answer, &view.destination, &destination_names);
	if (view.source.name == NULL || view.destination.name == NULL)
		return 0;
	tell(answer, "source is told of destination", view.source.sees,
	     view.source.sees ? "realm %s" : "realm %s does not see the other's",
	     view.source.realm[0] ? view.source.realm : "none");
	tell(answer, "destination is told of source", view.destination.sees,
	     view.destination.sees ? "realm %s" : "realm %s does not see the other's",
	     view.destination.realm[0] ? view.destination.realm : "none");
	tell(answer, "one side can be reached", !both_closed,
	     both_closed ? "both can only open connections" : "yes");
	return 0;
}

/* --------------------------------------------------------------------------------------- */

int show_explain(struct answer *answer, const struct running *running)
{
	const struct home *home = haaro_home(running->haaro);
	struct ip_addr source, destination;
	int result = command_address(answer, 0, &source);

	if (result == 0)
		result = command_address(answer, 1, &destination);
	if (result < 0)
		return result;
	if (home != NULL)
		return explain_at_hub(answer, home, &source, &destination);
	ro_explain(haaro_ro(running->haaro), &source, &destination, gate_row, answer);
	return 0;
}
