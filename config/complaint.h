/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What is wrong with a configuration, as lines "file:line:column: what; what to do". A run collects
 * several, so that an operator doesn't mend one mistake per attempt. Notes are the same for what is
 * no mistake but should be known.
 */
#ifndef CONFIG_COMPLAINT_H
#define CONFIG_COMPLAINT_H

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include "haaro/error.h"

#define COMPLAINTS_SHOWN 12 /* more are counted only */
#define NOTES_SIZE       1024

struct complaints {
	struct error *err; /* takes the lines */
	size_t len;        /* of its text */
	size_t count;      /* of complaints, shown or not */
	char notes[NOTES_SIZE];
	size_t notes_len;
};

void complaints_init(struct complaints *complaints, struct error *err);

/* line 0: the complaint is about the file as a whole. */
void complain_at(struct complaints *complaints, const char *path, uint32_t line, uint32_t column,
		 const char *format, va_list args);
__attribute__((format(printf, 3, 4))) void complain_file(struct complaints *complaints,
							 const char *path, const char *format, ...);
__attribute__((format(printf, 5, 6))) void note_at(struct complaints *complaints, const char *path,
						   uint32_t line, uint32_t column,
						   const char *format, ...);

#endif
