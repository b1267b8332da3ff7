/* SPDX-License-Identifier: BSD-3-Clause */
/* Reading files; see file.h. */
#include "file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int complain(struct file *file, int code, const char *what)
{
	snprintf(file->complaint, sizeof(file->complaint), "%s", what);
	return code;
}

/* Root may own it too: it can read everything anyway. */
static void judge(struct file *file, const struct stat *status)
{
	bool shared = (status->st_mode & (S_IRWXG | S_IRWXO)) != 0;
	bool foreign = status->st_uid != 0 && status->st_uid != geteuid();

	file->is_private = !shared && !foreign;
	if (foreign)
		snprintf(file->complaint, sizeof(file->complaint),
			 "holds keys but belongs to user %u; make it yours: chown %u",
			 status->st_uid, geteuid());
	else if (shared)
		snprintf(file->complaint, sizeof(file->complaint),
			 "holds keys but others may open it (mode %04o); close it: chmod 600",
			 (unsigned int)(status->st_mode & 07777));
}

static int read_all(struct file *file, int fd, size_t size)
{
	ssize_t got;

	file->text = malloc(size + 1);
	if (!file->text)
		return complain(file, -ENOMEM, "no memory to read it");
	while (file->len < size) {
		got = read(fd, file->text + file->len, size - file->len);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return complain(file, -errno, strerror(errno));
		if (got == 0)
			break;
		file->len += (size_t)got;
	}
	file->text[file->len] = '\0';
	return 0;
}

int file_read(struct file *file, const char *path, size_t max)
{
	struct stat status;
	int fd, rc;

	memset(file, 0, sizeof(*file));
	/* Non-blocking: a FIFO must not hang a start. */
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0)
		return complain(file, -errno, strerror(errno));
	if (fstat(fd, &status) < 0)
		rc = complain(file, -errno, strerror(errno));
	else if (!S_ISREG(status.st_mode))
		rc = complain(file, -EINVAL, "is not a regular file");
	else if ((size_t)status.st_size > max)
		rc = complain(file, -EFBIG, "is too large");
	else
		rc = read_all(file, fd, (size_t)status.st_size);
	if (rc == 0)
		judge(file, &status);
	else
		file_free(file);
	close(fd);
	return rc;
}

void file_free(struct file *file)
{
	if (file->text)
		explicit_bzero(file->text, file->len);
	free(file->text);
	file->text = NULL;
	file->len = 0;
}

int file_resolve(const char *beside, const char *written, char *path, size_t size)
{
	const char *slash = strrchr(beside, '/');
	int len;

	if (written[0] == '/' || !slash)
		len = snprintf(path, size, "%s", written);
	else
		len = snprintf(path, size, "%.*s/%s", (int)(slash - beside), beside, written);
	return (size_t)len < size ? 0 : -ENAMETOOLONG;
}
