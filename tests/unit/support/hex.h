/* SPDX-License-Identifier: BSD-3-Clause */
/* Octets as the specifications print them: pairs of hexadecimal digits, white space anywhere. */
#ifndef SUPPORT_HEX_H
#define SUPPORT_HEX_H

#include <ctype.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* Returns how many octets there are; stops the test at what is neither a digit nor a space. */
static inline size_t hex_read(const char *text, uint8_t *bytes, size_t size)
{
	static const char digits[] = "0123456789abcdef";
	size_t digit = 0;

	for (; *text; text++) {
		const char *found = strchr(digits, tolower((unsigned char)*text));

		if (isspace((unsigned char)*text))
			continue;
		if (!found || digit / 2 == size)
			abort();
		if (digit % 2 == 0)
			bytes[digit / 2] = 0;
		bytes[digit / 2] = (uint8_t)(bytes[digit / 2] << 4 | (found - digits));
		digit++;
	}
	return digit / 2;
}

#endif
