/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The file that the editor gets, and what came back in it. */
#include <string.h>

#include "body-write.h"
#include "cur/base/error.h"
#include "cur/base/file.h"
#include "cur/base/path.h"
#include "cur/mail/build.h"
#include "draft-fields.h"

enum { EDITED_MAX = 256 << 20 };

/* ---- writing ---- */

static void write_line(GString *out, const char *name, const char *value)
{
	gsize start;

	g_string_append_printf(out, "%s: ", name);
	start = out->len;
	g_string_append(out, value ? value : "");
	/* A value from a message must stay one line, or it would become two headers. */
	for (gsize i = start; i < out->len; i++)
		if (out->str[i] == '\n' || out->str[i] == '\r')
			out->str[i] = ' ';
	g_string_append_c(out, '\n');
}

/* Fields that are offered to be filled in even while they are empty. */
static gboolean is_always_shown(const char *name)
{
	return strcmp(name, "To") == 0 || strcmp(name, "Cc") == 0 || strcmp(name, "Bcc") == 0 ||
	       strcmp(name, "Subject") == 0 || strcmp(name, "Reply-To") == 0;
}

/* References stay behind the scene: deleting In-Reply-To is how a user breaks a thread. */
static gboolean is_edited(const struct draft_field *field)
{
	return strcmp(field->name, "References") != 0;
}

static void write_headers(const struct draft *draft, GString *out)
{
	gsize n;
	const struct draft_field *fields = draft_fields(&n);

	for (gsize i = 0; i < n; i++) {
		const char *value = *draft_field_of(draft, &fields[i]);

		if (is_edited(&fields[i]) && ((value && *value) || is_always_shown(fields[i].name)))
			write_line(out, fields[i].name, value);
	}
	for (guint i = 0; i < draft->headers->len; i++)
		g_string_append_printf(out, "%s\n", (char *)draft->headers->pdata[i]);
	g_string_append_c(out, '\n');
}

gboolean draft_edit_write(const struct draft *draft, gboolean headers, const char *path,
			  GError **error)
{
	g_autoptr(GString) out = g_string_new(NULL);
	gsize n;
	g_autofree char *body = draft_body(draft, &n, error);

	if (!body)
		return FALSE;
	if (headers)
		write_headers(draft, out);
	g_string_append_len(out, body, (gssize)n);
	return file_write_atomic(path, out->str, out->len, 0600, error);
}

/* ---- reading ---- */

/* "Attach: file description": a blank in the file's name is written "\ ". */
static void take_attachment(struct draft *draft, const char *value)
{
	g_autoptr(GString) path = g_string_new(NULL);
	g_autofree char *expanded = NULL;
	struct draft_part *part;

	for (; *value && *value != ' ' && *value != '\t'; value++) {
		value += *value == '\\' && value[1];
		g_string_append_c(path, *value);
	}
	if (path->len == 0)
		return;
	expanded = path_home_expand(path->str);
	part = draft_part_new_file(expanded, FALSE);
	value += strspn(value, " \t");
	part->description = *value ? g_strdup(value) : NULL;
	g_ptr_array_add(draft->parts, part);
}

/* What the header says of copies stands in the place of what was to be, also when that is none. */
static void take_fcc(struct draft *draft, const char *line, gboolean *first)
{
	const char *value = line + 4 + strspn(line + 4, " \t");

	if (*first)
		g_ptr_array_set_size(draft->fcc, 0);
	*first = FALSE;
	if (*value)
		g_ptr_array_add(draft->fcc, g_strchomp(g_strdup(value)));
}

static void take_line(struct draft *draft, const char *line, gboolean *first_fcc)
{
	if (g_ascii_strncasecmp(line, "Attach:", 7) == 0)
		take_attachment(draft, line + 7 + strspn(line + 7, " \t"));
	else if (g_ascii_strncasecmp(line, "Fcc:", 4) == 0)
		take_fcc(draft, line, first_fcc);
	else
		draft_add_header(draft, line, NULL);
}

/* The logical line at *at, folds joined; NULL when what stands there is no header line. */
static char *next_line(const char **at)
{
	GString *line = g_string_new(NULL);
	const char *p = *at;

	do {
		gsize n = strcspn(p, "\n");

		g_string_append_len(line, p, (gssize)n);
		p += n + (p[n] == '\n');
	} while (*p == ' ' || *p == '\t');
	if (!build_header_is_safe(line->str)) {
		g_string_free(line, TRUE);
		return NULL;
	}
	*at = p;
	return g_string_free(line, FALSE);
}

/* What the user can see and change in the editor is what he leaves there. */
static void clear_edited(struct draft *draft)
{
	gsize n;
	const struct draft_field *fields = draft_fields(&n);

	for (gsize i = 0; i < n; i++)
		if (is_edited(&fields[i]))
			draft_set(draft_field_of(draft, &fields[i]), NULL);
	g_ptr_array_set_size(draft->headers, 0);
}

/* Returns where the body begins: behind the empty line, or at the first line that is no header. */
static const char *take_headers(struct draft *draft, const char *text)
{
	const char *at = text;
	gboolean first_fcc = TRUE;
	g_autofree char *first = next_line(&at);

	if (!first) /* no header at all: the user deleted it, all of this is text */
		return text + (*text == '\n');
	at = text;
	clear_edited(draft);
	while (*at && *at != '\n') {
		g_autofree char *line = next_line(&at);

		if (!line)
			return at;
		take_line(draft, line, &first_fcc);
	}
	return at + (*at == '\n');
}

gboolean draft_edit_read(struct draft *draft, gboolean headers, const char *path, GError **error)
{
	gsize n;
	g_autofree char *read = file_read(path, EDITED_MAX, FILE_READ_FOLLOW, &n, error);
	g_autofree char *text = NULL;
	const char *body;

	if (!read)
		return FALSE;
	if (memchr(read, '\0', n))
		return error_set(error, CUR_ERROR_USAGE, "'%s' holds a NUL: not text", path);
	text = body_lf(read, &n); /* an editor may write lines as DOS does */
	body = headers ? take_headers(draft, text) : text;
	if (headers && (!draft->in_reply_to || !*draft->in_reply_to))
		draft_set(&draft->references, NULL);
	draft_set(&draft->body, body);
	draft_set(&draft->body_path, NULL);
	return TRUE;
}
