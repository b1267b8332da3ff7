/* SPDX-License-Identifier: BSD-3-Clause */
/* The table of commands, and the few that change something. */
#include "oper/command.h"

#include <errno.h>
#include <string.h>

#include "haaro/addr.h"

#include "oper/reload.h"
#include "oper/show.h"

static int change_reload(struct answer *answer, struct running *running)
{
	int result = reload_run(running, &answer->err);

	if (result == 0)
		answer_row(answer, json_pack("{ss}", "result", "reloaded"));
	return result;
}

static int change_clear_binding(struct answer *answer, struct running *running)
{
	const char *text = command_argument(answer, 0);
	struct ip_addr home_address;
	int result;

	if (haaro_home(running->haaro) == NULL)
		return error_set(&answer->err, -ENOENT, "a mobile router has no bindings");
	result = command_address(answer, 0, &home_address);
	if (result < 0)
		return result;
	result = haaro_clear_binding(running->haaro, &running->now, &home_address);
	if (result == -ENOENT)
		return error_set(&answer->err, result, "%s is not bound", text);
	if (result == 0)
		answer_row(answer, json_pack("{ss ss}", "result", "cleared", "home_address", text));
	return result;
}

/* What a refusal means to a person. */
static int refuse_ro(struct answer *answer, int result)
{
	const char *text = command_argument(answer, 0);

	switch (result) {
	case -ENOTSUP:
		return error_set(&answer->err, result, "a home agent has no direct paths");
	case -ENOENT:
		return error_set(&answer->err, result,
				 "the hub told of no router %s; show ro cache lists them", text);
	case -ENOTCONN:
		return error_set(&answer->err, result,
				 "not registered, or the hub refuses; see show ro");
	case -EBUSY:
		return error_set(&answer->err, result,
				 "that is going on already; see show ro sessions");
	case -EALREADY:
		return error_set(&answer->err, result, "%s is stopped already", text);
	case -EHOSTDOWN:
		return error_set(&answer->err, result, "both sides are behind a NAT or firewall");
	case -EUSERS:
		return error_set(&answer->err, result,
				 "as many peers as route-optimization.max-peers allows");
	case -ENETUNREACH:
		return error_set(&answer->err, result, "no uplink is usable");
	default:
		return error_set(&answer->err, result, "it could not be done");
	}
}

static int change_ro_start(struct answer *answer, struct running *running)
{
	struct ip_addr peer;
	int result = command_address(answer, 0, &peer);

	if (result < 0)
		return result;
	result = haaro_ro_start(running->haaro, &running->now, &peer);
	if (result < 0)
		return refuse_ro(answer, result);
	answer_row(answer,
		   json_pack("{ss so}", "result", "asked", "home_address", show_addr(&peer)));
	return 0;
}

static int change_ro_stop(struct answer *answer, struct running *running)
{
	struct ip_addr peer;
	int result = command_address(answer, 0, &peer);

	if (result < 0)
		return result;
	result = haaro_ro_stop(running->haaro, &running->now, &peer);
	if (result < 0)
		return refuse_ro(answer, result);
	answer_row(answer,
		   json_pack("{ss so}", "result", "stopped", "home_address", show_addr(&peer)));
	return 0;
}

static const struct command commands[] = {
	{"show adjacencies", "", "how packets leave: port and Ethernet rewrite", 0, 0,
	 show_adjacencies, NULL},
	{"show bindings", "[HOME-ADDRESS]", "who is registered here", 0, 1, show_bindings, NULL},
	{"show config", "", "the configuration in use, in loadable form", 0, 0, show_config, NULL},
	{"show counters", "", "every number of /metrics but each peer's", 0, 0, show_counters,
	 NULL},
	{"show drops", "", "dropped packets by reason", 0, 0, show_drops, NULL},
	{"show events", "", "the last events", 0, 0, show_events, NULL},
	{"show neighbours", "", "next hops and hosts: ARP and configured", 0, 0, show_neighbours,
	 NULL},
	{"show paths", "", "how other routers are reached: tunnel and backup", 0, 0, show_paths,
	 NULL},
	{"show ports", "", "ports, their state and counters", 0, 0, show_ports, NULL},
	{"show registration", "", "how we stand with the hub", 0, 0, show_registration, NULL},
	{"show reload", "", "what the last reload came to", 0, 0, show_reload, NULL},
	{"show ro advertised", "", "whom this hub tells others of", 0, 0, show_ro_advertised, NULL},
	{"show ro cache", "[HOME-ADDRESS]", "routers and prefixes that the hub told of", 0, 1,
	 show_ro_cache, NULL},
	{"show ro nonces", "", "ages of the secrets of return routability", 0, 0, show_ro_nonces,
	 NULL},
	{"show ro sessions", "[HOME-ADDRESS]", "direct paths: state, health, traffic", 0, 1,
	 show_ro_sessions, NULL},
	{"show ro", "", "route optimization as a whole", 0, 0, show_ro, NULL},
	{"show routes", "", "prefixes and where they lead", 0, 0, show_routes, NULL},
	{"show stages", "", "the pipeline with its costs", 0, 0, show_stages, NULL},
	{"show tunnels", "", "tunnels, their far ends and counters", 0, 0, show_tunnels, NULL},
	{"show usage", "", "how full the tables are", 0, 0, show_usage, NULL},
	{"show version", "", "what runs, and since when", 0, 0, show_version, NULL},
	{"show violations", "", "the last security exceptions", 0, 0, show_violations, NULL},
	{"show workers", "", "worker cores and how busy they are", 0, 0, show_workers, NULL},
	{"ro explain", "SOURCE DESTINATION", "why their path is direct, or is not", 2, 2,
	 show_explain, NULL},
	{"ro start", "HOME-ADDRESS", "ask that router for a direct path now", 1, 1, NULL,
	 change_ro_start},
	{"ro stop", "HOME-ADDRESS", "give up the direct path, and leave that router alone", 1, 1,
	 NULL, change_ro_stop},
	{"doctor", "", "what stands in the way, and what to do", 0, 0, show_doctor, NULL},
	{"ready", "", "whether it is ready; see wait-ready", 0, 0, show_ready, NULL},
	{"help", "", "the commands", 0, 0, show_help, NULL},
	{"reload", "", "read the configuration file anew", 0, 0, NULL, change_reload},
	{"clear binding", "HOME-ADDRESS", "revoke and remove a binding", 1, 1, NULL,
	 change_clear_binding},
};

const struct command *command_at(size_t i)
{
	return i < sizeof(commands) / sizeof(commands[0]) ? &commands[i] : NULL;
}

static size_t count_words(const char *words)
{
	size_t n = 1;

	for (; *words != '\0'; words++)
		n += *words == ' ';
	return n;
}

const char *command_argument(const struct answer *answer, size_t n)
{
	const struct command *command;

	for (size_t i = 0; (command = command_at(i)) != NULL; i++) {
		size_t n_words;

		if (!request_begins(&answer->request, command->words, &n_words))
			continue;
		n += n_words;
		return n < answer->request.n_words ? answer->request.words[n] : NULL;
	}
	return NULL;
}

int command_address(struct answer *answer, size_t n, struct ip_addr *addr)
{
	const char *text = command_argument(answer, n);
	be32 v4;

	*addr = (struct ip_addr){0};
	if (text == NULL)
		return 0;
	if (inet_pton(AF_INET, text, &v4) != 1)
		return error_set(&answer->err, -EINVAL, "%s is not an IPv4 address", text);
	*addr = addr_v4(v4);
	return 0;
}

const struct command *command_find(struct answer *answer)
{
	const struct request *request = &answer->request;
	const struct command *command;

	for (size_t i = 0; (command = command_at(i)) != NULL; i++) {
		size_t n_arguments;
		size_t n_words;

		if (!request_begins(request, command->words, &n_words))
			continue;
		n_arguments = request->n_words - count_words(command->words);
		if (n_arguments >= command->min_arguments && n_arguments <= command->max_arguments)
			return command;
		if (command->max_arguments == 0)
			error_set(&answer->err, -EINVAL, "%s stands alone; help lists the commands",
				  command->words);
		else
			error_set(&answer->err, -EINVAL, "usage: %s %s", command->words,
				  command->arguments);
		return NULL;
	}
	error_set(&answer->err, -EINVAL, "there is no such command; help lists them");
	return NULL;
}
