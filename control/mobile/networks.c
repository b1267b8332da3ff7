/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Acknowledgements. A network that the hub does not route to us is not sent into the tunnel either:
 * its packets would be dropped at the hub's source check, far from who could see why.
 */
#include "mobile/networks.h"

#include "haaro/addr.h"

#include "mobile/forward.h"

static bool is_implicit(const struct mobile *mobile)
{
	return mobile->conf->mobile.networks_mode == CONF_NETWORKS_IMPLICIT;
}

static struct mobile_network *find(struct mobile_networks *networks, const struct ip_prefix *prefix)
{
	for (size_t i = 0; i < networks->n; i++)
		if (prefix_is_equal(&networks->list[i].prefix, prefix))
			return &networks->list[i];
	return NULL;
}

/* An acknowledgement says what it is about as the request did: prefix and length as sent. */
static const struct registration_ack *find_ack(const struct registration_reply *reply,
					       const struct ip_prefix *prefix)
{
	for (size_t i = 0; i < reply->n_acks; i++)
		if (reply->acks[i].network.len == prefix->len &&
		    reply->acks[i].network.prefix == prefix->addr.v4)
			return &reply->acks[i];
	return NULL;
}

static void tell(struct mobile *mobile, const struct ip_prefix *prefix, uint8_t code,
		 const char *why)
{
	struct event event = core_event(mobile->core, EVENT_NETWORK_REFUSED);
	char text[PREFIX_TEXT_SIZE];

	event.home_address = mobile->conf->mobile.home_address;
	event.peer = mobile->agent;
	event.value = code;
	if (prefix)
		snprintf(event.text, sizeof(event.text), "%s: %s", prefix_print(prefix, text), why);
	else
		snprintf(event.text, sizeof(event.text), "%s", why);
	core_post(mobile->core, &event);
}

void mobile_networks_set(struct mobile *mobile, const struct conf_mobile *conf)
{
	struct mobile_networks old = mobile->networks;
	struct mobile_network *network, *before;

	/* A reload is a reason to ask again, and none to repeat an alarm. */
	mobile->networks.not_a_router = false;
	/* In implicit mode what was learned stays in force until the next acknowledgement. */
	if (conf->networks_mode == CONF_NETWORKS_IMPLICIT)
		return;
	mobile->networks.n = 0;
	for (size_t i = 0; i < conf->n_networks && i < CONF_MOBILE_NETWORKS_MAX; i++) {
		network = &mobile->networks.list[mobile->networks.n++];
		before = find(&old, &conf->networks[i]);
		*network = before ? *before : (struct mobile_network){.prefix = conf->networks[i]};
		network->left_out = false;
	}
}

bool mobile_networks_asks(const struct mobile_networks *networks, size_t i)
{
	return !networks->not_a_router && !networks->list[i].left_out;
}

/* Implicit mode: the acknowledgements are the list. */
static void learn(struct mobile *mobile, const struct registration_reply *reply)
{
	struct mobile_networks *networks = &mobile->networks;
	struct mobile_networks old = *networks;
	const struct mobile_network *before;
	struct mobile_network *network;

	networks->n = 0;
	for (size_t i = 0; i < reply->n_acks && networks->n < CONF_MOBILE_NETWORKS_MAX; i++) {
		const struct registration_ack *ack = &reply->acks[i];
		struct ip_prefix prefix;

		/* 0.0.0.0/0 can be implicit: the hub says so for an Internet gateway. */
		if (!ack->implicit || ack->network.len > 32)
			continue;
		prefix = prefix_v4(ack->network.prefix, ack->network.len);
		if (find(networks, &prefix))
			continue;
		network = &networks->list[networks->n++];
		before = find(&old, &prefix);
		*network = before ? *before : (struct mobile_network){.prefix = prefix};
	}
}

static void judge_one(struct mobile *mobile, struct mobile_network *network,
		      const struct registration_ack *ack)
{
	bool accepted = ack && ack->code == 0;
	uint8_t code = ack ? ack->code : 0;
	bool news = !network->judged || network->accepted || network->code != code;

	network->judged = true;
	network->accepted = accepted;
	network->code = code;
	if (!accepted && news)
		tell(mobile, &network->prefix, code,
		     ack ? network_code_name(code) : "the hub did not acknowledge it");
}

void mobile_networks_judge(struct mobile *mobile, const struct registration_reply *reply)
{
	struct mobile_networks *networks = &mobile->networks;

	/* RFC 5177, section 4.2: a hub that says nothing at all does not know mobile networks. */
	if (reply->n_acks == 0 && !networks->not_a_router && !networks->unsupported)
		tell(mobile, NULL, 0, "the hub acknowledges no mobile network at all");
	networks->unsupported = reply->n_acks == 0;
	if (is_implicit(mobile))
		learn(mobile, reply);
	for (size_t i = 0; i < networks->n; i++)
		judge_one(mobile, &networks->list[i], find_ack(reply, &networks->list[i].prefix));
	mobile_forward_mark_networks(mobile);
}

bool mobile_networks_leave_out(struct mobile *mobile, const struct registration_reply *reply)
{
	struct mobile_networks *networks = &mobile->networks;
	const struct registration_ack *ack;
	bool left = false;

	for (size_t i = 0; i < networks->n; i++) {
		struct mobile_network *network = &networks->list[i];

		if (!mobile_networks_asks(networks, i))
			continue;
		ack = find_ack(reply, &network->prefix);
		if (ack && ack->code != 0) {
			network->left_out = true;
			judge_one(mobile, network, ack);
		} else {
			left = true;
		}
	}
	return left;
}

void mobile_networks_restore(struct mobile_networks *networks)
{
	networks->not_a_router = false;
	for (size_t i = 0; i < networks->n; i++)
		networks->list[i].left_out = false;
}
