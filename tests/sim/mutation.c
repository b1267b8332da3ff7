/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The mutations: one wrapper per function of the control library that is called from another of its
 * files. meson.build names them to the linker.
 */
#include "mutation.h"

#include <stdlib.h>
#include <string.h>

#include "auth/replay.h"
#include "home/forward.h"
#include "home/prefix.h"
#include "home/state.h"

static const struct mutation mutations[] = {
	{"routes-stay", INVARIANT_ROUTE, SIM_WORLD_HUB},
	{"claims-overlap", INVARIANT_OWNER, SIM_WORLD_HUB},
	{"hub-promises-more", INVARIANT_LIFETIME, SIM_WORLD_HUB},
	{"path-stays", INVARIANT_IDS, SIM_WORLD_HUB},
	{"asks-twice", INVARIANT_RATE, SIM_WORLD_HUB},
	{"secret-is-the-code", INVARIANT_SECRET, SIM_WORLD_HUB},
	{"never-resyncs", INVARIANT_REGISTERED, SIM_WORLD_HUB},
	{"hub-follows-the-wall", INVARIANT_CLOCK, SIM_WORLD_HUB},
	{"wrong-end", INVARIANT_TRAFFIC, SIM_WORLD_HUB},
	{"silence-is-fine", INVARIANT_KEPT, SIM_WORLD_DIRECT},
	{"sends-twice", INVARIANT_ONCE, SIM_WORLD_DIRECT},
	{"takes-no-test", INVARIANT_CONVERGED, SIM_WORLD_DIRECT},
	{"any-authenticator", INVARIANT_ASKED, SIM_WORLD_DIRECT},
	{"believes-for-long", INVARIANT_GRANT, SIM_WORLD_DIRECT},
	{"claims-are-true", INVARIANT_PREFIX, SIM_WORLD_DIRECT},
	{"any-source", INVARIANT_SOURCE, SIM_WORLD_DIRECT},
	{"echoes-twice", INVARIANT_KEEPALIVES, SIM_WORLD_DIRECT},
	{"strangers-are-peers", INVARIANT_STATE, SIM_WORLD_DIRECT},
	{"listens-for-ever", INVARIANT_LEAK, SIM_WORLD_DIRECT},
};

static const struct mutation *selected;

bool mutation_is_on(const char *name)
{
	return selected && strcmp(selected->name, name) == 0;
}

size_t mutation_list(const struct mutation **list)
{
	*list = mutations;
	return sizeof(mutations) / sizeof(mutations[0]);
}

void mutation_select(const struct mutation *mutation)
{
	selected = mutation;
}

/* The real ones, and the wrappers as the linker names them. */
bool __real_forward_settle(struct subscriber *subscriber);
bool __wrap_forward_settle(struct subscriber *subscriber);
int __real_forward_switch(struct subscriber *subscriber, const struct tunnel *tunnel,
			  const struct tunnel *backup);
int __wrap_forward_switch(struct subscriber *subscriber, const struct tunnel *tunnel,
			  const struct tunnel *backup);
void __real_claim_judge(struct claim *claim, const struct prefix_table *table,
			struct network *networks, uint32_t n_networks);
void __wrap_claim_judge(struct claim *claim, const struct prefix_table *table,
			struct network *networks, uint32_t n_networks);
enum wire_result __real_registration_reply_build(const struct registration_reply *reply,
						 struct writer *writer);
enum wire_result __wrap_registration_reply_build(const struct registration_reply *reply,
						 struct writer *writer);
int __real_link_send_datagram(struct link *link, const struct datagram *datagram, uint8_t ttl);
int __wrap_link_send_datagram(struct link *link, const struct datagram *datagram, uint8_t ttl);
int __real_tunnel_open(struct link *link, const struct tunnel_spec *spec, struct tunnel **tunnel);
int __wrap_tunnel_open(struct link *link, const struct tunnel_spec *spec, struct tunnel **tunnel);
int __real_mac_compute(const struct mac_key *key, const uint8_t *data, size_t len,
		       uint8_t code[MAC_SIZE_MAX]);
int __wrap_mac_compute(const struct mac_key *key, const uint8_t *data, size_t len,
		       uint8_t code[MAC_SIZE_MAX]);
void __real_replay_client_handle_reply(struct replay_client *client, const struct now *now,
				       uint64_t reply, bool refused);
void __wrap_replay_client_handle_reply(struct replay_client *client, const struct now *now,
				       uint64_t reply, bool refused);
enum replay_result __real_replay_check(const struct replay_rules *rules, enum conf_replay style,
				       struct replay_state *state, const struct now *now,
				       uint64_t id, uint64_t *reply);
enum replay_result __wrap_replay_check(const struct replay_rules *rules, enum conf_replay style,
				       struct replay_state *state, const struct now *now,
				       uint64_t id, uint64_t *reply);

/* A binding ends, its routes don't. */
bool __wrap_forward_settle(struct subscriber *subscriber)
{
	return mutation_is_on("routes-stay") || __real_forward_settle(subscriber);
}

/* A path keeps its tunnel when another takes over, or none does. */
int __wrap_forward_switch(struct subscriber *subscriber, const struct tunnel *tunnel,
			  const struct tunnel *backup)
{
	const struct core *core = subscriber->home->core;
	struct fwd_path path;

	if (mutation_is_on("path-stays") &&
	    core->ops->path_read(core->fwd, subscriber->path, &path) == 0 &&
	    path.tunnel != FWD_NONE)
		return 0;
	return __real_forward_switch(subscriber, tunnel, backup);
}

/* What another router holds is granted too. */
void __wrap_claim_judge(struct claim *claim, const struct prefix_table *table,
			struct network *networks, uint32_t n_networks)
{
	__real_claim_judge(claim, table, networks, n_networks);
	if (mutation_is_on("claims-overlap") && claim->code == NETWORK_SETUP_FAILED)
		claim->code = NETWORK_SUCCESS;
}

/* The reply says ten seconds more than the hub keeps. */
enum wire_result __wrap_registration_reply_build(const struct registration_reply *reply,
						 struct writer *writer)
{
	struct registration_reply more = *reply;

	if (mutation_is_on("hub-promises-more") && more.lifetime > 0)
		more.lifetime += 10;
	return __real_registration_reply_build(&more, writer);
}

/* Every request goes out twice. */
int __wrap_link_send_datagram(struct link *link, const struct datagram *datagram, uint8_t ttl)
{
	if (mutation_is_on("asks-twice") &&
	    message_type(datagram->payload, datagram->len) == MESSAGE_REQUEST)
		__real_link_send_datagram(link, datagram, ttl);
	return __real_link_send_datagram(link, datagram, ttl);
}

/* The hub's tunnels end beside their branches; a direct one takes whatever comes. */
int __wrap_tunnel_open(struct link *link, const struct tunnel_spec *spec, struct tunnel **tunnel)
{
	struct tunnel_spec wrong = *spec;

	if (mutation_is_on("wrong-end") && spec->source == FWD_SOURCE_PATH)
		wrong.remote.v4 ^= htonl(2);
	if (mutation_is_on("any-source") && spec->accept == FWD_ACCEPT_DIRECT)
		wrong.source = FWD_SOURCE_NOT_LOCAL;
	return __real_tunnel_open(link, &wrong, tunnel);
}

/* Both ends agree on it, so nothing but the trace can tell. */
int __wrap_mac_compute(const struct mac_key *key, const uint8_t *data, size_t len,
		       uint8_t code[MAC_SIZE_MAX])
{
	if (!mutation_is_on("secret-is-the-code"))
		return __real_mac_compute(key, data, len, code);
	memcpy(code, key->secret, mac_len(key->algorithm));
	return 0;
}

/* The hub's time is not taken. */
void __wrap_replay_client_handle_reply(struct replay_client *client, const struct now *now,
				       uint64_t reply, bool refused)
{
	if (!mutation_is_on("never-resyncs"))
		__real_replay_client_handle_reply(client, now, reply, refused);
}

/* The letter of RFC 5944, section 5.7.1, with a wall clock that steps. */
enum replay_result __wrap_replay_check(const struct replay_rules *rules, enum conf_replay style,
				       struct replay_state *state, const struct now *now,
				       uint64_t id, uint64_t *reply)
{
	uint64_t time = ntp_from_unix(now->wall);
	int64_t apart = (int64_t)(int32_t)(ntp_seconds(id) - ntp_seconds(time));

	if (!mutation_is_on("hub-follows-the-wall") || style != CONF_REPLAY_TIMESTAMPS ||
	    (state->has_last && id == state->last))
		return __real_replay_check(rules, style, state, now, id, reply);
	*reply = id;
	if (llabs(apart) <= 7 && (!state->has_last || (int64_t)(id - state->last) > 0))
		return REPLAY_FRESH;
	*reply = (uint64_t)ntp_seconds(time) << 32 | (uint32_t)id;
	return REPLAY_OUTSIDE;
}
