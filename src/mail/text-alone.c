/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The first part of a message in the message's place. */
#include "cur/mail/text-alone.h"

#include <string.h>

#include "cur/mail/message.h"

/* The end of the field that begins here, its folded lines with it. */
static const char *field_end(const char *at, const char *end)
{
	do {
		const char *lf = memchr(at, '\n', (gsize)(end - at));

		at = lf ? lf + 1 : end;
	} while (at < end && (*at == ' ' || *at == '\t'));
	return at;
}

/* The fields of the message that do not speak of its body. */
static void add_header(GString *out, const struct part *root)
{
	const char *at = root->head, *end = at + root->head_n;

	while (at < end && *at != '\n' && *at != '\r') {
		const char *next = field_end(at, end);

		if (next - at < 8 || g_ascii_strncasecmp(at, "Content-", 8) != 0)
			g_string_append_len(out, at, next - at);
		at = next;
	}
}

GBytes *message_text_alone(GBytes *message)
{
	auto_ptr(message) m = message_new(message);
	struct part *root = message_root(m), *first;
	GString *out;

	if (!part_is(root, "multipart", "mixed") || root->n_children < 2)
		return g_bytes_ref(message);
	first = root->children[0];
	out = g_string_sized_new(root->head_n + first->head_n + first->body_n + 1);
	add_header(out, root);
	g_string_append_len(out, first->head, (gssize)first->head_n);
	g_string_append_len(out, first->body, (gssize)first->body_n);
	g_string_append_c(out, '\n');
	return g_string_free_to_bytes(out);
}
