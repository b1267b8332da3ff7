/* SPDX-License-Identifier: BSD-3-Clause */
/* What listeners have in common: they must not spin when there are no descriptors left. */
#ifndef OPER_LISTENING_H
#define OPER_LISTENING_H

struct evconnlistener;

/*
 * When accept() fails for want of descriptors or memory, the connection stays pending and the loop
 * would try again at once, for ever. The listener rests for a second instead.
 */
void listening_guard(struct evconnlistener *listener);

#endif
