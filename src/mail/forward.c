/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A message handed on: quoted in the text, whole, or some of its parts. */
#include "cur/mail/forward.h"

#include <string.h>

#include "cur/mail/reply.h"

void forward_text(const char *text, gsize n, const struct forward_options *options, GString *out)
{
	const struct quote_options quote = {
	    .indent_string = options->indent_string ? options->indent_string : "",
	    .indent_empty = options->indent_string != NULL,
	    .header = options->header};

	if (options->intro)
		g_string_append_printf(out, "%s\n\n", options->intro);
	reply_quote(text, n, &quote, out);
	if (options->trailer)
		g_string_append_printf(out, "\n%s\n", options->trailer);
}

void forward_attach(struct draft *draft, GBytes *message, const char *subject)
{
	g_ptr_array_add(draft->parts, draft_part_new_message(g_bytes_ref(message), subject));
}

void forward_carry(struct draft *draft, GBytes *content, const char *type, const char *name,
		   const char *description)
{
	struct draft_part *part = draft_part_new_bytes(g_bytes_ref(content), type, name);

	part->description = g_strdup(description);
	g_ptr_array_add(draft->parts, part);
}
