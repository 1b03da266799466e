/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Contents of parts as they go out: which transfer encoding, and the encoding itself. */
#ifndef MAIL_BODY_WRITE_H
#define MAIL_BODY_WRITE_H

#include <glib.h>

struct body_facts {
	gsize n_8bit;
	gboolean has_cr; /* any CR */
	gboolean has_nul;
	gboolean has_from;  /* a line that begins with "From " */
	gboolean blank_end; /* a blank before a line's end */
	gboolean long_line; /* above 990 bytes */
};
struct body_facts body_look(const char *bytes, gsize n);

/* "7bit", "8bit", "quoted-printable" or "base64" for text. Static. */
const char *body_text_encoding(const struct body_facts *facts, gsize n, gboolean allow_8bit,
			       gboolean encode_from, gboolean keep_blanks);

/* Append the content in that encoding; "7bit" and "8bit" append it as it is. */
void body_write(GString *out, const char *encoding, const char *bytes, gsize n);

/* CRLF made LF; *n is changed. Yours. */
char *body_lf(const char *bytes, gsize *n);

/* Soft line breaks (RFC 3676 4.2) in paragraphs wider than 72 columns. Yours. */
char *body_wrap_flowed(const char *text, gsize n);

#endif
