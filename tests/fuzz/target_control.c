/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The control socket's request line: no octets break the parser, words are what it promises, and a
 * line made of its words parses to the same words.
 */
#include <stdio.h>
#include <string.h>

#include "fuzz.h"
#include "oper/request.h"

static void check_word(const struct request *request, const char *word)
{
	FUZZ_CHECK(word >= request->text && word < request->text + REQUEST_SIZE);
	FUZZ_CHECK(*word != '\0');
	for (; *word != '\0'; word++)
		FUZZ_CHECK(*word > 0x20 && *word < 0x7f);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct request once, twice;
	char line[REQUEST_SIZE];
	size_t at = 0;
	size_t n;

	if (request_parse(&once, (const char *)data, len) < 0)
		return 0;
	FUZZ_CHECK(once.n_words <= REQUEST_WORDS);
	line[0] = '\0';
	for (size_t i = 0; i < once.n_words; i++) {
		check_word(&once, once.words[i]);
		at += (size_t)snprintf(line + at, sizeof(line) - at, "%s%s", i == 0 ? "" : " ",
				       once.words[i]);
	}
	FUZZ_CHECK(at < sizeof(line));
	FUZZ_CHECK(request_parse(&twice, line, at) == 0);
	FUZZ_CHECK(once.n_words == twice.n_words);
	for (size_t i = 0; i < once.n_words; i++)
		FUZZ_CHECK(strcmp(once.words[i], twice.words[i]) == 0);
	FUZZ_CHECK(request_begins(&once, line, &n) && n == once.n_words);
	return 0;
}
