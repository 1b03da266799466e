/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The pager as a view: what it shows, how it is drawn, and the status bar. */
#include "cur/ui/pager.h"

#include <string.h>

#include "app-private.h"
#include "cells.h"
#include "cur/base/text.h"
#include "cur/conf/conf.h"
#include "cur/conf/hooks.h"
#include "cur/conf/keys.h"
#include "cur/mail/flags.h"
#include "cur/model/compose.h"
#include "cur/model/mailbox.h"
#include "cur/model/recipients.h"
#include "cur/ui/viewer.h"
#include "filtered.h"
#include "index.h"
#include "opener.h"
#include "pager-look.h"
#include "pager-private.h"
#include "wanted.h"

enum { CTRL_G = 7 };
enum { COUNT_ALL_BYTES = 1 << 20 }; /* messages up to this size are laid out in full for %P */

/* ---- lines ---- */

static gboolean display_source(void *data, guint i, struct display_line *out)
{
	return display_line(data, i, out);
}

static gboolean array_source(void *data, guint i, struct display_line *out)
{
	const GPtrArray *lines = data;

	memset(out, 0, sizeof(*out));
	if (i >= lines->len)
		return FALSE;
	out->text = g_ptr_array_index(lines, i);
	out->n = strlen(out->text);
	out->kind = DISPLAY_BODY;
	return TRUE;
}

void pager_drop_display(struct pager *pager)
{
	g_clear_pointer(&pager->text, pager_text_free);
	if (!pager->display)
		return;
	g_clear_pointer(&pager->display, display_free);
	showing_clear(&pager->showing);
}

/* The message as $display_filter wants it; unchanged when that fails. */
static void filter_display(struct pager *pager, const char *filter)
{
	g_autofree char *text = display_to_text(pager->display);
	g_autofree char *filtered = viewer_filter(pager->view->app, filter, text);

	if (!filtered)
		return;
	display_free(pager->display);
	pager->showing.options.allow_ansi = app_settings(pager->view->app)->allow_ansi;
	pager->display = display_new_text(filtered, &pager->showing.options);
}

static void make_display(struct pager *pager)
{
	struct display_options *options = &pager->showing.options;
	const char *filter = app_settings(pager->view->app)->display_filter;
	gboolean filters = !pager->part && !pager->output && *filter;

	showing_init(&pager->showing, pager->view->app->conf);
	pager->showing.owner = pager->view->app;
	options->wants_autoview = viewer_wants_autoview;
	options->autoview = viewer_autoview;
	options->width = (guint)MAX(pager->view->area.cols, 1);
	/* A filter gets the colours as they are, and may bring others. */
	options->allow_ansi = app_settings(pager->view->app)->allow_ansi && !filters;
	options->no_headers = pager->part || pager->output;
	/* The notice in place of a text is there to be read. */
	options->honor_disposition = options->honor_disposition && !pager->partial;
	showing_open(&pager->showing, pager->unsealed);
	pager->display = pager->output ? display_new_text(pager->output, options)
			 : pager->part ? display_new_part(pager->part, options)
				       : display_new(pager_shown(pager), options);
	if (filters)
		filter_display(pager, filter);
	pager->text = pager_text_new(display_source, pager->display);
}

char *pager_message_text(struct app *app, struct message *message)
{
	struct pager pager = {.view = app->index, .message = message};
	gboolean stopped;
	char *text;

	pager.unsealed = opener_run(app, message, 0, &stopped);
	make_display(&pager);
	text = display_to_text(pager.display);
	pager_drop_display(&pager);
	unsealed_unref(pager.unsealed);
	return text;
}

void pager_reload(struct pager *pager)
{
	pager_drop_display(pager);
	g_clear_pointer(&pager->alias_names, g_hash_table_unref);
	pager->alias_names = recipients_alias_names(pager->view->app->conf);
	if (pager->lines)
		pager->text = pager_text_new(array_source, pager->lines);
	else
		make_display(pager);
	pager->display_cols = pager->view->area.cols;
	pager_layout(pager);
}

void pager_layout(struct pager *pager)
{
	const struct settings *s = app_settings(pager->view->app);
	struct text_layout layout = {
	    .cols = pager->view->area.cols,
	    .wrap = s->wrap ? s->wrap : -MAX(s->wrapmargin, 0),
	    .reflow_wrap = s->reflow_wrap,
	    .smart = s->smart_wrap,
	    .markers = s->markers,
	    .hide_quoted = pager->hide_quoted,
	    .show_levels = (guint)MAX(s->toggle_quoted_show_levels, 0),
	};

	pager_text_set_layout(pager->text, &layout);
	pager_text_settle(pager->text, &pager->top);
	view_redraw(pager->view);
}

gboolean pager_at_end(struct pager *pager)
{
	struct text_pos pos = pager->top;
	int rows = MAX(pager->view->area.rows, 1);

	return pager_text_move(pager->text, &pos, rows) < rows;
}

/* ---- the current message ---- */

void pager_mark_seen(struct app *app, guint pos)
{
	g_autoptr(GArray) lids = NULL;
	guint32 lid = mailbox_lid(app->mailbox, pos);

	if (!mailbox_writable(app->mailbox) || mailbox_flags(app->mailbox, pos) & FLAG_SEEN)
		return;
	lids = g_array_new(FALSE, FALSE, sizeof(guint32));
	g_array_append_val(lids, lid);
	mailbox_shown(app->mailbox, lids);
}

struct message *pager_read(struct app *app, guint pos)
{
	GError *error = NULL;
	struct message *message =
	    mailbox_message(app->mailbox, mailbox_lid(app->mailbox, pos), &error);

	if (!message)
		app_gerror(app, &error);
	return message;
}

/* message-hooks change the configuration for what comes now, so they run before it is laid out. */
static void run_message_hooks(struct app *app, guint pos)
{
	guint64 before = conf_generation(app->conf);
	GError *error = NULL;
	struct envelope env;

	if (!conf_hooks(app->conf, HOOK_MESSAGE)->len)
		return;
	mailbox_envelope(app->mailbox, pos, &env);
	if (!compose_message_hooks(app->conf, mailbox_row(app->mailbox, pos), &env, &error))
		app_gerror(app, &error);
	if (conf_generation(app->conf) != before)
		app_effects(app);
}

struct message *pager_next_message(struct app *app, guint *pos)
{
	guint32 lid = mailbox_lid(app->mailbox, *pos);

	run_message_hooks(app, *pos);
	/* A hook may have changed the order. */
	return app->mailbox && mailbox_find(app->mailbox, lid, pos) ? pager_read(app, *pos) : NULL;
}

/* It was on the screen for $pager_read_delay seconds. */
static gboolean read_long_enough(void *data)
{
	struct pager *pager = data;
	guint pos;

	pager->read_timer = 0;
	turn_begin(pager->view->app);
	if (pager->view->app->mailbox && mailbox_find(pager->view->app->mailbox, pager->lid, &pos))
		pager_mark_seen(pager->view->app, pos);
	return G_SOURCE_REMOVE;
}

static void stop_reading(struct pager *pager)
{
	if (pager->read_timer)
		g_source_remove(pager->read_timer);
	pager->read_timer = 0;
}

/* From now on the message at `pos` is being read. */
static void begin_reading(struct pager *pager, guint pos)
{
	int delay = app_settings(pager->view->app)->pager_read_delay;

	stop_reading(pager);
	if (delay > 0)
		pager->read_timer = g_timeout_add_seconds((guint)delay, read_long_enough, pager);
	else
		pager_mark_seen(pager->view->app, pos);
}

/* Show `message` (taken), which is at `pos`, from its top. */
static void take_message(struct pager *pager, struct message *message, guint pos)
{
	struct app *app = pager->view->app;

	stop_reading(pager);
	pager_drop_display(pager);
	pager_unseal_drop(pager);
	g_clear_pointer(&pager->message, message_free);
	pager->message = message;
	pager->lid = mailbox_lid(app->mailbox, pos);
	pager->top = (struct text_pos){0, 0};
	pager->hide_quoted = FALSE;
	pager->partial = (mailbox_row(app->mailbox, pos)->kind & ROW_PARTIAL) != 0;
	/* Read is what there is to read. */
	if (pager->partial)
		wanted_show(app, pager->lid);
	else
		begin_reading(pager, pos);
	pager_unseal(pager);
	pager_reload(pager);
}

/* The text of the message came. */
static void take_text(struct pager *pager, guint pos)
{
	struct message *message = pager_read(pager->view->app, pos);

	if (!message)
		return;
	pager->partial = FALSE;
	pager_drop_display(pager);
	pager_unseal_drop(pager);
	message_free(pager->message);
	pager->message = message;
	begin_reading(pager, pos);
	pager_unseal(pager);
	pager_reload(pager);
}

/* The index moved to another message, or ours left the mailbox. */
static void pager_mailbox_changed(struct view *view)
{
	struct pager *pager = view->data;
	guint pos;

	struct message *message;

	view_redraw(view);
	if (!view->app->mailbox || !app_current(view->app, &pos)) {
		view_close(view);
	} else if (mailbox_lid(view->app->mailbox, pos) != pager->lid) {
		/* Before the hooks, which make all views look at their messages again. */
		pager->lid = mailbox_lid(view->app->mailbox, pos);
		message = pager_next_message(view->app, &pos);
		if (message)
			take_message(pager, message, pos);
		else
			view_close(view);
	} else if (pager->partial && !(mailbox_row(view->app->mailbox, pos)->kind & ROW_PARTIAL)) {
		take_text(pager, pos);
	}
}

/* ---- drawing ---- */

static int normal_style(const struct pager *pager, struct text_pos pos)
{
	if (!pager->stripes)
		return COLOR_NORMAL;
	return pos.line % 2 ? COLOR_STRIPE_ODD : COLOR_STRIPE_EVEN;
}

static void pager_draw(struct view *view, struct paint *paint)
{
	struct pager *pager = view->data;
	const struct rect *area = &view->area;
	struct pager_look look = {.conf = view->app->conf,
				  .paint = paint,
				  .search = pager->show_hits ? pager->search : NULL};
	gboolean tilde = app_settings(view->app)->tilde;
	struct text_pos pos = pager->top;
	struct text_row row;
	gboolean more = pager_text_row(pager->text, pos, &row);

	for (int y = 0; y < area->rows; y++) {
		if (!more) {
			paint_text(paint, area->y + y, area->x, area->cols,
				   tilde ? COLOR_TILDE : COLOR_NORMAL, tilde ? "~" : "");
			continue;
		}
		look.normal = normal_style(pager, pos);
		pager_look_draw(&look, &row, area->y + y, area->x, area->cols);
		more = pager_text_next(pager->text, &pos) && pager_text_row(pager->text, pos, &row);
	}
}

/* How far: "all", "end", or the part of the lines that is above the lower edge. */
static char *progress_text_of(struct pager *pager)
{
	gboolean complete = TRUE, start = !pager->top.line && !pager->top.offset;
	guint lines = pager->lines ? pager->lines->len : 0;
	struct text_pos edge = pager->top;
	gsize bytes = 0;

	if (pager->message)
		message_bytes(pager->message, &bytes);
	if (pager->display)
		lines = bytes <= COUNT_ALL_BYTES ? display_n_lines(pager->display)
						 : display_known(pager->display, &complete);
	if (pager_at_end(pager))
		return g_strdup(start ? "all" : "end");
	pager_text_move(pager->text, &edge, MAX(pager->view->area.rows, 1));
	return g_strdup_printf("%u%%", MIN(99, edge.line * 100 / MAX(lines, 1)));
}

static gboolean is_me(const char *address, void *data)
{
	return recipients_is_me(address, ((struct pager *)data)->view->app->conf);
}

static gboolean is_subscribed(const char *address, void *data)
{
	return recipients_is_subscribed(address, ((struct pager *)data)->view->app->conf);
}

static const char *alias_name(const char *address, void *data)
{
	return recipients_alias_name(((struct pager *)data)->alias_names, address);
}

/* $pager_format of the message that is shown. */
static char *message_status(struct pager *pager, const char *progress, int cols)
{
	struct app *app = pager->view->app;
	const struct settings *s = app_settings(app);
	g_auto(GStrv) to_chars = cells_new(s->to_chars);
	g_auto(GStrv) flag_chars = cells_new(s->flag_chars);
	struct index_context context = {
	    .to_chars = (const char *const *)to_chars,
	    .flag_chars = (const char *const *)flag_chars,
	    .mailbox_name = mailbox_folder(app->mailbox),
	    .date_format = s->date_format,
	    .size_style = expando_size_style(s),
	    .hidden_tags = s->hidden_tags,
	    .pager_progress = progress,
	    .mark_old = s->mark_old,
	    .is_me = is_me,
	    .is_subscribed = is_subscribed,
	    .alias_name = pager->alias_names ? alias_name : NULL,
	    .data = pager,
	};
	struct index_subject subject = {.context = &context};
	struct mailbox_counts counts;
	struct envelope env;
	auto_ptr(expando) expando = NULL;
	struct expando_source source;
	guint pos;

	if (!mailbox_near(app->mailbox, pager->lid, &pos))
		return g_strdup("");
	mailbox_counts(app->mailbox, &counts);
	mailbox_envelope(app->mailbox, pos, &env);
	context.n_messages = counts.messages;
	subject.row = mailbox_row(app->mailbox, pos);
	subject.env = &env;
	subject.mark = mailbox_flags(app->mailbox, pos);
	subject.number = mailbox_message_number(app->mailbox, pos);
	subject.tagged = mailbox_session(app->mailbox, pager->lid) & SESSION_TAGGED;
	subject.deleted = mailbox_session(app->mailbox, pager->lid) & SESSION_DELETED;
	subject.verified = mailbox_is_verified(app->mailbox, pager->lid);
	expando = expando_compile(EXPANDO_INDEX, s->pager_format, NULL);
	index_facts(app->mailbox, pos, expando, &subject);
	source = index_source(&subject);
	return filtered_text(app, expando, cols, &source, "pager_format");
}

char *pager_status_of(struct app *app, guint32 lid, const char *progress, int cols)
{
	struct view view = {.app = app};
	struct pager pager = {.view = &view, .lid = lid};

	return app->mailbox ? message_status(&pager, progress, cols) : g_strdup("");
}

static void pager_status(struct view *view, GString *text, int cols)
{
	struct pager *pager = view->data;
	g_autofree char *progress = progress_text_of(pager);
	g_autofree char *line = NULL;

	if (pager->lid && view->app->mailbox)
		line = message_status(pager, progress, cols);
	else
		line = g_strdup_printf("---%s -- (%s)", pager->title ? pager->title : "", progress);
	g_string_append(text, line);
}

static int pager_beneath_rows(struct view *view, int rows)
{
	int lines = app_settings(view->app)->pager_index_lines;

	/* The text keeps at least as much as the index. */
	return lines > 0 && rows > 6 ? MIN(lines, rows / 2) : 0;
}

static void pager_resize(struct view *view)
{
	struct pager *pager = view->data;

	/* Tables of an HTML part are laid out for the width. */
	if (pager->display_cols != view->area.cols)
		pager_reload(pager);
	else
		pager_layout(pager);
}

static void pager_settings_changed(struct view *view)
{
	pager_reload(view->data);
}

static void pager_close(struct view *view)
{
	struct pager *pager = view->data;

	stop_reading(pager);
	pager_drop_display(pager);
	pager_unseal_drop(pager);
	if (pager->message)
		message_free(pager->message);
	if (pager->lines)
		g_ptr_array_unref(pager->lines);
	if (pager->search)
		regex_free(pager->search);
	if (pager->alias_names)
		g_hash_table_unref(pager->alias_names);
	g_free(pager->title);
	g_free(pager->output);
	g_free(pager);
}

/* ^G while the message is being opened: it stays closed. */
static gboolean pager_key(struct view *view, int key)
{
	struct pager *pager = view->data;

	if (key != CTRL_G || !pager->opener)
		return FALSE;
	g_clear_pointer(&pager->opener, opener_stop);
	app_message(view->app, "Stopped.");
	return TRUE;
}

static const struct help_item help[] = {
    {FN_EXIT, "Exit"},
    {FN_PREVIOUS_PAGE, "PrevPg"},
    {FN_NEXT_PAGE, "NextPg"},
    {FN_VIEW_ATTACHMENTS, "View Attachm."},
    {FN_DELETE_MESSAGE, "Del"},
    {FN_REPLY, "Reply"},
    {FN_NEXT_UNDELETED, "Next"},
    {FN_HELP, "Help"},
    {0},
};

static const struct fn_handler *const message_tables[] = {
    pager_handlers,	fn_message_handlers, fn_send_handlers, fn_flag_handlers,
    fn_crypt_handlers,	fn_label_handlers,   fn_edit_handlers, fn_save_handlers,
    fn_undo_handlers,	fn_thread_handlers,  fn_move_handlers, fn_limit_handlers,
    fn_folder_handlers, fn_virtual_handlers, fn_type_handlers, NULL,
};

static const struct view_ops message_ops = {
    .name = "pager",
    .menu = MENU_PAGER,
    .handlers = message_tables,
    .draw = pager_draw,
    .status = pager_status,
    .help = help,
    .beneath_rows = pager_beneath_rows,
    .resize = pager_resize,
    .mailbox_changed = pager_mailbox_changed,
    .settings_changed = pager_settings_changed,
    .key = pager_key,
    .close = pager_close,
};

static const struct help_item text_help[] = {
    {FN_EXIT, "Exit"},
    {FN_PREVIOUS_PAGE, "PrevPg"},
    {FN_NEXT_PAGE, "NextPg"},
    {FN_HELP, "Help"},
    {0},
};

static const struct fn_handler *const text_tables[] = {pager_handlers, NULL};

static const struct view_ops text_ops = {
    .name = "text",
    .menu = MENU_PAGER,
    .handlers = text_tables,
    .draw = pager_draw,
    .status = pager_status,
    .help = text_help,
    .resize = pager_resize,
    .settings_changed = pager_settings_changed,
    .close = pager_close,
};

struct pager *pager_of(struct view *view)
{
	return view && (view->ops == &message_ops || view->ops == &text_ops) ? view->data : NULL;
}

static struct pager *push(struct app *app, const struct view_ops *ops, struct pager *pager)
{
	pager->view = view_push(app, ops, pager);
	pager->show_hits = TRUE;
	return pager;
}

void pager_open_message(struct app *app)
{
	struct message *message;
	struct pager *pager;
	guint pos;

	if (!app->mailbox || !app_current(app, &pos))
		return;
	if (pager_is_external(app)) {
		pager_external_open(app);
		return;
	}
	message = pager_next_message(app, &pos);
	if (!message)
		return;
	pager = push(app, &message_ops, g_new0(struct pager, 1));
	pager->view->sidebar = TRUE;
	take_message(pager, message, pos);
}

void pager_open_part(struct app *app, struct part *part, const char *title)
{
	struct pager *pager = g_new0(struct pager, 1);

	pager->part = part;
	pager->title = g_strdup(title);
	push(app, &text_ops, pager);
	pager_reload(pager);
}

void pager_open_output(struct app *app, const char *title, char *text)
{
	struct pager *pager = g_new0(struct pager, 1);

	pager->output = text_make_valid(text, -1);
	g_free(text);
	pager->title = g_strdup(title);
	push(app, &text_ops, pager);
	pager_reload(pager);
}

static void open_text(struct app *app, const char *title, char *text, gboolean stripes)
{
	struct pager *pager = g_new0(struct pager, 1);
	g_autofree char *owned = text;
	g_autofree char *valid = text_make_valid(owned, -1);
	g_auto(GStrv) lines = g_strsplit(valid, "\n", -1);

	pager->lines = g_ptr_array_new_with_free_func(g_free);
	for (guint i = 0; lines[i]; i++)
		if (lines[i + 1] || *lines[i]) /* no line after the last line end */
			g_ptr_array_add(pager->lines, g_strdup(lines[i]));
	pager->title = g_strdup(title);
	pager->stripes = stripes;
	push(app, &text_ops, pager);
	pager_reload(pager);
}

void pager_open_text(struct app *app, const char *title, char *text)
{
	open_text(app, title, text, FALSE);
}

void pager_open_striped(struct app *app, const char *title, char *text)
{
	open_text(app, title, text, TRUE);
}
