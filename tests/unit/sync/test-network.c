/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What counts as a change of the network, by a clock of the test's own. */
/* clang-format off */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */
#include <sys/eventfd.h>
#include <unistd.h>

#include "../../../src/sync/network.h"

enum { NOTICED_US = 2 * G_USEC_PER_SEC, QUIET_US = G_USEC_PER_SEC };

struct world {
	gint64 slept_ms;
	int fd; /* what the watch waits on */
	guint changes;
	struct network *network;
};

static gint64 slept(void *data)
{
	return ((struct world *)data)->slept_ms;
}

static void changed(void *data)
{
	((struct world *)data)->changes++;
}

static int begin(void **state)
{
	struct world *w = g_new0(struct world, 1);

	w->slept_ms = 5000;
	w->fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	w->network = network_watch(&(struct network_clock){w->fd, slept, w}, changed, w);
	*state = w;
	return 0;
}

static int end(void **state)
{
	struct world *w = *state;

	network_free(w->network);
	g_free(w);
	return 0;
}

static void look_at_the_clock(struct world *w)
{
	guint64 one = 1;

	assert_int_equal(write(w->fd, &one, sizeof one), sizeof one);
}

/* Run until there were so many changes, or the time is over. */
static void run(struct world *w, guint changes, gint64 for_us)
{
	gint64 until = g_get_monotonic_time() + for_us;

	while (w->changes < changes && g_get_monotonic_time() < until)
		if (!g_main_context_iteration(NULL, FALSE))
			g_usleep(5000);
}

static void waking_up_is_noticed_within_two_seconds(void **state)
{
	struct world *w = *state;

	w->slept_ms += 3600 * 1000;
	look_at_the_clock(w);
	run(w, 1, NOTICED_US);
	assert_int_equal(w->changes, 1);
	/* Once. */
	look_at_the_clock(w);
	run(w, 2, QUIET_US);
	assert_int_equal(w->changes, 1);
}

static void a_clock_that_runs_on_is_no_change(void **state)
{
	struct world *w = *state;

	look_at_the_clock(w);
	w->slept_ms += 2;
	run(w, 1, QUIET_US);
	assert_int_equal(w->changes, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(waking_up_is_noticed_within_two_seconds, begin, end),
	    cmocka_unit_test_setup_teardown(a_clock_that_runs_on_is_no_change, begin, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
