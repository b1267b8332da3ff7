/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Path MTU of a tunnel as soft state (tunnels.md, section 7.3; RFC 2003, section 5.1; RFC 1191).
 * It shrinks by ICMP 3/4, which anybody who guesses the outer header can forge: never under 68, and
 * the inner MTU never under 576 by it. It grows by itself, plateau by plateau: the first try 10
 * minutes after it shrank, the next ones 2 minutes after a try that no router complained about.
 * Thread: control core.
 */
#include "link/internal.h"

#define PMTU_MIN          68 /* RFC 791: every module forwards this */
#define PMTU_AFTER_SHRINK (600 * NS_PER_S)
#define PMTU_AFTER_GROWTH (120 * NS_PER_S)

/* RFC 1191, section 7.1. */
static const uint16_t plateaus[] = {65535, 32000, 17914, 8166, 4352,    2002,
				    1492,  1006,  508,   296,  PMTU_MIN};

#define N_PLATEAUS (sizeof(plateaus) / sizeof(plateaus[0]))

static uint16_t plateau_below(uint16_t value)
{
	for (size_t i = 0; i < N_PLATEAUS; i++)
		if (plateaus[i] < value)
			return plateaus[i];
	return PMTU_MIN;
}

static uint16_t plateau_above(uint16_t value)
{
	size_t i = N_PLATEAUS - 1;

	while (i > 0 && plateaus[i] <= value)
		i--;
	return plateaus[i];
}

static void pmtu_set(struct tunnel *tunnel, uint16_t value, uint64_t next_try)
{
	struct core *core = tunnel->link->core;

	tunnel->path_mtu = value;
	tunnel->path_mtu_time = core->now.mono;
	if (value == 0)
		core_timer_stop(core, &tunnel->path_mtu_timer);
	else
		core_timer_set(core, &tunnel->path_mtu_timer, next_try);
	tunnel_update_mtu(tunnel);
}

static void pmtu_grow(struct timer *timer, void *arg)
{
	struct tunnel *tunnel = arg;
	uint16_t next = plateau_above(tunnel->path_mtu);

	(void)timer;
	/* Back at the port's own: nothing is left to remember. */
	pmtu_set(tunnel, next < tunnel_port_mtu(tunnel) ? next : 0, PMTU_AFTER_GROWTH);
}

void pmtu_init(struct tunnel *tunnel)
{
	timer_init(&tunnel->path_mtu_timer, pmtu_grow, tunnel);
}

void pmtu_reduce(struct tunnel *tunnel, uint16_t reported, uint16_t len)
{
	uint16_t present = tunnel->path_mtu ? tunnel->path_mtu : tunnel_port_mtu(tunnel);
	uint16_t value = reported;

	/* A router from before RFC 1191: the next plateau under what did not pass. */
	if (value == 0)
		value = plateau_below(len != 0 && len < present ? len : present);
	if (value < PMTU_MIN)
		value = PMTU_MIN;
	if (value < present)
		pmtu_set(tunnel, value, PMTU_AFTER_SHRINK);
}
