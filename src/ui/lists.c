/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The menu of a mailing list. What is not done by mail is shown, and nothing is opened or run. */
#include "cur/ui/lists.h"

#include <string.h>

#include "cur/conf/keys.h"
#include "cur/mail/headers.h"
#include "cur/mail/mailto.h"
#include "cur/model/compose.h"
#include "cur/ui/app.h"
#include "cur/ui/functions.h"
#include "cur/ui/send.h"
#include "cur/ui/view.h"

static const struct offer {
	int fn;
	const char *field, *words;
} offers[] = {
    {FN_LIST_HELP, "List-Help", "Help"},
    {FN_LIST_POST, "List-Post", "Post to the list"},
    {FN_LIST_SUBSCRIBE, "List-Subscribe", "Subscribe"},
    {FN_LIST_UNSUBSCRIBE, "List-Unsubscribe", "Unsubscribe"},
    {FN_LIST_ARCHIVE, "List-Archive", "Archives"},
    {FN_LIST_OWNER, "List-Owner", "Contact the owner"},
};

enum { N_OFFERS = G_N_ELEMENTS(offers), WORDS_COLS = 20 };

struct lists {
	char *urls[N_OFFERS]; /* NULL: not offered */
};

/* ---- what is offered ---- */

/* Yours; NULL for none. */
static char *url_of(struct headers *headers, const char *field)
{
	const char *value = headers_get(headers, field);

	return value ? mailto_list_url(value) : NULL;
}

static void act(struct app *app, const struct offer *offer, const char *url)
{
	GError *error = NULL;
	struct draft *draft;

	if (!url) {
		app_error(app, "The message has no %s.", offer->field);
		return;
	}
	if (!mailto_is(url)) {
		app_error(app, "%s is not done by mail: %s", offer->words, url);
		return;
	}
	draft = compose_mailto(app->conf, url, &error);
	if (draft)
		send_new(app, draft);
	else
		app_gerror(app, &error);
}

void lists_do(struct app *app, struct headers *headers, int fn)
{
	for (guint i = 0; i < N_OFFERS; i++) {
		g_autofree char *url = NULL;

		if (offers[i].fn != fn)
			continue;
		url = url_of(headers, offers[i].field);
		act(app, &offers[i], url);
	}
}

/* ---- the menu ---- */

static char *entry_line(struct view *view, guint n, int cols)
{
	const struct lists *lists = view->data;

	return g_strdup_printf("%3u %-*s %s", n + 1, WORDS_COLS, offers[n].words,
			       lists->urls[n] ? lists->urls[n] : "--");
}

static char *lists_entry_text(struct view *view, guint n)
{
	return entry_line(view, n, 0);
}

static void lists_draw(struct view *view, struct paint *paint)
{
	view_draw_list(view, paint, 0, entry_line);
}

static void lists_status(struct view *view, GString *text, int cols)
{
	g_string_append(text, "---Mailing list");
}

static void lists_close(struct view *view)
{
	struct lists *lists = view->data;

	for (guint i = 0; i < N_OFFERS; i++)
		g_free(lists->urls[i]);
	g_free(lists);
}

/* The menu is done with once a message is begun. */
static void choose(struct view *view, guint n)
{
	const struct lists *lists = view->data;
	g_autofree char *url = g_strdup(lists->urls[n]);

	if (url && mailto_is(url))
		view_close(view);
	act(view->app, &offers[n], url);
}

static void fn_select(struct view *view, int fn)
{
	choose(view, view->list.cursor);
}

static void fn_offer(struct view *view, int fn)
{
	for (guint i = 0; i < N_OFFERS; i++)
		if (offers[i].fn == fn)
			choose(view, i);
}

static const struct fn_handler handlers[] = {
    {FN_SELECT_ENTRY, fn_select, NEED_ENTRY},
    {FN_LIST_HELP, fn_offer, 0},
    {FN_LIST_POST, fn_offer, 0},
    {FN_LIST_SUBSCRIBE, fn_offer, 0},
    {FN_LIST_UNSUBSCRIBE, fn_offer, 0},
    {FN_LIST_ARCHIVE, fn_offer, 0},
    {FN_LIST_OWNER, fn_offer, 0},
    {FN_NOOP},
};

static const struct fn_handler *const tables[] = {handlers, NULL};

static const struct help_item help[] = {
    {FN_EXIT, "Exit"},
    {FN_LIST_POST, "Post"},
    {FN_LIST_SUBSCRIBE, "Subscribe"},
    {FN_LIST_UNSUBSCRIBE, "Unsubscribe"},
    {FN_LIST_OWNER, "Owner"},
    {FN_HELP, "Help"},
    {0},
};

static const struct view_ops ops = {
    .name = "lists",
    .menu = MENU_LIST,
    .handlers = tables,
    .draw = lists_draw,
    .status = lists_status,
    .help = help,
    .entry_text = lists_entry_text,
    .close = lists_close,
};

void lists_open(struct app *app, struct headers *headers)
{
	struct lists *lists = g_new0(struct lists, 1);
	struct view *view;
	gboolean any = FALSE;

	for (guint i = 0; i < N_OFFERS; i++) {
		lists->urls[i] = url_of(headers, offers[i].field);
		any = any || lists->urls[i];
	}
	if (!any) {
		g_free(lists);
		app_error(app, "The message is of no mailing list that says what it offers.");
		return;
	}
	view = view_push(app, &ops, lists);
	list_resize(&view->list, N_OFFERS, 1);
	view_redraw(view);
}
