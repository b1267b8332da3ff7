/* SPDX-License-Identifier: BSD-3-Clause */
#include "case.h"

struct scene *scene;
struct far *far;

int setup(void **state)
{
	(void)state;
	scene = scene_create();
	far = &scene->far[FAR_A];
	return 0;
}

int teardown(void **state)
{
	(void)state;
	scene_destroy(scene);
	return 0;
}

uint32_t hub_tunnel(void)
{
	return mobile_hub_tunnel(scene->world->mobile).index;
}

enum asking asking(void)
{
	return scene_peer(scene, far)->session->asking;
}

void start_tested(void)
{
	scene_start(scene);
	assert_true(far_test(far, RR_HOME));
	assert_true(far_test(far, RR_CARE_OF));
}

void make_direct(void)
{
	assert_int_equal(far_register(far), REPLY_ACCEPTED);
	scene_run(scene, 3 * NS_PER_S);
	assert_true(scene_is_direct(scene, far));
}

void start_direct(void)
{
	scene_start(scene);
	make_direct();
}
