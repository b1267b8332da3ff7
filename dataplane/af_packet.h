/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What the driver net_af_packet needs to know beyond its interface. It always asks the kernel to
 * reassemble what it receives (PACKET_FANOUT_FLAG_DEFRAG), and cuts what does not fit into a slot
 * of its ring. So a slot must hold a datagram, not a frame; the fragment stage cuts it again.
 */
#ifndef DATAPLANE_AF_PACKET_H
#define DATAPLANE_AF_PACKET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "haaro/conf.h"
#include "haaro/error.h"

bool af_packet_drives(const char *device);

/* Octets of a slot of the device's rings: as its arguments say, or what we choose; 0: not ours. */
uint32_t af_packet_slot_size(const char *device);

/* The device with the arguments that its user left out. */
void af_packet_device(const char *device, char *full, size_t size);

/* After a failed probe: true, with err, if another process has taken the driver's fanout group. */
bool af_packet_explain(const struct conf_port *conf, struct error *err);

#endif
