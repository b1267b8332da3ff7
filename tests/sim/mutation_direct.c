/* SPDX-License-Identifier: BSD-3-Clause */
/* The mutations of route optimization; which one is on, mutation.c says. */
#include <stdlib.h>

#ifdef __SANITIZE_ADDRESS__
#include <sanitizer/lsan_interface.h>
#endif

#include "auth/correspondent.h"
#include "link/internal.h"
#include "mutation.h"
#include "ro/cache.h"
#include "ro/claim.h"
#include "ro/direct.h"
#include "ro/listener.h"
#include "ro/responder.h"
#include "ro/routability.h"
#include "ro/session.h"

#define USER_SIZE 1000 /* of what hosts send, some is larger; no message is */

/* The real ones, and the wrappers as the linker names them. */
struct direct *__real_direct_proven(const struct peer *peer);
struct direct *__wrap_direct_proven(const struct peer *peer);
bool __real_keepalive_is_fresh(const struct keepalive *keepalive, uint64_t within);
bool __wrap_keepalive_is_fresh(const struct keepalive *keepalive, uint64_t within);
int __real_link_inject(struct link *link, const struct inject *inject, const uint8_t *bytes,
		       size_t len);
int __wrap_link_inject(struct link *link, const struct inject *inject, const uint8_t *bytes,
		       size_t len);
bool __real_routability_take(struct ro *ro, const struct datagram *datagram, struct peer **peer);
bool __wrap_routability_take(struct ro *ro, const struct datagram *datagram, struct peer **peer);
bool __real_correspondent_verify(struct mac_engine *engine, const struct correspondent_key *key,
				 const uint8_t *message, const struct message_correspondent *auth);
bool __wrap_correspondent_verify(struct mac_engine *engine, const struct correspondent_key *key,
				 const uint8_t *message, const struct message_correspondent *auth);
void __real_session_settle(struct session *session, uint64_t lifetime);
void __wrap_session_settle(struct session *session, uint64_t lifetime);
bool __real_what_authorization(struct claim *claim);
bool __wrap_what_authorization(struct claim *claim);
int __real_link_send_echo(struct link *link, const struct link_echo *echo);
int __wrap_link_send_echo(struct link *link, const struct link_echo *echo);
void __real_responder_handle(struct ro *ro, const struct datagram *datagram);
void __wrap_responder_handle(struct ro *ro, const struct datagram *datagram);
void __real_listener_release(struct listener *listener);
void __wrap_listener_release(struct listener *listener);

/* A tunnel that does not answer is as good as one that does. */
struct direct *__wrap_direct_proven(const struct peer *peer)
{
	if (mutation_is_on("silence-is-fine"))
		for (struct direct *direct = peer->directs; direct; direct = direct->next)
			if (direct->state == DIRECT_SILENT)
				return direct;
	return __real_direct_proven(peer);
}

bool __wrap_keepalive_is_fresh(const struct keepalive *keepalive, uint64_t within)
{
	return mutation_is_on("silence-is-fine") || __real_keepalive_is_fresh(keepalive, within);
}

/* What waited for a next hop is sent twice. */
int __wrap_link_inject(struct link *link, const struct inject *inject, const uint8_t *bytes,
		       size_t len)
{
	if (mutation_is_on("sends-twice") && inject->kind == INJECT_ADJACENCY && len > USER_SIZE)
		(void)__real_link_inject(link, inject, bytes, len);
	return __real_link_inject(link, inject, bytes, len);
}

/* No test is the one that was asked for. */
bool __wrap_routability_take(struct ro *ro, const struct datagram *datagram, struct peer **peer)
{
	return !mutation_is_on("takes-no-test") && __real_routability_take(ro, datagram, peer);
}

bool __wrap_correspondent_verify(struct mac_engine *engine, const struct correspondent_key *key,
				 const uint8_t *message, const struct message_correspondent *auth)
{
	return mutation_is_on("any-authenticator") ||
	       __real_correspondent_verify(engine, key, message, auth);
}

/* We count on ten times what the peer has granted. */
void __wrap_session_settle(struct session *session, uint64_t lifetime)
{
	__real_session_settle(session,
			      mutation_is_on("believes-for-long") ? 10 * lifetime : lifetime);
}

/* A registered router has what it says it has. */
bool __wrap_what_authorization(struct claim *claim)
{
	if (!mutation_is_on("claims-are-true"))
		return __real_what_authorization(claim);
	for (size_t i = 0; i < claim->message.n_networks; i++)
		claim->codes[i] = NETWORK_SUCCESS;
	claim->n_authorized = claim->message.n_networks;
	return false;
}

/* Each keepalive has a brother. */
int __wrap_link_send_echo(struct link *link, const struct link_echo *echo)
{
	if (mutation_is_on("echoes-twice") && echo->tunnel.index != FWD_NONE)
		(void)__real_link_send_echo(link, echo);
	return __real_link_send_echo(link, echo);
}

/* Who asks for a test is remembered. */
void __wrap_responder_handle(struct ro *ro, const struct datagram *datagram)
{
	if (mutation_is_on("strangers-are-peers"))
		(void)peer_get(ro, &datagram->source);
	__real_responder_handle(ro, datagram);
}

/* A tunnel that waited for a keepalive is not closed: a leak, which is what is to be found. */
void __wrap_listener_release(struct listener *listener)
{
	if (!mutation_is_on("listens-for-ever"))
		__real_listener_release(listener);
#ifdef __SANITIZE_ADDRESS__
	else
		__lsan_ignore_object(listener);
#endif
}
