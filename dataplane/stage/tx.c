/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Last stage: out. Packets are sorted by port and sent on the worker's own transmit queue, or handed
 * to the owner of one where the device has too few. What the queue does not take is dropped: a worker
 * never waits for a port.
 */
#include <rte_ethdev.h>

#include "stage/stage.h"

struct batch {
	uint32_t n;
	uint64_t bytes;
	struct pkt_view *pkts[VECTOR_SIZE];
	struct rte_mbuf *mbufs[VECTOR_SIZE];
};

static uint32_t transmit(struct worker *w, const struct port *port, struct batch *batch)
{
	if (w->index < port->n_tx)
		return rte_eth_tx_burst(port->id, (uint16_t)w->index, batch->mbufs,
					(uint16_t)batch->n);
	return rte_ring_enqueue_burst(port->handover, (void **)batch->mbufs, batch->n, NULL);
}

static void send_batch(struct worker *w, uint16_t index, struct batch *batch)
{
	const struct port *port = &w->ports[index];
	enum drop_reason reason = DROP_TX_FULL;
	uint32_t sent = 0;

	if (likely(port_is_up(port)))
		sent = transmit(w, port, batch);
	else
		reason = DROP_PORT_DOWN;
	for (uint32_t i = sent; i < batch->n; i++) {
		batch->bytes -= batch->pkts[i]->mbuf->pkt_len;
		worker_drop(w, batch->pkts[i], reason);
	}
	w->stats.port[index].sent.packets += sent;
	w->stats.port[index].sent.bytes += batch->bytes;
}

void stage_tx(struct worker *w, struct vector *in)
{
	uint32_t left = in->n;

	/* One pass per port in the burst, nearly always one; what is for others stays in front. */
	while (left != 0) {
		uint16_t index = in->pkts[0]->out_port;
		struct batch batch;
		uint32_t others = 0;

		batch.n = 0;
		batch.bytes = 0;
		for (uint32_t i = 0; i < left; i++) {
			struct pkt_view *pkt = in->pkts[i];

			if (unlikely(pkt->out_port != index)) {
				in->pkts[others++] = pkt;
				continue;
			}
			batch.pkts[batch.n] = pkt;
			batch.mbufs[batch.n++] = pkt->mbuf;
			batch.bytes += pkt->mbuf->pkt_len;
		}
		send_batch(w, index, &batch);
		left = others;
	}
	in->n = 0;
}
