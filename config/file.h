/* SPDX-License-Identifier: BSD-3-Clause */
/* Reading the files that an operator names, with an eye on who else can read them. */
#ifndef CONFIG_FILE_H
#define CONFIG_FILE_H

#include <stdbool.h>
#include <stddef.h>

#define FILE_PATH_SIZE 4096

struct file {
	char *text; /* NUL behind the last octet */
	size_t len;
	bool is_private;     /* nobody but its owner and root can read or change it */
	char complaint[256]; /* why it could not be read, or why it is not private and what to do */
};

/* Reads a regular file of at most max octets. Returns 0 or -errno with the complaint set. */
int file_read(struct file *file, const char *path, size_t max);

/* Wipes and frees. */
void file_free(struct file *file);

/* A path as written in a file: if relative, beside that file. Returns 0 or -ENAMETOOLONG. */
int file_resolve(const char *beside, const char *written, char *path, size_t size);

#endif
