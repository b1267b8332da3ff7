/* SPDX-License-Identifier: BSD-3-Clause */
/* Changes of gateways: their MACs, and which of them a tunnel leaves by. Neighbour: change.c. */
#include "churn.h"

#define OPS (&dataplane_ops)

struct fwd_adjacency churn_next_mac(struct churn *churn, uint16_t port, uint32_t number)
{
	uint32_t serial = churn->next_mac++;
	struct fwd_adjacency adjacency = {
		.kind = ADJACENCY_FORWARD, .port = port, .mtu = 1500, .source = churn->mac[port]};
	const uint8_t mac[6] = {0x02,
				0x00,
				(uint8_t)(serial >> 24),
				(uint8_t)(serial >> 16),
				(uint8_t)(serial >> 8),
				(uint8_t)serial};

	for (unsigned int i = 0; i < sizeof(mac); i++)
		adjacency.destination.bytes[i] = mac[i];
	*churn_mac(churn, serial) = (struct mac_life){
		.serial = serial, .port = port, .adjacency = number, .until = LIFE_LIVE};
	churn->mac_serials[port][number] = serial;
	return adjacency;
}

/* A gateway has a new MAC. */
void churn_set_mac(struct churn *churn, uint16_t port, uint32_t number)
{
	uint32_t old = churn->mac_serials[port][number];
	struct fwd_adjacency adjacency = churn_next_mac(churn, port, number);

	CHURN_CHANGE(churn, true, "adjacency_set",
		     OPS->adjacency_set(churn->fwd, churn->adjacencies[port][number], &adjacency));
	churn_mac(churn, old)->until = churn->changes;
}

/* All tunnels move to a new adjacency, and the old one is removed. */
void churn_replace_adjacency(struct churn *churn, uint32_t number)
{
	uint32_t *index = &churn->adjacencies[PORT_WAN][number], old = *index;
	uint32_t old_mac = churn->mac_serials[PORT_WAN][number];
	struct fwd_adjacency adjacency = churn_next_mac(churn, PORT_WAN, number);

	if (churn->broken == BROKEN_ADJACENCY) {
		CHURN_CHANGE(churn, true, "adjacency_remove",
			     OPS->adjacency_remove(churn->fwd, old));
		OPS->reclaim(churn->fwd);
		churn_turn(churn);
	}
	CHURN_CHANGE(churn, true, "adjacency_insert",
		     OPS->adjacency_insert(churn->fwd, &adjacency, index));
	for (unsigned int i = 0; i < SLOTS; i++) {
		struct slot *slot = &churn->slots[i];

		if (slot->adjacency != number || slot->is_down)
			continue;
		churn_breathe(churn);
		CHURN_CHANGE(churn, true, "tunnel_set_adjacency",
			     OPS->tunnel_set_adjacency(churn->fwd, slot->tunnel, *index));
		/* the old tunnel of a branch carries nothing out, but an index must not outlive its
		 * adjacency */
		if (slot->old_serial != 0)
			CHURN_CHANGE(churn, true, "tunnel_set_adjacency",
				     OPS->tunnel_set_adjacency(churn->fwd, slot->old, *index));
	}
	if (churn->broken != BROKEN_ADJACENCY)
		CHURN_CHANGE(churn, true, "adjacency_remove",
			     OPS->adjacency_remove(churn->fwd, old));
	churn_mac(churn, old_mac)->until = churn->changes;
}

/* A tunnel leaves by another gateway. */
void churn_move_tunnel(struct churn *churn, struct slot *slot)
{
	struct tunnel_life *life = churn_tunnel(churn, slot->serial);
	uint32_t old = slot->adjacency, next = churn_random(churn, ADJACENCIES);

	if (next == old || slot->is_down || slot->old_serial != 0)
		return;
	life->adjacency_until[next] = LIFE_LIVE;
	CHURN_CHANGE(churn, true, "tunnel_set_adjacency",
		     OPS->tunnel_set_adjacency(churn->fwd, slot->tunnel,
					       churn->adjacencies[PORT_WAN][next]));
	life->adjacency_until[old] = churn->changes;
	slot->adjacency = next;
}
