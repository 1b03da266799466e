/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The header above the parts of the compose menu. */
#include <string.h>

#include "compose-private.h"
#include "cur/base/text.h"
#include "cur/conf/accounts.h"
#include "cur/conf/conf.h"
#include "cur/conf/keys.h"
#include "cur/mail/address.h"
#include "cur/ui/paint.h"
#include "cur/ui/view.h"

enum { LABEL_COLS = 10, USER_ROWS = 5 };

/* One row: what stands before the colon, and the text behind it. */
struct field_row {
	const char *label;
	char *text;
	int style; /* COLOR_ of the text, STYLE_NONE */
};

static void field_row_clear(void *data)
{
	g_free(((struct field_row *)data)->text);
}

/* Takes `text`. */
static void add_row(GArray *rows, const char *label, char *text)
{
	struct field_row row = {label, text ? text : g_strdup(""), STYLE_NONE};

	g_array_append_val(rows, row);
}

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

/* The mailboxes as they can be typed. Yours. */
char *compose_fcc_text(struct composer *c)
{
	const struct app *app = c->view->app;
	const struct draft *draft = composer_draft(c);
	const char *delimiter = app_settings(app)->fcc_delimiter;
	GString *out = g_string_new(NULL);

	for (guint i = 0; i < draft->fcc->len; i++) {
		g_autofree char *shown =
		    conf_mailbox_display(app->conf, g_ptr_array_index(draft->fcc, i));

		g_string_append_printf(out, "%s%s", i ? (*delimiter ? delimiter : ", ") : "",
				       shown);
	}
	return g_string_free(out, FALSE);
}

/* $compose_show_user_headers: a few of them, and how many more there are. */
static void add_user_headers(GArray *rows, const struct draft *draft)
{
	guint n = draft->headers->len;
	guint shown = n > USER_ROWS ? USER_ROWS - 1 : n;

	for (guint i = 0; i < shown; i++)
		add_row(rows, i ? "" : "Headers:", g_strdup(g_ptr_array_index(draft->headers, i)));
	if (shown < n)
		add_row(rows, "", g_strdup_printf("(+%u more)", n - shown));
}

/* struct field_row. Yours. */
static GArray *rows_of(struct composer *c)
{
	const struct draft *draft = composer_draft(c);
	const struct {
		const char *label, *value;
	} addresses[] = {
	    {"From:", draft->from}, {"To:", draft->to}, {"Cc:", draft->cc}, {"Bcc:", draft->bcc}};
	int cols = c->view->area.cols - LABEL_COLS - 1;
	GArray *rows = g_array_new(FALSE, FALSE, sizeof(struct field_row));

	g_array_set_clear_func(rows, field_row_clear);
	for (guint i = 0; i < G_N_ELEMENTS(addresses); i++)
		add_row(rows, addresses[i].label,
			fit_addresses(addresses[i].value ? addresses[i].value : "", cols));
	add_row(rows, "Subject:", g_strdup(draft->subject));
	add_row(rows, "Reply-To:", fit_addresses(draft->reply_to ? draft->reply_to : "", cols));
	add_row(rows, "Fcc:", compose_fcc_text(c));
	add_row(rows, "Security:", compose_security_line(c->view->app, draft));
	g_array_index(rows, struct field_row, rows->len - 1).style = compose_security_style(draft);
	if (app_settings(c->view->app)->compose_show_user_headers)
		add_user_headers(rows, draft);
	return rows;
}

int compose_header_rows(struct composer *c)
{
	g_autoptr(GArray) rows = rows_of(c);

	return (int)rows->len;
}

static void draw_field(struct view *view, struct paint *paint, int y, const char *label,
		       const char *value, int style)
{
	g_autofree char *padded = g_strdup_printf("%*s ", LABEL_COLS, label);
	struct span spans[] = {{padded, -1, COLOR_COMPOSE_HEADER, 0},
			       {value ? value : "", -1, style, SPAN_ISOLATE}};
	struct line line = {.y = view->area.y + y,
			    .x = view->area.x,
			    .cols = view->area.cols,
			    .style = COLOR_NORMAL,
			    .spans = spans,
			    .n_spans = G_N_ELEMENTS(spans)};

	paint_line(paint, &line);
}

void compose_header_draw(struct composer *c, struct paint *paint, int n)
{
	g_autoptr(GArray) rows = rows_of(c);

	for (int y = 0; y < MIN(n, (int)rows->len); y++) {
		const struct field_row *row = &g_array_index(rows, struct field_row, y);

		draw_field(c->view, paint, y, row->label, row->text, row->style);
	}
}
