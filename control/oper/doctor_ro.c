/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * doctor, of route optimization: what the hub, a NAT, our own policer or single peers let no direct
 * path come from. Neighbours: show_explain.c has one pair of addresses and every gate.
 */
#include <inttypes.h>
#include <string.h>

#include "haaro/addr.h"

#include "oper/doctor.h"

#define PEERS_MOST 8 /* peers that have a row each */

static void check_grant(struct answer *answer, const struct ro_view *view)
{
	char found[64];

	if (view->granted) {
		doctor_find(answer, VERDICT_OK, "direct paths", "granted by the hub", "");
	} else if (view->answered == TIME_NEVER) {
		doctor_find(answer, VERDICT_WARN, "direct paths", "the hub said nothing of them",
			    "see show registration; at the hub set "
			    "home-agent.route-optimization.enabled: true");
	} else {
		snprintf(found, sizeof(found), "the hub refuses, code %u", view->code);
		doctor_find(answer, VERDICT_WARN, "direct paths", found,
			    "change our entry in the hub's subscribers; ro explain there");
	}
}

static void check_nat(struct answer *answer, const struct ro_view *view)
{
	if (view->outbound_only)
		doctor_find(answer, VERDICT_WARN, "NAT", "only we can open a direct path",
			    "peers behind a NAT stay with the hub; forward UDP port 434 to us and "
			    "set outbound-only: no");
	else
		doctor_find(answer, VERDICT_OK, "NAT",
			    view->nat ? "behind one, but others may open a path" : "none", "");
}

/* A second, of all peers at once: their keepalives and the answers to ours; both come as echoes. */
static uint64_t keepalives_at_most(const struct conf_optimization *conf)
{
	uint64_t sizes = conf->keepalive_full_size ? 2 : 1;
	uint64_t interval = conf->keepalive.interval;

	return (2 * sizes * conf->max_peers * NS_PER_S + interval - 1) / interval;
}

static void check_policer(struct answer *answer, const struct conf *conf)
{
	const struct conf_optimization *optimization = &conf->mobile.optimization;
	uint64_t needed = keepalives_at_most(optimization);
	uint64_t rate = conf->policer.keepalive.per_second;
	char found[96], advice[128] = "";

	snprintf(found, sizeof(found), "%" PRIu64 "/s; %" PRIu32 " peers may send %" PRIu64 "/s",
		 rate, optimization->max_peers, needed);
	if (rate < needed)
		snprintf(advice, sizeof(advice),
			 "set signalling-policer.keepalive: %" PRIu64
			 "/s and restart, or a lower max-peers",
			 needed);
	doctor_find(answer, rate < needed ? VERDICT_WARN : VERDICT_OK, "keepalive policer", found,
		    advice);
}

/* --- peers that are left alone, or silent --------------------------------------------------- */

struct advice {
	const char *reason;
	const char *next;
};

/* Of the reasons of control/ro, those that nobody mends by looking at gates. */
static const struct advice at_peer[] = {
	{"its home address is not reached natively",
	 "route its home address outside of tunnels, too; until then its packets go by the hub"},
	{"both sides are behind a NAT or firewall",
	 "forward UDP port 434 at one side, and set outbound-only: no there"},
	{"full-size packets do not pass directly",
	 "look for a smaller MTU between the two care-of addresses"},
	{"as many peers as max-peers allows", "raise route-optimization.max-peers"},
	{"keepalives are not answered",
	 "look what drops packets between the two care-of addresses"},
	{"its policy refuses", "look there for ro stop, for advertise: false, and in its log"},
	{NULL, NULL},
};

struct looking {
	struct answer *answer;
	size_t n; /* not as they should be */
};

/* What is wrong with the path to a peer; false: nothing, or nothing yet. */
static bool find_wrong(const struct ro_session_view *view, char *found, size_t size)
{
	if (view->state == RO_STATE_STOPPED)
		snprintf(found, size, "stopped by the operator");
	else if (view->state == RO_STATE_HELD)
		snprintf(found, size, "left alone for %" PRIu64 " s: %s",
			 time_in_seconds(view->held), view->reason);
	else if (view->state == RO_STATE_PROBING && view->reason[0] != '\0')
		snprintf(found, size, "being tried again: %s", view->reason);
	else
		return false;
	return true;
}

static bool look_at_peer(void *arg, const struct ro_session_view *view)
{
	const struct advice *advice = at_peer;
	struct looking *looking = arg;
	char check[48], general[64], found[128], text[ADDR_TEXT_SIZE];

	if (!find_wrong(view, found, sizeof(found)) || looking->n++ >= PEERS_MOST)
		return true;
	addr_print(&view->home_address, text);
	snprintf(check, sizeof(check), "path to %s", text);
	snprintf(general, sizeof(general),
		 view->state == RO_STATE_STOPPED ? "ro start %s takes it back"
						 : "see ro explain, and show ro sessions %s",
		 text);
	while (advice->reason != NULL &&
	       (view->state == RO_STATE_STOPPED || strcmp(advice->reason, view->reason) != 0))
		advice++;
	doctor_find(looking->answer, VERDICT_WARN, check, found,
		    advice->reason != NULL ? advice->next : general);
	return true;
}

static void check_peers(struct answer *answer, const struct ro *ro)
{
	struct looking looking = {.answer = answer};
	char found[64];

	ro_walk_sessions(ro, look_at_peer, &looking);
	if (looking.n <= PEERS_MOST)
		return;
	snprintf(found, sizeof(found), "%zu more are not direct", looking.n - PEERS_MOST);
	doctor_find(answer, VERDICT_WARN, "other paths", found, "see show ro sessions");
}

void doctor_look_at_ro(struct answer *answer, const struct running *running)
{
	const struct ro *ro = haaro_ro(running->haaro);
	struct ro_view view;

	if (ro == NULL)
		return;
	ro_read(ro, &view);
	if (!view.enabled) {
		doctor_find(answer, VERDICT_OK, "direct paths", "switched off here", "");
		return;
	}
	check_grant(answer, &view);
	check_nat(answer, &view);
	check_policer(answer, running->conf);
	check_peers(answer, ro);
}
