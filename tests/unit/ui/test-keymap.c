/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "cur/conf/keys.h"
#include "cur/ui/keymap.h"

struct world {
	struct conf *conf;
	struct keymap *km;
};

static int set_up(void **state)
{
	struct world *w = g_new0(struct world, 1);

	w->conf = conf_new(CONF_NO_SHELL);
	w->km = keymap_new(w->conf);
	*state = w;
	return 0;
}

static int tear_down(void **state)
{
	struct world *w = *state;

	keymap_free(w->km);
	conf_free(w->conf);
	g_free(w);
	return 0;
}

static void command(struct world *w, const char *line)
{
	assert_true(conf_command(w->conf, line, NULL, NULL));
}

static enum keymap_result type(struct world *w, int key, enum function *fn)
{
	return keymap_feed(w->km, MENU_INDEX, key, TRUE, fn);
}

static void a_key_gives_its_function(void **state)
{
	struct world *w = *state;
	enum function fn = FN_NOOP;

	assert_int_equal(type(w, 'd', &fn), KEYMAP_FUNCTION);
	assert_int_equal(fn, FN_DELETE_MESSAGE);
	assert_int_equal(type(w, ':', &fn), KEYMAP_FUNCTION);
	assert_int_equal(fn, FN_ENTER_COMMAND);
}

static void a_sequence_waits_for_its_end(void **state)
{
	struct world *w = *state;
	enum function fn = FN_NOOP;

	command(w, "bind index gg first-entry");
	command(w, "bind index gt next-thread");
	assert_int_equal(type(w, 'g', &fn), KEYMAP_MORE);
	assert_true(keymap_pending(w->km));
	assert_int_equal(type(w, 'g', &fn), KEYMAP_FUNCTION);
	assert_int_equal(fn, FN_FIRST_ENTRY);
	type(w, 'g', &fn);
	assert_int_equal(type(w, 'x', &fn), KEYMAP_UNBOUND);
	assert_false(keymap_pending(w->km));
}

static void escape_before_a_key_is_meta(void **state)
{
	struct world *w = *state;
	enum function fn = FN_NOOP;

	assert_int_equal(type(w, KEYCODE_ESC, &fn), KEYMAP_MORE);
	assert_int_equal(type(w, 'v', &fn), KEYMAP_FUNCTION);
	assert_int_equal(fn, FN_COLLAPSE_THREAD);
}

static void a_macro_types_its_keys(void **state)
{
	struct world *w = *state;
	enum function fn = FN_NOOP;
	int key;

	command(w, "macro index X \"<delete-message>q\"");
	assert_int_equal(type(w, 'X', &fn), KEYMAP_MORE);
	assert_true(keymap_next(w->km, &key));
	assert_int_equal(keymap_feed(w->km, MENU_INDEX, key, FALSE, &fn), KEYMAP_FUNCTION);
	assert_int_equal(fn, FN_DELETE_MESSAGE);
	assert_true(keymap_next(w->km, &key));
	assert_int_equal(key, 'q');
	assert_false(keymap_next(w->km, &key));
}

static void a_macro_that_calls_itself_ends(void **state)
{
	struct world *w = *state;
	enum keymap_result result;
	enum function fn = FN_NOOP;
	int key, n = 0;

	command(w, "macro index X XX");
	result = type(w, 'X', &fn);
	while (keymap_next(w->km, &key) && n++ < 100000)
		result = keymap_feed(w->km, MENU_INDEX, key, FALSE, &fn);
	assert_int_equal(result, KEYMAP_LOOP);
	assert_false(keymap_next(w->km, &key));
}

static void pushed_keys_come_first(void **state)
{
	struct world *w = *state;
	int key;

	keymap_push(w->km, "ab");
	keymap_push(w->km, "<Enter>c<end-cond>d");
	assert_true(keymap_next(w->km, &key));
	assert_int_equal(key, KEYCODE_ENTER);
	keymap_flush_to(w->km, FN_END_COND);
	assert_true(keymap_next(w->km, &key));
	assert_int_equal(key, 'd');
	keymap_flush(w->km);
	assert_false(keymap_next(w->km, &key));
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    CASE(a_key_gives_its_function),	  CASE(a_sequence_waits_for_its_end),
	    CASE(escape_before_a_key_is_meta),	  CASE(a_macro_types_its_keys),
	    CASE(a_macro_that_calls_itself_ends), CASE(pushed_keys_come_first),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
