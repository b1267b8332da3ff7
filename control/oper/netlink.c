/* SPDX-License-Identifier: BSD-3-Clause */
/* rtnetlink link messages: the codec and the socket; neighbour: carrier.c. */
#include "oper/netlink.h"

#include <errno.h>
#include <linux/rtnetlink.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* linux/if.h, which has these, and net/if.h do not go together. Numbers of RFC 2863, ifOperStatus.
 */
enum { IF_OPER_UNKNOWN = 0, IF_OPER_NOTPRESENT = 1, IF_OPER_TESTING = 4, IF_OPER_DORMANT = 5 };
#define IFF_LOWER_UP 0x10000 /* the driver signals a carrier (netdevice(7)) */

static void take_attribute(struct netlink_link *link, struct rtattr *attribute, uint8_t *operstate)
{
	const char *data = RTA_DATA(attribute);
	size_t len = RTA_PAYLOAD(attribute);

	if (attribute->rta_type == IFLA_IFNAME)
		memcpy(link->name, data, len < IF_NAMESIZE ? len : IF_NAMESIZE - 1);
	else if (attribute->rta_type == IFLA_OPERSTATE && len == 1)
		memcpy(operstate, data, 1);
}

static int parse_link(struct nlmsghdr *message, struct netlink_link *link)
{
	struct ifinfomsg *info = NLMSG_DATA(message);
	struct rtattr *attribute;
	uint8_t operstate = IF_OPER_UNKNOWN;
	int left;

	if (message->nlmsg_len < NLMSG_LENGTH(sizeof(*info)))
		return -EBADMSG;
	*link = (struct netlink_link){
		.ifindex = info->ifi_index,
		.deleted = message->nlmsg_type == RTM_DELLINK,
	};
	left = (int)IFLA_PAYLOAD(message);
	for (attribute = IFLA_RTA(info); RTA_OK(attribute, left);
	     attribute = RTA_NEXT(attribute, left))
		take_attribute(link, attribute, &operstate);
	/*
	 * The flag is at once what the driver says; the operational state follows up to a second
	 * later, so of it only what the flag cannot say is believed.
	 */
	link->carrier = (info->ifi_flags & IFF_UP) != 0 && (info->ifi_flags & IFF_LOWER_UP) != 0 &&
			operstate != IF_OPER_NOTPRESENT && operstate != IF_OPER_TESTING &&
			operstate != IF_OPER_DORMANT;
	return 0;
}

int netlink_parse(void *bytes, size_t len, netlink_visit visit, void *arg)
{
	uint8_t *at = bytes;

	while (len >= sizeof(struct nlmsghdr)) {
		struct nlmsghdr *message = (struct nlmsghdr *)at;
		struct netlink_link link;
		size_t step;

		if (message->nlmsg_len < sizeof(*message) || message->nlmsg_len > len)
			return -EBADMSG;
		if (message->nlmsg_type == NLMSG_DONE)
			return 1;
		if (message->nlmsg_type == RTM_NEWLINK || message->nlmsg_type == RTM_DELLINK) {
			if (parse_link(message, &link) < 0)
				return -EBADMSG;
			visit(arg, &link);
		}
		step = NLMSG_ALIGN(message->nlmsg_len);
		if (step >= len)
			break;
		at += step;
		len -= step;
	}
	return 0;
}

int netlink_open(void)
{
	struct sockaddr_nl address = {.nl_family = AF_NETLINK, .nl_groups = RTMGRP_LINK};
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC, NETLINK_ROUTE);
	int result;

	if (fd < 0)
		return -errno;
	if (bind(fd, (const struct sockaddr *)&address, sizeof(address)) == 0)
		return fd;
	result = -errno;
	close(fd);
	return result;
}

int netlink_request_dump(int fd)
{
	struct {
		struct nlmsghdr header;
		struct ifinfomsg info;
	} request = {
		.header = {.nlmsg_len = sizeof(request),
			   .nlmsg_type = RTM_GETLINK,
			   .nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP},
		.info = {.ifi_family = AF_UNSPEC},
	};

	return send(fd, &request, sizeof(request), 0) == (ssize_t)sizeof(request) ? 0 : -errno;
}
