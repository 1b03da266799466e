/* SPDX-License-Identifier: GPL-3.0-or-later */
/* GPGME, when a message is first found to be sealed or is to be. */
#include "gpgme-late.h"

static const char *const names[] = LIBRARY_NAMES(GPGME_FUNCTIONS);
static struct gpgme functions;

/* What has no version cannot be used. */
static void ask_version(void)
{
	functions.check_version(NULL);
}

static struct library library = {GPGME_SONAME, names, G_N_ELEMENTS(names), &functions, ask_version};

gboolean gpgme_load(GError **error)
{
	return library_use(&library, error);
}

const struct gpgme *gpgme(void)
{
	return &functions;
}
