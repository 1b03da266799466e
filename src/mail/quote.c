/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The quoted text of a reply, and where a signature begins. */
#include <string.h>

#include "cur/mail/reply.h"

/* One line without its end. Flowed marks carry a blank only in front of new text (RFC 3676 4.5). */
static void quote_line(const char *line, gsize n, const struct quote_options *o, GString *out)
{
	const char *mark = o->indent_string ? o->indent_string : "> ";

	if (o->text_flowed)
		mark = n == 0 || *line == '>' ? ">" : "> ";
	else if (n == 0 && !o->indent_empty)
		mark = "";
	g_string_append(out, mark);
	g_string_append_len(out, line, (gssize)n);
	g_string_append_c(out, '\n');
}

static void quote_lines(const char *text, gsize n, const struct quote_options *o, GString *out)
{
	const char *end = text + n;

	while (text < end) {
		const char *newline = memchr(text, '\n', (gsize)(end - text));
		const char *stop = newline ? newline : end;

		quote_line(text, (gsize)(stop - text), o, out);
		text = newline ? newline + 1 : end;
	}
}

gsize reply_text_end(const char *text, gsize n)
{
	for (gsize at = n; at-- > 0;)
		if ((at == 0 || text[at - 1] == '\n') && n - at >= 4 &&
		    memcmp(text + at, "-- \n", 4) == 0)
			return at;
	return n;
}

void reply_quote(const char *text, gsize n, const struct quote_options *options, GString *out)
{
	if (options->strip_signature)
		n = reply_text_end(text, n);
	if (options->attribution)
		g_string_append_printf(out, "%s\n", options->attribution);
	if (options->header) {
		quote_lines(options->header, strlen(options->header), options, out);
		quote_line("", 0, options, out);
	}
	quote_lines(text, n, options, out);
	if (options->post_indent_string && *options->post_indent_string)
		g_string_append_printf(out, "%s\n", options->post_indent_string);
}
