/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A draft as a value: making, copying, its fields and parts. */
#include "cur/mail/draft.h"

#include <stddef.h>
#include <string.h>

#include "cur/base/error.h"
#include "cur/base/file.h"
#include "cur/mail/build.h"
#include "draft-fields.h"

enum { BODY_MAX = 256 << 20 };

/* The fields that are plain strings, for copying and freeing. */
static const gsize strings[] = {
    offsetof(struct draft, from),
    offsetof(struct draft, to),
    offsetof(struct draft, cc),
    offsetof(struct draft, bcc),
    offsetof(struct draft, reply_to),
    offsetof(struct draft, subject),
    offsetof(struct draft, in_reply_to),
    offsetof(struct draft, references),
    offsetof(struct draft, mail_followup_to),
    offsetof(struct draft, message_id),
    offsetof(struct draft, body),
    offsetof(struct draft, body_path),
    offsetof(struct draft, body_type),
    offsetof(struct draft, charset),
    offsetof(struct draft, answered),
    offsetof(struct draft, forwarded),
    offsetof(struct draft, transport),
    offsetof(struct draft, account),
    offsetof(struct draft, sign_as),
    offsetof(struct draft, postponed),
};

static char **string_at(const struct draft *draft, gsize offset)
{
	return (char **)(void *)((char *)draft + offset);
}

void draft_part_free(struct draft_part *part)
{
	if (!part)
		return;
	g_free(part->path);
	g_clear_pointer(&part->bytes, g_bytes_unref);
	g_clear_pointer(&part->children, g_ptr_array_unref);
	g_free(part->type);
	g_free(part->name);
	g_free(part->description);
	g_free(part->disposition);
	g_free(part->encoding);
	g_free(part->charset);
	g_free(part->content_id);
	g_free(part->language);
	g_free(part);
}

GPtrArray *draft_parts_new(void)
{
	return g_ptr_array_new_with_free_func((GDestroyNotify)draft_part_free);
}

struct draft *draft_new(void)
{
	struct draft *draft = g_new0(struct draft, 1);

	draft->fcc = g_ptr_array_new_with_free_func(g_free);
	draft->headers = g_ptr_array_new_with_free_func(g_free);
	draft->parts = draft_parts_new();
	return draft;
}

void draft_free(struct draft *draft)
{
	if (!draft)
		return;
	for (gsize i = 0; i < G_N_ELEMENTS(strings); i++)
		g_free(*string_at(draft, strings[i]));
	g_ptr_array_unref(draft->fcc);
	g_ptr_array_unref(draft->headers);
	g_ptr_array_unref(draft->parts);
	g_free(draft);
}

void draft_set(char **field, const char *text)
{
	char *copy = g_strdup(text);

	g_free(*field);
	*field = copy;
}

struct draft_part *draft_part_new_file(const char *path, gboolean unlink_after)
{
	struct draft_part *part = g_new0(struct draft_part, 1);

	part->path = g_strdup(path);
	part->name = g_path_get_basename(path);
	part->unlink = unlink_after;
	return part;
}

struct draft_part *draft_part_new_bytes(GBytes *bytes, const char *type, const char *name)
{
	struct draft_part *part = g_new0(struct draft_part, 1);

	part->bytes = bytes;
	part->type = g_strdup(type);
	part->name = g_strdup(name);
	return part;
}

struct draft_part *draft_part_new_group(const char *type, GPtrArray *children)
{
	struct draft_part *part = g_new0(struct draft_part, 1);

	part->type = g_strdup(type);
	part->children = children;
	return part;
}

struct draft_part *draft_part_new_message(GBytes *bytes, const char *description)
{
	struct draft_part *part = draft_part_new_bytes(bytes, "message/rfc822", NULL);

	part->description = g_strdup(description);
	part->disposition = g_strdup("inline");
	return part;
}

char *draft_body(const struct draft *draft, gsize *n, GError **error)
{
	if (draft->body_path)
		return file_read(draft->body_path, BODY_MAX, FILE_READ_FOLLOW, n, error);
	*n = draft->body ? strlen(draft->body) : 0;
	return g_strdup(draft->body ? draft->body : "");
}

/* ---- header lines ---- */

static const struct draft_field fields[] = {
    {"From", offsetof(struct draft, from), FALSE, TRUE},
    {"To", offsetof(struct draft, to), TRUE, TRUE},
    {"Cc", offsetof(struct draft, cc), TRUE, TRUE},
    {"Bcc", offsetof(struct draft, bcc), TRUE, TRUE},
    {"Subject", offsetof(struct draft, subject), FALSE, FALSE},
    {"Reply-To", offsetof(struct draft, reply_to), FALSE, TRUE},
    {"In-Reply-To", offsetof(struct draft, in_reply_to), FALSE, FALSE},
    {"References", offsetof(struct draft, references), FALSE, FALSE},
    {"Mail-Followup-To", offsetof(struct draft, mail_followup_to), FALSE, TRUE},
};

const struct draft_field *draft_fields(gsize *n)
{
	*n = G_N_ELEMENTS(fields);
	return fields;
}

char **draft_field_of(const struct draft *draft, const struct draft_field *field)
{
	return string_at(draft, field->offset);
}

const struct draft_field *draft_find_field(const char *name, gsize n)
{
	for (gsize i = 0; i < G_N_ELEMENTS(fields); i++)
		if (strlen(fields[i].name) == n &&
		    g_ascii_strncasecmp(fields[i].name, name, n) == 0)
			return &fields[i];
	return NULL;
}

static void set_field(struct draft *draft, const struct draft_field *field, const char *value)
{
	char **text = draft_field_of(draft, field);
	char *joined;

	if (!field->is_list || !*text || !**text) {
		draft_set(text, value);
		return;
	}
	if (!*value)
		return;
	joined = g_strdup_printf("%s, %s", *text, value);
	g_free(*text);
	*text = joined;
}

gboolean draft_add_header(struct draft *draft, const char *line, GError **error)
{
	gsize n = strcspn(line, ":");
	const struct draft_field *field = draft_find_field(line, n);
	g_autofree char *value = NULL;

	if (!build_header_is_safe(line))
		return error_set(error, CUR_ERROR_USAGE,
				 "not a header line of the form 'Name: value': '%.60s'", line);
	value = g_strstrip(g_strdup(line + n + 1));
	if (field)
		set_field(draft, field, value);
	else if (n == 3 && g_ascii_strncasecmp(line, "Fcc", 3) == 0)
		g_ptr_array_add(draft->fcc, g_steal_pointer(&value));
	else
		g_ptr_array_add(draft->headers, g_strdup(line));
	return TRUE;
}
