/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A data plane of plain arrays under the real main.c: haarod without DPDK, root or ports, for tests
 * of its surface. No packet ever arrives; time is the system's.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#include "haaro/dataplane.h"

#include "fake_fwd.h"

static int wake_fd = -1;

struct fwd *dataplane_create(const struct conf *conf, const struct dataplane_options *options,
			     struct error *err)
{
	struct fwd *fwd = calloc(1, sizeof(*fwd));

	(void)options;
	if (strstr(conf->ports[0].device, "/nowhere/") != NULL) {
		error_set(err, -ENODEV, "ports[0].device: no such file");
		free(fwd);
		return NULL;
	}
	wake_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	fake_fwd_init(fwd, conf->n_ports);
	return fwd;
}

int dataplane_start(struct fwd *fwd, struct error *err)
{
	(void)fwd;
	(void)err;
	return 0;
}

void dataplane_stop(struct fwd *fwd)
{
	(void)fwd;
}

void dataplane_destroy(struct fwd *fwd)
{
	close(wake_fd);
	free(fwd);
}

unsigned int dataplane_poll(struct fwd *fwd, unsigned int worker)
{
	(void)fwd;
	(void)worker;
	return 0;
}

unsigned int dataplane_workers(const struct fwd *fwd)
{
	(void)fwd;
	return 1;
}

uint64_t dataplane_time(const struct fwd *fwd)
{
	struct timespec now;

	(void)fwd;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return time_seconds((uint64_t)now.tv_sec) + (uint64_t)now.tv_nsec;
}

int dataplane_wake_fd(const struct fwd *fwd)
{
	(void)fwd;
	return wake_fd;
}

bool dataplane_sleep(struct fwd *fwd, bool sleeping)
{
	(void)fwd;
	return sleeping;
}

void dataplane_set_idle(struct fwd *fwd, enum conf_idle idle)
{
	(void)fwd;
	(void)idle;
}

uint64_t dataplane_memory(const struct conf *conf)
{
	(void)conf;
	return UINT64_C(100) << 20;
}
