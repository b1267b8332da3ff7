/* SPDX-License-Identifier: BSD-3-Clause */
/* Families and their numbers, handed to a walk's visitor; neighbours: metrics.c, metrics_ro.c. */
#include "oper/metrics_family.h"

#include <stdio.h>

void family_begin(struct walk *walk, const char *family, enum metric_type type, const char *help)
{
	walk->metric = (struct metric){.family = family, .help = help, .type = type};
}

void family_label(struct walk *walk, size_t i, const char *key, const char *value)
{
	walk->metric.labels[i] = (struct metric_label){.key = key, .value = value};
}

void family_tell(struct walk *walk, uint64_t value)
{
	walk->metric.value = value;
	walk->visit(walk->arg, &walk->metric);
}

void family_tell_one(struct walk *walk, const char *family, enum metric_type type, const char *help,
		     uint64_t value)
{
	family_begin(walk, family, type, help);
	family_tell(walk, value);
}

void family_tell_codes(struct walk *walk, const char *family, const char *help,
		       const uint64_t by_code[256])
{
	char code[12];

	family_begin(walk, family, METRIC_COUNTER, help);
	for (unsigned int i = 0; i < 256; i++) {
		if (by_code[i] == 0)
			continue;
		snprintf(code, sizeof(code), "%u", i);
		family_label(walk, 0, "code", code);
		family_tell(walk, by_code[i]);
	}
}
