/* SPDX-License-Identifier: BSD-3-Clause */
#include "test_eal.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <rte_eal.h>
#include <rte_errno.h>

int test_eal_start(unsigned int megabytes)
{
	char memory[16], prefix[48];
	char name[] = "test", no_huge[] = "--no-huge", no_shconf[] = "--no-shconf",
	     no_pci[] = "--no-pci", m[] = "-m", level[] = "--log-level=error",
	     lcores[] = "--lcores=0", no_telemetry[] = "--no-telemetry";
	char *argv[] = {name,  no_huge, no_shconf, no_pci, no_telemetry,
			level, lcores,  prefix,    m,      memory};

	if (!getenv("XDG_RUNTIME_DIR"))
		setenv("XDG_RUNTIME_DIR", "/tmp", 0);
	snprintf(memory, sizeof(memory), "%u", megabytes);
	snprintf(prefix, sizeof(prefix), "--file-prefix=haaro-test-%d", (int)getpid());
	if (rte_eal_init((int)(sizeof(argv) / sizeof(argv[0])), argv) < 0) {
		fprintf(stderr, "EAL: %s\n", rte_strerror(rte_errno));
		return -1;
	}
	return 0;
}

void test_eal_stop(void)
{
	char path[256];

	snprintf(path, sizeof(path), "%s", rte_eal_get_runtime_dir());
	rte_eal_cleanup();
	rmdir(path); /* EAL empties its directory and leaves it */
}
