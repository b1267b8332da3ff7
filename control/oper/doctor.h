/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What doctor finds, a row each; show_doctor.c looks at the machine, doctor_ro.c at direct paths.
 * Thread: control core.
 */
#ifndef OPER_DOCTOR_H
#define OPER_DOCTOR_H

#include "oper/answer.h"
#include "oper/running.h"

enum verdict { VERDICT_OK, VERDICT_WARN, VERDICT_FAIL };

/* A finding, and what to do about it ("" if nothing). */
void doctor_find(struct answer *answer, enum verdict verdict, const char *check, const char *found,
		 const char *advice);

/* What keeps this branch from direct paths; nothing at a hub. */
void doctor_look_at_ro(struct answer *answer, const struct running *running);

#endif
