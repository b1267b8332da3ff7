/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The prefix table (RFC 5177, section 5; nemo4.md section 3). Sorted by address and length, every
 * network stands right before those inside it, and knows the narrowest one around it: so whether
 * anybody holds an overlapping network costs two short walks, however many networks there are.
 */
#include "home/prefix.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>

#include "haaro/addr.h"

#include "wire/message.h"

static int compare(const void *left, const void *right)
{
	const struct network *a = *(struct network *const *)left;
	const struct network *b = *(struct network *const *)right;
	uint32_t address_a = ntohl(a->prefix.addr.v4);
	uint32_t address_b = ntohl(b->prefix.addr.v4);

	if (address_a != address_b)
		return address_a < address_b ? -1 : 1;
	if (a->prefix.len != b->prefix.len)
		return a->prefix.len < b->prefix.len ? -1 : 1;
	return 0;
}

static bool contains(const struct network *outer, const struct network *inner)
{
	return outer->prefix.len <= inner->prefix.len &&
	       prefix_contains4(&outer->prefix, inner->prefix.addr.v4);
}

int prefix_table_build(struct prefix_table *table, struct network **networks, uint32_t count)
{
	*table = (struct prefix_table){0};
	if (count == 0)
		return 0;
	table->sorted = calloc(count, sizeof(table->sorted[0]));
	if (!table->sorted)
		return -ENOMEM;
	table->count = count;
	for (uint32_t i = 0; i < count; i++)
		table->sorted[i] = networks[i];
	qsort(table->sorted, count, sizeof(table->sorted[0]), compare);
	for (uint32_t i = 0; i < count; i++) {
		uint32_t parent = i ? i - 1 : PREFIX_NONE;

		while (parent != PREFIX_NONE && !contains(table->sorted[parent], table->sorted[i]))
			parent = table->sorted[parent]->parent;
		table->sorted[i]->position = i;
		table->sorted[i]->parent = parent;
	}
	return 0;
}

void prefix_table_free(struct prefix_table *table)
{
	free(table->sorted);
	*table = (struct prefix_table){0};
}

static bool conflicts(const struct network *held, const struct network *network)
{
	if (!held->installed || held->subscriber == network->subscriber)
		return false;
	return (held->prefix.len == 0) == (network->prefix.len == 0);
}

const struct network *prefix_holder(const struct prefix_table *table, const struct network *network)
{
	for (uint32_t i = network->parent; i != PREFIX_NONE; i = table->sorted[i]->parent)
		if (conflicts(table->sorted[i], network))
			return table->sorted[i];
	for (uint32_t i = network->position + 1; i < table->count; i++) {
		const struct network *inner = table->sorted[i];

		/* Nothing but other default routes matters to a default route: not a walk over all. */
		if (!contains(network, inner) ||
		    (network->prefix.len == 0 && inner->prefix.len != 0))
			break;
		if (conflicts(inner, network))
			return inner;
	}
	return NULL;
}

/* Whatever contains the address also contains, or is, the last network that stands before it. */
const struct network *prefix_find(const struct prefix_table *table, be32 address)
{
	uint32_t low = 0;
	uint32_t high = table->count;
	uint32_t i;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;

		if (ntohl(table->sorted[middle]->prefix.addr.v4) <= ntohl(address))
			low = middle + 1;
		else
			high = middle;
	}
	for (i = low ? low - 1 : PREFIX_NONE; i != PREFIX_NONE; i = table->sorted[i]->parent) {
		const struct network *network = table->sorted[i];

		if (network->installed && network->wanted &&
		    prefix_contains4(&network->prefix, address))
			return network;
	}
	return NULL;
}

void claims_add(struct claims *claims, be32 address, uint8_t len, struct network *network)
{
	if (claims->count == claims->size)
		return;
	claims->list[claims->count++] = (struct claim){
		.address = address,
		.len = len,
		.implicit = network != NULL,
		.network = network,
	};
}

/* Only an exact match authorizes: a part of an authorized network is not authorized by itself. */
static struct network *find(struct network *networks, uint32_t n_networks, be32 address,
			    uint8_t len)
{
	struct ip_prefix wanted = prefix_v4(address, len);

	for (uint32_t i = 0; i < n_networks; i++)
		if (prefix_is_equal(&networks[i].prefix, &wanted))
			return &networks[i];
	return NULL;
}

void claim_judge(struct claim *claim, const struct prefix_table *table, struct network *networks,
		 uint32_t n_networks)
{
	if (!claim->implicit) {
		if (claim->len == 0 || claim->len > 32) {
			claim->code = NETWORK_INVALID_LENGTH;
			return;
		}
		if (claim->address == 0) { /* RFC 6626: asks to be given one; we don't */
			claim->code = NETWORK_UNASSIGNED;
			return;
		}
		claim->network = find(networks, n_networks, claim->address, claim->len);
		if (!claim->network) {
			claim->code = NETWORK_UNAUTHORIZED;
			return;
		}
	}
	claim->code = prefix_holder(table, claim->network) ? NETWORK_SETUP_FAILED : NETWORK_SUCCESS;
}
