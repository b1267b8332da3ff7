/* SPDX-License-Identifier: BSD-3-Clause */
/* The layouts; neighbours: printing.c prints by them, format.c makes the cells. */
#include "cli/view.h"

#include <string.h>

#include "cli/view_ro.h"

static const struct view uplinks = {
	.layout = VIEW_TABLE,
	.columns = {{"UPLINK", "port", format_text, false},
		    {"CARE-OF", "care_of", format_text, false},
		    {"ACTIVE", "active", format_yes, false},
		    {"CARRIER", "carrier", format_yes, false},
		    {"ANSWERS", "answers", format_yes, false},
		    {"RTT", "rtt_us", format_rtt, true}},
};

static const struct view views[] = {
	{
		.words = "show adjacencies",
		.columns = {{"ADJACENCY", "adjacency", format_number, true},
			    {"KIND", "kind", format_text, false},
			    {"PORT", "port", format_text, false},
			    {"MAC", "mac", format_text, false},
			    {"MTU", "mtu", format_number, true}},
	},
	{
		.words = "show bindings ", /* of one router */
		.layout = VIEW_FIELDS,
		.columns = {{"router", "name", format_text, false},
			    {"home address", "home_address", format_text, false},
			    {"care-of address", "care_of", format_text, false},
			    {"behind NAT", "behind_nat", format_nat, false},
			    {"encapsulation", "encapsulation", format_text, false},
			    {"tunnel", "tunnel", format_number, false},
			    {"far end", "seen", format_endpoint, false},
			    {"bound for", "age_s", format_duration, false},
			    {"granted", "granted_s", format_duration, false},
			    {"expires in", "remaining_s", format_duration, false},
			    {"renewals", "renewals", format_number, false},
			    {"SPI", "spi", format_number, false},
			    {"identification", "identification", format_text, false},
			    {"networks", "networks", format_list, false}},
	},
	{
		.words = "show bindings",
		.columns = {{"ROUTER", "name", format_text, false},
			    {"HOME ADDRESS", "home_address", format_text, false},
			    {"ENCAP", "encapsulation", format_text, false},
			    {"TUNNEL", "tunnel", format_number, true},
			    {"AGE", "age_s", format_duration, true},
			    {"EXPIRES", "remaining_s", format_duration, true},
			    {"NETWORKS", "networks", format_list, false},
			    {"SEEN", "seen", format_endpoint, false},
			    {"BEHIND NAT", "behind_nat", format_nat, false}},
	},
	{.words = "show config", .layout = VIEW_TEXT, .single = true},
	{
		.words = "show counters",
		.zero = "value",
		.columns = {{"COUNTER", "counter", format_text, false},
			    {"LABELS", "labels", format_labels, false},
			    {"VALUE", "value", format_number, true},
			    {"MEANING", "help", format_text, false}},
	},
	{
		.words = "show drops",
		.zero = "packets",
		.columns = {{"REASON", "reason", format_text, false},
			    {"PACKETS", "packets", format_number, true},
			    {"CAUSE", "cause", format_text, false},
			    {"MEANING", "help", format_text, false}},
	},
	{
		.words = "show events",
		.columns = {{"WHEN", "when", format_text, false},
			    {"LEVEL", "level", format_text, false},
			    {"EVENT", "event", format_text, false},
			    {"FIELDS", "fields", format_labels, false}},
	},
	{
		.words = "show neighbours",
		.columns = {{"ADDRESS", "address", format_text, false},
			    {"PORT", "port", format_text, false},
			    {"STATE", "state", format_text, false},
			    {"MAC", "mac", format_text, false},
			    {"AGE", "age_s", format_duration, true},
			    {"ADJACENCY", "adjacency", format_number, true},
			    {"USERS", "users", format_number, true},
			    {"WAITING", "waiting", format_number, true}},
	},
	{
		.words = "show paths",
		.columns = {{"PATH", "path", format_number, true},
			    {"TUNNEL", "tunnel", format_number, true},
			    {"BACKUP", "backup", format_number, true},
			    {"DIRECT", "direct", format_yes, false},
			    {"UP", "up", format_yes, false},
			    {"DROPS FOR", "down", format_text, false}},
	},
	{
		.words = "show ports",
		.columns = {{"PORT", "port", format_text, false},
			    {"STATE", "state", format_text, false},
			    {"ROLE", "role", format_text, false},
			    {"DRIVER", "driver", format_text, false},
			    {"ADDRESSES", "addresses", format_list, false},
			    {"MTU", "mtu", format_number, true},
			    {"RX PACKETS", "received_packets", format_number, true},
			    {"RX BYTES", "received_bytes", format_number, true},
			    {"TX PACKETS", "sent_packets", format_number, true},
			    {"TX BYTES", "sent_bytes", format_number, true},
			    {"RX MISSED", "receive_missed", format_number, true},
			    {"RX ERRORS", "receive_errors", format_number, true},
			    {"TX ERRORS", "send_errors", format_number, true}},
	},
	{
		.words = "show registration",
		.layout = VIEW_FIELDS,
		.single = true,
		.nested = "uplinks",
		.nested_view = &uplinks,
		.columns = {{"state", "state", format_text, false},
			    {"home address", "home_address", format_text, false},
			    {"home agent", "home_agent", format_text, false},
			    {"care-of address", "care_of", format_text, false},
			    {"uplink", "uplink", format_text, false},
			    {"behind NAT", "behind_nat", format_nat, false},
			    {"encapsulation", "encapsulation", format_text, false},
			    {"tunnel", "tunnel", format_number, false},
			    {"tunnel MTU", "tunnel_mtu", format_number, false},
			    {"granted", "granted_s", format_duration, false},
			    {"expires in", "remaining_s", format_duration, false},
			    {"next try in", "next_try_s", format_duration, false},
			    {"last code", "last_code", format_number, false},
			    {"SPI", "spi", format_number, false},
			    {"hub's clock ahead", "clock_offset_s", format_duration, false},
			    {"round trip to hub", "hub_rtt_us", format_rtt, false},
			    {"last outage", "last_outage_ms", format_outage, false},
			    {"networks", "networks", format_networks, false}},
	},
	{
		.words = "show reload",
		.layout = VIEW_FIELDS,
		.single = true,
		.columns = {{"result", "result", format_text, false},
			    {"when", "when", format_text, false},
			    {"ago", "age_s", format_duration, false},
			    {"reason", "reason", format_lines, false}},
	},
	{
		.words = "show routes",
		.columns = {{"PREFIX", "prefix", format_text, false},
			    {"KIND", "kind", format_text, false},
			    {"ID", "id", format_number, true},
			    {"VIA", "via", format_text, false},
			    {"OWN", "own", format_yes, false}},
	},
	{
		.words = "show stages",
		.zero = "packets",
		.columns = {{"WORKER", "worker", format_number, true},
			    {"STAGE", "stage", format_text, false},
			    {"PACKETS", "packets", format_number, true},
			    {"CYCLES", "cycles", format_number, true},
			    {"CYCLES/PACKET", "cycles_per_packet", format_number, true},
			    {"DROPS", "drops", format_number, true}},
	},
	{
		.words = "show tunnels",
		.columns = {{"TUNNEL", "tunnel", format_number, true},
			    {"NAME", "name", format_text, false},
			    {"PEER", "peer", format_text, false},
			    {"ENCAP", "encapsulation", format_text, false},
			    {"LOCAL", "local", format_endpoint, false},
			    {"REMOTE", "remote", format_endpoint, false},
			    {"PORT", "port", format_text, false},
			    {"NEXT HOP", "next_hop", format_text, false},
			    {"NEXT HOP IS", "next_hop_state", format_text, false},
			    {"MTU", "mtu", format_number, true},
			    {"PATH MTU", "path_mtu", format_number, true},
			    {"RX PACKETS", "received_packets", format_number, true},
			    {"TX PACKETS", "sent_packets", format_number, true},
			    {"DROPS", "drops", format_number, true},
			    {"HEARD", "heard_s", format_duration, true}},
	},
	{
		.words = "show usage",
		.columns = {{"TABLE", "table", format_text, false},
			    {"USED", "used", format_number, true},
			    {"CAPACITY", "capacity", format_number, true}},
	},
	{
		.words = "show version",
		.layout = VIEW_FIELDS,
		.single = true,
		.columns = {{"name", "name", format_text, false},
			    {"role", "role", format_text, false},
			    {"version", "version", format_text, false},
			    {"build", "build", format_text, false},
			    {"process", "pid", format_number, false},
			    {"up for", "up_s", format_duration, false}},
	},
	{
		.words = "show violations",
		.columns = {{"NUMBER", "number", format_number, true},
			    {"WHEN", "when", format_text, false},
			    {"HOME ADDRESS", "home_address", format_text, false},
			    {"FROM", "peer", format_endpoint, false},
			    {"SPI", "spi", format_number, true},
			    {"IDENTIFICATION", "identification", format_text, false},
			    {"REASON", "reason", format_text, false}},
	},
	{
		.words = "show workers",
		.columns = {{"WORKER", "worker", format_number, true},
			    {"CORE", "core", format_number, true},
			    {"BUSY", "busy_percent", format_percent, true},
			    {"SINCE START", "busy_percent_since_start", format_percent, true},
			    {"CYCLES/PACKET", "cycles_per_packet", format_number, true},
			    {"PACKETS", "packets", format_number, true},
			    {"POLLS", "polls", format_number, true},
			    {"SLEEPS", "sleeps", format_number, true}},
	},
	{
		.words = "doctor",
		.columns = {{"", "verdict", format_text, false},
			    {"CHECK", "check", format_text, false},
			    {"FOUND", "found", format_text, false},
			    {"WHAT TO DO", "advice", format_text, false}},
	},
	{
		.words = "ready",
		.layout = VIEW_FIELDS,
		.single = true,
		.columns = {{"ready", "ready", format_yes, false},
			    {"state", "state", format_text, false}},
	},
	{
		.words = "help",
		.columns = {{"COMMAND", "command", format_text, false},
			    {"ARGUMENTS", "arguments", format_text, false},
			    {"CHANGES", "changes", format_yes, false},
			    {"MEANING", "help", format_text, false}},
	},
	{
		.words = "reload",
		.layout = VIEW_FIELDS,
		.single = true,
		.columns = {{"result", "result", format_text, false}},
	},
	{
		.words = "clear binding",
		.layout = VIEW_FIELDS,
		.single = true,
		.columns = {{"result", "result", format_text, false},
			    {"home address", "home_address", format_text, false}},
	},
};

static const struct view plain = {.words = "", .layout = VIEW_TEXT};

/* Whole words: "show ro" is not the beginning of "show routes". */
static bool begins(const char *line, const struct view *view)
{
	size_t len = strlen(view->words);

	return strncmp(line, view->words, len) == 0 &&
	       (view->words[len - 1] == ' ' || line[len] == '\0' || line[len] == ' ');
}

const struct view *view_find(const char *line)
{
	for (const struct view *view = views_ro; view->words != NULL; view++)
		if (begins(line, view))
			return view;
	for (size_t i = 0; i < sizeof(views) / sizeof(views[0]); i++)
		if (begins(line, &views[i]))
			return &views[i];
	return &plain;
}
