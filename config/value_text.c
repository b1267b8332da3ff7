/* SPDX-License-Identifier: BSD-3-Clause */
/* Words and texts: choices, names, paths, places to listen. */
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "nearest.h"
#include "value.h"

static size_t choice_fetch(const struct key *key, const void *value)
{
	if (key->size == sizeof(bool))
		return *(const uint8_t *)value;
	return (size_t) * (const unsigned int *)value;
}

static void complain_choice(struct reader *reader, const struct key *key, uint32_t node,
			    size_t n_choices)
{
	const char *text = doc_scalar(reader->doc, node);
	const char *near = nearest_word(text, key->choices, n_choices);
	char known[200];
	size_t i, len = 0;

	known[0] = '\0';
	for (i = 0; i < n_choices && len < sizeof(known); i++)
		len += (size_t)snprintf(known + len, sizeof(known) - len, "%s%s", i > 0 ? ", " : "",
					key->choices[i]);
	if (near)
		reader_complain(reader, node, "%s: no such choice '%.64s'; did you mean '%s'?",
				key->name, text, near);
	else if (doc_node(reader->doc, node)->kind != NODE_SCALAR)
		reader_complain(reader, node, "%s: expected one of: %s", key->name, known);
	else
		reader_complain(reader, node, "%s: no such choice '%.64s'; it is one of: %s",
				key->name, text, known);
}

static bool choice_read(struct reader *reader, const struct key *key, uint32_t node, void *value)
{
	const char *text = doc_scalar(reader->doc, node);
	unsigned int chosen;

	for (chosen = 0; key->choices[chosen]; chosen++) {
		if (strcmp(text, key->choices[chosen]) != 0)
			continue;
		if (key->size == sizeof(bool))
			*(bool *)value = chosen != 0;
		else
			*(unsigned int *)value = chosen;
		return true;
	}
	complain_choice(reader, key, node, chosen);
	return false;
}

static void choice_print(struct printer *printer, const struct key *key, const void *value)
{
	fputs(key->choices[choice_fetch(key, value)], printer->out);
}

const struct value_type value_choice = {
	.expects = "a word",
	.read = choice_read,
	.print = choice_print,
};

static bool text_is_unset(const struct key *key, const void *value)
{
	(void)key;
	return ((const char *)value)[0] == '\0';
}

static void text_print(struct printer *printer, const struct key *key, const void *value)
{
	(void)key;
	print_text(printer, value);
}

/* A scalar that fits into the field; what is read is printable ASCII (doc.c). */
static bool text_read(struct reader *reader, const struct key *key, uint32_t node, void *value)
{
	const struct node *at = doc_node(reader->doc, node);

	if (at->kind != NODE_SCALAR || at->count < key->min)
		return reader_refuse(reader, key, node);
	if (at->count >= key->size) {
		reader_complain(reader, node, "%s: %u characters; at most %zu are possible",
				key->name, at->count, key->size - 1);
		return false;
	}
	memcpy(value, doc_text(reader->doc, node), at->count + 1);
	return true;
}

const struct value_type value_text = {
	.expects = "a text",
	.read = text_read,
	.print = text_print,
	.is_unset = text_is_unset,
};

/* Names go into file names, metric labels and prompts: nothing that needs quoting anywhere. */
static bool name_read(struct reader *reader, const struct key *key, uint32_t node, void *value)
{
	static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
				      "0123456789._-";
	const char *text = doc_scalar(reader->doc, node);

	if (*text == '\0' || *text == '.' || *text == '-' || text[strspn(text, letters)] != '\0')
		return reader_refuse(reader, key, node);
	return text_read(reader, key, node, value);
}

const struct value_type value_name = {
	.expects = "a name of letters, digits, '.', '_' and '-'",
	.read = name_read,
	.print = text_print,
	.is_unset = text_is_unset,
};

#define REALM_LABEL_MAX 127 /* RFC 6521, section 4.2 */

static bool realm_is_good(const char *text)
{
	size_t len;

	do {
		len = strcspn(text, ".");
		if (len == 0 || len > REALM_LABEL_MAX)
			return false;
		text += len;
	} while (*text++ == '.');
	return true;
}

/* Realms are compared octet by octet everywhere else, so case is settled here (haaro.md, A47). */
static bool realm_name_read(struct reader *reader, const struct key *key, uint32_t node,
			    void *value)
{
	char *at;

	if (!name_read(reader, key, node, value))
		return false;
	if (!realm_is_good(value)) {
		reader_complain(
			reader, node,
			"%s: '%.64s' is no realm; between its dots stand 1 to %u characters",
			key->name, (const char *)value, REALM_LABEL_MAX);
		return false;
	}
	for (at = value; *at != '\0'; at++)
		*at = (char)tolower((unsigned char)*at);
	return true;
}

const struct value_type value_realm_name = {
	.expects = "a realm such as acme.example.com",
	.read = realm_name_read,
	.print = text_print,
	.is_unset = text_is_unset,
};

static bool listen_read(struct reader *reader, const struct key *key, uint32_t node, void *value)
{
	const char *text = doc_scalar(reader->doc, node);
	const char *colon = strrchr(text, ':');
	char host[64];
	struct ip_addr addr;
	unsigned long port;
	unsigned int len;
	char *end;

	if (doc_node(reader->doc, node)->kind == NODE_SCALAR && *text == '\0')
		return true; /* "": none */
	if (!colon || colon[1] < '0' || colon[1] > '9' || (size_t)(colon - text) >= sizeof(host))
		return reader_refuse(reader, key, node);
	memcpy(host, text, (size_t)(colon - text));
	host[colon - text] = '\0';
	port = strtoul(colon + 1, &end, 10);
	if (*end != '\0' || port == 0 || port > 65535 || !prefix_parse(host, &addr, &len) ||
	    len != 32)
		return reader_refuse(reader, key, node);
	return text_read(reader, key, node, value);
}

static void listen_print(struct printer *printer, const struct key *key, const void *value)
{
	(void)key;
	fprintf(printer->out, "\"%s\"", (const char *)value);
}

const struct value_type value_listen = {
	.expects = "an address and a port such as \"127.0.0.1:9464\"",
	.read = listen_read,
	.print = listen_print,
};
