/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A message in the making survives editors, crashes and us: C19, D27, D50. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <glib.h>
#include <glib/gstdio.h>

#include "cur/model/manuscript.h"

struct fixture {
	char *dir;
	struct manuscript *ms;
	gboolean taken; /* what manuscript_adopt() said of the last one */
};

static void empty_folder(const char *path)
{
	GDir *dir = g_dir_open(path, 0, NULL);
	const char *name;

	while (dir && (name = g_dir_read_name(dir))) {
		g_autofree char *inner = g_build_filename(path, name, NULL);

		if (g_file_test(inner, G_FILE_TEST_IS_DIR))
			empty_folder(inner);
		g_remove(inner);
	}
	if (dir)
		g_dir_close(dir);
}

static struct draft *a_draft(void)
{
	struct draft *draft = draft_new();

	draft_set(&draft->from, "Anna <anna@example.org>");
	draft_set(&draft->to, "Bob <bob@example.net>");
	draft_set(&draft->bcc, "secret@example.net");
	draft_set(&draft->subject, "Grüße");
	draft_set(&draft->body, "first words\n");
	g_ptr_array_add(draft->fcc, g_strdup("imaps://anna@example.org/Sent"));
	return draft;
}

static int setup(void **state)
{
	struct fixture *f = g_new0(struct fixture, 1);

	f->dir = g_dir_make_tmp("cur-drafts-XXXXXX", NULL);
	f->ms = manuscript_new(f->dir, a_draft(), NULL);
	*state = f;
	return f->ms ? 0 : -1;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	if (f->ms)
		manuscript_free(f->ms);
	empty_folder(f->dir);
	g_rmdir(f->dir);
	g_free(f->dir);
	g_free(f);
	return 0;
}

static char *body_of(struct manuscript *ms)
{
	return draft_body(manuscript_draft(ms), NULL, NULL);
}

/* What a killed program leaves: all it had is gone but the disk. */
static struct manuscript *crash_and_adopt(struct fixture *f)
{
	g_autoptr(GPtrArray) ids = NULL;

	g_clear_pointer(&f->ms, manuscript_free);
	ids = manuscript_orphans(f->dir);
	assert_int_equal(ids->len, 1);
	f->ms = manuscript_adopt(f->dir, g_ptr_array_index(ids, 0), &f->taken, NULL);
	assert_non_null(f->ms);
	return f->ms;
}

static void one_in_use_is_no_orphan(void **state)
{
	struct fixture *f = *state;
	g_autoptr(GPtrArray) ids = manuscript_orphans(f->dir);

	assert_int_equal(ids->len, 0);
}

static void what_the_editor_wrote_before_a_crash_is_found(void **state)
{
	/* D50: killed while the editor was open, its file is newer than the draft */
	struct fixture *f = *state;
	const char *path = manuscript_open_editor(f->ms, FALSE, NULL);
	g_autofree char *body = NULL;
	struct draft *draft;

	assert_true(g_file_set_contents(path, "first words\nand more\n", -1, NULL));
	draft = manuscript_draft(crash_and_adopt(f));
	body = body_of(f->ms);
	assert_string_equal(body, "first words\nand more\n");
	assert_string_equal(draft->to, "Bob <bob@example.net>");
	assert_string_equal(draft->bcc, "secret@example.net");
	assert_string_equal(draft->subject, "Grüße");
	assert_int_equal(draft->fcc->len, 1);
}

static void a_header_edited_before_a_crash_is_found(void **state)
{
	struct fixture *f = *state;
	const char *path = manuscript_open_editor(f->ms, TRUE, NULL);
	g_autofree char *body = NULL;

	assert_true(g_file_set_contents(
	    path, "From: anna@example.org\nTo: carol@example.com\nSubject: new\n\nother text\n", -1,
	    NULL));
	crash_and_adopt(f);
	body = body_of(f->ms);
	assert_string_equal(body, "other text\n");
	assert_string_equal(manuscript_draft(f->ms)->to, "carol@example.com");
	assert_string_equal(manuscript_draft(f->ms)->subject, "new");
}

static void an_editor_that_fails_takes_no_text_with_it(void **state)
{
	/* C19, D27: gone or emptied by a failure, the text from before is put back */
	struct fixture *f = *state;
	g_autofree char *body = NULL;
	gboolean changed;

	assert_int_equal(g_remove(manuscript_open_editor(f->ms, FALSE, NULL)), 0);
	assert_true(manuscript_close_editor(f->ms, TRUE, &changed, NULL));
	assert_false(changed);
	g_file_set_contents(manuscript_open_editor(f->ms, FALSE, NULL), "", 0, NULL);
	assert_true(manuscript_close_editor(f->ms, TRUE, &changed, NULL));
	body = body_of(f->ms);
	assert_string_equal(body, "first words\n");
}

static void a_text_emptied_on_purpose_stays_empty(void **state)
{
	struct fixture *f = *state;
	g_autofree char *body = NULL;
	gboolean changed;

	g_file_set_contents(manuscript_open_editor(f->ms, FALSE, NULL), "", 0, NULL);
	assert_true(manuscript_close_editor(f->ms, FALSE, &changed, NULL));
	assert_true(changed);
	body = body_of(f->ms);
	assert_string_equal(body, "");
}

static void an_untouched_file_is_not_changed(void **state)
{
	struct fixture *f = *state;
	gboolean changed = TRUE;

	for (int headers = 0; headers < 2; headers++) {
		assert_non_null(manuscript_open_editor(f->ms, headers, NULL));
		assert_true(manuscript_close_editor(f->ms, FALSE, &changed, NULL));
		assert_false(changed);
	}
}

static void a_sent_message_leaves_nothing(void **state)
{
	struct fixture *f = *state;
	g_autoptr(GPtrArray) ids = NULL;
	GDir *dir;

	manuscript_discard(g_steal_pointer(&f->ms));
	ids = manuscript_orphans(f->dir);
	assert_int_equal(ids->len, 0);
	dir = g_dir_open(f->dir, 0, NULL);
	assert_null(g_dir_read_name(dir));
	g_dir_close(dir);
}

static void offer(struct fixture *f)
{
	assert_true(g_file_set_contents(manuscript_outgoing(f->ms), "bytes", -1, NULL));
	assert_true(manuscript_hand_over(f->ms, NULL));
}

static char *outgoing(struct fixture *f)
{
	return g_strdup(manuscript_outgoing(f->ms));
}

static void one_that_was_taken_before_a_crash_is_not_offered_again(void **state)
{
	struct fixture *f = *state;
	g_autofree char *path = outgoing(f);

	offer(f);
	assert_int_equal(g_remove(path), 0); /* as the engine does */
	crash_and_adopt(f);
	assert_true(f->taken);
	assert_false(manuscript_take_back(f->ms));
}

static void one_that_was_offered_in_vain_comes_back_and_cannot_be_taken(void **state)
{
	struct fixture *f = *state;
	g_autofree char *path = outgoing(f);

	offer(f);
	crash_and_adopt(f);
	assert_false(f->taken);
	assert_false(g_file_test(path, G_FILE_TEST_EXISTS));
	crash_and_adopt(f);
	assert_false(f->taken);
}

static void a_crash_before_it_was_offered_keeps_it(void **state)
{
	struct fixture *f = *state;

	assert_true(g_file_set_contents(manuscript_outgoing(f->ms), "byt", -1, NULL));
	crash_and_adopt(f);
	assert_false(f->taken);
}

static void a_crash_while_it_is_taken_back_keeps_it(void **state)
{
	struct fixture *f = *state;
	g_autofree char *path = outgoing(f);
	g_autofree char *folder = g_path_get_dirname(path);
	g_autofree char *returned = g_build_filename(folder, "returned", NULL);

	offer(f);
	assert_int_equal(g_rename(path, returned), 0);
	crash_and_adopt(f);
	assert_false(f->taken);
	crash_and_adopt(f);
	assert_false(f->taken);
}

static void half_a_removed_folder_is_swept(void **state)
{
	struct fixture *f = *state;
	g_autofree char *path = outgoing(f);
	g_autofree char *folder = g_path_get_dirname(path);
	g_autofree char *hidden = g_build_filename(f->dir, ".half", NULL);
	g_autoptr(GPtrArray) ids = NULL;

	g_clear_pointer(&f->ms, manuscript_free);
	assert_int_equal(g_rename(folder, hidden), 0);
	ids = manuscript_orphans(f->dir);
	assert_int_equal(ids->len, 0);
	assert_false(g_file_test(hidden, G_FILE_TEST_EXISTS));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(one_in_use_is_no_orphan, setup, teardown),
	    cmocka_unit_test_setup_teardown(what_the_editor_wrote_before_a_crash_is_found, setup,
					    teardown),
	    cmocka_unit_test_setup_teardown(a_header_edited_before_a_crash_is_found, setup,
					    teardown),
	    cmocka_unit_test_setup_teardown(an_editor_that_fails_takes_no_text_with_it, setup,
					    teardown),
	    cmocka_unit_test_setup_teardown(a_text_emptied_on_purpose_stays_empty, setup, teardown),
	    cmocka_unit_test_setup_teardown(an_untouched_file_is_not_changed, setup, teardown),
	    cmocka_unit_test_setup_teardown(a_sent_message_leaves_nothing, setup, teardown),
	    cmocka_unit_test_setup_teardown(one_that_was_taken_before_a_crash_is_not_offered_again,
					    setup, teardown),
	    cmocka_unit_test_setup_teardown(
		one_that_was_offered_in_vain_comes_back_and_cannot_be_taken, setup, teardown),
	    cmocka_unit_test_setup_teardown(a_crash_before_it_was_offered_keeps_it, setup,
					    teardown),
	    cmocka_unit_test_setup_teardown(a_crash_while_it_is_taken_back_keeps_it, setup,
					    teardown),
	    cmocka_unit_test_setup_teardown(half_a_removed_folder_is_swept, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
