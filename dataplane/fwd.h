/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * One data plane: what struct fwd of the contract is inside this room.
 */
#ifndef DATAPLANE_FWD_H
#define DATAPLANE_FWD_H

#include "haaro/dataplane.h"
#include "table/tables.h"

struct fwd {
	struct tables tables;
};

#endif
