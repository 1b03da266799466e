/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Mailcap and the history file. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>
#include <sys/stat.h>

#include "cur/base/child.h"
#include "cur/conf/history.h"
#include "cur/conf/mailcap.h"
#include "muttrc.h"

static const char mailcap[] = "# a comment\n"
			      "text/html; lynx -dump %s; copiousoutput; nametemplate=%s.html\n"
			      "text/html; firefox '%s' ; edit=vi \"%s\"; needsterminal\n"
			      "image/*; \\\n  xv %s ; test = test -n \"$NO_SUCH_VARIABLE\"\n"
			      "image/*; feh --type %t %{name} %s; test=true\n"
			      "application/x; echo a\\;b \\%s\n"
			      "broken line\n";

struct place {
	char *dir, *path;
	struct conf *conf;
};

static int setup(void **state)
{
	struct place *p = g_new0(struct place, 1);
	g_autofree char *line = NULL;

	p->dir = g_dir_make_tmp("mailcap-XXXXXX", NULL);
	p->path = g_build_filename(p->dir, "file", NULL);
	g_file_set_contents(p->path, mailcap, -1, NULL);
	line = g_strdup_printf("set mailcap_path=/no/such:%s", p->path);
	p->conf = conf_of(line);
	*state = p;
	return 0;
}

static int teardown(void **state)
{
	struct place *p = *state;

	g_unlink(p->path);
	g_rmdir(p->dir);
	conf_free(p->conf);
	g_free(p->dir);
	g_free(p->path);
	g_free(p);
	return 0;
}

/* The message is hostile. */
static const char *parameter(void *data, const char *name)
{
	return strcmp(name, "name") ? NULL : "a';$(id)`x` \"b.png";
}

static void the_first_entry_that_fits_is_found(void **state)
{
	static const struct {
		const char *type;
		enum mailcap_want want;
		const char *command;
	} cases[] = {
	    {"text/html", MAILCAP_VIEW, "lynx -dump \"$1\""},
	    {"TEXT/HTML", MAILCAP_AUTOVIEW, "lynx -dump \"$1\""},
	    {"image/png", MAILCAP_VIEW, "feh --type image/png a____id__x___b.png \"$1\""},
	    {"image/png", MAILCAP_AUTOVIEW, NULL},
	    {"application/x", MAILCAP_VIEW, "echo a;b %s"},
	    {"audio/x", MAILCAP_VIEW, NULL},
	};
	const struct place *p = *state;

	for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
		auto_ptr(mailcap_entry) e =
		    mailcap_find(p->conf, cases[i].type, cases[i].want, NULL, parameter, NULL);
		g_autofree char *command = NULL;

		if (!cases[i].command) {
			assert_null(e);
			continue;
		}
		command = mailcap_command(e, "image/png", parameter, NULL);
		assert_string_equal(command, cases[i].command);
	}
}

/* C14, C15: no option, no other folder. */
static const char *option(void *data, const char *name)
{
	return "-o../../.bashrc";
}

static void a_value_of_a_message_is_no_option_and_no_path(void **state)
{
	struct mailcap_entry e = {.command = (char *)"conv %{charset} %t x%{charset}"};
	g_autofree char *line = mailcap_command(&e, "image/svg+xml", option, NULL);

	assert_string_equal(line, "conv _o.._.._.bashrc image/svg+xml x_o.._.._.bashrc");
}

/* C15: the user's quotes around %s do not matter */
static void a_file_name_reaches_the_command_whole(void **state)
{
	static const char *const commands[] = {"printf \\%s '%s'", "printf \\%s \"%s\"",
					       "printf \\%s %s", "x=%s; printf \\%s \"$x\""};
	static const char file[] = "/tmp/a 'b\"$(id)`id`;x";

	for (guint i = 0; i < G_N_ELEMENTS(commands); i++) {
		struct mailcap_entry e = {.command = (char *)commands[i]};
		g_autofree char *line = mailcap_command(&e, "text/plain", NULL, NULL);
		struct child_result r;
		gsize n;
		const char *out;

		assert_true(child_shell(line, (const char *const[]){file, NULL}, NULL, &r, NULL));
		out = g_bytes_get_data(r.out, &n);
		assert_int_equal(n, strlen(file));
		assert_memory_equal(out, file, n);
		child_result_clear(&r);
	}
}

static void a_part_gets_the_name_that_the_viewer_wants(void **state)
{
	static const struct {
		const char *template, *name, *file;
	} cases[] = {
	    {"%s.html", "page", "page.html"},
	    {"%s.html", "page.html", "page.html"},
	    {"%s.html", "../x", "%2E.%2Fx.html"},
	    {NULL, "x", "x"},
	    {"x", "y", "y"},
	    {NULL, NULL, "part"},
	};

	for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
		struct mailcap_entry e = {.name_template = (char *)cases[i].template};
		g_autofree char *file = mailcap_file_name(&e, cases[i].name);

		assert_string_equal(file, cases[i].file);
	}
}

static void the_history_is_kept_in_its_file(void **state)
{
	const struct place *p = *state;
	g_autofree char *line = g_strdup_printf(
	    "set history=3 save_history=2 history_remove_dups history_file=%s", p->path);
	auto_ptr(conf) conf = conf_of(line);
	struct history *h = history_new(conf);
	struct stat st;

	for (const char *text = "abcab"; *text; text++) {
		const char one[] = {*text, 0};

		history_add(h, HISTORY_PATTERN, one);
	}
	history_add(h, HISTORY_COMMAND, "x\ny");
	assert_int_equal(history_count(h, HISTORY_PATTERN), 3);
	assert_string_equal(history_entry(h, HISTORY_PATTERN, 0), "b");
	assert_string_equal(history_entry(h, HISTORY_PATTERN, 2), "c");
	assert_null(history_entry(h, HISTORY_PATTERN, 3));
	history_free(h);
	h = history_new(conf);
	assert_int_equal(history_count(h, HISTORY_PATTERN), 2);
	assert_string_equal(history_entry(h, HISTORY_PATTERN, 1), "a");
	assert_string_equal(history_entry(h, HISTORY_COMMAND, 0), "x y");
	assert_int_equal(stat(p->path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	history_free(h);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(the_first_entry_that_fits_is_found, setup, teardown),
	    cmocka_unit_test_setup_teardown(a_file_name_reaches_the_command_whole, setup, teardown),
	    cmocka_unit_test(a_value_of_a_message_is_no_option_and_no_path),
	    cmocka_unit_test_setup_teardown(a_part_gets_the_name_that_the_viewer_wants, setup,
					    teardown),
	    cmocka_unit_test_setup_teardown(the_history_is_kept_in_its_file, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
