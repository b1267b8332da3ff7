/* SPDX-License-Identifier: BSD-3-Clause */
/* The arithmetic of waiting. Nothing here reads a clock or draws a number. */
#include "mobile/schedule.h"

#define DOUBLINGS 6 /* 1 s to 32 s */

/* Three retransmissions after the first try of a refresh: 1 + 2 + 4 s. */
#define REFRESH_RESERVE (7 * NS_PER_S)

uint64_t schedule_timeout(unsigned int sent, uint64_t longest)
{
	uint64_t wait = longest;

	if (sent >= 1 && sent <= DOUBLINGS)
		wait = NS_PER_S << (sent - 1);
	return wait < longest ? wait : longest;
}

uint64_t schedule_refresh(uint64_t sent, uint64_t lifetime, uint32_t chance)
{
	uint64_t most, wait;

	if (lifetime == TIME_NEVER)
		return TIME_NEVER;
	/* 67.5 % to 82.5 %; in thousandths, and microseconds so that nothing overflows. */
	wait = lifetime / 1000 * 675 +
	       lifetime / 1000 * 150 / NS_PER_US * chance / UINT32_MAX * NS_PER_US;
	most = time_between(REFRESH_RESERVE, lifetime);
	if (wait > most)
		wait = most;
	/* A lifetime too short for the reserve: half of it is the best that can be done. */
	if (wait < lifetime / 2)
		wait = lifetime / 2;
	return sent + wait;
}

uint64_t schedule_denied(unsigned int denials)
{
	uint64_t wait = SCHEDULE_DENIED_FIRST;

	while (denials-- > 1 && wait < SCHEDULE_DENIED_LONGEST)
		wait *= 2;
	return wait < SCHEDULE_DENIED_LONGEST ? wait : SCHEDULE_DENIED_LONGEST;
}
