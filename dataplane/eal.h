/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * DPDK's environment: its arguments are computed from the configuration, never typed. Thread: the one
 * that becomes the control core.
 */
#ifndef DATAPLANE_EAL_H
#define DATAPLANE_EAL_H

#include "haaro/dataplane.h"

struct eal {
	char runtime_dir[CONF_PATH_SIZE]; /* what EAL leaves behind lies there */
	FILE *log;                        /* EAL's own words, kept for the error message */
	char *log_text;
	size_t log_size;
	bool no_hugepages; /* what was decided */
};

/* memory: bytes that will be allocated. -ENOMEM, -EINVAL, -EIO with err saying what to do. */
int eal_init(struct eal *eal, const struct conf *conf, const struct dataplane_options *options,
	     uint64_t memory, struct error *err);

/* Adds EAL's last complaint to an error that a device or an allocation met. */
void eal_explain(struct eal *eal, struct error *err);

/* From now on DPDK is silent. */
void eal_quiet(struct eal *eal);

void eal_fini(struct eal *eal);

#endif
