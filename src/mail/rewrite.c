/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Messages written anew: header fields are passed on as they were written, or left out. */
#include "cur/mail/rewrite.h"

#include <string.h>

#include "cur/mail/date.h"
#include "header-write.h"

typedef gboolean (*leave_out_fn)(const char *name, void *data);

static const char *line_end(const char *line, const char *end)
{
	const char *newline = memchr(line, '\n', (gsize)(end - line));

	return newline ? newline + 1 : end;
}

/* What stands before the colon; "" for a line that is no field. Yours. */
static char *name_of(const char *line, const char *end)
{
	const char *colon = memchr(line, ':', (gsize)(end - line));

	return colon ? g_strchomp(g_strndup(line, (gsize)(colon - line))) : g_strdup("");
}

/* The fields of the header, up to the empty line, but those that are left out. */
static void append_fields(GString *out, const struct part *root, leave_out_fn leave_out, void *data)
{
	const char *end = root->head + root->head_n, *next;
	gboolean keep = TRUE;

	for (const char *line = root->head; line < end; line = next) {
		g_autofree char *name = NULL;

		next = line_end(line, end);
		if (*line == '\n' || *line == '\r')
			break;
		if (*line != ' ' && *line != '\t') {
			name = name_of(line, next);
			keep = !leave_out(name, data);
		}
		if (keep)
			g_string_append_len(out, line, next - line);
	}
	if (out->len && out->str[out->len - 1] != '\n')
		g_string_append_c(out, '\n');
}

/* ---- as text ---- */

struct weeding {
	gboolean (*is_ignored)(const char *name, void *data);
	void *data;
};

static gboolean speaks_of_body(const char *name, void *data)
{
	const struct weeding *w = data;

	return !g_ascii_strncasecmp(name, "Content-", 8) ||
	       !g_ascii_strcasecmp(name, "MIME-Version") || !g_ascii_strcasecmp(name, "Lines") ||
	       (w->is_ignored && *name && w->is_ignored(name, w->data));
}

GBytes *rewrite_as_text(struct message *m, const char *text,
			gboolean (*is_ignored)(const char *name, void *data), void *data)
{
	GString *out = g_string_new(NULL);
	struct weeding weeding = {is_ignored, data};

	append_fields(out, message_root(m), speaks_of_body, &weeding);
	g_string_append(out, "MIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\n"
			     "Content-Transfer-Encoding: 8bit\n\n");
	g_string_append(out, text);
	return g_string_free_to_bytes(out);
}

/* ---- the label ---- */

static gboolean is_label(const char *name, void *unused)
{
	return !g_ascii_strcasecmp(name, "X-Label");
}

GBytes *rewrite_label(struct message *m, const char *label)
{
	const struct part *root = message_root(m);
	GString *out = g_string_new(NULL);

	append_fields(out, root, is_label, NULL);
	if (*label)
		header_write_text(out, "X-Label", label);
	g_string_append_c(out, '\n');
	g_string_append_len(out, root->body, (gssize)root->body_n);
	return g_string_free_to_bytes(out);
}

/* ---- another type ---- */

static gboolean is_type(const char *name, void *unused)
{
	return !g_ascii_strcasecmp(name, "Content-Type");
}

GBytes *rewrite_type(struct message *m, const struct part *part, const char *type)
{
	gsize n;
	const char *bytes = message_bytes(m, &n);
	GString *out;

	if (part->head < bytes || part->head > bytes + n)
		return NULL;
	out = g_string_new_len(bytes, part->head - bytes);
	append_fields(out, part, is_type, NULL);
	g_string_append_printf(out, "Content-Type: %s\n\n", type);
	g_string_append_len(out, part->body, bytes + n - part->body);
	return g_string_free_to_bytes(out);
}

/* ---- less of it ---- */

/* RFC 2046 5.2.3, with mutt's access-type for what is nowhere any more. */
static void append_stub(GString *out, const struct part *part, gint64 now)
{
	g_autofree char *date = date_format_header(now, date_local_zone(now));

	g_string_append_printf(out,
			       "Content-Type: message/external-body; access-type=x-mutt-deleted;\n"
			       "\texpiration=\"%s\"; length=%" G_GSIZE_FORMAT "\n\n",
			       date, part->body_n);
	g_string_append_len(out, part->head, (gssize)part->head_n);
}

GBytes *rewrite_without(struct message *m, GHashTable *parts, gint64 now)
{
	gsize n;
	const char *at = message_bytes(m, &n);
	const char *end = at + n;
	GString *out = g_string_new(NULL);

	for (guint i = 0; i < message_n_parts(m); i++) {
		const struct part *part = message_part(m, i);

		/* Not those in one that is gone already, or in the code of another's content. */
		if (!g_hash_table_contains(parts, part) || part->head < at || part->head >= end)
			continue;
		g_string_append_len(out, at, part->head - at);
		append_stub(out, part, now);
		at = part->body + part->body_n;
	}
	g_string_append_len(out, at, end - at);
	return g_string_free_to_bytes(out);
}
