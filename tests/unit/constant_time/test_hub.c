/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A hub whose subscribers' keys are hidden: it takes, refuses and answers registrations without a
 * branch or an index on a key or an authenticator.
 */
#include "fixture.h"
#include "secret.h"

static int setup(void **state)
{
	int result = fixture_prepare(state);
	struct fixture *f = *state;

	for (size_t i = 0; i < ROUTERS; i++)
		for (size_t key = 0; key < f->routers[i].n_keys; key++) {
			struct conf_key *conf = &f->routers[i].keys[key];

			secret_hide(conf->secret.bytes, conf->secret.len);
			secret_hide(f->sa[i].entries[key].key.secret, conf->secret.len);
		}
	fixture_start(f);
	return result;
}

/* Compared by the hub, and its answer by the router. */
static void test_registration(void **state)
{
	struct fixture *f = *state;

	fixture_register(f, BRANCH_A, CARE_OF);
	secret_assert_compared(2);
}

/* Discarded: there is no answer to compare. */
static void test_forged_registration(void **state)
{
	struct fixture *f = *state;
	struct registration_request request = fixture_request(f, BRANCH_A);
	struct message message = fixture_sign(f, BRANCH_A, 0, &request);

	message.bytes[message.len - 1] ^= 1;
	assert_discarded(f, &message, &home_counters(f->home)->auth_failed);
	secret_assert_compared(1);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_registration, setup, fixture_teardown),
		cmocka_unit_test_setup_teardown(test_forged_registration, setup, fixture_teardown),
	};

	(void)argc;
	return SECRET_RUN(argv[0], tests);
}
