/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * HTML as text that can be read, without any program or network: blocks,
 * lists, tables, quotes, numbered links with their targets at the end.
 * Linear in the size of the input whatever stands in it.
 */
#ifndef CUR_MAIL_HTML_H
#define CUR_MAIL_HTML_H

#include <glib.h>

#include "cur/mail/rich.h"

struct html_options {
	guint width;	   /* columns a table may take; 0: 80 */
	gboolean no_links; /* no numbers and no list of links */
};

/* The charset a <meta> in the first 1,024 bytes names; NULL. Yours. */
char *html_charset(const char *bytes, gsize n);

/*
 * Render UTF-8 HTML. A paragraph is one logical line; quotes begin with "> ".
 * No control character but LF is in the result. options may be NULL. Yours.
 */
struct rich *html_render(const char *utf8, gsize n, const struct html_options *options);

#endif
