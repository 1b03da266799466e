/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The compose menu as a view: the header, the list of parts, the status bar. */
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "compose-private.h"
#include "cur/base/file.h"
#include "cur/base/path.h"
#include "cur/base/text.h"
#include "cur/conf/accounts.h"
#include "cur/conf/conf.h"
#include "cur/conf/keys.h"
#include "cur/format/of-attach.h"
#include "cur/format/of-compose.h"
#include "cur/mail/address.h"
#include "cur/mail/build.h"
#include "cur/model/recipients.h"
#include "cur/ui/paint.h"
#include "cur/ui/send.h"
#include "cur/ui/view.h"

enum { N_HEADER = 7, LABEL_COLS = 10, CONTENT_MAX = 1 << 30 };

struct draft *composer_draft(struct composer *c)
{
	return manuscript_draft(c->ms);
}

void composer_changed(struct composer *c)
{
	GError *error = NULL;

	if (!manuscript_save(c->ms, &error))
		app_gerror(c->view->app, &error);
	list_resize(&c->view->list, composer_draft(c)->parts->len + 1, c->view->list.page);
	view_redraw(c->view);
}

void composer_ask_mailbox(struct composer *c, const char *question, prompt_text_fn done)
{
	const GPtrArray *fcc = composer_draft(c)->fcc;
	g_autofree char *initial =
	    fcc->len ? conf_mailbox_display(c->view->app->conf, g_ptr_array_index(fcc, 0)) : NULL;
	struct ask ask = {
	    .question = question,
	    .initial = initial,
	    .complete = COMPLETE_MAILBOX,
	    .history = HISTORY_MAILBOX,
	    .done = done,
	};

	prompt_ask(c->view->app, &ask);
}

struct draft_part *composer_part(struct composer *c)
{
	const GPtrArray *parts = composer_draft(c)->parts;
	guint cursor = c->view->list.cursor;

	return cursor > 0 && cursor <= parts->len ? g_ptr_array_index(parts, cursor - 1) : NULL;
}

void composer_close(struct composer *c)
{
	struct app *app = c->view->app;

	view_close(c->view);
	send_ended(app);
}

GBytes *composer_content(struct composer *c, const struct draft_part *part, GError **error)
{
	char *text;
	gsize n;

	if (part && part->bytes)
		return g_bytes_ref(part->bytes);
	text = part ? file_read(part->path, CONTENT_MAX, FILE_READ_FOLLOW, &n, error)
		    : draft_body(composer_draft(c), &n, error);
	return text ? g_bytes_new_take(text, n) : NULL;
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

static char *fcc_text(const struct view *view, const struct draft *draft)
{
	GString *out = g_string_new(NULL);

	for (guint i = 0; i < draft->fcc->len; i++) {
		g_autofree char *shown =
		    conf_mailbox_display(view->app->conf, g_ptr_array_index(draft->fcc, i));

		g_string_append_printf(out, "%s%s", i ? ", " : "", shown);
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

/* ---- parts ---- */

/* The size of an entry's content, and its path as people write it (NULL without one). Yours. */
static char *path_and_size(const char *path, const GBytes *bytes, guint64 *size)
{
	struct stat st;

	*size = bytes ? g_bytes_get_size((GBytes *)bytes) : 0;
	if (path && stat(path, &st) == 0)
		*size = (guint64)st.st_size;
	return path ? path_home_shorten(path) : NULL;
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

/* How a part of this type goes out, unless its content asks for more. */
static const char *usual_encoding(const char *major)
{
	gboolean readable =
	    !g_ascii_strcasecmp(major, "text") || !g_ascii_strcasecmp(major, "message");

	return readable ? "8bit" : "base64";
}

/* One entry by $attach_format. */
static char *entry_line(struct view *view, guint n, int cols)
{
	struct composer *c = view->data;
	const struct draft *draft = composer_draft(c);
	const struct draft_part *part = n ? g_ptr_array_index(draft->parts, n - 1) : NULL;
	const char *path = part ? part->path : draft->body_path;
	struct attach_values values = {.number = n + 1};
	g_autofree char *file = path_and_size(path, part ? part->bytes : NULL, &values.size_bytes);
	g_autofree char *type = part ? g_strdup(part->type) : g_strdup(draft->body_type);
	auto_ptr(expando) format =
	    expando_compile(EXPANDO_ATTACH, app_settings(view->app)->attach_format, NULL);
	struct expando_source source;
	char *slash;

	if (!type || !*type) {
		g_free(type);
		type = part && path ? guess_type(path) : g_strdup("text/plain");
	}
	slash = strchr(type, '/');
	if (slash)
		*slash = '\0';
	values.major = type;
	values.minor = slash ? slash + 1 : "";
	values.file = part && part->name ? part->name : file ? file : "";
	values.description = part && part->description && *part->description
				 ? part->description
				 : (part && part->name ? part->name : file);
	values.encoding = part && part->encoding ? part->encoding : usual_encoding(type);
	values.charset = part ? part->charset : "utf-8";
	values.disposition = !part || g_strcmp0(part->disposition, "inline") == 0 ? 'I' : 'A';
	values.unlink = part && part->unlink;
	source = attach_source(&values);
	return expando_text(format, cols, &source);
}

static char *compose_entry_text(struct view *view, guint n)
{
	return entry_line(view, n, 200);
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
	view_draw_list(view, paint, rows + 1, entry_line);
}

static void compose_status(struct view *view, GString *text, int cols)
{
	struct composer *c = view->data;
	const struct draft *draft = composer_draft(c);
	g_autofree char *hostname = recipients_hostname(view->app->conf);
	struct compose_values values = {
	    .attachments = draft->parts->len + 1, .hostname = hostname, .version = CUR_VERSION};
	auto_ptr(expando) format =
	    expando_compile(EXPANDO_COMPOSE, app_settings(view->app)->compose_format, NULL);
	struct expando_source source = compose_source(&values);
	g_autofree char *line = NULL;

	for (guint i = 0; i <= draft->parts->len; i++) {
		const struct draft_part *part = i ? g_ptr_array_index(draft->parts, i - 1) : NULL;
		guint64 size;

		g_free(path_and_size(part ? part->path : draft->body_path,
				     part ? part->bytes : NULL, &size));
		values.size_bytes += size;
	}
	line = expando_text(format, cols, &source);
	g_string_append(text, line);
}

static void compose_resize(struct view *view)
{
	struct composer *c = view->data;
	int page = MAX(view->area.rows - header_rows(view) - 1, 0);

	list_resize(&view->list, composer_draft(c)->parts->len + 1, (guint)page);
}

static void compose_close(struct view *view)
{
	struct composer *c = view->data;

	if (c->ms)
		manuscript_free(c->ms);
	g_free(c);
}

static const struct fn_handler *const tables[] = {
    compose_send_handlers,
    compose_field_handlers,
    compose_part_handlers,
    NULL,
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
	c->view = view_push(app, &ops, c);
	list_resize(&c->view->list, composer_draft(c)->parts->len + 1, 1);
	/* The message is known now: its From, for one, may decide how it leaves. */
	if (!compose_send2_hooks(app->conf, composer_draft(c), &error))
		app_gerror(app, &error);
	view_redraw(c->view);
}
