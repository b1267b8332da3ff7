/* SPDX-License-Identifier: BSD-3-Clause */
/* ethtool's ioctl for offloads; neighbour: show_doctor.c. */
#include "oper/offloads.h"

#include <errno.h>
#include <linux/ethtool.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

const char *const offloads_names[OFFLOADS] = {"tx", "tso", "gso", "gro"};

int offloads_read(const char *interface)
{
	static const uint32_t commands[OFFLOADS] = {ETHTOOL_GTXCSUM, ETHTOOL_GTSO, ETHTOOL_GGSO,
						    ETHTOOL_GGRO};
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	int on = 0;

	if (fd < 0)
		return -errno;
	for (int i = 0; i < OFFLOADS && on >= 0; i++) {
		struct ethtool_value value = {.cmd = commands[i]};
		struct ifreq request = {0};

		snprintf(request.ifr_name, sizeof(request.ifr_name), "%s", interface);
		request.ifr_data = (char *)&value;
		if (ioctl(fd, SIOCETHTOOL, &request) == 0)
			on |= value.data != 0 ? 1 << i : 0;
		else if (errno == ENODEV)
			on = -ENODEV;
		/* else: this one the driver does not know, so it is off */
	}
	close(fd);
	return on;
}
