/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * POSIX extended regular expressions as mutt users write them, on PCRE2: the GNU
 * word anchors and [[:<:]] work, back-tracking is bounded.
 */
#ifndef CUR_BASE_REGEX_H
#define CUR_BASE_REGEX_H

#include <glib.h>

#include "cur/base/auto.h"

enum regex_flags {
	REGEX_SMART_CASE = 0, /* ignore case unless the text has an upper-case letter */
	REGEX_IGNORE_CASE = 1 << 0,
	REGEX_MATCH_CASE = 1 << 1,
	REGEX_NEWLINE = 1 << 2, /* ^ and $ match at line ends inside the text */
};

struct regex;
/* USAGE with PCRE2's words and the place when it does not compile. */
struct regex *regex_new(const char *text, enum regex_flags flags, GError **error);
void regex_free(struct regex *re);
DEFINE_AUTO(regex, regex_free)

/* The text it was made from, as long as `re` lives. */
const char *regex_text(const struct regex *re);

/*
 * TRUE when it matches somewhere in n bytes (-1: to the NUL). Bad UTF-8 in the
 * subject is no failure. A match that takes too many steps counts as no match. Safe
 * from several threads at once.
 */
gboolean regex_match(const struct regex *re, const char *text, gssize n);

enum { REGEX_GROUPS = 10 };
struct regex_span {
	gssize start, end; /* byte offsets; -1 for a group that took no part */
};
/*
 * The same from byte `from` on (^ holds only at 0), with the whole match in spans[0] and the
 * groups after it; n_spans of them are filled.
 */
gboolean regex_find(const struct regex *re, const char *text, gssize n, gsize from,
		    struct regex_span *spans, guint n_spans);

/* `text` with every special character escaped, to be put into a regular expression. */
char *regex_escape(const char *text);

#endif
