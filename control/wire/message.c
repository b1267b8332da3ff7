/* SPDX-License-Identifier: BSD-3-Clause */
/* Names of the numbers, for logs, show and counters. Pure, any thread. */
#include "wire/message.h"

static const char *foreign_code_name(unsigned int code)
{
	switch (code) {
	case 64:
		return "foreign agent: reason unspecified";
	case 65:
		return "foreign agent: administratively prohibited";
	case 66:
		return "foreign agent: insufficient resources";
	case 67:
		return "foreign agent: mobile node failed authentication";
	case 68:
		return "foreign agent: home agent failed authentication";
	case 69:
		return "foreign agent: requested lifetime too long";
	case 70:
		return "foreign agent: poorly formed request";
	case 71:
		return "foreign agent: poorly formed reply";
	case 72:
		return "foreign agent: requested encapsulation unavailable";
	case 74:
		return "foreign agent: requested reverse tunnel unavailable";
	case 75:
		return "foreign agent: reverse tunnel is mandatory";
	case 77:
		return "foreign agent: invalid care-of address";
	case 78:
		return "foreign agent: registration timeout";
	case 80:
	case 81:
	case 82:
	case 88:
		return "foreign agent: home agent unreachable";
	case 116: /* printed as 194 in RFC 5944; erratum 3116 */
		return "foreign agent: invalid home agent address";
	default:
		return "foreign agent: other refusal";
	}
}

const char *reply_code_name(unsigned int code)
{
	switch (code) {
#define X(constant, value, name) \
	case value:              \
		return name;
		REPLY_CODE_LIST(X)
#undef X
	case 140:
	case 141:
		return "vendor extension refused";
	case 144:
		return "AAA authentication failed";
	case 145:
		return "zero care-of address unsupported";
	case 146:
		return "dynamic foreign agent unsupported";
	case 149:
		return "proxy registration unsupported";
	case 150:
		return "proxy registration disallowed";
	case 151:
		return "service authorization failed";
	case 152:
	case 153:
		return "multipath refused";
	case 192:
		return "experimental";
	case 193:
		return "no home registration";
	default:
		break;
	}
	if (code >= 64 && code <= 127)
		return foreign_code_name(code);
	return "unassigned code";
}

const char *network_code_name(unsigned int code)
{
	switch (code) {
#define X(constant, value, name) \
	case value:              \
		return name;
		NETWORK_CODE_LIST(X)
#undef X
	default:
		return "unassigned code";
	}
}

const char *wire_result_name(enum wire_result result)
{
	static const char *const names[] = {
#define X(constant, name) [WIRE_##constant] = (name),
		WIRE_RESULT_LIST(X)
#undef X
	};

	_Static_assert(sizeof(names) / sizeof(names[0]) == WIRE_RESULT_MAX,
		       "every result has a name");
	return result < WIRE_RESULT_MAX ? names[result] : "?";
}
