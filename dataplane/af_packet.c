/* SPDX-License-Identifier: BSD-3-Clause */
/* Arguments and failures of net_af_packet; af_packet.h. Thread: control core. */
#include "af_packet.h"

#include <errno.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
	SLOT_DRIVER = 2048, /* the driver's own choice */
	SLOT_OURS =
		16384, /* above 9000 octets; 512 slots each way: 16 MiB of the kernel per queue */
	SLOT_MOST = 61440, /* a packet buffer counts its octets in 16 bits */
};

bool af_packet_drives(const char *device)
{
	static const char *const names[] = {"net_af_packet", "eth_af_packet"};

	return strncmp(device, names[0], strlen(names[0])) == 0 ||
	       strncmp(device, names[1], strlen(names[1])) == 0;
}

/* The value of ",key=" in the device's arguments; NULL if it is not there. */
static const char *argument(const char *device, const char *key)
{
	const char *at = strstr(device, key);

	return at != NULL ? at + strlen(key) : NULL;
}

static bool is_sized(const char *device)
{
	return argument(device, ",framesz=") != NULL || argument(device, ",blocksz=") != NULL;
}

uint32_t af_packet_slot_size(const char *device)
{
	const char *framesz = argument(device, ",framesz=");
	unsigned long size = is_sized(device) ? SLOT_DRIVER : SLOT_OURS;

	if (!af_packet_drives(device))
		return 0;
	if (framesz != NULL)
		size = strtoul(framesz, NULL, 10);
	return size < SLOT_MOST ? (uint32_t)size : SLOT_MOST;
}

void af_packet_device(const char *device, char *full, size_t size)
{
	if (!af_packet_drives(device) || is_sized(device))
		snprintf(full, size, "%s", device);
	else /* a block of one slot: the driver takes slots to lie without gaps */
		snprintf(full, size, "%s,blocksz=%u,framesz=%u", device, SLOT_OURS, SLOT_OURS);
}

/*
 * The driver names its group after the process and the interface, in 16 bits, and groups of the same
 * name on another interface of the same network namespace exclude each other. Whether that was it is
 * found out by joining as the driver does.
 */
static bool is_taken(const char *interface)
{
	unsigned int index = if_nametoindex(interface);
	struct sockaddr_ll address = {
		.sll_family = AF_PACKET,
		.sll_protocol = htons(ETH_P_ALL),
		.sll_ifindex = (int)index,
	};
	uint32_t group = ((uint32_t)getpid() ^ index) & 0xffff;
	uint32_t kind =
		PACKET_FANOUT_HASH | PACKET_FANOUT_FLAG_DEFRAG | PACKET_FANOUT_FLAG_ROLLOVER;
	int fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);
	bool taken = false;

	group |= kind << 16;
	if (index != 0 && fd >= 0 && bind(fd, (struct sockaddr *)&address, sizeof(address)) == 0)
		taken = setsockopt(fd, SOL_PACKET, PACKET_FANOUT, &group, sizeof(group)) != 0 &&
			errno == EINVAL;
	if (fd >= 0)
		close(fd);
	return taken;
}

bool af_packet_explain(const struct conf_port *conf, struct error *err)
{
	const char *value = argument(conf->device, ",iface=");
	char interface[IF_NAMESIZE];

	if (!af_packet_drives(conf->device) || value == NULL)
		return false;
	snprintf(interface, sizeof(interface), "%.*s", (int)strcspn(value, ","), value);
	if (!is_taken(interface))
		return false;
	error_set(
		err, -EBUSY,
		"port %s: another process of this network namespace has the packet fanout group "
		"%u, which net_af_packet derives from the process id; start haarod again, or give "
		"each haarod a network namespace",
		conf->name, ((unsigned int)getpid() ^ if_nametoindex(interface)) & 0xffff);
	return true;
}
