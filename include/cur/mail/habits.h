/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * How the user wants mail read and written, whatever message it is. They hold for
 * the whole process, as a locale does: readers deep in a message ask here.
 * Without a word from anyone they are mutt's defaults.
 */
#ifndef CUR_MAIL_HABITS_H
#define CUR_MAIL_HABITS_H

#include <glib.h>

/* charset-hook: what a name that matches means; iconv-hook: what the system calls it. */
struct charset_rule {
	const char *pattern; /* extended regular expression; case is ignored */
	const char *charset;
	gboolean system; /* of iconv-hook */
};

struct mail_habits {
	gboolean encoded_parameters; /* $rfc2047_parameters */
	gboolean one_blank;	/* $ignore_linear_white_space: between an encoded word and text */
	gboolean unicode_hosts; /* $idn_decode */
	gboolean ascii_hosts;	/* $idn_encode */
	guint header_columns;	/* $wrap_headers: where headers that are written are folded */
	const struct charset_rule *charsets; /* the first that matches counts */
	gsize n_charsets;
};

/* Copied; may be called again at any time, while other threads read. */
void mail_habits_set(const struct mail_habits *habits);

/* Those in effect, without the rules. Good for ever. */
const struct mail_habits *mail_habits(void);

/*
 * What a charset is by the rules of one kind; `charset` itself when none matches. Good for ever.
 */
const char *mail_habits_charset(const char *charset, gboolean system);

#endif
