/* SPDX-License-Identifier: BSD-3-Clause */
/* rtnetlink's link messages: no octets break the parser, and every name it hands out has an end. */
#include <stdint.h>
#include <string.h>

#include "fuzz.h"
#include "oper/netlink.h"

static void visit(void *arg, const struct netlink_link *link)
{
	(void)arg;
	FUZZ_CHECK(memchr(link->name, '\0', sizeof(link->name)) != NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	void *copy = malloc(len + 1); /* aligned, and writable as the kernel's macros want it */

	if (copy == NULL)
		return 0;
	memcpy(copy, data, len);
	(void)netlink_parse(copy, len, visit, NULL);
	free(copy);
	return 0;
}
