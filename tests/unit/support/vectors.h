/* SPDX-License-Identifier: BSD-3-Clause */
/* The test vectors of the protocol pages that several tests look at. */
#ifndef SUPPORT_VECTORS_H
#define SUPPORT_VECTORS_H

/* mip4-base section 19. Key 00 01 ... 0f, SPI 0x100, HMAC-MD5. */
#define VECTOR_KEY "00 01 02 03 04 05 06 07 08 09 0a 0b 0c 0d 0e 0f"
#define VECTOR_SPI 0x100

/* V1: a request of 192.0.2.3 with capability and UDP Tunnel Request */
#define VECTOR_REQUEST                                                             \
	"01 22 02 58 c0 00 02 03 c6 33 64 01 cb 00 71 1e d2 f1 a3 c4 9b 3e 77 10 " \
	"94 06 00 18 0a 03 00 00 99 02 01 c0 90 06 00 00 00 04 00 00 20 14 00 00 " \
	"01 00 fd 81 68 04 e9 b8 24 27 5d 6f 87 8e 50 89 a8 58"

/* V2: the reply that accepts it */
#define VECTOR_REPLY                                                               \
	"03 00 01 2c c0 00 02 03 c6 33 64 01 d2 f1 a3 c4 9b 3e 77 10 94 08 01 00 " \
	"18 00 0a 03 00 00 31 02 01 00 2c 06 00 40 00 00 00 00 32 01 00 23 40 c0 " \
	"00 02 01 18 0a 01 00 01 61 07 65 78 61 6d 70 6c 65 03 63 6f 6d 00 41 c0 " \
	"00 02 02 98 01 01 62 84 00 20 14 00 00 01 00 7f 1a c3 cd 45 85 98 1f 42 " \
	"e0 21 bb 71 03 13 c0"

/* tunnels.md section 11, V12: a keepalive through a UDP tunnel */
#define VECTOR_KEEPALIVE                                                           \
	"45 00 00 3c 01 00 40 00 40 11 c1 87 cb 00 71 1e cb 00 71 0a 01 b2 01 b2 " \
	"00 28 80 0c 04 04 00 00 45 00 00 1c 00 01 00 00 40 01 f6 db c0 00 02 03 " \
	"c0 00 02 01 08 00 aa ac 4d 52 00 01"

/* haaro.md section 22: return routability of router C at router A, and C's registration there */
#define VECTOR_HOME_TEST_INIT    "18 00 11 22 33 44 55 66 77 88 "
#define VECTOR_CARE_OF_TEST_INIT "19 00 99 aa bb cc dd ee ff 00 "
#define VECTOR_HOME_TEST         "1a 00 12 34 11 22 33 44 55 66 77 88 aa f4 e7 89 ca 68 22 70 "
#define VECTOR_CARE_OF_TEST      "1b 00 12 35 99 aa bb cc dd ee ff 00 e0 b0 53 8b b5 0d b9 1d "

#define VECTOR_PEER_REQUEST                                \
	"01 22 01 2c c0 00 02 03 c6 33 64 01 cb 00 71 1e " \
	"d2 f1 a3 ca 51 c0 ff ee 94 06 00 18 0a 03 00 00 " \
	"90 06 00 00 80 04 00 00 31 16 02 00 12 34 12 35 " \
	"15 2b 77 f4 bc d3 70 25 98 fe 77 8f 89 3d 6e 4d"
#define VECTOR_PEER_REPLY                                  \
	"03 00 01 2c c0 00 02 03 c6 33 64 01 d2 f1 a3 ca " \
	"51 c0 ff ee 94 08 01 00 18 00 0a 03 00 00 2c 06 " \
	"00 00 80 00 00 00 31 06 03 00 cb 00 71 0a 31 16 " \
	"02 00 12 34 12 35 a5 20 2c f3 95 9c d9 cf 91 41 " \
	"55 eb 52 bf 06 be"
#define VECTOR_PEER_DEREGISTRATION                         \
	"01 22 00 00 c0 00 02 03 c6 33 64 01 c0 00 02 03 " \
	"d2 f1 a4 e0 0b ad f0 0d 31 16 02 00 12 34 00 00 " \
	"c5 9d fa db bc af b6 e7 ae 05 74 26 71 37 72 90"

#endif
