/* SPDX-License-Identifier: BSD-3-Clause */
/* What the verdicts about direct tunnels do (haaro.md, sections 12.3 and 13). Thread: control core. */
#ifndef RO_HEALTH_H
#define RO_HEALTH_H

#include "ro/direct.h"

extern const struct direct_handlers health_handlers;

#endif
