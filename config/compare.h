/* SPDX-License-Identifier: BSD-3-Clause */
/* Comparing two configurations by the schema. */
#ifndef CONFIG_COMPARE_H
#define CONFIG_COMPARE_H

#include "schema.h"

#define COMPARE_PATH_SIZE 256

/*
 * The first key, in the schema's order, in which two structs differ, as "ports[1].device" in path.
 * flags: only rows that have all of these are looked at (KEY_RESTART; 0: every row). False: none.
 */
bool map_differs(const struct map *map, const void *a, const void *b, unsigned int flags,
		 char *path);

#endif
