/* SPDX-License-Identifier: BSD-3-Clause */
/* control/mobile, the decisions without effects: schedule, uplinks, codes, NAT. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "mobile/denial.h"
#include "mobile/nat.h"
#include "mobile/schedule.h"
#include "mobile/uplink.h"

static void retransmissions_double_from_one_second_to_sixty(void **state)
{
	static const unsigned int seconds[] = {1, 2, 4, 8, 16, 32, 60, 60, 60};

	(void)state;
	for (unsigned int i = 0; i < sizeof(seconds) / sizeof(seconds[0]); i++)
		assert_int_equal(schedule_timeout(i + 1, SCHEDULE_LONGEST),
				 time_seconds(seconds[i]));
	assert_int_equal(schedule_timeout(4, SCHEDULE_LONGEST_BLIND), time_seconds(8));
	assert_int_equal(schedule_timeout(5, SCHEDULE_LONGEST_BLIND), time_seconds(15));
	assert_int_equal(schedule_timeout(1000000, SCHEDULE_LONGEST_BLIND), time_seconds(15));
}

static void a_refresh_comes_between_its_bounds(void **state)
{
	static const uint32_t chances[] = {0, 1, UINT32_MAX / 2, UINT32_MAX - 1, UINT32_MAX};
	uint64_t at;

	(void)state;
	for (uint64_t lifetime = 10; lifetime < 65535; lifetime += 7) {
		for (size_t i = 0; i < 5; i++) {
			at = schedule_refresh(1000, time_seconds(lifetime), chances[i]) - 1000;
			assert_true(at >= time_seconds(lifetime) / 2);
			assert_true(at <= time_seconds(lifetime) / 1000 * 825 + NS_PER_MS);
			if (lifetime > 30) /* else there is no room for three retransmissions */
				assert_true(at + time_seconds(7) <= time_seconds(lifetime));
			if (lifetime > 40)
				assert_true(at >= time_seconds(lifetime) / 1000 * 675 - NS_PER_MS);
		}
	}
	/* The jitter reaches both ends. */
	assert_int_equal(schedule_refresh(0, time_seconds(1000), 0), time_seconds(675));
	assert_true(schedule_refresh(0, time_seconds(1000), UINT32_MAX) > time_seconds(824));
	assert_int_equal(schedule_refresh(5, TIME_NEVER, 7), TIME_NEVER);
}

static void patience_doubles_to_ten_minutes(void **state)
{
	static const unsigned int seconds[] = {30, 60, 120, 240, 480, 600, 600};

	(void)state;
	for (unsigned int i = 0; i < 7; i++)
		assert_int_equal(schedule_denied(i + 1), time_seconds(seconds[i]));
}

static void every_code_has_its_reaction(void **state)
{
	static const struct {
		uint8_t code;
		enum denial denial;
	} named[] = {
		{0, DENIAL_ACCEPTED},   {1, DENIAL_ACCEPTED},        {128, DENIAL_PATIENCE},
		{130, DENIAL_PATIENCE}, {131, DENIAL_IGNORE},        {133, DENIAL_RESYNC},
		{136, DENIAL_REDIRECT}, {139, DENIAL_ENCAPSULATION}, {142, DENIAL_NO_UDP},
		{147, DENIAL_NETWORKS}, {148, DENIAL_NOT_A_ROUTER},
	};

	(void)state;
	for (unsigned int code = 0; code < 256; code++) {
		enum denial want = DENIAL_REFUSED;

		for (size_t i = 0; i < sizeof(named) / sizeof(named[0]); i++)
			if (named[i].code == code)
				want = named[i].denial;
		assert_int_equal(denial_of((uint8_t)code), want);
	}
}

/* --- uplinks -------------------------------------------------------------------------------- */

struct three {
	struct uplink uplinks[3];
	struct uplink_order order;
};

static void make_good(struct three *three)
{
	*three = (struct three){.order.n = 3};
	for (size_t i = 0; i < 3; i++) {
		three->uplinks[i] = (struct uplink){
			.port = (uint16_t)i,
			.carrier = true,
			.answers = true,
			.heard = true,
			.care_of = {.family = IP_V4},
			.good_since = time_seconds(100),
			.hold_down = UPLINK_HOLD_DOWN,
		};
		three->order.best[i] = &three->uplinks[i];
	}
}

static void the_best_good_uplink_is_chosen(void **state)
{
	struct three three;
	uint64_t now = time_seconds(200);
	struct uplink *u = three.uplinks;

	(void)state;
	make_good(&three);
	assert_ptr_equal(uplink_choose(&three.order, NULL, now), &u[0]);
	u[0].carrier = false;
	assert_ptr_equal(uplink_choose(&three.order, &u[0], now), &u[1]);
	u[1].answers = false;
	/* A silent one only for one that is known to be answered. */
	u[2].heard = false;
	assert_ptr_equal(uplink_choose(&three.order, &u[1], now), &u[1]);
	u[2].heard = true;
	u[2].probe.lost = 1;
	assert_ptr_equal(uplink_choose(&three.order, &u[1], now), &u[1]);
	u[2].probe.lost = 0;
	assert_ptr_equal(uplink_choose(&three.order, &u[1], now), &u[2]);
	/* None is good: the active one stays while it is usable, for the hub is silent. */
	u[2].answers = false;
	assert_ptr_equal(uplink_choose(&three.order, &u[2], now), &u[2]);
	assert_ptr_equal(uplink_choose(&three.order, NULL, now), &u[1]);
	u[1].care_of.family = IP_NONE;
	u[2].carrier = false;
	assert_null(uplink_choose(&three.order, &u[2], now));
}

static void a_better_uplink_waits_for_its_hold_down(void **state)
{
	struct three three;
	struct uplink *u = three.uplinks;
	uint64_t due = time_seconds(200) + UPLINK_HOLD_DOWN;

	(void)state;
	make_good(&three);
	u[0].good_since = time_seconds(200);
	assert_ptr_equal(uplink_choose(&three.order, &u[1], due - 1), &u[1]);
	assert_int_equal(uplink_review_at(&three.order, &u[1]), due);
	assert_ptr_equal(uplink_choose(&three.order, &u[1], due), &u[0]);
	/* Leaving a bad one never waits, and staying with it is not reviewed by time. */
	u[1].answers = false;
	assert_int_equal(uplink_review_at(&three.order, &u[1]), TIME_NEVER);
	assert_int_equal(uplink_review_at(&three.order, NULL), TIME_NEVER);
	assert_ptr_equal(uplink_choose(&three.order, &u[1], due - 1), &u[0]);
	assert_int_equal(uplink_review_at(&three.order, &u[0]), TIME_NEVER);
	/* Each failure to register makes the wait longer, a success short again. */
	uplink_fail(&u[0], due);
	assert_int_equal(u[0].hold_down, 2 * UPLINK_HOLD_DOWN);
	for (int i = 0; i < 20; i++)
		uplink_fail(&u[0], due);
	assert_int_equal(u[0].hold_down, UPLINK_HOLD_DOWN_LONGEST);
	uplink_succeed(&u[0]);
	assert_int_equal(u[0].hold_down, UPLINK_HOLD_DOWN);
}

static void the_next_uplink_goes_round(void **state)
{
	struct three three;
	struct uplink *u = three.uplinks;

	(void)state;
	make_good(&three);
	assert_ptr_equal(uplink_next(&three.order, &u[0]), &u[1]);
	assert_ptr_equal(uplink_next(&three.order, &u[2]), &u[0]);
	u[1].answers = false;
	assert_ptr_equal(uplink_next(&three.order, &u[0]), &u[2]);
	/* Never from a good one to one that is known to be silent. */
	u[2].answers = false;
	assert_ptr_equal(uplink_next(&three.order, &u[0]), &u[0]);
	u[0].answers = false;
	assert_ptr_equal(uplink_next(&three.order, &u[0]), &u[1]);
	u[1].carrier = false;
	u[2].carrier = false;
	assert_ptr_equal(uplink_next(&three.order, &u[0]), &u[0]);
}

/* --- NAT ------------------------------------------------------------------------------------ */

enum { NONE, PLAIN, UDP };

static int agreed(const struct mobile_nat_request *ask, bool present, uint8_t code, bool *nat)
{
	const struct registration_udp_reply reply = {.is_present = present, .code = code};
	enum encap encap;

	if (mobile_nat_agree(ask, &reply, &encap, nat) < 0)
		return NONE;
	return encap == ENCAP_UDP ? UDP : PLAIN;
}

static void udp_is_asked_for_as_configured(void **state)
{
	static const struct {
		enum encap list[2];
		size_t n;
		bool force, no_udp, only_udp; /* configured; after 142; after 139 */
		bool can, plain, udp, forced; /* what is asked */
	} rows[] = {
		{{ENCAP_UDP, ENCAP_IPIP}, 2, false, false, false, true, true, true, false},
		{{ENCAP_IPIP, ENCAP_UDP}, 2, false, false, false, true, true, true, false},
		{{ENCAP_UDP, ENCAP_IPIP}, 2, true, false, false, true, true, true, true},
		{{ENCAP_UDP, ENCAP_IPIP}, 2, false, true, false, true, true, false, false},
		{{ENCAP_UDP, ENCAP_IPIP}, 2, false, false, true, true, false, true, true},
		{{ENCAP_UDP, ENCAP_IPIP}, 2, false, true, true, false, false, false, false},
		{{ENCAP_UDP}, 1, false, false, false, true, false, true, true},
		{{ENCAP_UDP}, 1, false, true, false, false, false, false, false},
		{{ENCAP_IPIP}, 1, false, false, false, true, true, false, false},
		{{ENCAP_IPIP}, 1, true, false, false, true, true, false, false},
		{{ENCAP_IPIP}, 1, false, false, true, false, false, false, false},
	};
	struct mobile_nat_request ask;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct conf_mobile conf = {.n_encapsulations = rows[i].n,
					   .force_udp = rows[i].force};

		conf.encapsulations[0] = rows[i].list[0];
		conf.encapsulations[1] = rows[i].list[1];
		assert_int_equal(mobile_nat_ask(&conf, rows[i].no_udp, rows[i].only_udp, &ask),
				 rows[i].can);
		assert_int_equal(ask.plain, rows[i].plain);
		assert_int_equal(ask.udp, rows[i].udp);
		assert_int_equal(ask.forced, rows[i].forced);
	}
}

static void the_reply_decides_between_udp_and_plain(void **state)
{
	static const struct {
		struct mobile_nat_request ask;
		bool present;
		uint8_t code;
		int agreed;
		bool nat;
	} rows[] = {
		{{.plain = true}, false, 0, PLAIN, false},
		{{.plain = true}, true, 0, PLAIN, false}, /* not asked for: not used */
		{{.plain = true, .udp = true}, false, 0, PLAIN, false}, /* unknown there */
		{{.plain = true, .udp = true}, true, 64, PLAIN, false},
		{{.plain = true, .udp = true}, true, 255, PLAIN, false},
		{{.plain = true, .udp = true}, true, 0, UDP, true},
		{{.plain = true, .udp = true}, true, 63, UDP, true},
		{{.plain = true, .udp = true, .forced = true}, true, 0, UDP, false},
		{{.udp = true, .forced = true}, true, 0, UDP, false},
		{{.udp = true, .forced = true}, true, 64, NONE, false},
		{{.udp = true, .forced = true}, false, 0, NONE, false},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		bool nat = false;

		assert_int_equal(agreed(&rows[i].ask, rows[i].present, rows[i].code, &nat),
				 rows[i].agreed);
		assert_int_equal(nat, rows[i].nat);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(retransmissions_double_from_one_second_to_sixty),
		cmocka_unit_test(a_refresh_comes_between_its_bounds),
		cmocka_unit_test(patience_doubles_to_ten_minutes),
		cmocka_unit_test(every_code_has_its_reaction),
		cmocka_unit_test(the_best_good_uplink_is_chosen),
		cmocka_unit_test(a_better_uplink_waits_for_its_hold_down),
		cmocka_unit_test(the_next_uplink_goes_round),
		cmocka_unit_test(udp_is_asked_for_as_configured),
		cmocka_unit_test(the_reply_decides_between_udp_and_plain),
	};

	return cmocka_run_group_tests_name("mobile_decisions", tests, NULL, NULL);
}
