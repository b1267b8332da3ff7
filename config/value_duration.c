/* SPDX-License-Identifier: BSD-3-Clause */
/* Durations: numbers with units. */
#include <inttypes.h>
#include <string.h>

#include "value.h"

/* Largest first: how they print. */
static const struct {
	const char *name;
	uint64_t length;
} units[] = {
	{"h", 3600 * NS_PER_S},
	{"m", 60 * NS_PER_S},
	{"s", NS_PER_S},
	{"ms", NS_PER_MS},
};
#define UNITS_MAX (sizeof(units) / sizeof(units[0]))

static bool unit_parse(const char **text, uint64_t *length)
{
	size_t len = strspn(*text, "hms");
	size_t i;

	for (i = 0; i < UNITS_MAX; i++) {
		if (strlen(units[i].name) != len || strncmp(*text, units[i].name, len) != 0)
			continue;
		*text += len;
		*length = units[i].length;
		return true;
	}
	return false;
}

/* One or more of number and unit, as in 1h30m. */
static bool duration_parse(const char *text, uint64_t *duration)
{
	uint64_t number, length;

	*duration = 0;
	if (*text == '\0')
		return false;
	while (*text != '\0') {
		if (!digits_parse(&text, &number) || !unit_parse(&text, &length))
			return false;
		if (number > UINT32_MAX || number > (UINT64_MAX / 2 - *duration) / length)
			return false;
		*duration += number * length;
	}
	return true;
}

static void duration_text(uint64_t duration, char *text, size_t size)
{
	size_t i = 0;

	while (i < UNITS_MAX - 1 && (duration == 0 || duration % units[i].length != 0))
		i++;
	if (duration == 0)
		i = 2;
	snprintf(text, size, "%" PRIu64 "%s", duration / units[i].length, units[i].name);
}

static bool duration_read(struct reader *reader, const struct key *key, uint32_t node, void *value)
{
	const char *text = doc_scalar(reader->doc, node);
	char least[32], most[32];
	uint64_t duration;

	if (*text != '\0' && strspn(text, "0123456789") == strlen(text)) {
		reader_complain(reader, node, "%s: %s has no unit; write %ss, %sm or %sms",
				key->name, text, text, text, text);
		return false;
	}
	if (!duration_parse(text, &duration))
		return reader_refuse(reader, key, node);
	if (duration < key->min || duration > key->max) {
		duration_text(key->min, least, sizeof(least));
		duration_text(key->max, most, sizeof(most));
		reader_complain(reader, node, "%s: %s is too %s; %s to %s is possible", key->name,
				text, duration < key->min ? "short" : "long", least, most);
		return false;
	}
	*(uint64_t *)value = duration;
	return true;
}

static void duration_print(struct printer *printer, const struct key *key, const void *value)
{
	char text[32];

	(void)key;
	duration_text(*(const uint64_t *)value, text, sizeof(text));
	fputs(text, printer->out);
}

const struct value_type value_duration = {
	.expects = "a duration such as 30m, 45s or 500ms",
	.read = duration_read,
	.print = duration_print,
};
