/* SPDX-License-Identifier: GPL-3.0-or-later */
/* HTML as a stream of texts and tags, as forgiving as browsers are, in linear time. */
#ifndef CUR_MAIL_HTML_LEX_H
#define CUR_MAIL_HTML_LEX_H

#include <glib.h>

struct html_slice {
	const char *p; /* NULL: absent */
	gsize n;
};

struct html_token {
	gboolean is_tag;
	struct html_slice text; /* of a text; entities not yet decoded */
	char name[16];		/* of a tag, lower case, cut */
	gboolean closing;
	struct html_slice href, alt, style, start;
	gboolean hidden;
};

struct html_lexer {
	const char *p, *end;
	gboolean no_tag_end, no_double, no_single; /* the rest holds no '>', '"', '\'' */
};

void html_lexer_init(struct html_lexer *lx, const char *text, gsize n);
/* FALSE at the end. Comments, declarations and the contents of script, style and their like are
 * left out. */
gboolean html_lexer_next(struct html_lexer *lx, struct html_token *token);

/* Append a text with its entities decoded; control characters become blanks. */
void html_decode_entities(GString *out, const char *p, gsize n);

#endif
