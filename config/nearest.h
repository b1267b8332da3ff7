/* SPDX-License-Identifier: BSD-3-Clause */
/* Guessing what a misspelt word was meant to be. */
#ifndef CONFIG_NEAREST_H
#define CONFIG_NEAREST_H

#include <stddef.h>

/*
 * The word with the fewest edits (insert, remove, replace, swap neighbours) to make it from the
 * misspelt one; NULL if that takes more than a third of its letters. An unfinished word counts as
 * one edit.
 */
const char *nearest_word(const char *misspelt, const char *const *words, size_t n_words);

#endif
