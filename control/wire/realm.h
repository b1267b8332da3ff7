/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Realms compressed by a dictionary of 128 strings that both ends fill alike (RFC 6521, section
 * 4.2; haaro.md, section 6). A realm is labels joined by dots; on the wire each label stands as
 * itself (1..127, then its octets) or as the index of a string said before (0x80 | index), and a zero
 * ends it. Pure functions, any thread.
 */
#ifndef WIRE_REALM_H
#define WIRE_REALM_H

#include "wire/cursor.h"
#include "wire/message.h"

#define REALM_SIZE       256 /* of a realm as text, with its final NUL */
#define REALM_LABEL_MAX  127
#define REALM_DICTIONARY 128
#define REALM_TAG_INDEX  0x80 /* of an octet that names a dictionary entry; the rest is its index */

/* About 33 KiB: not for deep stacks. */
struct realm_dictionary {
	uint32_t count;                 /* strings ever added; the next goes to slot count % 128 */
	uint8_t lens[REALM_DICTIONARY]; /* 0: empty */
	char strings[REALM_DICTIONARY][REALM_SIZE];
};

void realm_dictionary_init(struct realm_dictionary *dictionary);

/*
 * Appends a realm (NUL-terminated; "" is the empty realm) and its end mark, and adds to the
 * dictionary what the other end will. compress false: only literal labels, the dictionary filled all
 * the same. WIRE_VALUE: not a realm (an empty label, one over 127, over 255 in all), nothing was
 * written. WIRE_SPACE: does not fit; writer and dictionary are then of no use.
 */
enum wire_result realm_put(struct realm_dictionary *dictionary, const char *realm, bool compress,
			   struct writer *writer);

/*
 * Reads a realm up to its end mark into text (NUL-terminated). WIRE_EXTENSION_TRUNCATED: runs past
 * the end; WIRE_VALUE: an index that nobody filled, a label with a dot or a NUL in it, or more than
 * 255 octets.
 */
enum wire_result realm_take(struct realm_dictionary *dictionary, struct reader *reader,
			    char text[REALM_SIZE]);

#endif
