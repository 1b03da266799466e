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

enum { N_HEADER = 7, LABEL_COLS = 10 };

struct draft *composer_draft(struct composer *c)
{
	return manuscript_draft(c->ms);
}

static guint n_entries(struct composer *c)
{
	g_autoptr(GArray) entries = draft_entries(composer_draft(c));

	return entries->len;
}

void composer_changed(struct composer *c)
{
	GError *error = NULL;

	if (!manuscript_save(c->ms, &error))
		app_gerror(c->view->app, &error);
	list_resize(&c->view->list, n_entries(c), c->view->list.page);
	view_redraw(c->view);
}

/* The mailboxes as they can be typed. Yours. */
static char *fcc_text(const struct view *view, const struct draft *draft)
{
	const char *delimiter = app_settings(view->app)->fcc_delimiter;
	GString *out = g_string_new(NULL);

	for (guint i = 0; i < draft->fcc->len; i++) {
		g_autofree char *shown =
		    conf_mailbox_display(view->app->conf, g_ptr_array_index(draft->fcc, i));

		g_string_append_printf(out, "%s%s", i ? (*delimiter ? delimiter : ", ") : "",
				       shown);
	}
	return g_string_free(out, FALSE);
}

void composer_ask_mailbox(struct composer *c, const char *question, prompt_text_fn done)
{
	g_autofree char *initial = fcc_text(c->view, composer_draft(c));
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

/* ---- the header ---- */

/* As many addresses as fit, and how many more there are: nobody is hidden without a word. */
static char *fit_addresses(const char *text, int cols)
{
	g_autoptr(GPtrArray) list = address_parse(text);
	GString *out = g_string_new(NULL);

	for (guint i = 0; i < list->len; i++) {
		g_autofree char *one = address_format(g_ptr_array_index(list, i));
		g_autofree char *rest = g_strdup_printf(" (+%u more)", list->len - i);
		int need = text_width(one, -1) + 2 + (int)strlen(rest);

		if (i > 0 && text_width(out->str, -1) + need > cols) {
			g_string_append(out, rest);
			break;
		}
		g_string_append_printf(out, "%s%s", i ? ", " : "", one);
	}
	return g_string_free(out, FALSE);
}

static void draw_field(struct view *view, struct paint *paint, int y, const char *label,
		       const char *value)
{
	g_autofree char *padded = g_strdup_printf("%*s ", LABEL_COLS, label);
	struct span spans[] = {{padded, -1, COLOR_COMPOSE_HEADER, 0},
			       {value ? value : "", -1, STYLE_NONE, SPAN_ISOLATE}};
	struct line line = {.y = view->area.y + y,
			    .x = view->area.x,
			    .cols = view->area.cols,
			    .style = COLOR_NORMAL,
			    .spans = spans,
			    .n_spans = G_N_ELEMENTS(spans)};

	paint_line(paint, &line);
}

static void draw_addresses(struct view *view, struct paint *paint, int y, const char *label,
			   const char *value)
{
	g_autofree char *fitted =
	    fit_addresses(value ? value : "", view->area.cols - LABEL_COLS - 1);

	draw_field(view, paint, y, label, fitted);
}

static void draw_header(struct view *view, struct paint *paint, int rows)
{
	struct composer *c = view->data;
	const struct draft *draft = composer_draft(c);
	const struct {
		const char *label, *value;
	} lines[] = {{"From:", draft->from}, {"To:", draft->to}, {"Cc:", draft->cc},
		     {"Bcc:", draft->bcc},   {"Subject:", NULL}, {"Reply-To:", draft->reply_to},
		     {"Fcc:", NULL}};
	g_autofree char *fcc = fcc_text(view, draft);

	for (int y = 0; y < MIN(rows, N_HEADER); y++) {
		if (y == 4)
			draw_field(view, paint, y, lines[y].label, draft->subject);
		else if (y == 6)
			draw_field(view, paint, y, lines[y].label, fcc);
		else
			draw_addresses(view, paint, y, lines[y].label, lines[y].value);
	}
}

/* ---- the view ---- */

static char *compose_entry_text(struct view *view, guint n)
{
	return compose_entry_line(view, n, 200);
}

/* Rows of header above the parts; on a small screen the parts keep a line. */
static int header_rows(const struct view *view)
{
	return CLAMP(view->area.rows - 2, 0, N_HEADER);
}

static void compose_draw(struct view *view, struct paint *paint)
{
	int rows = header_rows(view);

	draw_header(view, paint, rows);
	if (rows < view->area.rows)
		paint_text(paint, view->area.y + rows, view->area.x, view->area.cols, COLOR_STATUS,
			   "-- Attachments");
	view_draw_list(view, paint, rows + 1, compose_entry_line);
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
	g_autofree char *line = expando_text(format, cols, &source);

	g_string_append(text, line);
}

static void compose_resize(struct view *view)
{
	struct composer *c = view->data;
	int page = MAX(view->area.rows - header_rows(view) - 1, 0);

	list_resize(&view->list, n_entries(c), (guint)page);
}

static void compose_close(struct view *view)
{
	struct composer *c = view->data;

	if (c->ms)
		manuscript_free(c->ms);
	if (c->viewed)
		message_free(c->viewed);
	g_hash_table_unref(c->tagged);
	g_free(c);
}

static const struct fn_handler *const tables[] = {
    compose_send_handlers, compose_field_handlers,   compose_part_handlers, compose_group_handlers,
    compose_said_handlers, compose_content_handlers, compose_file_handlers, NULL,
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
	GError *error = NULL;

	c->ms = ms;
	c->tagged = g_hash_table_new(NULL, NULL);
	if (!composer_draft(c)->placed)
		draft_place_text(composer_draft(c));
	c->view = view_push(app, &ops, c);
	list_resize(&c->view->list, n_entries(c), 1);
	/* The message is known now: its From, for one, may decide how it leaves. */
	if (!compose_send2_hooks(app->conf, composer_draft(c), &error))
		app_gerror(app, &error);
	view_redraw(c->view);
}
