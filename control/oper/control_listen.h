/* SPDX-License-Identifier: BSD-3-Clause */
/* Making the control socket: directory, mode, group. Neighbour: control_socket.c. */
#ifndef OPER_CONTROL_LISTEN_H
#define OPER_CONTROL_LISTEN_H

#include "oper/running.h"

/* A listening, non-blocking socket at the configured path, or -errno with the reason in err. */
int control_listen(const struct running *running, struct error *err);

#endif
