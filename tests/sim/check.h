/* SPDX-License-Identifier: BSD-3-Clause */
/* What must hold in every step of a run, or at the end of a phase; each has a mutation that breaks it. */
#ifndef SIM_CHECK_H
#define SIM_CHECK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct node;
struct sim;

/* X(constant, name) */
#define INVARIANT_LIST(X)                               \
	X(ROUTE, "no_route_without_live_binding")       \
	X(OWNER, "no_two_owners_of_a_prefix")           \
	X(LIFETIME, "hub_outlives_branch")              \
	X(IDS, "every_id_in_a_route_alive")             \
	X(RATE, "one_request_a_second")                 \
	X(SECRET, "no_secret_in_a_trace")               \
	X(REGISTERED, "all_registered_in_time")         \
	X(CLOCK, "clock_back_bound_in_two_retries")     \
	X(TRAFFIC, "packets_both_ways_by_the_tunnel")   \
	X(KEPT, "no_packet_lost")                       \
	X(ONCE, "no_packet_twice")                      \
	X(CONVERGED, "direct_where_it_can_be")          \
	X(ASKED, "no_grant_that_nobody_asked")          \
	X(GRANT, "no_direct_path_without_registration") \
	X(PREFIX, "no_route_to_an_unverified_prefix")   \
	X(SOURCE, "no_source_but_the_peers")            \
	X(KEEPALIVES, "five_keepalives_a_second")       \
	X(STATE, "no_state_for_strangers")              \
	X(LEAK, "nothing_left_behind")

enum invariant {
#define X(constant, name) INVARIANT_##constant,
	INVARIANT_LIST(X)
#undef X
		INVARIANT_MAX
};

const char *invariant_name(enum invariant invariant);

/* --- the checks ------------------------------------------------------------------------------ */

void check_sent(struct node *node, const uint8_t *packet, size_t len);
void check_received(struct node *node, const uint8_t *packet, size_t len);
void check_node(struct node *node);
void check_registered(struct sim *sim, const char *when);
void check_traffic(struct sim *sim, bool begins);
void check_left(struct sim *sim);
void check_secret(struct sim *sim, const void *bytes, size_t len, const char *where);
void sim_hash(struct sim *sim, const void *bytes, size_t len);
__attribute__((format(printf, 3, 4))) void sim_break(struct sim *sim, enum invariant invariant,
						     const char *format, ...);

#endif
