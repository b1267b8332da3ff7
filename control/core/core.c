/* SPDX-License-Identifier: BSD-3-Clause */
/* The life of the ground. */
#include "core/core.h"

int core_init(struct core *core, const struct fwd_ops *ops, struct fwd *fwd,
	      const struct random *random)
{
	int result;

	*core = (struct core){.ops = ops, .fwd = fwd, .random = *random};
	result = timers_init(&core->timers);
	if (result < 0)
		return result;
	result = event_queue_init(&core->events);
	if (result < 0)
		timers_fini(&core->timers);
	return result;
}

void core_fini(struct core *core)
{
	event_queue_fini(&core->events);
	timers_fini(&core->timers);
}
