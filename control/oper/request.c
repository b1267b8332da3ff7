/* SPDX-License-Identifier: BSD-3-Clause */
/* The request line of the control socket: bytes to words, nothing else. */
#include "oper/request.h"

#include <errno.h>
#include <string.h>

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

int request_parse(struct request *request, const char *line, size_t len)
{
	bool in_word = false;

	memset(request, 0, sizeof(*request));
	if (len > 0 && line[len - 1] == '\r')
		len--;
	if (len >= REQUEST_SIZE)
		return -EMSGSIZE;
	for (size_t i = 0; i < len; i++) {
		if (is_blank(line[i])) {
			in_word = false;
			continue;
		}
		if (line[i] < 0x21 || line[i] > 0x7e)
			return -EBADMSG;
		if (!in_word && request->n_words == REQUEST_WORDS)
			return -E2BIG;
		request->text[i] = line[i];
		if (!in_word)
			request->words[request->n_words++] = &request->text[i];
		in_word = true;
	}
	return 0;
}

bool request_begins(const struct request *request, const char *text, size_t *n_words)
{
	size_t n = 0;

	while (*text != '\0') {
		size_t len = strcspn(text, " ");

		if (n == request->n_words || strlen(request->words[n]) != len ||
		    memcmp(request->words[n], text, len) != 0)
			return false;
		n++;
		text += len;
		text += *text == ' ';
	}
	*n_words = n;
	return true;
}
