/* SPDX-License-Identifier: BSD-3-Clause */
/* Which build this is: the linker's build id, the same that a core file and debug symbols carry. */
#ifndef OPER_BUILD_H
#define OPER_BUILD_H

#define BUILD_ID_SIZE 41

/* "0.1.0", of the source tree. */
const char *build_version(void);

/* The first 20 octets in hex, "unknown" if the linker left none; returns text. Any thread. */
const char *build_id(char text[BUILD_ID_SIZE]);

#endif
