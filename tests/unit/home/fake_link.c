/* SPDX-License-Identifier: BSD-3-Clause */
/* A link that sends into memory. Tunnels do what the real ones do to the tables, without an underlay. */
#include "fake_link.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "haaro/addr.h"

struct tunnel {
	struct tunnel_spec spec;
	struct tunnel_ref ref;
};

void fake_link_init(struct link *link, struct core *core)
{
	*link = (struct link){.core = core};
}

const struct fake_datagram *fake_link_last(const struct link *link)
{
	return link->n_sent ? &link->sent[link->n_sent - 1] : NULL;
}

int link_send_datagram(struct link *link, const struct datagram *datagram, uint8_t ttl)
{
	struct fake_datagram *slot;

	if (link->fail_send)
		return link->fail_send;
	link->total_sent++;
	if (link->keep_none)
		return 0;
	if (datagram->len > FAKE_LINK_BYTES)
		return -EMSGSIZE;
	if (link->n_sent == FAKE_LINK_SENT)
		memmove(link->sent, link->sent + 1, sizeof(link->sent[0]) * --link->n_sent);
	slot = &link->sent[link->n_sent++];
	slot->datagram = *datagram;
	slot->ttl = ttl;
	memcpy(slot->bytes, datagram->payload, datagram->len);
	slot->datagram.payload = slot->bytes;
	return 0;
}

int link_address_insert(struct link *link, uint16_t realm, const struct ip_addr *addr)
{
	int result;
	size_t i = 0;

	while (i < FAKE_LINK_ADDRESSES && addr_is_set(&link->own[i]))
		i++;
	if (i == FAKE_LINK_ADDRESSES)
		return -ENOSPC;
	result = link->core->ops->local_set(link->core->fwd, realm, addr,
					    LOCAL_NATIVE | LOCAL_INNER);
	if (result == 0)
		link->own[i] = *addr;
	return result;
}

void link_address_remove(struct link *link, uint16_t realm, const struct ip_addr *addr)
{
	link->core->ops->local_set(link->core->fwd, realm, addr, 0);
	for (size_t i = 0; i < FAKE_LINK_ADDRESSES; i++)
		if (addr_is_equal(&link->own[i], addr))
			link->own[i] = (struct ip_addr){0};
}

bool link_address_is_own(const struct link *link, const struct ip_addr *addr)
{
	for (size_t i = 0; i < FAKE_LINK_ADDRESSES; i++)
		if (addr_is_equal(&link->own[i], addr))
			return true;
	return false;
}

static struct fwd_binding key_of(const struct tunnel_spec *spec)
{
	return (struct fwd_binding){
		.encap = spec->encap,
		.local = spec->local,
		.remote = spec->remote,
		.local_port = spec->local_port,
		.remote_port = spec->remote_port,
	};
}

int tunnel_open(struct link *link, const struct tunnel_spec *spec, struct tunnel **tunnel)
{
	const struct fwd_ops *ops = link->core->ops;
	struct fwd *fwd = link->core->fwd;
	struct fwd_binding key = key_of(spec);
	struct fwd_tunnel entry = {
		.encap = spec->encap,
		.local = spec->local,
		.remote = spec->remote,
		.local_port = spec->local_port,
		.remote_port = spec->remote_port,
		.realm = spec->realm,
		.mtu = 1400,
		.adjacency = FWD_NONE,
		.source = spec->source,
		.source_path = spec->source_path,
		.destination = spec->destination,
		.ttl = 64,
	};
	struct tunnel *made = calloc(1, sizeof(*made));
	int result;

	if (!made)
		return -ENOMEM;
	made->spec = *spec;
	result = ops->tunnel_insert(fwd, &entry, &made->ref);
	if (result < 0)
		goto out_free;
	result = ops->binding_insert(fwd, &key, made->ref.index);
	if (result < 0)
		goto out_tunnel;
	link->open_tunnels++;
	link->opened++;
	*tunnel = made;
	return 0;
out_tunnel:
	ops->tunnel_remove(fwd, made->ref);
out_free:
	free(made);
	return result;
}

void tunnel_close(struct link *link, struct tunnel *tunnel)
{
	const struct fwd_ops *ops = link->core->ops;
	struct fwd_binding key;

	if (!tunnel)
		return;
	key = key_of(&tunnel->spec);
	ops->binding_remove(link->core->fwd, &key);
	ops->tunnel_remove(link->core->fwd, tunnel->ref);
	link->open_tunnels--;
	free(tunnel);
}

struct tunnel_ref tunnel_ref(const struct tunnel *tunnel)
{
	return tunnel->ref;
}

const struct tunnel_spec *tunnel_spec(const struct tunnel *tunnel)
{
	return &tunnel->spec;
}
