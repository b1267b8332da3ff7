/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Telling systemd how we are (sd_notify(3), the protocol of NOTIFY_SOCKET): thirty lines instead of
 * a library. Without systemd every call does nothing. Thread: control core.
 */
#ifndef OPER_NOTIFY_H
#define OPER_NOTIFY_H

#include <stdint.h>

/* Sends "READY=1", "WATCHDOG=1", "STOPPING=1" or "STATUS=…". A lost message is not worth an error.
 */
void notify_send(const char *state);

/* How often systemd wants WATCHDOG=1, half of its limit, in nanoseconds; 0: it does not. */
uint64_t notify_watchdog(void);

#endif
