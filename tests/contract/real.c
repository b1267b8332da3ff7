/* SPDX-License-Identifier: BSD-3-Clause */
#include "real.h"

#include <stdlib.h>

#include "fwd.h"

struct fwd *real_create(uint32_t tunnels, uint32_t prefixes, uint32_t neighbours)
{
	const struct tables_capacity capacity = {
		.tunnels = tunnels,
		.prefixes = prefixes,
		.neighbours = neighbours,
		.workers = 2,
		.seed = 1,
		.socket = -1,
	};
	struct fwd *fwd = calloc(1, sizeof(*fwd));
	struct error err;

	if (fwd && tables_create(&fwd->tables, &capacity, &err) < 0) {
		free(fwd);
		return NULL;
	}
	return fwd;
}

void real_destroy(struct fwd *fwd)
{
	tables_destroy(&fwd->tables);
	free(fwd);
}

unsigned int real_local(const struct fwd *fwd, be32 addr)
{
	return local_flags(fwd->tables.locals, addr);
}
