/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Reassembly by a bit per eight octets (RFC 791's own procedure; RFC 815's hole list saves nothing
 * at this size). Thread: control core.
 */
#include "link/reassembly.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define UNIT  8
#define UNITS (REASSEMBLY_SIZE / UNIT)

struct reassembly_entry {
	bool used;
	struct reassembly_key key;
	uint64_t since; /* mono, of the first fragment */
	size_t total;   /* octets, known with the last fragment; 0: unknown */
	size_t reached; /* end of what came so far */
	size_t n_units; /* that are there */
	uint64_t have[UNITS / 64];
	uint8_t bytes[REASSEMBLY_SIZE];
};

int reassembly_init(struct reassembly *reassembly)
{
	*reassembly = (struct reassembly){0};
	reassembly->entries = calloc(REASSEMBLY_DATAGRAMS, sizeof(reassembly->entries[0]));
	return reassembly->entries ? 0 : -ENOMEM;
}

void reassembly_fini(struct reassembly *reassembly)
{
	free(reassembly->entries);
	*reassembly = (struct reassembly){0};
}

static void entry_start(struct reassembly_entry *entry, const struct reassembly_key *key,
			uint64_t now)
{
	entry->used = true;
	entry->key = *key;
	entry->since = now;
	entry->total = 0;
	entry->reached = 0;
	entry->n_units = 0;
	memset(entry->have, 0, sizeof(entry->have));
}

/* The entry of key, an unused one, or the oldest one evicted. */
static struct reassembly_entry *entry_take(struct reassembly *reassembly, uint64_t now,
					   const struct reassembly_key *key)
{
	struct reassembly_entry *place = NULL;

	for (size_t i = 0; i < REASSEMBLY_DATAGRAMS; i++) {
		struct reassembly_entry *entry = &reassembly->entries[i];

		if (entry->used && time_between(entry->since, now) >= REASSEMBLY_TIME) {
			entry->used = false;
			reassembly->expired++;
		}
		if (entry->used && memcmp(&entry->key, key, sizeof(*key)) == 0)
			return entry;
		if (!place || (place->used && (!entry->used || entry->since < place->since)))
			place = entry;
	}
	if (place->used)
		reassembly->evicted++;
	entry_start(place, key, now);
	return place;
}

static bool fragment_is_valid(const struct fragment *fragment)
{
	size_t end = fragment->offset + fragment->len;

	return fragment->len > 0 && fragment->offset % UNIT == 0 && end <= REASSEMBLY_SIZE &&
	       (!fragment->more || fragment->len % UNIT == 0);
}

/* Whether the end that the last fragment gives agrees with everything that came. */
static bool end_agrees(const struct reassembly_entry *entry, const struct fragment *fragment)
{
	size_t end = fragment->offset + fragment->len;

	if (fragment->more)
		return entry->total == 0 || end < entry->total;
	return entry->total == 0 ? entry->reached <= end : entry->total == end;
}

static size_t count_units(const struct reassembly_entry *entry, size_t first, size_t n)
{
	size_t count = 0;

	for (size_t i = first; i < first + n; i++)
		count += entry->have[i / 64] >> i % 64 & 1;
	return count;
}

static bool entry_add(struct reassembly_entry *entry, const struct fragment *fragment)
{
	size_t first = fragment->offset / UNIT;
	size_t n = (fragment->len + UNIT - 1) / UNIT;
	size_t known;

	if (!end_agrees(entry, fragment))
		return false;
	known = count_units(entry, first, n);
	if (known > 0) /* a network that duplicates is no attack: the same again changes nothing */
		return known == n && memcmp(entry->bytes + fragment->offset, fragment->payload,
					    fragment->len) == 0;
	memcpy(entry->bytes + fragment->offset, fragment->payload, fragment->len);
	for (size_t i = first; i < first + n; i++)
		entry->have[i / 64] |= UINT64_C(1) << i % 64;
	entry->n_units += n;
	if (fragment->offset + fragment->len > entry->reached)
		entry->reached = fragment->offset + fragment->len;
	if (!fragment->more)
		entry->total = entry->reached;
	return true;
}

enum reassembly_result reassembly_insert(struct reassembly *reassembly, uint64_t now,
					 const struct fragment *fragment, const uint8_t **payload,
					 size_t *len)
{
	struct reassembly_entry *entry = entry_take(reassembly, now, &fragment->key);

	if (!fragment_is_valid(fragment) || !entry_add(entry, fragment)) {
		entry->used = false;
		return REASSEMBLY_BAD;
	}
	if (entry->total == 0 || entry->n_units != (entry->total + UNIT - 1) / UNIT)
		return REASSEMBLY_HELD;
	entry->used = false;
	*payload = entry->bytes;
	*len = entry->total;
	return REASSEMBLY_WHOLE;
}
