/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Which offloads of a kernel interface are on, by ethtool's ioctl. A file of its own: the kernel's
 * ethtool.h and our types.h both define PORT_NONE. Any thread.
 */
#ifndef OPER_OFFLOADS_H
#define OPER_OFFLOADS_H

#include <stddef.h>

#define OFFLOADS 4

/* What is meant by bit i of offloads_read(), as ethtool -K names it. */
extern const char *const offloads_names[OFFLOADS];

/* A bit for each that is on; -errno, -ENODEV if there is no such interface. */
int offloads_read(const char *interface);

#endif
