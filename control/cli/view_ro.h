/* SPDX-License-Identifier: BSD-3-Clause */
/* How route optimization is laid out; a part of view.c's table. */
#ifndef CLI_VIEW_RO_H
#define CLI_VIEW_RO_H

#include "cli/view.h"

extern const struct view views_ro[]; /* words NULL behind the last */

#endif
