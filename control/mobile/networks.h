/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The mobile networks of a branch: which are asked for, and what the hub's acknowledgements make of
 * them (RFC 5177, section 4.2; nemo4.md, section 4). Thread: control core.
 */
#ifndef MOBILE_NETWORKS_H
#define MOBILE_NETWORKS_H

#include "mobile/reply.h"

/* The list of a configuration; nothing judged yet. What a network was before is kept by prefix. */
void mobile_networks_set(struct mobile *mobile, const struct conf_mobile *conf);

/* Whether a request names this network. */
bool mobile_networks_asks(const struct mobile_networks *networks, size_t i);

/*
 * An accepting reply: explicit networks are accepted by their acknowledgement alone, implicit ones
 * learned from theirs. Posts EVENT_NETWORK_REFUSED for what changed to the worse; marks the routes.
 */
void mobile_networks_judge(struct mobile *mobile, const struct registration_reply *reply);

/* Code 147: leaves out what the reply refused. False if nothing is left to ask for. */
bool mobile_networks_leave_out(struct mobile *mobile, const struct registration_reply *reply);

/* After a long wait everything configured is asked for again. */
void mobile_networks_restore(struct mobile_networks *networks);

#endif
