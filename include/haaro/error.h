/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The reason of a failure in words for the operator: what is wrong and what to do. Functions that
 * can fail for reasons worth a sentence take a struct error * (never NULL) beside returning -errno.
 */
#ifndef HAARO_ERROR_H
#define HAARO_ERROR_H

#include <stdarg.h>
#include <stdio.h>

#define ERROR_TEXT_SIZE 2048 /* several complaints about one configuration */

struct error {
	char text[ERROR_TEXT_SIZE]; /* one sentence or several lines, no newline at the end */
};

/* Sets the text and returns code, so that a failure is one statement: return error_set(err, -EINVAL, …). */
__attribute__((format(printf, 3, 4))) static inline int error_set(struct error *err, int code,
								  const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(err->text, sizeof(err->text), format, args);
	va_end(args);
	return code;
}

#endif
