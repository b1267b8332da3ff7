/* SPDX-License-Identifier: BSD-3-Clause */
/* control/core: timers against a naive model, the event queue, seeded randomness. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "core/core.h"

#define TIMERS 200

struct model {
	struct timers timers;
	struct timer timer[TIMERS];
	uint64_t deadline[TIMERS]; /* TIME_NEVER: not set */
	uint64_t order[TIMERS];
	uint64_t orders;
	size_t expired; /* in the current run */
};

/* What must expire next: the earliest deadline, the first set among equals. */
static size_t model_next(const struct model *model)
{
	size_t best = 0;

	for (size_t i = 1; i < TIMERS; i++)
		if (model->deadline[i] < model->deadline[best] ||
		    (model->deadline[i] == model->deadline[best] &&
		     model->order[i] < model->order[best]))
			best = i;
	return best;
}

static void expire(struct timer *timer, void *arg)
{
	struct model *model = arg;
	size_t i = (size_t)(timer - model->timer);

	assert_int_equal(i, model_next(model));
	assert_false(timer_is_set(timer));
	model->deadline[i] = TIME_NEVER;
	model->expired++;
}

static size_t model_due(const struct model *model, uint64_t now)
{
	size_t due = 0;

	for (size_t i = 0; i < TIMERS; i++)
		due += model->deadline[i] <= now;
	return due;
}

static void timers_agree_with_a_naive_model(void **state)
{
	static struct model model;
	struct random_seeded seeded;
	struct random random = {random_seeded_fill, &seeded};
	uint64_t now = 0;

	(void)state;
	random_seed(&seeded, 1);
	assert_int_equal(timers_init(&model.timers), 0);
	for (size_t i = 0; i < TIMERS; i++) {
		timer_init(&model.timer[i], expire, &model);
		model.deadline[i] = TIME_NEVER;
	}
	for (int step = 0; step < 20000; step++) {
		size_t i = random_below(&random, RANDOM_JITTER, TIMERS);
		size_t due;

		switch (random_below(&random, RANDOM_JITTER, 4)) {
		case 0:
			timer_stop(&model.timers, &model.timer[i]);
			model.deadline[i] = TIME_NEVER;
			break;
		case 1:
			now += random_below(&random, RANDOM_JITTER, 20);
			due = model_due(&model, now);
			model.expired = 0;
			timers_run(&model.timers, now);
			assert_int_equal(model.expired, due);
			break;
		default:
			model.deadline[i] = now + 1 + random_below(&random, RANDOM_JITTER, 100);
			model.order[i] = model.orders++;
			timer_set(&model.timers, &model.timer[i], model.deadline[i]);
		}
		assert_int_equal(timers_next(&model.timers), model.deadline[model_next(&model)]);
	}
	timers_fini(&model.timers);
}

static void events_leave_in_order_while_the_queue_grows(void **state)
{
	struct core core;
	struct random random = {0};
	struct event event;
	uint32_t posted = 0;
	uint32_t taken = 0;

	(void)state;
	assert_int_equal(core_init(&core, NULL, NULL, &random), 0);
	core.now.mono = 7;
	for (int round = 0; round < 100; round++) {
		for (int i = 0; i < round; i++) {
			event = core_event(&core, EVENT_PATH_MTU);
			assert_int_equal(event.when.mono, 7);
			assert_int_equal(event.port, PORT_NONE);
			assert_int_equal(event.tunnel.index, FWD_NONE);
			event.value = posted++;
			core_post(&core, &event);
		}
		for (int i = 0; i < round / 2; i++) {
			assert_true(event_take(&core.events, &event));
			assert_int_equal(event.value, taken++);
		}
	}
	while (event_take(&core.events, &event))
		assert_int_equal(event.value, taken++);
	assert_int_equal(taken, posted);
	core_fini(&core);
}

static void every_event_has_a_name_of_its_own(void **state)
{
	(void)state;
	for (int i = 0; i < EVENT_MAX; i++)
		for (int j = 0; j < i; j++)
			assert_string_not_equal(event_name(i), event_name(j));
	assert_int_equal(event_level(EVENT_VIOLATION), EVENT_WARNING);
}

static void seeded_streams_repeat_and_do_not_disturb_each_other(void **state)
{
	struct random_seeded a;
	struct random_seeded b;
	struct random from_a = {random_seeded_fill, &a};
	struct random from_b = {random_seeded_fill, &b};

	(void)state;
	random_seed(&a, 42);
	random_seed(&b, 42);
	for (int i = 0; i < 100; i++) {
		random_u64(&from_a, RANDOM_PACKET); /* drawn from a alone */
		assert_int_equal(random_u64(&from_a, RANDOM_JITTER),
				 random_u64(&from_b, RANDOM_JITTER));
	}
	random_seed(&b, 43);
	assert_int_not_equal(random_u64(&from_a, RANDOM_JITTER),
			     random_u64(&from_b, RANDOM_JITTER));
}

static void bounded_draws_stay_below_and_reach_every_value(void **state)
{
	struct random_seeded seeded;
	struct random random = {random_seeded_fill, &seeded};
	unsigned int seen[10] = {0};

	(void)state;
	random_seed(&seeded, 5);
	for (int i = 0; i < 10000; i++) {
		uint64_t value = random_below(&random, RANDOM_JITTER, 10);

		assert_true(value < 10);
		seen[value]++;
	}
	for (int i = 0; i < 10; i++)
		assert_in_range(seen[i], 800, 1200);
	assert_int_equal(random_below(&random, RANDOM_JITTER, 1), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(timers_agree_with_a_naive_model),
		cmocka_unit_test(events_leave_in_order_while_the_queue_grows),
		cmocka_unit_test(every_event_has_a_name_of_its_own),
		cmocka_unit_test(seeded_streams_repeat_and_do_not_disturb_each_other),
		cmocka_unit_test(bounded_draws_stay_below_and_reach_every_value),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
