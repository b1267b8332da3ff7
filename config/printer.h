/* SPDX-License-Identifier: BSD-3-Clause */
/* Printing structs as YAML, by the schema: block maps, flow values, every key in the schema's
 * order. */
#ifndef CONFIG_PRINTER_H
#define CONFIG_PRINTER_H

#include <stdio.h>

#include "schema.h"

struct printer {
	FILE *out;
	const struct conf *conf; /* names of ports and realms */
};

/* A text as a scalar, in double quotes unless it is safe without them. */
void print_text(struct printer *printer, const char *text);

#endif
