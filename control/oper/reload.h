/* SPDX-License-Identifier: BSD-3-Clause */
/* Applying the configuration file anew, as a difference. Thread: control core. */
#ifndef OPER_RELOAD_H
#define OPER_RELOAD_H

#include "oper/running.h"

/*
 * Reads the file that the running configuration came from and applies it. On failure (-errno, err
 * has the reason) nothing is changed. Either way running->reload keeps the result and an event says
 * it.
 */
int reload_run(struct running *running, struct error *err);

#endif
