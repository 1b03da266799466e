/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The line to the engine, with an engine of a few lines at the other end. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <glib/gstdio.h>
#include <unistd.h>

#include "cur/base/error.h"
#include "cur/model/client.h"
#include "cur/wire/socket.h"

struct play {
	char *dir;
	GMainContext *context;
	struct wire_listener *listener;
	struct wire *engine;
	gboolean refuse_hello, die_on_request;
	guint n_hellos;
	/* what the program saw */
	enum client_state state;
	guint n_rows, n_tells;
	gboolean over;
	int error_code; /* -1: none */
};

static void on_ask(struct wire *w, enum wire_id id, guint32 serial, GVariant *body, void *data)
{
	struct play *play = data;

	if (id == WIRE_HELLO) {
		play->n_hellos++;
		if (play->refuse_hello)
			wire_send(w, WIRE_FAIL, serial,
				  g_variant_new("(us)", CUR_ERROR_USAGE, "muttrc:1:1: no"));
		else
			wire_send(w, WIRE_DONE, serial, NULL);
	} else if (play->die_on_request) {
		wire_free(w);
		play->engine = NULL;
	} else if (id == WIRE_OPEN) {
		wire_send(w, WIRE_DIRECTORY, 0, NULL);
		wire_send(w, WIRE_OPENED, serial, g_variant_new("(us)", 5, "/x"));
		wire_send(w, WIRE_DONE, serial, NULL);
	} else {
		wire_send(w, WIRE_FAIL, serial, g_variant_new("(us)", CUR_ERROR_GONE, "no"));
	}
}

static void on_gone(struct wire *w, const GError *why, void *data)
{
	wire_free(w);
	((struct play *)data)->engine = NULL;
}

static void on_accept(int fd, void *data)
{
	struct play *play = data;

	if (play->engine)
		wire_free(play->engine);
	play->engine = wire_new(fd, WIRE_ASK, play->context, on_ask, on_gone, play);
}

static void on_state(enum client_state state, const GError *why, void *data)
{
	((struct play *)data)->state = state;
}

static void on_tell(enum wire_id id, guint32 serial, GVariant *body, void *data)
{
	((struct play *)data)->n_tells++;
}

static void on_answer(enum wire_id id, GVariant *body, gboolean final, const GError *error,
		      void *data)
{
	struct play *play = data;

	play->n_rows += !final;
	play->over = final;
	play->error_code = error ? error->code : -1;
}

static int setup(void **state)
{
	struct play *play = g_new0(struct play, 1);

	play->dir = g_dir_make_tmp("cur-client-XXXXXX", NULL);
	play->context = g_main_context_new();
	play->listener = wire_listen(play->dir, play->context, on_accept, play, NULL);
	*state = play;
	return play->listener ? 0 : -1;
}

static int teardown(void **state)
{
	struct play *play = *state;

	if (play->engine)
		wire_free(play->engine);
	if (play->listener)
		wire_listener_free(play->listener);
	g_main_context_unref(play->context);
	g_rmdir(play->dir);
	g_free(play->dir);
	g_free(play);
	return 0;
}

static struct client *new_client(struct play *play)
{
	struct client_options options = {
	    .data_dir = play->dir,
	    .program = "test",
	    .context = play->context,
	    .no_start = TRUE,
	    .no_return = TRUE,
	};

	return client_new(&options, on_state, on_tell, play);
}

static void run_until_over(struct play *play)
{
	for (int i = 0; i < 2000 && !play->over; i++)
		g_main_context_iteration(play->context, i % 10 == 9);
}

static void a_request_made_while_connecting_is_answered(void **state)
{
	struct play *play = *state;
	auto_ptr(client) client = new_client(play);

	client_ask(client, WIRE_OPEN, g_variant_new("(s)", "/x"), on_answer, play);
	run_until_over(play);
	assert_int_equal(play->state, CLIENT_READY);
	assert_int_equal(play->n_rows, 1);
	assert_int_equal(play->n_tells, 1);
	assert_int_equal(play->error_code, -1);
	assert_int_equal(client_n_wishes(client), 0);
}

static void fail_comes_with_its_code(void **state)
{
	struct play *play = *state;
	auto_ptr(client) client = new_client(play);
	g_autoptr(GError) error = NULL;

	assert_false(client_wait(client, WIRE_STATUS, NULL, 5000, NULL, NULL, &error));
	assert_true(error_is(error, CUR_ERROR_GONE));
}

static void a_dead_engine_fails_what_it_was_asked(void **state)
{
	/* D18 */
	struct play *play = *state;
	auto_ptr(client) client = new_client(play);

	play->die_on_request = TRUE;
	client_ask(client, WIRE_OPEN, g_variant_new("(s)", "/x"), on_answer, play);
	run_until_over(play);
	assert_true(play->over);
	assert_int_equal(play->error_code, CUR_ERROR_RETRY);
	assert_int_equal(play->state, CLIENT_DOWN);
	/* Asked again, it comes back. */
	play->die_on_request = play->over = FALSE;
	client_ask(client, WIRE_OPEN, g_variant_new("(s)", "/x"), on_answer, play);
	run_until_over(play);
	assert_int_equal(play->error_code, -1);
	assert_int_equal(play->n_hellos, 2);
}

static void a_refused_hello_fails_all_with_the_engines_words(void **state)
{
	struct play *play = *state;
	auto_ptr(client) client = new_client(play);

	play->refuse_hello = TRUE;
	client_ask(client, WIRE_OPEN, g_variant_new("(s)", "/x"), on_answer, play);
	run_until_over(play);
	assert_int_equal(play->state, CLIENT_REFUSED);
	assert_int_equal(play->error_code, CUR_ERROR_USAGE);
	assert_string_equal(client_error(client)->message, "muttrc:1:1: no");
}

static void no_engine_is_said_and_not_waited_for(void **state)
{
	struct play *play = *state;
	auto_ptr(client) client = NULL;
	g_autoptr(GError) error = NULL;

	g_clear_pointer(&play->listener, wire_listener_free);
	client = new_client(play);
	assert_false(client_wait(client, WIRE_STATUS, NULL, 5000, NULL, NULL, &error));
	assert_true(error_is(error, CUR_ERROR_GONE));
	assert_int_equal(play->state, CLIENT_DOWN);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(a_request_made_while_connecting_is_answered, setup,
					    teardown),
	    cmocka_unit_test_setup_teardown(fail_comes_with_its_code, setup, teardown),
	    cmocka_unit_test_setup_teardown(a_dead_engine_fails_what_it_was_asked, setup, teardown),
	    cmocka_unit_test_setup_teardown(a_refused_hello_fails_all_with_the_engines_words, setup,
					    teardown),
	    cmocka_unit_test_setup_teardown(no_engine_is_said_and_not_waited_for, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
