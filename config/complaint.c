/* SPDX-License-Identifier: BSD-3-Clause */
/* Collecting complaints and notes; see complaint.h. */
#include "complaint.h"

#include <stdio.h>
#include <string.h>

void complaints_init(struct complaints *complaints, struct error *err)
{
	memset(complaints, 0, sizeof(*complaints));
	complaints->err = err;
	err->text[0] = '\0';
}

/* Appends one line; what does not fit is cut at the line, so that none is shown by half. */
static size_t append_line(char *text, size_t size, size_t len, const char *line)
{
	size_t add = strlen(line);
	size_t newline = len > 0 ? 1 : 0;

	if (len + newline + add + 1 > size)
		return len;
	if (newline)
		text[len++] = '\n';
	memcpy(text + len, line, add + 1);
	return len + add;
}

static void place_print(char *text, size_t size, const char *path, uint32_t line, uint32_t column)
{
	if (line == 0)
		snprintf(text, size, "%s: ", path);
	else
		snprintf(text, size, "%s:%u:%u: ", path, line, column);
}

void complain_at(struct complaints *complaints, const char *path, uint32_t line, uint32_t column,
		 const char *format, va_list args)
{
	char text[ERROR_TEXT_SIZE];
	size_t place;

	complaints->count++;
	if (complaints->count > COMPLAINTS_SHOWN) {
		if (complaints->count == COMPLAINTS_SHOWN + 1)
			complaints->len =
				append_line(complaints->err->text, sizeof(complaints->err->text),
					    complaints->len, "there is more; mend these first");
		return;
	}
	place_print(text, sizeof(text) / 2, path, line, column);
	place = strlen(text);
	vsnprintf(text + place, sizeof(text) - place, format, args);
	complaints->len = append_line(complaints->err->text, sizeof(complaints->err->text),
				      complaints->len, text);
}

void complain_file(struct complaints *complaints, const char *path, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	complain_at(complaints, path, 0, 0, format, args);
	va_end(args);
}

void note_at(struct complaints *complaints, const char *path, uint32_t line, uint32_t column,
	     const char *format, ...)
{
	char text[NOTES_SIZE];
	size_t place;
	va_list args;

	place_print(text, sizeof(text) / 2, path, line, column);
	place = strlen(text);
	va_start(args, format);
	vsnprintf(text + place, sizeof(text) - place, format, args);
	va_end(args);
	complaints->notes_len = append_line(complaints->notes, sizeof(complaints->notes),
					    complaints->notes_len, text);
}
