/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The parts of the compose menu as a list: which are meant, and a line for each. */
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "compose-private.h"
#include "cur/base/error.h"
#include "cur/base/file.h"
#include "cur/base/path.h"
#include "cur/conf/conf.h"
#include "cur/format/of-attach.h"
#include "cur/mail/build.h"
#include "cur/ui/view.h"
#include "filtered.h"

enum { CONTENT_MAX = 1 << 30 };

/* ---- which ---- */

static struct draft_part *part_at(const GArray *entries, guint n)
{
	return n < entries->len ? g_array_index(entries, struct draft_entry, n).part : NULL;
}

struct draft_part *composer_part(struct composer *c)
{
	g_autoptr(GArray) entries = draft_entries(composer_draft(c));

	return part_at(entries, c->view->list.cursor);
}

GPtrArray *composer_tagged(struct composer *c)
{
	g_autoptr(GArray) entries = draft_entries(composer_draft(c));
	GPtrArray *parts = g_ptr_array_new();

	for (guint i = 0; i < entries->len; i++)
		if (g_hash_table_contains(c->tagged, part_at(entries, i)))
			g_ptr_array_add(parts, part_at(entries, i));
	return parts;
}

GPtrArray *composer_targets(struct composer *c)
{
	GPtrArray *parts = c->view->app->tag_prefix ? composer_tagged(c) : g_ptr_array_new();
	struct draft_part *current = composer_part(c);

	if (!parts->len && current)
		g_ptr_array_add(parts, current);
	return parts;
}

void composer_go(struct composer *c, const struct draft_part *part)
{
	g_autoptr(GArray) entries = draft_entries(composer_draft(c));

	for (guint i = 0; i < entries->len; i++)
		if (part_at(entries, i) == part)
			list_go(&c->view->list, i);
}

/* ---- what they hold ---- */

GBytes *composer_content(struct composer *c, const struct draft_part *part, GError **error)
{
	char *text;
	gsize n;

	if (part && part->children) {
		error_set(error, CUR_ERROR_USAGE, "a group has no content of its own");
		return NULL;
	}
	if (part && part->bytes)
		return g_bytes_ref(part->bytes);
	text = part && part->path ? file_read(part->path, CONTENT_MAX, FILE_READ_FOLLOW, &n, error)
				  : draft_body(composer_draft(c), &n, error);
	return text ? g_bytes_new_take(text, n) : NULL;
}

gboolean composer_replace(struct composer *c, struct draft_part *part, GBytes *bytes,
			  GError **error)
{
	gsize n;
	const char *text = g_bytes_get_data(bytes, &n);

	if (part->is_text)
		return manuscript_set_body(c->ms, text ? text : "", (gssize)n, error);
	if (part->bytes)
		g_bytes_unref(part->bytes);
	part->bytes = g_bytes_ref(bytes);
	if (part->path && !part->name)
		part->name = g_path_get_basename(part->path);
	g_clear_pointer(&part->path, g_free);
	part->unlink = FALSE;
	return TRUE;
}

static guint64 size_of(const struct draft *draft, const struct draft_part *part)
{
	const char *path = part->is_text ? draft->body_path : part->path;
	struct stat st;

	if (part->bytes)
		return g_bytes_get_size(part->bytes);
	return path && stat(path, &st) == 0 ? (guint64)st.st_size : 0;
}

guint64 compose_size(struct composer *c)
{
	g_autoptr(GArray) entries = draft_entries(composer_draft(c));
	guint64 size = 0;

	for (guint i = 0; i < entries->len; i++)
		size += size_of(composer_draft(c), part_at(entries, i));
	return size;
}

/* ---- a line ---- */

static gboolean is_last(const struct draft_entry *entry)
{
	return entry->index + 1 == entry->siblings->len;
}

/* The branch in front of an entry of a group: "│ └─>". Yours. */
static char *tree_of(const GArray *entries, guint n, gboolean ascii)
{
	const struct draft_entry *entry = &g_array_index(entries, struct draft_entry, n);
	GString *tree = g_string_new(NULL);
	guint depth = entry->depth;

	if (!depth)
		return g_string_free(tree, FALSE);
	g_string_append(tree, ascii ? (is_last(entry) ? "`->" : "|->")
				    : (is_last(entry) ? "└─>" : "├─>"));
	/* The nearest entry above that is less deep is the container of all below it. */
	while (n-- > 0 && depth > 1) {
		entry = &g_array_index(entries, struct draft_entry, n);
		if (entry->depth >= depth)
			continue;
		depth = entry->depth;
		g_string_prepend(tree, is_last(entry) ? "  " : ascii ? "| " : "│ ");
	}
	return g_string_free(tree, FALSE);
}

static char *guess_type(const char *path)
{
	guint8 head[512];
	FILE *file = fopen(path, "rbe");
	gsize n = file ? fread(head, 1, sizeof(head), file) : 0;

	if (file)
		fclose(file);
	return build_media_type(path, head, n);
}

char *composer_type(struct composer *c, const struct draft_part *part)
{
	const char *known = part->is_text ? composer_draft(c)->body_type : part->type;

	if (known && *known)
		return g_strdup(known);
	return part->path ? guess_type(part->path) : g_strdup("text/plain");
}

/* How a part of this type goes out, unless its content asks for more. */
static const char *usual_encoding(const char *major)
{
	gboolean readable = !g_ascii_strcasecmp(major, "text") ||
			    !g_ascii_strcasecmp(major, "message") ||
			    !g_ascii_strcasecmp(major, "multipart");

	return readable ? "8bit" : "base64";
}

/* Type and subtype are cut apart in `type`. */
static struct attach_values values_of(struct composer *c, const struct draft_part *part, char *type,
				      const char *file)
{
	const struct draft *draft = composer_draft(c);
	char *slash = strchr(type, '/');
	gboolean is_readable;

	if (slash)
		*slash = '\0';
	is_readable = !g_ascii_strcasecmp(type, "text");
	return (struct attach_values){
	    .size_bytes = size_of(draft, part),
	    .size_style = expando_size_style(app_settings(c->view->app)),
	    .major = type,
	    .minor = slash ? slash + 1 : "",
	    .file = *file || !part->name ? file : part->name,
	    .disposition_name = part->name,
	    .description = part->description && *part->description ? part->description
			   : part->name				   ? part->name
								   : file,
	    .encoding = part->encoding ? part->encoding : usual_encoding(type),
	    .charset = !is_readable    ? NULL
		       : part->charset ? part->charset
				       : "utf-8",
	    .disposition = g_strcmp0(part->disposition, "inline") == 0 ||
				   (!part->disposition && (part->is_text || part->children))
			       ? 'I'
			       : 'A',
	    .unlink = part->unlink,
	    .converts = is_readable && (part->is_text || part->recode),
	    .tagged = g_hash_table_contains(c->tagged, part),
	};
}

char *compose_entry_line(struct view *view, guint n, int cols)
{
	struct composer *c = view->data;
	const struct settings *s = app_settings(view->app);
	g_autoptr(GArray) entries = draft_entries(composer_draft(c));
	const struct draft_part *part = part_at(entries, n);
	const char *path = part->is_text ? composer_draft(c)->body_path : part->path;
	g_autofree char *file = path ? path_home_shorten(path) : g_strdup("");
	g_autofree char *type = composer_type(c, part);
	g_autofree char *tree = tree_of(entries, n, s->ascii_chars);
	struct attach_values values = values_of(c, part, type, file);
	auto_ptr(expando) format = expando_compile(EXPANDO_ATTACH, s->attach_format, NULL);
	struct expando_source source = attach_source(&values);

	values.number = n + 1;
	values.tree = tree;
	return filtered_text(view->app, format, cols, &source, NULL);
}
