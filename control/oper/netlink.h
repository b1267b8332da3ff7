/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * rtnetlink's link messages (rtnetlink(7)): bytes to structs, and the socket. Which port an
 * interface belongs to is carrier.c's business. Thread: control core.
 */
#ifndef OPER_NETLINK_H
#define OPER_NETLINK_H

#include <net/if.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* One RTM_NEWLINK or RTM_DELLINK. */
struct netlink_link {
	char name[IF_NAMESIZE];
	int ifindex;
	bool deleted;
	bool carrier; /* administratively up, with a carrier, and neither down nor dormant (RFC
			 2863) */
};

typedef void (*netlink_visit)(void *arg, const struct netlink_link *link);

/*
 * Takes the messages in len octets apart, aligned as struct nlmsghdr and not written to (the
 * kernel's macros know no const), and calls visit for each link message. Returns 1 if they end a
 * dump (NLMSG_DONE), 0 if not, -EBADMSG at a length that does not fit; what came before the bad one
 * has been visited.
 */
int netlink_parse(void *bytes, size_t len, netlink_visit visit, void *arg);

/* A non-blocking socket that hears of links; -errno. */
int netlink_open(void);

/* Asks for all links; the answers come by the socket, NLMSG_DONE last. */
int netlink_request_dump(int fd);

#endif
