/* SPDX-License-Identifier: BSD-3-Clause */
/* One record of the adjacency table: what a worker copies in front of a packet. */
#include <string.h>

#include "table/adjacency.h"

void adjacency_entry_fill(struct adjacency_entry *entry, const struct fwd_adjacency *adjacency)
{
	static const uint8_t type_ipv4[2] = {0x08, 0x00};

	memset(entry, 0, sizeof(*entry));
	memcpy(entry->rewrite, adjacency->destination.bytes, 6);
	memcpy(entry->rewrite + 6, adjacency->source.bytes, 6);
	memcpy(entry->rewrite + 12, type_ipv4, 2);
	entry->kind = (uint8_t)adjacency->kind;
	entry->port = adjacency->port;
	entry->mtu = adjacency->mtu;
}
