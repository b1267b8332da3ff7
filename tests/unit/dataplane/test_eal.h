/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * EAL for a test of the data plane: ordinary memory, no devices, nothing shared with any other
 * process, no root needed.
 */
#ifndef DATAPLANE_TEST_EAL_H
#define DATAPLANE_TEST_EAL_H

/* 0, or -1 when EAL does not start. */
int test_eal_start(unsigned int megabytes);
void test_eal_stop(void);

#endif
