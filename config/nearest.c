/* SPDX-License-Identifier: BSD-3-Clause */
/* The optimal string alignment distance (Damerau-Levenshtein without overlapping swaps). */
#include "nearest.h"

#include <stdint.h>
#include <string.h>

#define WORD_MAX 40 /* longer ones are no misspelt keys */

static unsigned int smaller(unsigned int a, unsigned int b)
{
	return a < b ? a : b;
}

static unsigned int distance(const char *a, size_t a_len, const char *b, size_t b_len)
{
	unsigned int cost[WORD_MAX + 1][WORD_MAX + 1];
	size_t i, j;

	for (i = 0; i <= a_len; i++)
		cost[i][0] = (unsigned int)i;
	for (j = 0; j <= b_len; j++)
		cost[0][j] = (unsigned int)j;
	for (i = 1; i <= a_len; i++) {
		for (j = 1; j <= b_len; j++) {
			cost[i][j] = smaller(cost[i - 1][j] + 1, cost[i][j - 1] + 1);
			cost[i][j] =
				smaller(cost[i][j], cost[i - 1][j - 1] + (a[i - 1] != b[j - 1]));
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
				cost[i][j] = smaller(cost[i][j], cost[i - 2][j - 2] + 1);
		}
	}
	return cost[a_len][b_len];
}

const char *nearest_word(const char *misspelt, const char *const *words, size_t n_words)
{
	size_t len = strlen(misspelt);
	unsigned int best = UINT32_MAX;
	const char *near = NULL;
	unsigned int edits;
	size_t i, longer;

	if (len > WORD_MAX)
		return NULL;
	for (i = 0; i < n_words; i++) {
		if (strlen(words[i]) > WORD_MAX)
			continue;
		edits = distance(misspelt, len, words[i], strlen(words[i]));
		/* A word that was not finished: hmac-sha256 for hmac-sha256-128. */
		if (len >= 3 && edits > 1 && strncmp(misspelt, words[i], len) == 0)
			edits = 1;
		longer = strlen(words[i]) > len ? strlen(words[i]) : len;
		if (edits < best && edits * 3 <= longer) {
			best = edits;
			near = words[i];
		}
	}
	return near;
}
