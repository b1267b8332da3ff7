/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A line that an operator's tool sent, taken apart: words of printable ASCII separated by blanks.
 * Pure; any thread. Fuzzed by tests/fuzz/fuzz_control.c.
 */
#ifndef OPER_REQUEST_H
#define OPER_REQUEST_H

#include <stdbool.h>
#include <stddef.h>

#define REQUEST_SIZE  512 /* octets of a line, without its newline, and a final NUL */
#define REQUEST_WORDS 8

struct request {
	char text[REQUEST_SIZE]; /* the line with NULs between the words */
	const char *words[REQUEST_WORDS];
	size_t n_words;
};

/*
 * Takes len octets without the newline. -EMSGSIZE: too long, -EBADMSG: an octet that is not
 * printable ASCII, blank or a final carriage return, -E2BIG: too many words. An empty line has no
 * words.
 */
int request_parse(struct request *request, const char *line, size_t len);

/* Whether the request begins with the words of text, which one blank separates. */
bool request_begins(const struct request *request, const char *text, size_t *n_words);

#endif
