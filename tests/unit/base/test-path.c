/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Names from the outside world as path components; folders of ours. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cur/base/error.h"
#include "cur/base/path.h"

static void assert_safe(const char *name)
{
	assert_true(strlen(name) > 0 && strlen(name) <= PATH_NAME_MAX);
	assert_null(strchr(name, '/'));
	assert_false(name[0] == '.' || name[0] == '-' || name[0] == '~');
	assert_true(strcmp(name, "cur") && strcmp(name, "new") && strcmp(name, "tmp"));
	assert_true(g_utf8_validate(name, -1, NULL));
	for (const char *p = name; *p; p++)
		assert_true((guchar)*p >= 0x20 && *p != 0x7f);
}

/* P47, M30 */
static void dangerous_names_are_escaped_and_come_back(void **state)
{
	static const struct {
		const char *text, *name;
	} cases[] = {
	    {"", "%"},
	    {".", "%2E"},
	    {"..", "%2E."},
	    {"../x", "%2E.%2Fx"},
	    {"/etc", "%2Fetc"},
	    {"a//b", "a%2F%2Fb"},
	    {"a\\b", "a%5Cb"},
	    {"~", "%7E"},
	    {"-rf", "%2Drf"},
	    {".bashrc", "%2Ebashrc"},
	    {".notmuch", "%2Enotmuch"},
	    {"cur", "%63ur"},
	    {"new", "%6Eew"},
	    {"tmp", "%74mp"},
	    {"curry", "curry"},
	    {"INBOX", "INBOX"},
	    {"inbox", "inbox"},
	    {"a\nb", "a%0Ab"},
	    {"100%", "100%25"},
	    {"%2E", "%252E"},
	    {" ", "%20"},
	    {"Entw\303\274rfe", "Entw\303\274rfe"},
	    {"\377", "%FF"},
	};

	for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *name = path_safe_name(cases[i].text, -1);
		g_autofree char *back = path_unsafe_name(name);

		assert_string_equal(name, cases[i].name);
		assert_safe(name);
		assert_string_equal(back, cases[i].text);
	}
}

static void a_nul_is_escaped(void **state)
{
	g_autofree char *name = path_safe_name("a\0b", 3);

	assert_string_equal(name, "a%00b");
	assert_null(path_unsafe_name(name));
}

static void names_that_were_not_made_here_do_not_come_back(void **state)
{
	static const char *const names[] = {"%41", "a%", "..", "%2e", "a%2"};

	for (guint i = 0; i < G_N_ELEMENTS(names); i++)
		assert_null(path_unsafe_name(names[i]));
}

static void long_names_are_cut_and_stay_different(void **state)
{
	g_autofree char *a = g_strnfill(5000, 'x');
	g_autofree char *b = g_strnfill(5001, 'x');
	g_autofree char *name_a = path_safe_name(a, -1);
	g_autofree char *name_b = path_safe_name(b, -1);

	assert_safe(name_a);
	assert_safe(name_b);
	assert_string_not_equal(name_a, name_b);
	assert_null(path_unsafe_name(name_a));
}

static gsize random_text(GRand *rand, char text[400])
{
	static const char pieces[] =
	    "./%~-\\ \n\t\001\177curnewtmp\303\244\360\237\230\200\200\377";
	gsize n = g_rand_int_range(rand, 0, g_rand_boolean(rand) ? 8 : 400);

	for (gsize i = 0; i < n; i++)
		text[i] = g_rand_boolean(rand) ? pieces[g_rand_int_range(rand, 0, sizeof(pieces))]
					       : (char)g_rand_int_range(rand, 0, 256);
	return n;
}

/* D40: 10,000 random texts, all safe, different and (when not cut) reversible */
static void any_text_becomes_a_safe_unique_name(void **state)
{
	g_autoptr(GHashTable) seen =
	    g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_bytes_unref);
	g_autoptr(GRand) rand = g_rand_new_with_seed(40);
	char text[400];

	for (int i = 0; i < 10000; i++) {
		gsize n = random_text(rand, text);
		char *name = path_safe_name(text, n);
		g_autofree char *back = path_unsafe_name(name);
		GBytes *bytes = g_bytes_new(text, n);
		GBytes *before = g_hash_table_lookup(seen, name);

		assert_safe(name);
		assert_true(!before || g_bytes_equal(before, bytes));
		if (back)
			assert_memory_equal(back, text, n);
		else
			assert_true(strstr(name, "%~") || memchr(text, 0, n));
		g_hash_table_replace(seen, name, bytes);
	}
}

static void a_private_folder_is_made_and_kept_private(void **state)
{
	g_autofree char *top = g_dir_make_tmp("path-XXXXXX", NULL);
	g_autofree char *dir = g_build_filename(top, "a", "b", NULL);
	g_autofree char *file = g_build_filename(top, "file", NULL);
	g_autoptr(GError) error = NULL;
	struct stat st;

	assert_true(path_make_private(dir, &error));
	chmod(dir, 0755);
	assert_true(path_make_private(dir, &error));
	assert_int_equal(stat(dir, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0700);
	g_file_set_contents(file, "", 0, NULL);
	assert_false(path_make_private(file, &error));
	assert_non_null(error);
}

static void home_is_expanded_and_shortened(void **state)
{
	g_autofree char *x = path_home_expand("~/x");
	g_autofree char *home = path_home_expand("~");
	g_autofree char *nobody = path_home_expand("~no-such-user/x");
	g_autofree char *root = path_home_expand("~root");
	g_autofree char *back = path_home_shorten(x);

	assert_true(g_str_has_prefix(x, g_get_home_dir()));
	assert_true(g_str_has_suffix(x, "/x"));
	assert_string_equal(home, g_get_home_dir());
	assert_string_equal(nobody, "~no-such-user/x");
	assert_string_equal(root, "/root");
	assert_string_equal(back, strlen(g_get_home_dir()) > 1 ? "~/x" : "/x");
}

static void xdg_folders_that_are_relative_do_not_count(void **state)
{
	g_setenv("XDG_DATA_HOME", "relative", TRUE);
	g_autofree char *home = path_data_dir();
	g_setenv("XDG_DATA_HOME", "/abs", TRUE);
	g_autofree char *abs = path_data_dir();

	assert_true(g_str_has_suffix(home, "/.local/share/cur"));
	assert_string_equal(abs, "/abs/cur");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(dangerous_names_are_escaped_and_come_back),
	    cmocka_unit_test(a_nul_is_escaped),
	    cmocka_unit_test(names_that_were_not_made_here_do_not_come_back),
	    cmocka_unit_test(long_names_are_cut_and_stay_different),
	    cmocka_unit_test(any_text_becomes_a_safe_unique_name),
	    cmocka_unit_test(a_private_folder_is_made_and_kept_private),
	    cmocka_unit_test(home_is_expanded_and_shortened),
	    cmocka_unit_test(xdg_folders_that_are_relative_do_not_count),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
