/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The compose menu as a view: the header, the list of parts, the status bar. */
#include <string.h>

#include "compose-private.h"
#include "cur/base/text.h"
#include "cur/conf/accounts.h"
#include "cur/conf/conf.h"
#include "cur/conf/keys.h"
#include "cur/format/of-compose.h"
#include "cur/mail/address.h"
#include "cur/mail/message.h"
#include "cur/model/recipients.h"
#include "cur/ui/paint.h"
#include "cur/ui/send.h"
#include "cur/ui/view.h"
#include "filtered.h"

struct draft *composer_draft(struct composer *c)
{
	return manuscript_draft(c->ms);
}

static guint n_entries(struct composer *c)
{
	g_autoptr(GArray) entries = draft_entries(composer_draft(c));

	return entries->len;
}

/* Where things are, in rows of the view's area. On a small screen the parts keep a line. */
struct layout {
	int header; /* rows of it */
	int bar;    /* the line above the parts */
	int page;   /* rows for parts */
	struct preview_place preview;
};

static struct layout layout_of(struct composer *c)
{
	const struct settings *s = app_settings(c->view->app);
	int rows = c->view->area.rows, entries = (int)n_entries(c);
	struct layout l = {.header = CLAMP(rows - 2, 0, compose_header_rows(c))};
	int rest = rows - l.header - 1 - entries;

	l.bar = l.header;
	l.page = MAX(rows - l.header - 1, 0);
	if (!s->compose_show_preview || rest - 1 < MAX(s->compose_preview_min_rows, 1))
		return l;
	l.page = entries;
	l.preview.rows = rest;
	l.preview.y = s->compose_preview_above_attachments ? l.header : l.bar + 1 + entries;
	if (s->compose_preview_above_attachments)
		l.bar += rest;
	return l;
}

void composer_changed(struct composer *c)
{
	GError *error = NULL;

	composer_recipients_changed(c);
	if (!manuscript_save(c->ms, &error))
		app_gerror(c->view->app, &error);
	compose_preview_load(c);
	list_resize(&c->view->list, n_entries(c), (guint)layout_of(c).page);
	view_redraw(c->view);
}

void composer_ask_mailbox(struct composer *c, const char *question, prompt_text_fn done)
{
	g_autofree char *initial = compose_fcc_text(c);
	struct ask ask = {
	    .question = question,
	    .initial = initial,
	    .complete = COMPLETE_MAILBOX,
	    .history = HISTORY_MAILBOX,
	    .done = done,
	};

	prompt_ask(c->view->app, &ask);
}

void composer_close(struct composer *c)
{
	struct app *app = c->view->app;

	view_close(c->view);
	send_ended(app);
}

/* ---- the view ---- */

static char *compose_entry_text(struct view *view, guint n)
{
	return compose_entry_line(view, n, 200);
}

static void compose_draw(struct view *view, struct paint *paint)
{
	struct composer *c = view->data;
	struct layout l = layout_of(c);

	if (l.page != (int)view->list.page)
		list_resize(&view->list, view->list.n, (guint)l.page);
	if (l.bar < view->area.rows)
		paint_text(paint, view->area.y + l.bar, view->area.x, view->area.cols, COLOR_STATUS,
			   "-- Attachments");
	view_draw_list(view, paint, l.bar + 1, compose_entry_line);
	compose_header_draw(c, paint, l.header);
	compose_preview_draw(c, paint, &l.preview);
}

static void compose_status(struct view *view, GString *text, int cols)
{
	struct composer *c = view->data;
	const struct draft *draft = composer_draft(c);
	g_autofree char *hostname = recipients_hostname(view->app->conf);
	struct compose_values values = {.attachments =
					    draft_n_attachments(draft) + draft_has_text(draft),
					.size_bytes = compose_size(c),
					.size_style = expando_size_style(app_settings(view->app)),
					.hostname = hostname,
					.version = CUR_VERSION};
	auto_ptr(expando) format =
	    expando_compile(EXPANDO_COMPOSE, app_settings(view->app)->compose_format, NULL);
	struct expando_source source = compose_source(&values);
	g_autofree char *line = filtered_text(view->app, format, cols, &source, "compose_format");

	g_string_append(text, line);
}

static void compose_resize(struct view *view)
{
	struct composer *c = view->data;

	list_resize(&view->list, n_entries(c), (guint)layout_of(c).page);
}

static void compose_close(struct view *view)
{
	struct composer *c = view->data;

	if (c->ms)
		manuscript_free(c->ms);
	if (c->viewed)
		message_free(c->viewed);
	g_hash_table_unref(c->tagged);
	g_strfreev(c->preview);
	g_free(c->keys_for);
	g_free(c);
}

static const struct fn_handler *const tables[] = {
    compose_send_handlers,     compose_field_handlers,
    compose_part_handlers,     compose_group_handlers,
    compose_said_handlers,     compose_content_handlers,
    compose_security_handlers, compose_file_handlers,
    compose_preview_handlers,  NULL,
};

static const struct help_item help[] = {
    {FN_SEND_MESSAGE, "Send"}, {FN_EXIT, "Abort"},
    {FN_EDIT_TO, "To"},	       {FN_EDIT_CC, "CC"},
    {FN_EDIT_SUBJECT, "Subj"}, {FN_ATTACH_FILE, "Attach file"},
    {FN_HELP, "Help"},	       {0},
};

static const struct view_ops ops = {
    .name = "compose",
    .menu = MENU_COMPOSE,
    .handlers = tables,
    .draw = compose_draw,
    .status = compose_status,
    .help = help,
    .resize = compose_resize,
    .entry_text = compose_entry_text,
    .close = compose_close,
};

struct composer *composer_top(struct app *app)
{
	struct view *view = view_top(app);

	return view && view->ops == &ops && !view->closing ? view->data : NULL;
}

void compose_menu_open(struct app *app, struct manuscript *ms)
{
	struct composer *c = g_new0(struct composer, 1);

	c->ms = ms;
	c->tagged = g_hash_table_new(NULL, NULL);
	if (!composer_draft(c)->placed)
		draft_place_text(composer_draft(c));
	c->view = view_push(app, &ops, c);
	compose_preview_load(c);
	list_resize(&c->view->list, n_entries(c), 1);
	composer_recipients_changed(c);
	view_redraw(c->view);
}
