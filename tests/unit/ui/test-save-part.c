/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Parts on the disk: M30, M31, M34. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>
#include <glib.h>
#include <glib/gstdio.h>

#include "../../../src/ui/editor.h"
#include "../../../src/ui/people.h"
#include "../../../src/ui/save-part.h"
#include "cur/base/error.h"

struct fixture {
	char *dir;
	struct message *message;
};

static int setup(void **state)
{
	static const char bytes[] = "Content-Type: application/octet-stream\n"
				    "Content-Transfer-Encoding: base64\n\nY29udGVudA==\n";
	g_autoptr(GBytes) message = g_bytes_new_static(bytes, sizeof(bytes) - 1);
	struct fixture *f = g_new0(struct fixture, 1);

	f->dir = g_dir_make_tmp("cur-save-XXXXXX", NULL);
	f->message = message_new(message);
	*state = f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;
	GDir *dir = g_dir_open(f->dir, 0, NULL);
	const char *name;

	while ((name = g_dir_read_name(dir))) {
		g_autofree char *path = g_build_filename(f->dir, name, NULL);

		g_remove(path);
	}
	g_dir_close(dir);
	g_rmdir(f->dir);
	message_free(f->message);
	g_free(f->dir);
	g_free(f);
	return 0;
}

static char *content(const char *path)
{
	char *text = NULL;

	g_file_get_contents(path, &text, NULL, NULL);
	return text;
}

static void a_new_file_is_private_and_nothing_is_overwritten_unasked(void **state)
{
	struct fixture *f = *state;
	g_autofree char *path = g_build_filename(f->dir, "a.txt", NULL);
	g_autofree char *text = NULL, *other = NULL;
	g_autoptr(GError) error = NULL;
	struct stat st;

	assert_true(save_part(message_root(f->message), path, SAVE_NEW, FALSE, NULL));
	text = content(path);
	assert_string_equal(text, "content");
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	assert_false(save_part(message_root(f->message), path, SAVE_NEW, FALSE, &error));
	assert_true(error_is(error, CUR_ERROR_EXISTS));
	assert_true(save_part(message_root(f->message), path, SAVE_APPEND, FALSE, NULL));
	other = content(path);
	assert_string_equal(other, "contentcontent");
	g_free(other);
	assert_true(save_part(message_root(f->message), path, SAVE_OVERWRITE, FALSE, NULL));
	other = content(path);
	assert_string_equal(other, "content");
}

static void links_and_folders_are_refused_whatever_was_answered(void **state)
{
	/* M31 */
	struct fixture *f = *state;
	g_autofree char *target = g_build_filename(f->dir, "target", NULL);
	g_autofree char *link_path = g_build_filename(f->dir, "link", NULL);
	g_autofree char *dangling = g_build_filename(f->dir, "dangling", NULL);
	g_autofree char *text = NULL;

	assert_true(g_file_set_contents(target, "mine", -1, NULL));
	assert_int_equal(symlink(target, link_path), 0);
	assert_int_equal(symlink("/nonexistent/x", dangling), 0);
	for (int how = SAVE_NEW; how <= SAVE_APPEND; how++) {
		assert_false(save_part(message_root(f->message), link_path, (enum save_how)how,
				       FALSE, NULL));
		assert_false(
		    save_part(message_root(f->message), dangling, (enum save_how)how, FALSE, NULL));
		assert_false(
		    save_part(message_root(f->message), f->dir, (enum save_how)how, FALSE, NULL));
	}
	text = content(target);
	assert_string_equal(text, "mine");
}

static void equal_names_get_files_of_their_own(void **state)
{
	/* M34 */
	struct fixture *f = *state;
	g_autofree char *path = g_build_filename(f->dir, "report.pdf", NULL);
	GDir *dir;
	guint n = 0;

	for (guint i = 0; i < 100; i++) {
		g_autofree char *free_path = save_free_path(path);

		assert_true(save_part(message_root(f->message), free_path, SAVE_NEW, FALSE, NULL));
	}
	dir = g_dir_open(f->dir, 0, NULL);
	for (const char *name; (name = g_dir_read_name(dir)); n++)
		assert_true(g_str_has_prefix(name, "report") && g_str_has_suffix(name, ".pdf"));
	g_dir_close(dir);
	assert_int_equal(n, 100);
}

static void a_file_name_reaches_a_command_as_one_argument(void **state)
{
	/* C13: the line never holds the name, only "$1" */
	static const char *const cases[][2] = {
	    {"vim", "vim \"$1\""},
	    {"emacs -nw %s", "emacs -nw \"$1\""},
	    {"sh -c 'x' '%s' &", "sh -c 'x' \"$1\" &"},
	    {"see \"%s\"", "see \"$1\""},
	};

	for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *line = editor_line(cases[i][0]);

		assert_string_equal(line, cases[i][1]);
	}
}

static void answers_of_a_query_become_people(void **state)
{
	g_autofree char *message = NULL;
	g_autoptr(GPtrArray) people = query_parse("Searching ... 3 found\n"
						  "ann@example.org\tAnn Example\tfriend\nnobody\n\n"
						  "bob@example.org\n\tno address\n",
						  &message);
	const struct person *first;

	g_ptr_array_set_free_func(people, (GDestroyNotify)person_free);
	assert_string_equal(message, "Searching ... 3 found");
	assert_true(people->len >= 2);
	first = g_ptr_array_index(people, 0);
	assert_string_equal(first->address, "Ann Example <ann@example.org>");
	assert_string_equal(first->name, "Ann Example");
	assert_string_equal(first->extra, "friend");
}

static void an_alias_line_cannot_become_another_command(void **state)
{
	g_autofree char *line = alias_line("ann", "\"A; set x=`id` #$\" <a@b>");
	g_autofree char *key = alias_key("ann smith;\n`id`");

	assert_string_equal(line, "alias ann \\\"A\\; set x=\\`id\\` \\#\\$\\\" <a@b>\n");
	assert_string_equal(key, "ann-smith---id-");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(
		a_new_file_is_private_and_nothing_is_overwritten_unasked, setup, teardown),
	    cmocka_unit_test_setup_teardown(links_and_folders_are_refused_whatever_was_answered,
					    setup, teardown),
	    cmocka_unit_test_setup_teardown(equal_names_get_files_of_their_own, setup, teardown),
	    cmocka_unit_test(a_file_name_reaches_a_command_as_one_argument),
	    cmocka_unit_test(answers_of_a_query_become_people),
	    cmocka_unit_test(an_alias_line_cannot_become_another_command),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
