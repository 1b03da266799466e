/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The parts of a message as a menu: view, save, pipe and print them. */
#include "cur/ui/attachments.h"

#include <string.h>

#include "attachments-private.h"
#include "cur/conf/conf.h"
#include "cur/conf/keys.h"
#include "cur/format/of-attach.h"
#include "cur/mail/headers.h"
#include "cur/model/attachments.h"
#include "cur/model/compose.h"
#include "cur/model/mailbox.h"
#include "cur/ui/app.h"
#include "cur/ui/pager.h"
#include "cur/ui/viewer.h"
#include "filtered.h"
#include "key-mail.h"
#include "opener.h"

/* ---- the list ---- */

/* The outermost container is no entry: its parts are the message. */
static gboolean is_listed(const struct part *part)
{
	return part->parent || !part->n_children || part_is(part, "multipart", "alternative");
}

static gboolean is_hidden(const struct attachments *a, const struct part *part)
{
	for (const struct part *p = part->parent; p; p = p->parent)
		if (g_hash_table_contains(a->collapsed, p))
			return TRUE;
	return FALSE;
}

static void fill(struct view *view)
{
	struct attachments *a = view->data;

	g_ptr_array_set_size(a->shown, 0);
	for (guint i = 0; i < a->parts->len; i++) {
		struct part *part = g_ptr_array_index(a->parts, i);

		if (is_listed(part) && !is_hidden(a, part))
			g_ptr_array_add(a->shown, part);
	}
	list_resize(&view->list, a->shown->len, view->list.page);
	view_redraw(view);
}

struct part *attachments_current(struct view *view)
{
	struct attachments *a = view->data;

	return g_ptr_array_index(a->shown, view->list.cursor);
}

GPtrArray *attachments_targets(struct view *view)
{
	struct attachments *a = view->data;
	GPtrArray *parts = g_ptr_array_new();

	for (guint i = 0; view->app->tag_prefix && i < a->shown->len; i++)
		if (g_hash_table_contains(a->tagged, g_ptr_array_index(a->shown, i)))
			g_ptr_array_add(parts, g_ptr_array_index(a->shown, i));
	if (!parts->len)
		g_ptr_array_add(parts, attachments_current(view));
	return parts;
}

/* ---- one line ---- */

static gboolean is_last_child(const struct part *part)
{
	const struct part *parent = part->parent;

	return !parent || parent->children[parent->n_children - 1] == part;
}

/* The branch in front of an entry: "│ └─>". Yours. */
static char *tree_of(const struct part *part, gboolean ascii)
{
	GString *tree = g_string_new(NULL);

	if (!part->parent || !is_listed(part->parent))
		return g_string_free(tree, FALSE);
	g_string_append(tree, ascii ? (is_last_child(part) ? "`->" : "|->")
				    : (is_last_child(part) ? "└─>" : "├─>"));
	for (const struct part *p = part->parent; p->parent && is_listed(p->parent); p = p->parent)
		g_string_prepend(tree, is_last_child(p) ? "  " : ascii ? "| " : "│ ");
	return g_string_free(tree, FALSE);
}

/* Subject of a message inside the message; NULL for other parts. */
static const char *inner_subject(const struct part *part)
{
	if (!part_is(part, "message", "rfc822") || part->n_children != 1)
		return NULL;
	return headers_get(part_headers(part->children[0]), "Subject");
}

/* What is said of a part: for a message without a description $message_format. Yours. */
static char *description_of(const struct conf *conf, struct part *part)
{
	const char *said = *part->description ? part->description : inner_subject(part);
	g_autofree char *text = NULL;

	if (!*part->description && inner_subject(part)) {
		g_autoptr(GBytes) bytes = part_decode(part);
		auto_ptr(original) inner = original_new(conf, bytes, "");

		text = compose_render(conf, conf_settings(conf)->message_format, inner);
		said = text;
	}
	if (!said || !*said)
		said = *part->file_name ? part->file_name : "<no description>";
	return g_strdup(said);
}

static char disposition_letter(const char *disposition)
{
	return !strcmp(disposition, "attachment")  ? 'A'
	       : !strcmp(disposition, "form-data") ? 'F'
						   : 'I';
}

/* Is a text in another charset than the screen's? */
static gboolean is_converted(const struct part *part)
{
	return part_is(part, "text", NULL) && *part->charset &&
	       g_ascii_strcasecmp(part->charset, "utf-8") != 0 &&
	       g_ascii_strcasecmp(part->charset, "us-ascii") != 0;
}

static char *entry_line(struct view *view, guint n, int cols)
{
	struct attachments *a = view->data;
	const struct settings *s = app_settings(view->app);
	struct part *part = g_ptr_array_index(a->shown, n);
	g_autofree char *description = description_of(view->app->conf, part);
	g_autofree char *tree = tree_of(part, s->ascii_chars);
	struct attach_values values = {
	    .number = n + 1,
	    .description = description,
	    .file = part->file_name,
	    .major = part->type,
	    .minor = part->subtype,
	    .encoding = part_encoding_name(part),
	    .charset = part_is(part, "text", NULL) ? part->charset : NULL,
	    .tree = tree,
	    .disposition = disposition_letter(part->disposition),
	    .converts = is_converted(part),
	    .size_bytes = part_size(part),
	    .size_style = expando_size_style(s),
	    .tagged = g_hash_table_contains(a->tagged, part),
	    .deleted = g_hash_table_contains(a->deleted, part),
	    .qualifies = attachment_qualifies(view->app->conf, part),
	    .counted = attachments_below(view->app->conf, part),
	};
	auto_ptr(expando) format = NULL;
	struct expando_source source;

	format = expando_compile(EXPANDO_ATTACH, s->attach_format, NULL);
	source = attach_source(&values);
	return filtered_text(view->app, format, cols, &source, NULL);
}

static char *attachments_entry_text(struct view *view, guint n)
{
	return entry_line(view, n, 200);
}

static void attachments_draw(struct view *view, struct paint *paint)
{
	view_draw_list(view, paint, 0, entry_line);
}

static void attachments_status(struct view *view, GString *text, int cols)
{
	g_string_append_printf(text, "---Attachments (%u)", view->list.n);
}

static void attachments_close(struct view *view)
{
	struct attachments *a = view->data;

	g_ptr_array_unref(a->shown);
	g_hash_table_unref(a->tagged);
	g_hash_table_unref(a->deleted);
	g_hash_table_unref(a->collapsed);
	g_ptr_array_unref(a->parts);
	unsealed_unref(a->opened);
	message_free(a->message);
	g_free(a);
}

/* ---- functions ---- */

static void show_as_text(struct view *view, struct part *part)
{
	g_autofree char *type = part_type_name(part);

	pager_open_part(view->app, part, *part->file_name ? part->file_name : type);
}

/* The bytes as text, whatever they are: a page of HTML shows its tags. */
static void show_raw(struct view *view, struct part *part)
{
	g_autofree char *type = part_type_name(part);

	pager_open_text(view->app, *part->file_name ? part->file_name : type,
			part_text(part, NULL));
}

/* Shown by ourselves when we can; else by mailcap. Nothing is run for a type that is text. */
static void fn_view(struct view *view, int fn)
{
	struct part *part = attachments_current(view);

	if (part->n_children || part_is(part, "text", NULL) || part_is(part, "message", NULL))
		show_as_text(view, part);
	else if (!viewer_try(view->app, part, FALSE))
		show_raw(view, part);
}

/* With the headers of a message weeded when they were not, and the other way round. */
static void fn_toggle_weed(struct view *view, int fn)
{
	GError *error = NULL;

	if (conf_command(view->app->conf, "toggle weed", NULL, &error))
		fn_view(view, fn);
	else
		app_gerror(view->app, &error);
}

static void fn_view_pager(struct view *view, int fn)
{
	struct part *part = attachments_current(view);

	if (part->n_children)
		show_as_text(view, part);
	else if (!viewer_try(view->app, part, TRUE))
		show_raw(view, part);
}

static void fn_view_text(struct view *view, int fn)
{
	struct part *part = attachments_current(view);

	if (part->n_children)
		show_as_text(view, part);
	else
		show_raw(view, part);
}

static void fn_view_mailcap(struct view *view, int fn)
{
	viewer_mailcap(view->app, attachments_current(view));
}

static void fn_save(struct view *view, int fn)
{
	viewer_save(view->app, attachments_targets(view), NULL, NULL);
}

static GPtrArray *items_of(struct view *view, gboolean decode)
{
	g_autoptr(GPtrArray) parts = attachments_targets(view);
	GPtrArray *items = g_ptr_array_new_with_free_func((GDestroyNotify)g_bytes_unref);

	for (guint i = 0; i < parts->len; i++)
		g_ptr_array_add(items, viewer_part_bytes(g_ptr_array_index(parts, i), decode));
	return items;
}

static void fn_pipe(struct view *view, int fn)
{
	const struct settings *s = app_settings(view->app);

	viewer_pipe(view->app, items_of(view, s->pipe_decode), s->attach_split, s->attach_sep);
}

static void fn_print(struct view *view, int fn)
{
	viewer_print_parts(view->app, attachments_targets(view));
}

static void fn_tag(struct view *view, int fn)
{
	struct attachments *a = view->data;
	struct part *part = attachments_current(view);

	if (!g_hash_table_remove(a->tagged, part))
		g_hash_table_add(a->tagged, part);
	if (app_settings(view->app)->resolve && view->list.cursor + 1 < view->list.n)
		list_go(&view->list, view->list.cursor + 1);
	view_redraw(view);
}

static void fn_tag_prefix(struct view *view, int fn)
{
	struct attachments *a = view->data;

	view->app->tag_prefix = g_hash_table_size(a->tagged) > 0;
	if (view->app->tag_prefix)
		app_message(view->app, "tag-");
	else
		app_error(view->app, "No tagged attachments.");
}

static void fn_collapse(struct view *view, int fn)
{
	struct attachments *a = view->data;
	struct part *part = attachments_current(view);

	if (!part->n_children) {
		app_error(view->app, "There are no subparts to show!");
		return;
	}
	if (!g_hash_table_remove(a->collapsed, part))
		g_hash_table_add(a->collapsed, part);
	fill(view);
}

static void fn_extract(struct view *view, int fn)
{
	g_autoptr(GPtrArray) parts = attachments_targets(view);

	key_mail_extract(view->app, parts);
}

static const struct fn_handler handlers[] = {
    {FN_EXTRACT_KEYS, fn_extract, NEED_ENTRY},
    {FN_FORGET_PASSPHRASE, fn_forget_passphrase, 0},
    {FN_VIEW_ATTACH, fn_view, NEED_ENTRY},
    {FN_DISPLAY_TOGGLE_WEED, fn_toggle_weed, NEED_ENTRY},
    {FN_VIEW_PAGER, fn_view_pager, NEED_ENTRY},
    {FN_VIEW_TEXT, fn_view_text, NEED_ENTRY},
    {FN_VIEW_MAILCAP, fn_view_mailcap, NEED_ENTRY},
    {FN_SAVE_ENTRY, fn_save, NEED_ENTRY},
    {FN_PIPE_ENTRY, fn_pipe, NEED_ENTRY},
    {FN_PIPE_MESSAGE, fn_pipe, NEED_ENTRY},
    {FN_PRINT_ENTRY, fn_print, NEED_ENTRY},
    {FN_TAG_ENTRY, fn_tag, NEED_ENTRY},
    {FN_TAG_PREFIX, fn_tag_prefix, NEED_ENTRY},
    {FN_COLLAPSE_PARTS, fn_collapse, NEED_ENTRY},
    {FN_NOOP},
};

static const struct fn_handler *const tables[] = {handlers, attachments_change_handlers,
						  attachments_answer_handlers, NULL};

static const struct help_item help[] = {
    {FN_EXIT, "Exit"},	       {FN_SAVE_ENTRY, "Save"}, {FN_PIPE_ENTRY, "Pipe"},
    {FN_PRINT_ENTRY, "Print"}, {FN_HELP, "Help"},	{0},
};

static const struct view_ops ops = {
    .name = "attachments",
    .menu = MENU_ATTACH,
    .handlers = tables,
    .draw = attachments_draw,
    .status = attachments_status,
    .help = help,
    .entry_text = attachments_entry_text,
    .close = attachments_close,
};

/* $digest_collapse: the messages of a digest are shown, what is in them is not. */
static void collapse_digests(struct attachments *a)
{
	for (guint i = 0; i < message_n_parts(a->message); i++) {
		struct part *part = message_part(a->message, i);

		if (part->parent && part->n_children &&
		    part_is(part->parent, "multipart", "digest"))
			g_hash_table_add(a->collapsed, part);
	}
}

void attachments_open(struct app *app)
{
	struct attachments *a;
	struct message *message;
	struct unsealed *opened;
	gboolean stopped;
	guint pos;

	if (!app->mailbox || !app_current(app, &pos))
		return;
	message = pager_read(app, pos);
	if (!message)
		return;
	opened = opener_run(app, message, mailbox_lid(app->mailbox, pos), &stopped);
	a = g_new0(struct attachments, 1);
	a->message = message;
	a->opened = opened;
	a->lid = mailbox_lid(app->mailbox, pos);
	a->parts = unsealed_parts(opened, message);
	a->shown = g_ptr_array_new();
	a->tagged = g_hash_table_new(NULL, NULL);
	a->deleted = g_hash_table_new(NULL, NULL);
	a->collapsed = g_hash_table_new(NULL, NULL);
	if (app_settings(app)->digest_collapse)
		collapse_digests(a);
	fill(view_push(app, &ops, a));
}
