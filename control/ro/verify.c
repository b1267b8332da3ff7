/* SPDX-License-Identifier: BSD-3-Clause */
/* The queue of held claims, and what the hub is asked on their behalf. */
#include "ro/verify.h"

#include <stdlib.h>

#include "core/hash.h"
#include "ro/cache.h"

#define SPACING    NS_PER_S       /* as any registration with the hub */
#define LIST_ABOVE 4              /* so many waiting: a plain list instead (A34) */
#define KNOWN_HOLD (5 * NS_PER_S) /* the hub's word about a known router is fresh for so long */

#define OWN_HOLD (3 * NS_PER_S) /* for our own request, never longer (haaro-00.md, section 3) */
#define OWN_LOOK (100 * NS_PER_MS)

struct held_request {
	struct held_request *next;
	struct claim claim;
	uint64_t deadline; /* mono */
	uint64_t asked;    /* mono, the hub about it; 0: not yet */
	bool named;        /* by name, else for everything */
	bool answered;
};

static struct ro_unknown *unknown_slot(struct ro *ro, be32 home_address)
{
	return &ro->unknowns[hash_slot(ntohl(home_address), RO_UNKNOWNS)];
}

static bool is_unknown(struct ro *ro, be32 home_address)
{
	const struct ro_unknown *slot = unknown_slot(ro, home_address);

	return slot->home_address == home_address && slot->until > ro_mono(ro);
}

static struct held_request *find(struct ro *ro, const struct ip_addr *home_address)
{
	for (struct held_request *held = ro->held; held; held = held->next)
		if (addr_is_equal(&held->claim.home_address, home_address))
			return held;
	return NULL;
}

bool verify_is_due(const struct claim *claim)
{
	struct ro *ro = claim->ro;
	const struct peer *peer = claim->peer;

	if (!mobile_is_registered(ro->mobile) || is_unknown(ro, claim->home_address.v4))
		return false;
	if (peer && peer->advertised && peer->verified &&
	    time_between(peer->verified, ro_mono(ro)) < KNOWN_HOLD)
		return false;
	return ro->n_held < RO_VERIFY_MAX || find(ro, &claim->home_address);
}

/* --- the queue ----------------------------------------------------------------------------------------- */

/* When a held claim wants something to be done. */
static uint64_t due_of(const struct ro *ro, const struct held_request *held)
{
	uint64_t due = held->asked ? held->deadline : ro->asked_hub + SPACING;

	if (held->answered)
		return 0;
	if (held->claim.verdict == CLAIM_WAIT)
		due = ro_mono(ro) + OWN_LOOK;
	return due < held->deadline ? due : held->deadline;
}

static void set_timer(struct ro *ro)
{
	uint64_t next = TIME_NEVER;

	for (const struct held_request *held = ro->held; held; held = held->next) {
		uint64_t due = due_of(ro, held);

		if (due < next)
			next = due;
	}
	if (next == TIME_NEVER)
		core_timer_stop(ro->core, &ro->held_timer);
	else
		core_timer_set(ro->core, &ro->held_timer, time_between(ro_mono(ro), next));
}

static void append(struct ro *ro, struct held_request *held)
{
	struct held_request **at = &ro->held;

	while (*at)
		at = &(*at)->next;
	*at = held;
	ro->n_held++;
}

void verify_hold(const struct claim *claim)
{
	struct ro *ro = claim->ro;
	struct held_request *held = find(ro, &claim->home_address);

	if (held) { /* a newer transmission of the same: its answer is what is waited for */
		held->claim = *claim;
		held->claim.datagram.payload = NULL;
		return;
	}
	held = calloc(1, sizeof(*held));
	if (!held)
		return; /* it asks again */
	held->claim = *claim;
	held->claim.datagram.payload = NULL;
	held->deadline = ro_mono(ro) + (claim->verdict == CLAIM_WAIT ? OWN_HOLD : RO_VERIFY_HOLD);
	append(ro, held);
	verify_ask(ro);
}

static void take_out(struct ro *ro, struct held_request *held)
{
	struct held_request **at = &ro->held;

	while (*at != held)
		at = &(*at)->next;
	*at = held->next;
	ro->n_held--;
	mac_wipe(held, sizeof(*held));
	free(held);
}

static bool is_own_answered(const struct held_request *held)
{
	const struct peer *peer = peer_find(held->claim.ro, &held->claim.home_address);

	return held->claim.verdict == CLAIM_WAIT &&
	       !(peer && peer->session && peer->session->asking == ASKING_REGISTRATION);
}

bool verify_take(struct ro *ro, struct claim *claim, bool *answered)
{
	uint64_t mono = ro_mono(ro);

	for (struct held_request *held = ro->held; held; held = held->next) {
		if (!held->answered && held->deadline > mono && !is_own_answered(held))
			continue;
		*claim = held->claim;
		*answered = held->answered || claim->verdict == CLAIM_WAIT;
		take_out(ro, held);
		return true;
	}
	return false;
}

void verify_clear(struct ro *ro)
{
	while (ro->held)
		take_out(ro, ro->held);
	core_timer_stop(ro->core, &ro->held_timer);
	/* Nobody is asked about by name any more. */
	mobile_set_capability(ro->mobile, &ro->capability);
}

/* --- the hub ------------------------------------------------------------------------------------------- */

static struct held_request *first_unasked(struct ro *ro)
{
	struct held_request *held = ro->held;

	while (held && (held->asked || held->claim.verdict == CLAIM_WAIT))
		held = held->next;
	return held;
}

/* One router by name, or everything when many wait. */
static struct registration_capability question(const struct ro *ro, const struct held_request *held)
{
	struct registration_capability capability = ro->capability;

	capability.flags |= CAPABILITY_REQUEST;
	if (ro->n_held > LIST_ABOVE)
		return capability;
	capability.flags |= CAPABILITY_SOLICIT;
	capability.solicited = held->claim.home_address.v4;
	return capability;
}

static void note_asked(struct ro *ro, const struct held_request *about, bool list)
{
	for (struct held_request *held = ro->held; held; held = held->next)
		if (list || held == about) {
			held->asked = ro_mono(ro);
			held->named = !list;
		}
}

void verify_ask(struct ro *ro)
{
	struct held_request *held = first_unasked(ro);
	struct registration_capability capability;

	if (held && time_between(ro->asked_hub, ro_mono(ro)) >= SPACING) {
		capability = question(ro, held);
		mobile_set_capability(ro->mobile, &capability);
		ro->asked_hub = ro_mono(ro); /* without a registration: again in a second */
		if (mobile_ask_hub(ro->mobile) == 0) {
			ro->counters.solicitations++;
			note_asked(ro, held, !(capability.flags & CAPABILITY_SOLICIT));
		}
	}
	set_timer(ro);
}

/* What the answer to a named question leaves out, the hub does not know. */
static void note_unknown(struct ro *ro, const struct mobile_optimization *told)
{
	const struct ip_addr address = addr_v4(told->asked.solicited);
	struct peer *peer = peer_find(ro, &address);
	struct ro_unknown *slot = unknown_slot(ro, address.v4);

	if (peer)
		peer->verified = ro_mono(ro);
	if (peer && peer->advertised) {
		if (slot->home_address == address.v4)
			slot->until = 0;
		return;
	}
	*slot = (struct ro_unknown){address.v4, ro_mono(ro) + RO_UNKNOWN_HOLD};
}

/* One question is out at a time: what this answer is not about must be asked again. */
static void note_answer(struct held_request *held, const struct mobile_optimization *told,
			bool named)
{
	bool about = held->named == named &&
		     (!named || held->claim.home_address.v4 == told->asked.solicited);

	if (held->asked && about)
		held->answered = true;
	else
		held->asked = 0;
}

void verify_note(struct ro *ro, const struct mobile_optimization *told)
{
	bool named = told->asked.flags & CAPABILITY_SOLICIT;

	if (named && told->answer.is_present)
		note_unknown(ro, told);
	for (struct held_request *held = ro->held; held; held = held->next)
		note_answer(held, told, named);
	/* A refresh says again what holds without a question. */
	mobile_set_capability(ro->mobile, &ro->capability);
	set_timer(ro);
}
