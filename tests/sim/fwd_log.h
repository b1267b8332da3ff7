/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A log of all that a router did to the model's tables and what they answered, so that the same can
 * be done to other tables, above all the real ones, and the answers compared: a simulated run becomes
 * a case of tests/contract.
 *
 * fwd_model_ops log what they do, lookups too, once fwd_log_start() was called on an instance.
 */
#ifndef SIM_FWD_LOG_H
#define SIM_FWD_LOG_H

#include "haaro/forwarding.h"

struct fwd_log;

/* NULL: no memory. */
struct fwd_log *fwd_log_create(void);
void fwd_log_destroy(struct fwd_log *log);

/* From now on what fwd_model_ops do to this instance of the model is logged; NULL ends it. */
void fwd_log_start(struct fwd *fwd, struct fwd_log *log);
size_t fwd_log_count(const struct fwd_log *log);

/*
 * Does the same to empty tables with the same capacities. Indices may differ. Returns how many
 * operations answered as they did in the log before one did not; fwd_log_count() if all did.
 */
size_t fwd_log_replay(const struct fwd_log *log, const struct fwd_ops *ops, struct fwd *fwd);

#endif
