/* SPDX-License-Identifier: GPL-3.0-or-later */
/* libnotmuch, when something is first searched or indexed. */
#include "notmuch-late.h"

static const char *const names[] = LIBRARY_NAMES(NOTMUCH_FUNCTIONS);
static struct notmuch functions;
static struct library library = {NOTMUCH_SONAME, names, G_N_ELEMENTS(names), &functions, NULL};

gboolean notmuch_load(GError **error)
{
	return library_use(&library, error);
}

const struct notmuch *notmuch(void)
{
	return &functions;
}
