/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Registration Request (RFC 5944, section 3.3), 24 octets and extensions:
 *
 *     | type 1 | S B D M G r T x | lifetime        |
 *     | home address                               |
 *     | home agent                                 |
 *     | care-of address                            |
 *     | identification, 8 octets                   |
 *
 * with NAI (RFC 2794), Mobile Network Request (RFC 5177), Route Optimization Capability (RFC 6521),
 * UDP Tunnel Request (RFC 3519), Revocation Support (RFC 3543) and Dynamic HA (RFC 4433). Pure, any
 * thread.
 */
#include "wire/registration_extension.h"
#include "wire/registration_optimization.h"

#define FLAGS_KNOWN (REQUEST_S | REQUEST_B | REQUEST_D | REQUEST_M | REQUEST_G | REQUEST_T)

#define NETWORK_REQUEST 0 /* subtype of 148 */
#define NETWORK_LEN     5
#define UDP_REQUEST     0 /* subtype of 144 */
#define UDP_LEN         5
#define UDP_FORCE       0x80
#define UDP_BY_FOREIGN  0x40

static const uint8_t request_forms[256] = {
	[EXTENSION_MOBILE_HOME_AUTH] = FORM_SIMPLE,   [EXTENSION_MOBILE_FOREIGN_AUTH] = FORM_SIMPLE,
	[EXTENSION_FOREIGN_HOME_AUTH] = FORM_SIMPLE,  [EXTENSION_NAI] = FORM_SIMPLE,
	[EXTENSION_REVOCATION_SUPPORT] = FORM_SIMPLE, [EXTENSION_DYNAMIC_HA] = FORM_DYNAMIC_HA,
	[EXTENSION_UDP_TUNNEL_REQUEST] = FORM_SHORT,  [EXTENSION_MOBILE_NETWORK] = FORM_SHORT,
	[EXTENSION_ROUTE_OPTIMIZATION] = FORM_SHORT,  [EXTENSION_RO_CAPABILITY] = FORM_SHORT,
};

static void take_network(const struct extension *extension, struct registration_request *request)
{
	struct reader reader = reader_of(extension->data, extension->len);
	struct registration_network *network = &request->networks[request->n_networks];

	if (extension->subtype != NETWORK_REQUEST) {
		request->skipped.unknown++;
	} else if (extension->len != NETWORK_LEN) {
		request->skipped.malformed++;
	} else if (request->n_networks == REGISTRATION_NETWORKS_MAX) {
		request->skipped.networks++;
	} else {
		network->len = read_u8(&reader);
		network->prefix = read_be32(&reader);
		request->n_networks++;
	}
}

/* Reserved 3 not zero: not understood, hence skipped (tunnels.md section 4.1). */
static void take_udp(const struct extension *extension, struct registration_request *request)
{
	struct reader reader = reader_of(extension->data, extension->len);
	struct registration_udp_request *udp = &request->udp;
	uint8_t flags, encapsulation;

	if (extension->subtype != UDP_REQUEST) {
		request->skipped.unknown++;
		return;
	}
	read_u8(&reader);
	flags = read_u8(&reader);
	encapsulation = read_u8(&reader);
	if (extension->len != UDP_LEN || read_u16(&reader) != 0) {
		request->skipped.malformed++;
	} else if (udp->is_present) {
		request->skipped.repeated++;
	} else {
		udp->is_present = true;
		udp->force = (flags & UDP_FORCE) != 0;
		udp->by_foreign = (flags & UDP_BY_FOREIGN) != 0;
		udp->encapsulation = encapsulation;
	}
}

static enum wire_result take_extension(const struct extension *extension,
				       struct registration_request *request)
{
	enum wire_result result = WIRE_OK;

	if (registration_take_correspondent(extension, &request->auth, &request->correspondent,
					    &result))
		return result;
	if (registration_take_common(extension, &request->auth, &request->foreign_home,
				     &request->skipped, &result))
		return result;
	switch (extension->type) {
	case EXTENSION_ROUTE_OPTIMIZATION:
		return WIRE_EXTENSION_UNKNOWN; /* the other subtypes are of replies only */
	case EXTENSION_RO_CAPABILITY:
		registration_take_capability(extension, &request->capability, &request->skipped);
		break;
	case EXTENSION_NAI:
		registration_take_text(extension, &request->nai, &request->skipped);
		break;
	case EXTENSION_REVOCATION_SUPPORT:
		registration_take_revocation(extension, &request->revocation, &request->skipped);
		break;
	case EXTENSION_DYNAMIC_HA:
		registration_take_agent(extension, &request->agent, &request->skipped);
		break;
	case EXTENSION_UDP_TUNNEL_REQUEST:
		take_udp(extension, request);
		break;
	case EXTENSION_MOBILE_NETWORK:
		take_network(extension, request);
		break;
	default:
		request->skipped.unknown++;
		break;
	}
	return WIRE_OK;
}

static enum wire_result parse_fixed(struct reader *reader, struct registration_request *request)
{
	uint8_t type = read_u8(reader);

	memset(request, 0, offsetof(struct registration_request, networks));
	request->auth = (struct message_auth){0};
	request->correspondent = (struct message_correspondent){0};
	request->foreign_home = 0;
	request->skipped = (struct registration_skipped){0};
	request->failed_type = 0;
	request->flags = read_u8(reader) & FLAGS_KNOWN;
	request->lifetime = read_u16(reader);
	request->home_address = read_be32(reader);
	request->home_agent = read_be32(reader);
	request->care_of = read_be32(reader);
	request->identification = read_u64(reader);
	if (reader->failed)
		return WIRE_SHORT;
	return type == MESSAGE_REQUEST ? WIRE_OK : WIRE_TYPE;
}

enum wire_result registration_request_parse(const uint8_t *payload, size_t len,
					    struct registration_request *request)
{
	struct reader reader = reader_of(payload, len);
	struct extension_walk walk;
	struct extension extension;
	enum wire_result result;

	result = parse_fixed(&reader, request);
	if (result != WIRE_OK)
		return result;
	walk = extension_walk_of(reader, request_forms);
	while ((result = extension_next(&walk, &extension)) == WIRE_OK) {
		result = take_extension(&extension, request);
		if (result != WIRE_OK)
			break;
	}
	if (result == WIRE_END)
		return WIRE_OK;
	request->failed_type = walk.type;
	return result;
}

static void put_network(const struct registration_network *network, struct writer *writer)
{
	write_short(writer, EXTENSION_MOBILE_NETWORK, NETWORK_REQUEST, NETWORK_LEN);
	write_u8(writer, network->len);
	write_be32(writer, network->prefix);
}

static void put_udp(const struct registration_udp_request *udp, struct writer *writer)
{
	if (!udp->is_present)
		return;
	write_short(writer, EXTENSION_UDP_TUNNEL_REQUEST, UDP_REQUEST, UDP_LEN);
	write_u8(writer, 0);
	write_u8(writer,
		 (uint8_t)((udp->force ? UDP_FORCE : 0) | (udp->by_foreign ? UDP_BY_FOREIGN : 0)));
	write_u8(writer, udp->encapsulation);
	write_u16(writer, 0);
}

/* The order is that of mip4-base section 6.5: a truncated capture keeps what matters most. */
enum wire_result registration_request_build(const struct registration_request *request,
					    struct writer *writer)
{
	size_t i;

	if (request->n_networks > REGISTRATION_NETWORKS_MAX || request->nai.len > UINT8_MAX ||
	    (request->flags & ~FLAGS_KNOWN) != 0 ||
	    !registration_capability_is_sendable(&request->capability))
		return WIRE_VALUE;
	write_u8(writer, MESSAGE_REQUEST);
	write_u8(writer, request->flags);
	write_u16(writer, request->lifetime);
	write_be32(writer, request->home_address);
	write_be32(writer, request->home_agent);
	write_be32(writer, request->care_of);
	write_u64(writer, request->identification);
	registration_put_nai(&request->nai, writer);
	for (i = 0; i < request->n_networks; i++)
		put_network(&request->networks[i], writer);
	registration_put_capability(&request->capability, writer);
	put_udp(&request->udp, writer);
	registration_put_revocation(&request->revocation, writer);
	registration_put_agent(&request->agent, writer);
	return writer->failed ? WIRE_SPACE : WIRE_OK;
}
