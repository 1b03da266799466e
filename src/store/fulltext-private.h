/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A notmuch database that is open: what fulltext.c writes and fulltext-search.c reads. */
#ifndef STORE_FULLTEXT_PRIVATE_H
#define STORE_FULLTEXT_PRIVATE_H

#include "cur/store/fulltext.h"
#include "notmuch-late.h"

struct fulltext {
	char *index_dir, *mail_dir;
	notmuch_database_t *db;
	gboolean in_atomic;
};

struct fulltext *fulltext_new(const char *index_dir, const char *mail_dir);
void fulltext_free(struct fulltext *ft);
/* Open it, or make it for writing. *words, to be freed, may say what went wrong. */
notmuch_status_t fulltext_open_db(struct fulltext *ft, notmuch_database_mode_t mode, char **words);
/* Always FALSE. `words` may be NULL. */
gboolean fulltext_fail(GError **error, notmuch_status_t status, const char *words, const char *dir);

#endif
