/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Registration Reply (RFC 5944, section 3.4), 20 octets and extensions:
 *
 *     | type 3 | code          | lifetime          |
 *     | home address                               |
 *     | home agent                                 |
 *     | identification, 8 octets                   |
 *
 * with NAI (RFC 2794), Mobile Network Acknowledgement (RFC 5177), UDP Tunnel Reply (RFC 3519), Route
 * Optimization Reply, Prefix Advertisement and Care-of Address (RFC 6521), Revocation Support (RFC
 * 3543), Dynamic HA (RFC 4433), Message String (RFC 4917, read only). Pure, any thread.
 */
#include "wire/registration_extension.h"
#include "wire/registration_optimization.h"

#define ACK_EXPLICIT 1 /* subtypes of 148 */
#define ACK_IMPLICIT 2
#define ACK_LEN      7
#define UDP_REPLY    0 /* subtype of 44 */
#define UDP_LEN      5
#define UDP_FORCE    0x8000

static const uint8_t reply_forms[256] = {
	[EXTENSION_MOBILE_HOME_AUTH] = FORM_SIMPLE,
	[EXTENSION_MOBILE_FOREIGN_AUTH] = FORM_SIMPLE,
	[EXTENSION_FOREIGN_HOME_AUTH] = FORM_SIMPLE,
	[EXTENSION_UDP_TUNNEL_REPLY] = FORM_SHORT,
	[EXTENSION_ROUTE_OPTIMIZATION] = FORM_SHORT,
	[EXTENSION_ROUTE_OPTIMIZATION_DATA] = FORM_LONG,
	[EXTENSION_NAI] = FORM_SIMPLE,
	[EXTENSION_REVOCATION_SUPPORT] = FORM_SIMPLE,
	[EXTENSION_DYNAMIC_HA] = FORM_DYNAMIC_HA,
	[EXTENSION_MESSAGE_STRING] = FORM_SHORT,
	[EXTENSION_MOBILE_NETWORK] = FORM_SHORT,
};

static void take_ack(const struct extension *extension, struct registration_reply *reply)
{
	struct reader reader = reader_of(extension->data, extension->len);
	struct registration_ack *ack = &reply->acks[reply->n_acks];

	if (extension->subtype != ACK_EXPLICIT && extension->subtype != ACK_IMPLICIT) {
		reply->skipped.unknown++;
	} else if (extension->len != ACK_LEN) {
		reply->skipped.malformed++;
	} else if (reply->n_acks == REGISTRATION_NETWORKS_MAX) {
		reply->skipped.networks++;
	} else {
		ack->implicit = extension->subtype == ACK_IMPLICIT;
		ack->code = read_u8(&reader);
		ack->network.len = read_u8(&reader);
		read_u8(&reader);
		ack->network.prefix = read_be32(&reader);
		reply->n_acks++;
	}
}

/* Type 44 is not skippable: what we can't understand discards the reply. */
static enum wire_result take_udp(const struct extension *extension,
				 struct registration_reply *reply)
{
	struct reader reader = reader_of(extension->data, extension->len);
	struct registration_udp_reply *udp = &reply->udp;

	if (extension->subtype != UDP_REPLY)
		return WIRE_EXTENSION_UNKNOWN;
	if (extension->len != UDP_LEN)
		return WIRE_EXTENSION_LENGTH;
	if (udp->is_present) {
		reply->skipped.repeated++;
		return WIRE_OK;
	}
	udp->is_present = true;
	udp->code = read_u8(&reader);
	udp->force = (read_u16(&reader) & UDP_FORCE) != 0;
	udp->keepalive = read_u16(&reader);
	return WIRE_OK;
}

static enum wire_result take_optimization(const struct extension *extension,
					  struct registration_reply *reply)
{
	if (extension->subtype == OPTIMIZATION_REPLY)
		return registration_take_optimization(extension, &reply->optimization,
						      &reply->skipped);
	if (extension->subtype == OPTIMIZATION_CARE_OFS)
		return registration_take_care_ofs(extension, &reply->care_ofs, &reply->skipped);
	return WIRE_EXTENSION_UNKNOWN;
}

static enum wire_result take_extension(const struct extension *extension,
				       struct registration_reply *reply)
{
	enum wire_result result = WIRE_OK;

	if (registration_take_correspondent(extension, &reply->auth, &reply->correspondent,
					    &result))
		return result;
	if (registration_take_common(extension, &reply->auth, &reply->foreign_home, &reply->skipped,
				     &result))
		return result;
	switch (extension->type) {
	case EXTENSION_UDP_TUNNEL_REPLY:
		return take_udp(extension, reply);
	case EXTENSION_ROUTE_OPTIMIZATION:
		return take_optimization(extension, reply);
	case EXTENSION_ROUTE_OPTIMIZATION_DATA:
		return registration_take_advertisement(extension, &reply->advertisement,
						       &reply->skipped);
	case EXTENSION_NAI:
		registration_take_text(extension, &reply->nai, &reply->skipped);
		break;
	case EXTENSION_REVOCATION_SUPPORT:
		registration_take_revocation(extension, &reply->revocation, &reply->skipped);
		break;
	case EXTENSION_DYNAMIC_HA:
		registration_take_agent(extension, &reply->agent, &reply->skipped);
		break;
	case EXTENSION_MESSAGE_STRING:
		registration_take_text(extension, &reply->text, &reply->skipped);
		break;
	case EXTENSION_MOBILE_NETWORK:
		take_ack(extension, reply);
		break;
	default:
		reply->skipped.unknown++;
		break;
	}
	return WIRE_OK;
}

static enum wire_result parse_fixed(struct reader *reader, struct registration_reply *reply)
{
	uint8_t type = read_u8(reader);

	memset(reply, 0, offsetof(struct registration_reply, acks));
	reply->text = (struct registration_text){0};
	reply->auth = (struct message_auth){0};
	reply->correspondent = (struct message_correspondent){0};
	reply->foreign_home = 0;
	reply->skipped = (struct registration_skipped){0};
	reply->failed_type = 0;
	reply->code = read_u8(reader);
	reply->lifetime = read_u16(reader);
	reply->home_address = read_be32(reader);
	reply->home_agent = read_be32(reader);
	reply->identification = read_u64(reader);
	if (reader->failed)
		return WIRE_SHORT;
	return type == MESSAGE_REPLY ? WIRE_OK : WIRE_TYPE;
}

enum wire_result registration_reply_parse(const uint8_t *payload, size_t len,
					  struct registration_reply *reply)
{
	struct reader reader = reader_of(payload, len);
	struct extension_walk walk;
	struct extension extension;
	enum wire_result result;

	result = parse_fixed(&reader, reply);
	if (result != WIRE_OK)
		return result;
	walk = extension_walk_of(reader, reply_forms);
	while ((result = extension_next(&walk, &extension)) == WIRE_OK) {
		result = take_extension(&extension, reply);
		if (result != WIRE_OK)
			break;
	}
	if (result == WIRE_END)
		return WIRE_OK;
	reply->failed_type = walk.type;
	return result;
}

static void put_ack(const struct registration_ack *ack, struct writer *writer)
{
	write_short(writer, EXTENSION_MOBILE_NETWORK, ack->implicit ? ACK_IMPLICIT : ACK_EXPLICIT,
		    ACK_LEN);
	write_u8(writer, ack->code);
	write_u8(writer, ack->network.len);
	write_u8(writer, 0);
	write_be32(writer, ack->network.prefix);
}

static void put_udp(const struct registration_udp_reply *udp, struct writer *writer)
{
	if (!udp->is_present)
		return;
	write_short(writer, EXTENSION_UDP_TUNNEL_REPLY, UDP_REPLY, UDP_LEN);
	write_u8(writer, udp->code);
	write_u16(writer, udp->force ? UDP_FORCE : 0);
	write_u16(writer, udp->keepalive);
}

enum wire_result registration_reply_build(const struct registration_reply *reply,
					  struct writer *writer)
{
	size_t i;

	if (reply->n_acks > REGISTRATION_NETWORKS_MAX || reply->nai.len > UINT8_MAX ||
	    reply->optimization.code > OPTIMIZATION_CODE_MAX ||
	    reply->advertisement.len > UINT16_MAX || reply->care_ofs.n > REGISTRATION_CARE_OFS_MAX)
		return WIRE_VALUE;
	write_u8(writer, MESSAGE_REPLY);
	write_u8(writer, reply->code);
	write_u16(writer, reply->lifetime);
	write_be32(writer, reply->home_address);
	write_be32(writer, reply->home_agent);
	write_u64(writer, reply->identification);
	registration_put_nai(&reply->nai, writer);
	for (i = 0; i < reply->n_acks; i++)
		put_ack(&reply->acks[i], writer);
	registration_put_optimization(&reply->optimization, writer);
	put_udp(&reply->udp, writer);
	registration_put_advertisement(&reply->advertisement, writer);
	registration_put_care_ofs(&reply->care_ofs, writer);
	registration_put_revocation(&reply->revocation, writer);
	registration_put_agent(&reply->agent, writer);
	return writer->failed ? WIRE_SPACE : WIRE_OK;
}
