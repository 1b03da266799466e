/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The tokens of an IMAP response, read as it comes: a line at a time, literals in between
 * streamed. A FALSE without *error means "this response is odd": lex_skip it and go on; with
 * *error the connection is lost.
 *
 * Pointers into the line are good until the next literal or response.
 */
#ifndef CUR_IMAP_LEX_H
#define CUR_IMAP_LEX_H

#include <glib.h>

#include "cur/net/link.h"

struct lexer {
	struct link *link;
	const char *p, *end;   /* what is left of the line */
	guint64 literal_bytes; /* read so far in this response besides message texts and the first
				  line */
};

enum {
	LEX_DEPTH_MAX = 100,
	LEX_STRING_MAX = 64 * 1024, /* a string that is kept */
	LEX_LITERALS_MAX =
	    16 * 1024 *
	    1024, /* of one response: literals that are no message texts, lines behind them */
};

/* Read the first line of the next response. */
gboolean lex_begin(struct lexer *lx, GError **error);
/* Drop what is left of the response. Only FALSE with *error. */
gboolean lex_skip(struct lexer *lx, GError **error);

/* TRUE and past it when the next byte is c. */
gboolean lex_accept(struct lexer *lx, char c);
gboolean lex_at_end(const struct lexer *lx);
/* One or more blanks, or none: servers differ. */
void lex_blanks(struct lexer *lx);

/* An atom: no blank, bracket, quote or control byte. FALSE when there is none. */
gboolean lex_atom(struct lexer *lx, const char **atom, gsize *n);
/* As an atom, but with [ … ] as part of it (FETCH item names: BODY[TEXT]<0>). */
gboolean lex_item_name(struct lexer *lx, const char **name, gsize *n);
gboolean lex_number(struct lexer *lx, guint64 *n);

/* atom, "quoted" or literal; NIL gives "" and *nil (may be NULL) TRUE. Cut to nothing: over
 * LEX_STRING_MAX is odd. */
gboolean lex_string(struct lexer *lx, GString *out, gboolean *nil, GError **error);
/* Any value, lists included, without recursion. */
gboolean lex_skip_value(struct lexer *lx, GError **error);

/*
 * TRUE when a literal begins here: *n bytes follow on the link, to be read with
 * link_read_exact; then call lex_after_literal.
 */
gboolean lex_literal(struct lexer *lx, guint64 *n, GError **error);
/* The rest of the line behind a literal. PROTOCOL when the literal cannot have ended there. */
gboolean lex_after_literal(struct lexer *lx, GError **error);

/* TRUE when the token equals the word in any case. */
gboolean token_is(const char *token, gsize n, const char *word);

#endif
