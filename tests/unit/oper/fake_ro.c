/* SPDX-License-Identifier: BSD-3-Clause */
/* Route optimization with known numbers, in place of the real one: a part of fakes.c. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "haaro/addr.h"

#include "fakes.h"

static struct ip_addr addr(const char *text)
{
	be32 v4 = 0;

	assert_int_equal(inet_pton(AF_INET, text, &v4), 1);
	return addr_v4(v4);
}

/* What a view says is gone when the visit is over. */
struct words {
	char text[64];
};

static const char *say(struct words *words, const char *what, size_t i)
{
	snprintf(words->text, sizeof(words->text), "%s %zu", what, i);
	return words->text;
}

/* Router 0.. of those that fakes.n_told asks for, beside the ones that are written out. */
static struct ip_addr told_addr(size_t i)
{
	return addr_v4(htonl(UINT32_C(0xc6120000) + (uint32_t)i));
}

static size_t n_told(const void *of)
{
	return ((const struct fakes *)of)->n_told;
}

const char *ro_state_name(enum ro_state state)
{
	return state == RO_STATE_DIRECT ? "direct" : "held";
}

void ro_read(const struct ro *ro, struct ro_view *view)
{
	*view = ((const struct fakes *)(const void *)ro)->ro;
}

void ro_walk_cache(const struct ro *ro, ro_peer_visit visit, void *arg)
{
	const struct ro_prefix_view prefixes[] = {
		{prefix_v4(addr("10.3.0.0").v4, 24), "acme.example.com", true, true, NULL},
		{prefix_v4(addr("10.1.0.0").v4, 24), "", true, false, "inside our own"},
	};
	const struct ro_peer_view view = {
		.home_address = addr("192.0.2.3"),
		.advertised = true,
		.age = 5 * NS_PER_S,
		.prefixes = prefixes,
		.n_prefixes = 2,
	};

	if (!visit(arg, &view))
		return;
	for (size_t i = 0; i < n_told(ro); i++) {
		struct words realm, problem;
		struct ro_prefix_view prefix = {.prefix = prefix_v4(told_addr(i).v4, 32),
						.realm = say(&realm, "realm", i),
						.problem = say(&problem, "problem", i)};
		struct ro_peer_view more = {
			.home_address = told_addr(i), .prefixes = &prefix, .n_prefixes = 1};
		bool again = visit(arg, &more);

		memset(&realm, 0, sizeof(realm));
		memset(&problem, 0, sizeof(problem));
		memset(&prefix, 0, sizeof(prefix));
		if (!again)
			return;
	}
}

static const struct path_counters traffic = {
	.sent_hub = {1, 100},
	.sent_direct = {2, 200},
	.received_hub = {3, 300},
	.received_direct = {4, 400},
};

/* Session i of n_told: every other one is registered, and direct one way only; no number is twice. */
static struct ro_session_view told_session(size_t i)
{
	const uint32_t n = 10 * ((uint32_t)i + 1);

	return (struct ro_session_view){
		.home_address = told_addr(i),
		.state = RO_STATE_HELD,
		.held = 9 * NS_PER_S,
		.direct_out = i % 2 == 1,
		.registered = i % 2 == 1 ? NS_PER_S : 0,
		.handovers = n + 1,
		.falls = n + 2,
		.outage = (n + 3) * NS_PER_MS,
		.traffic = {.sent_hub = {n + 4, 1000 * n + 4},
			    .sent_direct = {n + 5, 1000 * n + 5},
			    .received_hub = {n + 6, 1000 * n + 6},
			    .received_direct = {n + 7, 1000 * n + 7}},
	};
}

void ro_walk_sessions(const struct ro *ro, ro_session_visit visit, void *arg)
{
	const struct ro_session_view views[] = {
		{
			.home_address = addr("192.0.2.3"),
			.state = RO_STATE_DIRECT,
			.direct_out = true,
			.direct_in = true,
			.encap = ENCAP_UDP,
			.tunnel = {7, 1},
			.local = addr("203.0.113.10"),
			.remote = addr("203.0.113.30"),
			.remote_port = 434,
			.rtt = 1500 * NS_PER_US,
			.heard = 0,
			.registered = 250 * NS_PER_S,
			.accepted = 240 * NS_PER_S,
			.reason = "",
			.attempts = 1,
			.falls = 2,
			.outage = 4017 * NS_PER_MS + NS_PER_MS / 2,
			.last_outage = 2007 * NS_PER_MS,
			.worst_outage = 2010 * NS_PER_MS,
			.direct_since = 60 * NS_PER_S,
			.traffic = traffic,
		},
		{
			.home_address = addr("192.0.2.4"),
			.state = RO_STATE_HELD,
			.tunnel = {.index = FWD_NONE},
			.heard = TIME_NEVER,
			.held = 30 * NS_PER_S,
			.reason = "no answer to the home test",
		},
	};

	for (size_t i = 0; i < 2; i++)
		if (!visit(arg, &views[i]))
			return;
	for (size_t i = 0; i < n_told(ro); i++) {
		struct words reason;
		struct ro_session_view view = told_session(i);
		bool again;

		view.reason = say(&reason, "reason", i);
		if (((const struct fakes *)(const void *)ro)->reason != NULL)
			view.reason = ((const struct fakes *)(const void *)ro)->reason;
		if (((const struct fakes *)(const void *)ro)->told_state != RO_STATE_IDLE)
			view.state = ((const struct fakes *)(const void *)ro)->told_state;
		again = visit(arg, &view);
		memset(&reason, 0, sizeof(reason));
		if (!again)
			return;
	}
}

void ro_walk_nonces(const struct ro *ro, ro_nonce_visit visit, void *arg)
{
	const struct ro_nonce_view view = {.index = 4660,
					   .used = true,
					   .age = 10 * NS_PER_S,
					   .left = 230 * NS_PER_S,
					   .current = true};

	(void)ro;
	visit(arg, &view);
}

void ro_explain(const struct ro *ro, const struct ip_addr *source,
		const struct ip_addr *destination, ro_gate_visit visit, void *arg)
{
	const struct fakes *fakes = (const void *)ro;
	struct ro_gate gate = {.name = "first", .age = TIME_NEVER};

	addr_print(source, gate.value);
	visit(arg, &gate);
	if (fakes->shut != NULL) {
		gate = (struct ro_gate){.name = fakes->shut, .verdict = RO_FAIL, .age = TIME_NEVER};
		visit(arg, &gate);
		gate.name = fakes->shut_too;
		if (gate.name != NULL)
			visit(arg, &gate);
	}
	gate = (struct ro_gate){.name = "path",
				.verdict = fakes->shut && !fakes->is_direct ? RO_OPEN : RO_PASS,
				.age = 3 * NS_PER_S};
	addr_print(destination, gate.value);
	visit(arg, &gate);
}

const struct ro_counters *ro_counters(const struct ro *ro)
{
	return &((const struct fakes *)(const void *)ro)->ro_counters;
}

/* --- router.h and home.h --------------------------------------------------------------------- */

const struct ro *haaro_ro(const struct haaro *haaro)
{
	return haaro_mobile(haaro) ? (const struct ro *)haaro : NULL;
}

int haaro_ro_start(struct haaro *haaro, const struct now *now, const struct ip_addr *home_address)
{
	struct ip_addr known = addr("192.0.2.3");

	(void)now;
	if (!haaro_ro(haaro))
		return -ENOTSUP;
	return addr_is_equal(home_address, &known) ? 0 : -ENOENT;
}

int haaro_ro_stop(struct haaro *haaro, const struct now *now, const struct ip_addr *home_address)
{
	return haaro_ro_start(haaro, now, home_address) == 0 ? -EALREADY : -ENOENT;
}

void home_walk_advertised(const struct home *home, home_advertised_visit visit, void *arg)
{
	static const char *const seen_by[] = {"acme.example.com", ""};
	const struct home_advertised_view view = {
		.name = "branch-c",
		.home_address = addr("192.0.2.3"),
		.realm = "acme.example.com",
		.n_networks = 1,
		.priority = 10,
		.age = 9 * NS_PER_S,
		.seen_by = seen_by,
		.n_seen_by = 2,
	};

	if (!visit(arg, &view))
		return;
	for (size_t i = 0; i < n_told(home); i++) {
		struct words name, realm;
		const char *only[1] = {say(&realm, "realm", i)};
		struct home_advertised_view more = {.name = say(&name, "router", i),
						    .home_address = told_addr(i),
						    .realm = only[0],
						    .seen_by = only,
						    .n_seen_by = 1};
		bool again = visit(arg, &more);

		memset(&name, 0, sizeof(name));
		memset(&realm, 0, sizeof(realm));
		only[0] = NULL;
		if (!again)
			return;
	}
}

struct home_pair_view home_explain(const struct home *home, const struct ip_addr *source,
				   const struct ip_addr *destination)
{
	const struct fakes *fakes = (const void *)home;
	struct home_pair_view view = fakes->pair;

	view.source.network = prefix_v4(source->v4, 24);
	view.destination.network = prefix_v4(destination->v4, 24);
	return view;
}
