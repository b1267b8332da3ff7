/* SPDX-License-Identifier: BSD-3-Clause */
/* The order of the checks, and what they share; see check.h. */
#include "check.h"

#include <stdlib.h>
#include <string.h>

#include "haaro/addr.h"

void check_complain(const struct check *check, const struct doc *doc, const char *path,
		    const char *format, ...)
{
	/* Finding takes time, and of very many complaints only the first are shown. */
	bool shown = check->complaints->count < COMPLAINTS_SHOWN;
	const struct node *node = doc_node(doc, shown ? doc_find(doc, path) : doc->root);
	va_list args;

	va_start(args, format);
	complain_at(check->complaints, doc->path, node->line, node->column, format, args);
	va_end(args);
}

void check_note(const struct check *check, const struct doc *doc, const char *path,
		const char *format, ...)
{
	const struct node *node = doc_node(doc, doc_find(doc, path));
	char text[NOTES_SIZE];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	note_at(check->complaints, doc->path, node->line, node->column, "%s", text);
}

uint16_t conf_port_of(const struct conf *conf, const struct ip_addr *addr)
{
	uint16_t i;
	size_t j;

	for (i = 0; i < conf->n_ports; i++) {
		for (j = 0; j < conf->ports[i].n_addresses; j++) {
			if (addr_is_equal(&conf->ports[i].addresses[j], addr))
				return i;
		}
	}
	return PORT_NONE;
}

/* By address, then the shorter prefix first: what contains comes before what is contained. */
static int claim_compare(const void *a, const void *b)
{
	const struct claim *x = a;
	const struct claim *y = b;
	uint32_t x_host = ntohl(x->prefix.addr.v4);
	uint32_t y_host = ntohl(y->prefix.addr.v4);

	if (x_host != y_host)
		return x_host < y_host ? -1 : 1;
	if (x->prefix.len != y->prefix.len)
		return x->prefix.len < y->prefix.len ? -1 : 1;
	if (x->index != y->index)
		return x->index < y->index ? -1 : 1;
	return 0;
}

/* Walks the sorted claims with the chain of those that contain the current one on a stack. */
void claims_check(const struct check *check, struct claim *claims, size_t n_claims,
		  claim_overlap overlap)
{
	const struct claim *open[33]; /* at most one per prefix length */
	size_t depth = 0;
	size_t i;

	if (n_claims == 0)
		return;
	qsort(claims, n_claims, sizeof(*claims), claim_compare);
	for (i = 0; i < n_claims; i++) {
		const struct claim *claim = &claims[i];
		const struct claim *outer;

		while (depth > 0 &&
		       !prefix_contains4(&open[depth - 1]->prefix, claim->prefix.addr.v4))
			depth--;
		outer = depth > 0 ? open[depth - 1] : NULL;
		if (outer && (outer->owner != claim->owner ||
			      prefix_is_equal(&outer->prefix, &claim->prefix)))
			overlap(check, outer, claim);
		if (!outer || outer->prefix.len < claim->prefix.len)
			open[depth++] = claim;
	}
}

void check_conf(const struct check *check)
{
	check_ports(check);
	check_tunnels(check);
	if (check->conf->role == CONF_HOME_AGENT)
		check_home(check);
	else
		check_mobile(check);
	if (check->subscribers)
		check_subscribers(check);
}
