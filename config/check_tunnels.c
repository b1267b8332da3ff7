/* SPDX-License-Identifier: BSD-3-Clause */
/* Static tunnels: their ends, and what they share with others. */
#include <stdlib.h>
#include <string.h>

#include "haaro/addr.h"

#include "check.h"

bool check_tunnel(struct reader *reader, uint32_t node, const void *base)
{
	const struct conf_tunnel *tunnel = base;
	uint32_t port = doc_child(reader->doc, node, "local-port");

	if (port == NODE_NONE)
		port = doc_child(reader->doc, node, "remote-port");
	if (tunnel->encap != ENCAP_UDP && port != NODE_NONE) {
		reader_complain(reader, port,
				"ports are of encapsulation udp, not of %s; remove them",
				encap_name(tunnel->encap));
		return false;
	}
	if (addr_is_equal(&tunnel->local, &tunnel->remote)) {
		reader_complain(reader, doc_child(reader->doc, node, "remote"),
				"remote: is the same as local");
		return false;
	}
	return true;
}

struct tunnel_at {
	const struct conf_tunnel *tunnel;
	size_t index;
};

static int name_compare(const void *a, const void *b)
{
	const struct tunnel_at *x = a;
	const struct tunnel_at *y = b;

	return strcmp(x->tunnel->name, y->tunnel->name);
}

static int number_compare(uint32_t a, uint32_t b)
{
	return a < b ? -1 : a > b;
}

/* By what a packet tells them apart: the outer header. */
static int ends_compare(const void *a, const void *b)
{
	const struct conf_tunnel *x = ((const struct tunnel_at *)a)->tunnel;
	const struct conf_tunnel *y = ((const struct tunnel_at *)b)->tunnel;
	int order = number_compare(x->remote.v4, y->remote.v4);

	if (order == 0)
		order = number_compare(x->local.v4, y->local.v4);
	if (order == 0)
		order = number_compare(x->encap, y->encap);
	if (order == 0 && x->encap == ENCAP_UDP)
		order = number_compare(x->remote_port, y->remote_port);
	if (order == 0 && x->encap == ENCAP_UDP)
		order = number_compare(x->local_port, y->local_port);
	return order;
}

/* Complains about each that compares equal to its neighbour in order. */
static void check_unique(const struct check *check, struct tunnel_at *tunnels,
			 int (*compare)(const void *, const void *), const char *what)
{
	size_t n = check->conf->n_tunnels;
	char path[64];
	size_t i;

	qsort(tunnels, n, sizeof(*tunnels), compare);
	for (i = 1; i < n; i++) {
		if (compare(&tunnels[i - 1], &tunnels[i]) != 0)
			continue;
		snprintf(path, sizeof(path), "tunnels[%zu].name", tunnels[i].index);
		check_complain(check, check->main, path, "tunnel %s: %s tunnel %s",
			       tunnels[i].tunnel->name, what, tunnels[i - 1].tunnel->name);
	}
}

static void complain_networks(const struct check *check, const struct claim *outer,
			      const struct claim *inner)
{
	char path[64], text[PREFIX_TEXT_SIZE];

	if (!prefix_is_equal(&outer->prefix, &inner->prefix))
		return;
	snprintf(path, sizeof(path), "tunnels[%u].networks", inner->index);
	check_complain(check, check->main, path, "networks: %s is behind tunnel %s already",
		       prefix_print(&inner->prefix, text), check->conf->tunnels[outer->index].name);
}

static int check_networks(const struct check *check)
{
	const struct conf *conf = check->conf;
	struct claim *claims;
	size_t n = 0, i, j;

	for (i = 0; i < conf->n_tunnels; i++)
		n += conf->tunnels[i].n_networks;
	claims = calloc(n + 1, sizeof(*claims));
	if (!claims)
		return -1;
	for (i = 0, n = 0; i < conf->n_tunnels; i++) {
		for (j = 0; j < conf->tunnels[i].n_networks; j++)
			claims[n++] = (struct claim){.prefix = conf->tunnels[i].networks[j],
						     .index = (uint32_t)i};
	}
	claims_check(check, claims, n, complain_networks);
	free(claims);
	return 0;
}

static void check_ends(const struct check *check)
{
	const struct conf *conf = check->conf;
	char path[64], text[ADDR_TEXT_SIZE];
	size_t i;

	for (i = 0; i < conf->n_tunnels; i++) {
		snprintf(path, sizeof(path), "tunnels[%zu].local", i);
		if (conf_port_of(conf, &conf->tunnels[i].local) == PORT_NONE)
			check_complain(check, check->main, path,
				       "local: %s is no address of a port",
				       addr_print(&conf->tunnels[i].local, text));
		snprintf(path, sizeof(path), "tunnels[%zu].remote", i);
		if (conf_port_of(conf, &conf->tunnels[i].remote) != PORT_NONE)
			check_complain(check, check->main, path, "remote: %s is an address of ours",
				       addr_print(&conf->tunnels[i].remote, text));
	}
}

void check_tunnels(const struct check *check)
{
	const struct conf *conf = check->conf;
	struct tunnel_at *tunnels;
	size_t i;

	if (conf->n_tunnels == 0)
		return;
	if (conf->n_tunnels > conf->capacity.tunnels)
		check_complain(check, check->main, "capacity.tunnels",
			       "tunnels: %u do not hold the %zu static ones; set %zu or more",
			       conf->capacity.tunnels, conf->n_tunnels, conf->n_tunnels);
	check_ends(check);
	tunnels = calloc(conf->n_tunnels, sizeof(*tunnels));
	if (!tunnels || check_networks(check) < 0) {
		complain_file(check->complaints, conf->path, "no memory to check it");
		free(tunnels);
		return;
	}
	for (i = 0; i < conf->n_tunnels; i++)
		tunnels[i] = (struct tunnel_at){.tunnel = &conf->tunnels[i], .index = i};
	check_unique(check, tunnels, name_compare, "has the name of another");
	check_unique(check, tunnels, ends_compare, "has the ends of");
	free(tunnels);
}
