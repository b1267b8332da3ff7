/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Tunnels as the control core sees them: the entry in the data plane's table, its binding key, and
 * the next hop that it is to leave by. Thread: control core.
 * Neighbours: underlay.c chooses the next hop, neighbour.c holds it, pmtu.c learns from ICMP.
 */
#include "link/tunnel.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "link/internal.h"

#define TUNNEL_MTU_FLOOR   576  /* inner, whatever ICMP says (tunnels.md, section 7.1) */
#define TUNNEL_MTU_UNKNOWN 1500 /* of the port, while there is no underlay */

static struct tunnel_key tunnel_key(const struct tunnel_spec *spec)
{
	return (struct tunnel_key){
		.local = spec->local.v4,
		.remote = spec->remote.v4,
		.local_port = spec->local_port,
		.remote_port = spec->remote_port,
		.encap = spec->encap,
	};
}

static struct fwd_binding tunnel_binding(const struct tunnel *tunnel)
{
	return (struct fwd_binding){
		.encap = tunnel->spec.encap,
		.local = tunnel->spec.local,
		.remote = tunnel->spec.remote,
		.local_port = tunnel->spec.local_port,
		.remote_port = tunnel->spec.remote_port,
	};
}

struct tunnel *tunnel_find(const struct link *link, const struct tunnel_key *key)
{
	struct tunnel *tunnel;

	HASH_FIND(hh, link->tunnels, key, sizeof(*key), tunnel);
	return tunnel;
}

struct tunnel *tunnel_of_ref(const struct link *link, struct tunnel_ref ref)
{
	const struct core *core = link->core;
	struct fwd_tunnel_state state;
	struct tunnel_key key;
	struct tunnel *tunnel;

	if (ref.index == FWD_NONE || core->ops->tunnel_read(core->fwd, ref.index, &state) < 0)
		return NULL;
	key = (struct tunnel_key){
		.local = state.set.local.v4,
		.remote = state.set.remote.v4,
		.local_port = state.set.local_port,
		.remote_port = state.set.remote_port,
		.encap = state.set.encap,
	};
	tunnel = tunnel_find(link, &key);
	return tunnel && tunnel->ref.index == ref.index && tunnel->ref.generation == ref.generation
		       ? tunnel
		       : NULL;
}

bool tunnel_only_receives(const struct tunnel_spec *spec)
{
	return spec->encap == ENCAP_UDP && spec->remote_port == 0;
}

/* --- MTU ---------------------------------------------------------------------------------------
 */

uint16_t tunnel_port_mtu(const struct tunnel *tunnel)
{
	const struct link *link = tunnel->link;

	if (tunnel->hop)
		return link->ports[tunnel->hop->key.port].mtu;
	if (tunnel->spec.port < link->n_ports)
		return link->ports[tunnel->spec.port].mtu;
	return TUNNEL_MTU_UNKNOWN;
}

static uint16_t tunnel_wanted_mtu(const struct tunnel *tunnel)
{
	unsigned int overhead = encap_overhead(tunnel->spec.encap);
	unsigned int mtu = tunnel->spec.mtu;
	unsigned int learned;

	if (mtu == 0)
		mtu = tunnel_port_mtu(tunnel) - overhead;
	if (tunnel->path_mtu != 0) {
		learned = tunnel->path_mtu > overhead ? tunnel->path_mtu - overhead : 0;
		if (learned < TUNNEL_MTU_FLOOR)
			learned = TUNNEL_MTU_FLOOR;
		if (learned < mtu)
			mtu = learned;
	}
	return (uint16_t)mtu;
}

void tunnel_update_mtu(struct tunnel *tunnel)
{
	struct core *core = tunnel->link->core;
	uint16_t mtu = tunnel_wanted_mtu(tunnel);
	struct event event;

	if (mtu == tunnel->mtu)
		return;
	tunnel->mtu = mtu;
	core->ops->tunnel_set_mtu(core->fwd, tunnel->ref, mtu);
	event = core_event(core, EVENT_PATH_MTU);
	event.tunnel = tunnel->ref;
	event.peer = tunnel->spec.remote;
	event.peer_port = tunnel->spec.remote_port;
	event.home_address = tunnel->spec.peer;
	event.value = mtu;
	snprintf(event.text, sizeof(event.text), "%s", tunnel->name);
	core_post(core, &event);
}

/* --- underlay
 * ------------------------------------------------------------------------------------- */

/* Holds the next hop that the underlay chooses now; NULL in *hop if there is none or none needed. */
static int hold_hop(const struct tunnel *tunnel, struct neighbour **hop)
{
	struct link *link = tunnel->link;
	struct next_hop next;

	*hop = NULL;
	if (tunnel_only_receives(&tunnel->spec) ||
	    !underlay_find(link, tunnel->spec.port, tunnel->spec.remote.v4, &next))
		return 0;
	return neighbour_hold(link, next.port, next.addr, hop);
}

static uint32_t hop_adjacency(const struct neighbour *hop)
{
	return hop ? hop->adjacency : FWD_NONE;
}

static void tunnel_follow(struct tunnel *tunnel)
{
	struct core *core = tunnel->link->core;
	struct neighbour *old = tunnel->hop;
	struct neighbour *hop;

	/* No room for a new next hop: without underlay until the next change. */
	if (hold_hop(tunnel, &hop) < 0)
		hop = NULL;
	if (hop != old)
		core->ops->tunnel_set_adjacency(core->fwd, tunnel->ref, hop_adjacency(hop));
	tunnel->hop = hop;
	if (old)
		neighbour_release(old);
	tunnel_update_mtu(tunnel);
}

void tunnels_follow(struct link *link)
{
	struct tunnel *tunnel, *next;

	HASH_ITER (hh, link->tunnels, tunnel, next)
		tunnel_follow(tunnel);
}

/* --- opening and closing
 * ------------------------------------------------------------------------------ */

static bool spec_is_valid(const struct link *link, const struct tunnel_spec *spec)
{
	return spec->encap < ENCAP_MAX && spec->local.family == IP_V4 &&
	       spec->remote.family == IP_V4 && addr4_is_unicast(spec->local.v4) &&
	       addr4_is_unicast(spec->remote.v4) &&
	       (spec->port == PORT_NONE || spec->port < link->n_ports) &&
	       /* so that a registration from port 0 cannot open to every port */
	       !(tunnel_only_receives(spec) && spec->accept == FWD_ACCEPT_ALL) &&
	       /* its outer packets would be ours to decapsulate */
	       !link_address_is_own(link, &spec->remote);
}

static int insert_entry(struct tunnel *tunnel)
{
	const struct tunnel_spec *spec = &tunnel->spec;
	struct link *link = tunnel->link;
	const struct conf *conf = link->conf;
	struct fwd_tunnel entry = {
		.encap = spec->encap,
		.local = spec->local,
		.remote = spec->remote,
		.local_port = spec->local_port,
		.remote_port = spec->remote_port,
		.realm = spec->realm,
		.mtu = tunnel->mtu,
		.adjacency = hop_adjacency(tunnel->hop),
		.source = spec->source,
		.source_path = spec->source_path,
		.destination = spec->destination,
		.accept = spec->accept,
		.ecn = FWD_ECN_NORMAL,
		.ttl = conf->tunnel_policy.ttl ? conf->tunnel_policy.ttl : LINK_TTL,
		.dscp = FWD_DSCP_COPY,
		.udp_checksum = conf->tunnel_policy.udp_checksum && !spec->zero_checksum,
		.clamp_mss = conf->tunnel_policy.clamp_mss,
	};

	if (spec->compatibility || conf->tunnel_policy.ecn_compatibility)
		entry.ecn = FWD_ECN_COMPATIBILITY;
	return link->core->ops->tunnel_insert(link->core->fwd, &entry, &tunnel->ref);
}

/* Everything but the key. */
static int tunnel_create(struct link *link, const struct tunnel_spec *spec, struct tunnel **created)
{
	struct tunnel *tunnel = calloc(1, sizeof(*tunnel));
	int result = -ENOMEM;

	if (!tunnel)
		return result;
	tunnel->link = link;
	tunnel->spec = *spec;
	tunnel->key = tunnel_key(spec);
	tunnel->name = "";
	pmtu_init(tunnel);
	result = hold_hop(tunnel, &tunnel->hop);
	if (result < 0)
		goto out_free;
	tunnel->mtu = tunnel_wanted_mtu(tunnel);
	result = insert_entry(tunnel);
	if (result < 0)
		goto out_hop;
	*created = tunnel;
	return 0;

out_hop:
	if (tunnel->hop)
		neighbour_release(tunnel->hop);
out_free:
	free(tunnel);
	return result;
}

static void tunnel_free(struct tunnel *tunnel)
{
	struct link *link = tunnel->link;

	link_tunnel_remove(link, tunnel->ref);
	core_timer_stop(link->core, &tunnel->path_mtu_timer);
	if (tunnel->hop)
		neighbour_release(tunnel->hop);
	free(tunnel);
}

int tunnel_open(struct link *link, const struct tunnel_spec *spec, struct tunnel **tunnel)
{
	struct tunnel_key key = tunnel_key(spec);
	struct fwd_binding binding;
	struct tunnel *opened;
	int result;

	if (!spec_is_valid(link, spec))
		return -EINVAL;
	if (tunnel_find(link, &key))
		return -EEXIST;
	result = tunnel_create(link, spec, &opened);
	if (result < 0)
		return result;
	binding = tunnel_binding(opened);
	result = link_binding_insert(link, &binding, opened->ref.index);
	if (result < 0) {
		tunnel_free(opened);
		return result;
	}
	HASH_ADD(hh, link->tunnels, key, sizeof(opened->key), opened);
	*tunnel = opened;
	return 0;
}

int tunnel_replace(struct link *link, struct tunnel *old, const struct tunnel_spec *spec,
		   struct tunnel **tunnel)
{
	struct tunnel_key key = tunnel_key(spec);
	struct core *core = link->core;
	struct fwd_binding binding;
	struct tunnel *opened;
	int result;

	if (memcmp(&key, &old->key, sizeof(key)) != 0 || tunnel_find(link, &key) != old)
		return -EINVAL;
	result = tunnel_create(link, spec, &opened);
	if (result < 0)
		return result;
	opened->name = old->name;
	binding = tunnel_binding(opened);
	result = core->ops->binding_set(core->fwd, &binding, opened->ref.index);
	if (result < 0) {
		tunnel_free(opened);
		return result;
	}
	HASH_DEL(link->tunnels, old);
	HASH_ADD(hh, link->tunnels, key, sizeof(opened->key), opened);
	*tunnel = opened;
	return 0;
}

void tunnel_close(struct link *link, struct tunnel *tunnel)
{
	if (!tunnel)
		return;
	/* After tunnel_replace() the key is another's. */
	if (tunnel_find(link, &tunnel->key) == tunnel) {
		struct fwd_binding binding = tunnel_binding(tunnel);

		link_binding_remove(link, &binding);
		HASH_DEL(link->tunnels, tunnel);
	}
	tunnel_free(tunnel);
}

struct tunnel_ref tunnel_ref(const struct tunnel *tunnel)
{
	return tunnel->ref;
}

const struct tunnel_spec *tunnel_spec(const struct tunnel *tunnel)
{
	return &tunnel->spec;
}

uint16_t tunnel_mtu(const struct tunnel *tunnel)
{
	return tunnel->mtu;
}

void tunnel_mute(struct tunnel *tunnel)
{
	tunnel->mute = true;
}

bool tunnel_has_underlay(const struct tunnel *tunnel)
{
	return tunnel->hop != NULL;
}
