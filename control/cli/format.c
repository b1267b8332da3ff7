/* SPDX-License-Identifier: BSD-3-Clause */
/* From JSON values to words; neighbours: view.c says which value is which. */
#include "cli/format.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

__attribute__((format(printf, 1, 2))) static char *print(const char *format, ...)
{
	va_list args;
	char *text;

	va_start(args, format);
	if (vasprintf(&text, format, args) < 0)
		text = NULL;
	va_end(args);
	return text;
}

static int64_t number_of(const json_t *row, const char *key)
{
	return json_integer_value(json_object_get(row, key));
}

/* Some words come from peers: none may steer the terminal, or begin a line of its own. */
static char *harmless(char *text)
{
	for (char *c = text; c != NULL && *c != '\0'; c++)
		if ((unsigned char)*c < 0x20 || *c == 0x7f)
			*c = '?';
	return text;
}

char *format_lines(const json_t *row, const char *key)
{
	const char *words = json_string_value(json_object_get(row, key));
	char *text = words ? strdup(words) : NULL;

	for (char *c = text; c != NULL && *c != '\0'; c++)
		if (*c != '\n' && ((unsigned char)*c < 0x20 || *c == 0x7f))
			*c = '?';
	return text;
}

static char *value_text(const json_t *value)
{
	if (json_is_string(value))
		return harmless(strdup(json_string_value(value)));
	if (json_is_integer(value))
		return print("%" JSON_INTEGER_FORMAT, json_integer_value(value));
	if (json_is_boolean(value))
		return strdup(json_is_true(value) ? "yes" : "no");
	return NULL;
}

char *format_text(const json_t *row, const char *key)
{
	return value_text(json_object_get(row, key));
}

char *format_number(const json_t *row, const char *key)
{
	return value_text(json_object_get(row, key));
}

char *format_yes(const json_t *row, const char *key)
{
	return value_text(json_object_get(row, key));
}

char *format_percent(const json_t *row, const char *key)
{
	const json_t *value = json_object_get(row, key);

	return json_is_number(value) ? print("%.1f%%", json_number_value(value)) : NULL;
}

char *format_duration(const json_t *row, const char *key)
{
	int64_t s = number_of(row, key);

	if (!json_is_integer(json_object_get(row, key)))
		return NULL;
	if (s < 60)
		return print("%" PRId64 "s", s);
	if (s < 3600)
		return print("%" PRId64 "m%02" PRId64 "s", s / 60, s % 60);
	if (s < 86400)
		return print("%" PRId64 "h%02" PRId64 "m", s / 3600, s % 3600 / 60);
	return print("%" PRId64 "d%02" PRId64 "h", s / 86400, s % 86400 / 3600);
}

char *format_rtt(const json_t *row, const char *key)
{
	int64_t us = number_of(row, key);

	if (!json_is_integer(json_object_get(row, key)))
		return NULL;
	return us < 1000 ? print("%" PRId64 "us", us) : print("%.1fms", (double)us / 1000.0);
}

char *format_outage(const json_t *row, const char *key)
{
	int64_t ms = number_of(row, key);

	if (ms == 0)
		return NULL;
	return ms < 1000 ? print("%" PRId64 "ms", ms) : print("%.1fs", (double)ms / 1000.0);
}

static int64_t way_of(const json_t *row, const char *key, const char *way, const char *unit)
{
	char name[64];

	snprintf(name, sizeof(name), "%s_%s_%s", key, way, unit);
	return number_of(row, name);
}

char *format_traffic(const json_t *row, const char *key)
{
	return print("directly %" PRId64 " packets, %" PRId64 " bytes; by the hub %" PRId64
		     " packets, %" PRId64 " bytes",
		     way_of(row, key, "direct", "packets"), way_of(row, key, "direct", "bytes"),
		     way_of(row, key, "hub", "packets"), way_of(row, key, "hub", "bytes"));
}

char *format_endpoint(const json_t *row, const char *key)
{
	const char *address = json_string_value(json_object_get(row, key));
	char port_key[64];
	int64_t port;

	if (address == NULL)
		return NULL;
	snprintf(port_key, sizeof(port_key), "%s_port", key);
	port = number_of(row, port_key);
	return port == 0 ? strdup(address) : print("%s:%" PRId64, address, port);
}

char *format_nat(const json_t *row, const char *key)
{
	const char *claimed = json_string_value(json_object_get(row, "care_of"));
	char *seen;
	char *text;

	if (!json_is_true(json_object_get(row, key)))
		return strdup("no");
	seen = format_endpoint(row, "seen");
	text = seen == NULL
		       ? print("yes (claimed %s)", claimed != NULL ? claimed : "?")
		       : print("yes (seen %s, claimed %s)", seen, claimed != NULL ? claimed : "?");
	free(seen);
	return text;
}

/* Appends a part to a text that grows; both may be NULL. */
static char *join(char *text, const char *between, char *part)
{
	char *joined;

	if (text == NULL || part == NULL)
		return text == NULL ? part : text;
	joined = print("%s%s%s", text, between, part);
	free(text);
	free(part);
	return joined;
}

char *format_list(const json_t *row, const char *key)
{
	const json_t *list = json_object_get(row, key);
	char *text = NULL;

	for (size_t i = 0; i < json_array_size(list); i++)
		text = join(text, ", ", value_text(json_array_get(list, i)));
	return text;
}

char *format_realms(const json_t *row, const char *key)
{
	const json_t *list = json_object_get(row, key);
	char *text = NULL;

	for (size_t i = 0; i < json_array_size(list); i++) {
		char *name = value_text(json_array_get(list, i));

		text = join(text, ", ", name != NULL ? name : strdup("(no realm)"));
	}
	return text;
}

char *format_prefixes(const json_t *row, const char *key)
{
	const json_t *list = json_object_get(row, key);
	char *text = NULL;

	for (size_t i = 0; i < json_array_size(list); i++) {
		char *problem = format_text(json_array_get(list, i), "problem");

		text = join(text, ", ", format_text(json_array_get(list, i), "prefix"));
		if (problem != NULL)
			text = join(text, " ", print("(%s)", problem));
		free(problem);
	}
	return text;
}

char *format_labels(const json_t *row, const char *key)
{
	json_t *object = json_object_get(row, key);
	char *text = NULL;
	const char *name;
	json_t *value;

	json_object_foreach(object, name, value)
	{
		char *words = value_text(value);

		text = join(text, " ", print("%s=%s", name, words != NULL ? words : "-"));
		free(words);
	}
	return text;
}

char *format_networks(const json_t *row, const char *key)
{
	const json_t *list = json_object_get(row, key);
	char *text = NULL;

	for (size_t i = 0; i < json_array_size(list); i++) {
		const json_t *network = json_array_get(list, i);
		const char *prefix = json_string_value(json_object_get(network, "prefix"));
		bool accepted = json_is_true(json_object_get(network, "accepted"));
		int64_t code = number_of(network, "code");

		if (!accepted && code == 0) { /* nobody has answered yet */
			text = join(text, ", ", print("%s (not registered)", prefix));
			continue;
		}
		text = join(text, ", ",
			    accepted ? print("%s", prefix)
				     : print("%s (refused, code %" PRId64 ")", prefix, code));
	}
	return text;
}
