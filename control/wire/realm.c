/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The dictionary of realms (RFC 6521, section 4.2; haaro.md, section 6). Writer and reader make the
 * same additions in the same order, or they diverge: each label that stands as itself at once, even
 * if it is known (A35), and at the end of the realm every suffix of two labels or more, the longest
 * first, of the labels behind the last index (A36). Pure, any thread.
 *
 *     | length 1..127 | label |   | 0x80 | index |   | 0: end of the realm |
 */
#include "wire/realm.h"

#define TAG_END 0

#define TEXT_MAX (REALM_SIZE - 1)

void realm_dictionary_init(struct realm_dictionary *dictionary)
{
	dictionary->count = 0;
	memset(dictionary->lens, 0, sizeof(dictionary->lens));
}

static void add(struct realm_dictionary *dictionary, const char *string, size_t len)
{
	uint32_t slot = dictionary->count++ % REALM_DICTIONARY;

	memcpy(dictionary->strings[slot], string, len);
	dictionary->lens[slot] = (uint8_t)len;
}

static void add_suffixes(struct realm_dictionary *dictionary, const char *run, size_t len)
{
	const char *dot;

	while ((dot = memchr(run, '.', len)) != NULL) {
		add(dictionary, run, len);
		len -= (size_t)(dot + 1 - run);
		run = dot + 1;
	}
}

/*
 * The longest entry that text begins with and that ends where a label does: what RFC 6521, section
 * 4.2.2 finds by dropping labels from the right. Returns its length, 0 if there is none.
 */
static size_t find(const struct realm_dictionary *dictionary, const char *text, size_t len,
		   uint8_t *slot)
{
	size_t longest = 0;

	for (uint8_t i = 0; i < REALM_DICTIONARY; i++) {
		size_t n = dictionary->lens[i];

		if (n <= longest || n > len || (n < len && text[n] != '.') ||
		    memcmp(dictionary->strings[i], text, n) != 0)
			continue;
		longest = n;
		*slot = i;
	}
	return longest;
}

static size_t label_len(const char *text, size_t len)
{
	const char *dot = memchr(text, '.', len);

	return dot ? (size_t)(dot - text) : len;
}

/* Where the label behind the first n octets begins: end if there is none. */
static const char *next_label(const char *text, size_t n, const char *end)
{
	return text + n < end ? text + n + 1 : end;
}

static bool is_realm(const char *realm, size_t len)
{
	size_t n;

	if (len > TEXT_MAX)
		return false;
	while (len > 0) {
		n = label_len(realm, len);
		if (n == 0 || n > REALM_LABEL_MAX || n + 1 == len)
			return false; /* the last: a dot that nothing follows */
		if (n == len)
			return true;
		realm += n + 1;
		len -= n + 1;
	}
	return true;
}

enum wire_result realm_put(struct realm_dictionary *dictionary, const char *realm, bool compress,
			   struct writer *writer)
{
	size_t len = strnlen(realm, REALM_SIZE);
	const char *run = realm; /* the "longest non-matching string": from here to the end */
	const char *end = realm + len;
	uint8_t slot = 0;
	size_t n;

	if (!is_realm(realm, len))
		return WIRE_VALUE;
	for (; realm < end; realm = next_label(realm, n, end)) {
		n = compress ? find(dictionary, realm, (size_t)(end - realm), &slot) : 0;
		if (n > 0) {
			write_u8(writer, REALM_TAG_INDEX | slot);
			run = next_label(realm, n, end);
			continue;
		}
		n = label_len(realm, (size_t)(end - realm));
		write_u8(writer, (uint8_t)n);
		write_bytes(writer, realm, n);
		add(dictionary, realm, n);
	}
	add_suffixes(dictionary, run, (size_t)(end - run));
	write_u8(writer, TAG_END);
	return writer->failed ? WIRE_SPACE : WIRE_OK;
}

/* Appends label or labels to text; false: longer than a realm can be. */
static bool append(char text[REALM_SIZE], size_t *len, const void *string, size_t n)
{
	size_t dot = *len > 0;

	if (*len + dot + n > TEXT_MAX)
		return false;
	if (dot)
		text[*len] = '.';
	memcpy(text + *len + dot, string, n);
	*len += dot + n;
	return true;
}

static enum wire_result take_label(struct realm_dictionary *dictionary, struct reader *reader,
				   size_t n, char text[REALM_SIZE], size_t *len)
{
	const uint8_t *label = read_bytes(reader, n);

	if (!label)
		return WIRE_EXTENSION_TRUNCATED;
	if (memchr(label, '.', n) || memchr(label, '\0', n) || !append(text, len, label, n))
		return WIRE_VALUE;
	add(dictionary, (const char *)label, n);
	return WIRE_OK;
}

/* Of a few octets of indices up to 128 * 255 could be made: append() refuses the bomb. */
static enum wire_result take_index(const struct realm_dictionary *dictionary, uint8_t slot,
				   char text[REALM_SIZE], size_t *len)
{
	size_t n = dictionary->lens[slot];

	if (n == 0 || !append(text, len, dictionary->strings[slot], n))
		return WIRE_VALUE;
	return WIRE_OK;
}

enum wire_result realm_take(struct realm_dictionary *dictionary, struct reader *reader,
			    char text[REALM_SIZE])
{
	enum wire_result result = WIRE_OK;
	size_t len = 0, run = 0; /* run: where the labels behind the last index begin */
	uint8_t tag;

	while ((tag = read_u8(reader)) != TAG_END) {
		if (tag & REALM_TAG_INDEX) {
			result = take_index(dictionary, tag & ~REALM_TAG_INDEX, text, &len);
			run = len + 1; /* behind the dot to come */
		} else {
			result = take_label(dictionary, reader, tag, text, &len);
		}
		if (result != WIRE_OK)
			return result;
	}
	if (reader->failed)
		return WIRE_EXTENSION_TRUNCATED;
	text[len] = '\0';
	if (run < len)
		add_suffixes(dictionary, text + run, len - run);
	return WIRE_OK;
}
