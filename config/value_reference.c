/* SPDX-License-Identifier: BSD-3-Clause */
/* What names something else: ports, realms, encapsulations; and a router's NAT policy. */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "haaro/addr.h"

#include "nearest.h"
#include "value.h"

static bool port_read(struct reader *reader, const struct key *key, uint32_t node, void *value)
{
	const struct conf *conf = reader->conf;
	const char *text = doc_scalar(reader->doc, node);
	const char *names[CONF_PORTS_MAX];
	const char *near;
	uint16_t i;

	if (*text == '\0')
		return reader_refuse(reader, key, node);
	for (i = 0; i < conf->n_ports && i < CONF_PORTS_MAX; i++) {
		names[i] = conf->ports[i].name;
		if (strcmp(names[i], text) != 0)
			continue;
		*(uint16_t *)value = i;
		return true;
	}
	near = nearest_word(text, names, i);
	reader_complain(reader, node, "%s: no port '%.64s' under 'ports'%s%s%s", key->name, text,
			near ? "; did you mean '" : "", near ? near : "", near ? "'?" : "");
	return false;
}

static void port_print(struct printer *printer, const struct key *key, const void *value)
{
	(void)key;
	print_text(printer, printer->conf->ports[*(const uint16_t *)value].name);
}

const struct value_type value_port = {
	.expects = "the name of a port",
	.read = port_read,
	.print = port_print,
};

static bool realm_read(struct reader *reader, const struct key *key, uint32_t node, void *value)
{
	const struct conf_subscribers *subscribers = &reader->conf->home.subscribers;
	const char *text = doc_scalar(reader->doc, node);
	uint32_t i;

	if (*text == '\0')
		return reader_refuse(reader, key, node);
	if (strcmp(text, "-") == 0) {
		*(uint32_t *)value = UINT32_MAX;
		return true;
	}
	for (i = 0; i < subscribers->n_realms; i++) {
		if (strcasecmp(subscribers->realms[i].name, text) == 0) {
			*(uint32_t *)value = i;
			return true;
		}
	}
	reader_complain(reader, node, "%s: no realm '%.64s' under 'realms'", key->name, text);
	return false;
}

static bool realm_is_unset(const struct key *key, const void *value)
{
	(void)key;
	return *(const uint32_t *)value == UINT32_MAX;
}

static void realm_print(struct printer *printer, const struct key *key, const void *value)
{
	(void)key;
	print_text(printer, printer->conf->home.subscribers.realms[*(const uint32_t *)value].name);
}

/* Compares the numbers: a reload compares the realms themselves too, in order. */
const struct value_type value_realm = {
	.expects = "the name of a realm",
	.read = realm_read,
	.print = realm_print,
	.is_unset = realm_is_unset,
};

static bool encap_read(struct reader *reader, const struct key *key, uint32_t node, void *value)
{
	const char *text = doc_scalar(reader->doc, node);
	char known[100];
	enum encap encap;
	size_t len = 0;

	if (*text == '\0')
		return reader_refuse(reader, key, node);
	for (encap = 0; encap < ENCAP_MAX; encap++) {
		if (strcmp(encap_name(encap), text) == 0) {
			*(enum encap *)value = encap;
			return true;
		}
		len += (size_t)snprintf(known + len, sizeof(known) - len, "%s%s",
					len > 0 ? ", " : "", encap_name(encap));
	}
	reader_complain(reader, node, "%s: '%.32s' is %s; possible: %s", key->name, text,
			strcmp(text, "gre") == 0 || strcmp(text, "minimal") == 0
				? "not in this build"
				: "no encapsulation",
			known);
	return false;
}

static void encap_print(struct printer *printer, const struct key *key, const void *value)
{
	(void)key;
	fputs(encap_name(*(const enum encap *)value), printer->out);
}

const struct value_type value_encap = {
	.expects = "an encapsulation such as udp",
	.read = encap_read,
	.print = encap_print,
};

static bool encap_set_read(struct reader *reader, const struct key *key, uint32_t node, void *value)
{
	const struct node *list = doc_node(reader->doc, node);
	bool *set = value;
	bool good = true;
	enum encap encap;
	uint32_t at;

	if (list->kind != NODE_LIST || list->count == 0)
		return reader_refuse(reader, key, node);
	for (at = list->first; at != NODE_NONE; at = doc_node(reader->doc, at)->next) {
		if (!encap_read(reader, key, at, &encap)) {
			good = false;
		} else if (set[encap]) {
			reader_complain(reader, at, "%s: %s stands twice", key->name,
					encap_name(encap));
			good = false;
		} else {
			set[encap] = true;
		}
	}
	return good;
}

static void encap_set_print(struct printer *printer, const struct key *key, const void *value)
{
	const bool *set = value;
	const char *separator = "[";
	enum encap encap;

	(void)key;
	for (encap = 0; encap < ENCAP_MAX; encap++) {
		if (!set[encap])
			continue;
		fprintf(printer->out, "%s%s", separator, encap_name(encap));
		separator = ", ";
	}
	fputs("]", printer->out);
}

const struct value_type value_encap_set = {
	.expects = "a list of encapsulations such as [udp, ipip]",
	.read = encap_set_read,
	.print = encap_set_print,
};

static const char *const nat_words[] = {"allow", "never", NULL};

static bool nat_read(struct reader *reader, const struct key *key, uint32_t node, void *value)
{
	struct conf_router *router = value;
	const struct node *list = doc_node(reader->doc, node);
	uint32_t at = list->first;
	bool good = true;

	for (router->nat = CONF_NAT_ALLOW; nat_words[router->nat]; router->nat++) {
		if (strcmp(doc_scalar(reader->doc, node), nat_words[router->nat]) == 0)
			return true;
	}
	if (list->kind != NODE_LIST || list->count == 0 || list->count > key->max)
		return reader_refuse(reader, key, node);
	router->nat_prefixes = calloc(list->count, sizeof(*router->nat_prefixes));
	if (!router->nat_prefixes) {
		reader_complain(reader, node, "%s: no memory", key->name);
		return false;
	}
	for (; at != NODE_NONE; at = doc_node(reader->doc, at)->next)
		good &= value_prefix.read(reader, key, at,
					  &router->nat_prefixes[router->n_nat_prefixes++]);
	return good;
}

static void nat_print(struct printer *printer, const struct key *key, const void *value)
{
	const struct conf_router *router = value;
	size_t i;

	if (router->nat != CONF_NAT_PREFIXES) {
		fputs(nat_words[router->nat], printer->out);
		return;
	}
	for (i = 0; i < router->n_nat_prefixes; i++) {
		fputs(i == 0 ? "[" : ", ", printer->out);
		value_prefix.print(printer, key, &router->nat_prefixes[i]);
	}
	fputs("]", printer->out);
}

static bool nat_is_equal(const struct key *key, const void *a, const void *b)
{
	const struct conf_router *x = a;
	const struct conf_router *y = b;
	size_t i;

	(void)key;
	if (x->nat != y->nat || x->n_nat_prefixes != y->n_nat_prefixes)
		return false;
	for (i = 0; i < x->n_nat_prefixes; i++) {
		if (!prefix_is_equal(&x->nat_prefixes[i], &y->nat_prefixes[i]))
			return false;
	}
	return true;
}

static void nat_release(const struct key *key, void *value)
{
	(void)key;
	free(((struct conf_router *)value)->nat_prefixes);
}

const struct value_type value_nat = {
	.expects = "allow, never, or a list of at most 64 prefixes such as [203.0.113.0/24]",
	.read = nat_read,
	.print = nat_print,
	.is_equal = nat_is_equal,
	.release = nat_release,
};
