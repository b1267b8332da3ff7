/* SPDX-License-Identifier: BSD-3-Clause */
/* The MSS option of a SYN; mss.h says why. */
#include "stage/mss.h"

/* An option may begin at an odd octet: then its two octets lie across two words of the checksum, and
 * count with their bytes swapped. */
static void store_mss(uint8_t *tcp, uint32_t at, uint16_t mss)
{
	be16 sum, from, to = htons(mss);

	memcpy(&from, tcp + at, 2);
	memcpy(tcp + at, &to, 2);
	if (at % 2 != 0) {
		from = (be16)(from << 8 | from >> 8);
		to = (be16)(to << 8 | to >> 8);
	}
	memcpy(&sum, tcp + TCP_CHECKSUM, 2);
	sum = checksum_update(sum, from, to);
	memcpy(tcp + TCP_CHECKSUM, &sum, 2);
}

bool mss_clamp(struct pkt_view *pkt, uint16_t max)
{
	uint8_t *tcp = pkt->ip + pkt->header_len;
	uint32_t available = (uint32_t)pkt->len - pkt->header_len;
	uint32_t end = (uint32_t)(tcp[TCP_OFFSET] >> 4) * 4, at = TCP_SIZE;

	if (end > available)
		return false;
	while (at < end && tcp[at] != TCP_OPTION_END) {
		if (tcp[at] == TCP_OPTION_NOP) {
			at++;
			continue;
		}
		if (end - at < 2 || tcp[at + 1] < 2 || tcp[at + 1] > end - at)
			return false;
		if (tcp[at] == TCP_OPTION_MSS && tcp[at + 1] == TCP_OPTION_MSS_SIZE) {
			if (load16(tcp + at + 2) <= max)
				return false;
			store_mss(tcp, at + 2, max);
			return true;
		}
		at += tcp[at + 1];
	}
	return false;
}
