/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What the data plane counts, as the control core reads it: workers write their own cache lines,
 * the reader sums. No worker is ever asked. All values only grow, but for the gauges named so.
 */
#ifndef HAARO_COUNTERS_H
#define HAARO_COUNTERS_H

#include "haaro/drop.h"
#include "haaro/punt.h"
#include "haaro/types.h"

/* X(constant, name): the stages of the pipeline, in order */
#define STAGE_LIST(X)           \
	X(RX, "rx")             \
	X(PARSE, "parse")       \
	X(CLASSIFY, "classify") \
	X(DECAP, "decap")       \
	X(LOOKUP, "lookup")     \
	X(FRAGMENT, "fragment") \
	X(ENCAP, "encap")       \
	X(PUNT, "punt")         \
	X(TX, "tx")

enum stage {
#define X(constant, name) STAGE_##constant,
	STAGE_LIST(X)
#undef X
		STAGE_MAX
};

static inline const char *stage_name(enum stage stage)
{
	static const char *const names[STAGE_MAX] = {
#define X(constant, name) [STAGE_##constant] = name,
		STAGE_LIST(X)
#undef X
	};

	return stage < STAGE_MAX ? names[stage] : "?";
}

struct counter {
	uint64_t packets;
	uint64_t bytes; /* from the IPv4 header on, but for ports: from the Ethernet header on */
};

struct tunnel_counters {
	struct counter received; /* inner packets, after all checks */
	struct counter sent;     /* inner packets */
	uint64_t drops;          /* packets of this tunnel dropped after it was found */
	uint64_t heard;          /* mono time of the last accepted packet, to a second; 0: never */
};

/* User packets between us and one router, those that we make left out. */
struct path_counters {
	struct counter sent_hub;
	struct counter sent_direct;
	struct counter received_hub;
	struct counter received_direct;
};

struct port_counters {
	struct counter received;
	struct counter sent;
	uint64_t receive_missed; /* by the port: no buffer or no poll in time */
	uint64_t receive_errors;
	uint64_t send_errors;
};

struct worker_counters {
	uint64_t cycles_total; /* TSC since start */
	uint64_t cycles_busy;  /* TSC in polls that found work */
	uint64_t polls;
	uint64_t polls_busy;
	uint64_t sleeps;
	uint64_t packets; /* received from ports and the inject ring */
	uint16_t core;    /* CPU it runs on; UINT16_MAX: not bound */
	struct {
		uint64_t packets;
		uint64_t cycles;
		uint64_t drops;
	} stage[STAGE_MAX];
};

/* The sums over all workers. Packets in = packets out + drops + punted + held, less made by us. */
struct fwd_counters {
	uint64_t drops[DROP_MAX];
	uint64_t punted[PUNT_CLASS_MAX];
	uint64_t errors_suppressed; /* ICMP errors left out by their policer */
	uint64_t injected;
	uint64_t inject_failed; /* ring full, stale tunnel or unknown id */
	uint64_t fragments_made;
	uint64_t mss_clamped;
	uint64_t ecn_warnings; /* RFC 6040 combinations that a path should not make */
};

#endif
