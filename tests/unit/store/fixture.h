/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A folder of its own for each test, removed after it: *state is its path. */
#ifndef TESTS_FIXTURE_H
#define TESTS_FIXTURE_H

#include <ftw.h>
#include <glib.h>
#include <stdio.h>

#define IN_FOLDER(test) cmocka_unit_test_setup_teardown(test, folder_make, folder_remove)

G_GNUC_UNUSED static int folder_make(void **state)
{
	*state = g_dir_make_tmp("cur-test-XXXXXX", NULL);
	return *state ? 0 : -1;
}

static int folder_entry(const char *path, const struct stat *st, int kind, struct FTW *ftw)
{
	return remove(path);
}

static int folder_remove(void **state)
{
	nftw(*state, folder_entry, 16, FTW_DEPTH | FTW_PHYS);
	g_free(*state);
	return 0;
}

#endif
