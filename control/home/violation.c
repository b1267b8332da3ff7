/* SPDX-License-Identifier: BSD-3-Clause */
/* The ring behind `haaroctl show violations`. */
#include "home/violation.h"

void violation_insert(struct violations *violations, const struct home_violation *violation)
{
	struct home_violation *slot = &violations->ring[violations->count % VIOLATIONS_SIZE];

	*slot = *violation;
	slot->number = ++violations->count;
}

void violation_walk(const struct violations *violations, home_violation_visit visit, void *arg)
{
	uint64_t first =
		violations->count > VIOLATIONS_SIZE ? violations->count - VIOLATIONS_SIZE : 0;

	for (uint64_t i = first; i < violations->count; i++)
		if (!visit(arg, &violations->ring[i % VIOLATIONS_SIZE]))
			break;
}
