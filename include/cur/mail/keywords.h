/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The keywords (tags) of one mailbox. A message has them as bits of its mark, which are
 * letters of its Maildir name; which name a letter stands for is the mailbox's, as in
 * Dovecot's dovecot-keywords. What is no flag of flags.def is a keyword.
 */
#ifndef CUR_MAIL_KEYWORDS_H
#define CUR_MAIL_KEYWORDS_H

#include <glib.h>

#include "cur/base/auto.h"
#include "cur/mail/row.h"

enum {
	KEYWORD_SHIFT = 9,   /* bit of the letter 'a' */
	KEYWORDS_MAX = 23,   /* letters a..w: as many as a mark has room for */
	KEYWORD_BYTES = 100, /* of a name; a longer one stays where it is */
};
#define KEYWORD_BITS ((mark_t)(~(mark_t)0 << KEYWORD_SHIFT))

/* n bytes (-1: up to NUL) that can be a keyword: an atom of RFC 9051, ASCII, and no flag of ours.
 */
gboolean keyword_is_valid(const char *name, gssize n);

struct keywords;

/* From names in order of their letters, a blank after each but the last, nothing for a letter
 * without a name. What is not valid, or there twice, is left out. */
struct keywords *keywords_parse(const char *text);
char *keywords_format(const struct keywords *kw); /* yours */
void keywords_free(struct keywords *kw);
DEFINE_AUTO(keywords, keywords_free)

/* Bits that have a name. */
mark_t keywords_named(const struct keywords *kw);
/* The name of bit KEYWORD_SHIFT + i, NULL: none. Borrowed. */
const char *keywords_name(const struct keywords *kw, guint i);
/* FALSE when it is not valid or another letter has that name. */
gboolean keywords_set(struct keywords *kw, guint i, const char *name);
/* The bit of a name, any case; 0: none. */
mark_t keywords_bit(const struct keywords *kw, const char *name);
/* The same, of a new name the first letter that is neither named nor in `used`; 0: none is left. */
mark_t keywords_add(struct keywords *kw, const char *name, mark_t used);

/* Names, blank between; what is not valid does not count. TRUE: each has its bit. */
gboolean keywords_find(const struct keywords *kw, const char *names, mark_t *bits);
/* The names of `bits`, sorted, blank between. Yours. */
char *keywords_names(const struct keywords *kw, mark_t bits);

#endif
