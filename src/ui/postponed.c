/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The menu of postponed messages. */

#include "cur/model/postponed.h"
#include "app-private.h"
#include "cells.h"
#include "cur/conf/accounts.h"
#include "cur/conf/conf.h"
#include "cur/conf/keys.h"
#include "cur/format/of-index.h"
#include "cur/model/client.h"
#include "cur/model/compose.h"
#include "cur/model/manuscript.h"
#include "cur/model/recipients.h"
#include "cur/model/security.h"
#include "cur/ui/functions.h"
#include "cur/ui/send.h"
#include "cur/ui/view.h"
#include "filtered.h"
#include "opener.h"

enum { LOOK_AGAIN_MS = 100, LOOKS_MAX = 30 };

struct postponed_menu {
	GPtrArray *list;     /* struct postponed * */
	GHashTable *deleted; /* struct postponed * that are removed when the menu is left */
	gboolean trusted;
};

/* ---- the menu ---- */

static struct postponed *at(const struct view *view, guint n)
{
	const struct postponed_menu *menu = view->data;

	return g_ptr_array_index(menu->list, n);
}

static char *entry_line(struct view *view, guint n, int cols)
{
	const struct postponed_menu *menu = view->data;
	const struct settings *s = app_settings(view->app);
	const struct postponed *p = at(view, n);
	g_auto(GStrv) flag_chars = cells_new(s->flag_chars);
	struct index_context context = {
	    .flag_chars = (const char *const *)flag_chars,
	    .date_format = s->date_format,
	    .size_style = expando_size_style(s),
	    .is_me = recipients_is_me,
	    .is_subscribed = recipients_is_subscribed,
	    .data = view->app->conf,
	};
	struct index_subject subject = {
	    .context = &context,
	    .row = &p->row,
	    .env = &p->env,
	    .mark = p->mark,
	    .number = n + 1,
	    .deleted = g_hash_table_contains(menu->deleted, p),
	};
	auto_ptr(expando) format = expando_compile(EXPANDO_INDEX, s->index_format, NULL);
	struct expando_source source = index_source(&subject);

	return filtered_text(view->app, format, cols, &source, NULL);
}

static char *postponed_entry_text(struct view *view, guint n)
{
	return entry_line(view, n, 200);
}

static void postponed_draw(struct view *view, struct paint *paint)
{
	view_draw_list(view, paint, 0, entry_line);
}

static void postponed_status(struct view *view, GString *text, int cols)
{
	g_string_append(text, "---Postponed Messages");
}

static void remove_deleted(struct view *view)
{
	const struct postponed_menu *menu = view->data;
	GVariantBuilder lids;

	if (!g_hash_table_size(menu->deleted))
		return;
	g_variant_builder_init(&lids, G_VARIANT_TYPE("au"));
	for (guint i = 0; i < menu->list->len; i++)
		if (g_hash_table_contains(menu->deleted, at(view, i)))
			g_variant_builder_add(&lids, "u", at(view, i)->lid);
	client_ask(view->app->client, WIRE_REMOVE,
		   g_variant_new("(uau)", at(view, 0)->mailbox, &lids), NULL, NULL);
}

static void postponed_close(struct view *view)
{
	struct postponed_menu *menu = view->data;

	remove_deleted(view);
	g_hash_table_unref(menu->deleted);
	g_ptr_array_unref(menu->list);
	g_free(menu);
}

/* What was encrypted is opened, and is to be encrypted again. NULL: it is told why not. */
static struct draft *read_draft(struct app *app, const struct postponed *p, gboolean trusted)
{
	GError *error = NULL;
	g_autoptr(GBytes) bytes = postponed_read(p, &error);
	unsigned found = 0;
	g_autoptr(GBytes) plain = bytes ? opener_plain(app, bytes, &found) : NULL;
	struct draft *draft = plain ? postponed_draft(p, plain, trusted, &error) : NULL;

	app_gerror(app, &error);
	if (draft)
		security_as_found(draft, found);
	return draft;
}

/* The draft becomes a manuscript; what lies in the mailbox stays until that is sent. */
static gboolean resume(struct app *app, const struct postponed *p, gboolean trusted)
{
	g_autofree char *dir = manuscript_dir();
	GError *error = NULL;
	struct draft *draft = read_draft(app, p, trusted);
	struct manuscript *ms;

	/* M43: where the copy goes is not for a server to say; it is chosen as for a new message.
	 */
	if (draft && !trusted)
		compose_choose_fcc(app->conf, draft);
	ms = draft ? manuscript_new(dir, draft, &error) : NULL;
	if (!ms) {
		app_gerror(app, &error);
		return FALSE;
	}
	send_resume(app, ms);
	return TRUE;
}

static void fn_select(struct view *view, int fn)
{
	const struct postponed_menu *menu = view->data;

	if (resume(view->app, at(view, view->list.cursor), menu->trusted))
		view_close(view);
}

static void fn_delete(struct view *view, int fn)
{
	struct postponed_menu *menu = view->data;
	struct postponed *p = at(view, view->list.cursor);

	if (fn == FN_DELETE_ENTRY)
		g_hash_table_add(menu->deleted, p);
	else
		g_hash_table_remove(menu->deleted, p);
	if (app_settings(view->app)->resolve && view->list.cursor + 1 < view->list.n)
		list_go(&view->list, view->list.cursor + 1);
	view_redraw(view);
}

static const struct fn_handler handlers[] = {
    {FN_SELECT_ENTRY, fn_select, NEED_ENTRY},
    {FN_DELETE_ENTRY, fn_delete, NEED_ENTRY},
    {FN_UNDELETE_ENTRY, fn_delete, NEED_ENTRY},
    {FN_NOOP},
};

static const struct fn_handler *const tables[] = {handlers, NULL};

static const struct help_item help[] = {
    {FN_EXIT, "Exit"},
    {FN_DELETE_ENTRY, "Del"},
    {FN_UNDELETE_ENTRY, "Undel"},
    {FN_HELP, "Help"},
    {0},
};

static const struct view_ops ops = {
    .name = "postponed",
    .menu = MENU_POSTPONE,
    .handlers = tables,
    .draw = postponed_draw,
    .status = postponed_status,
    .help = help,
    .entry_text = postponed_entry_text,
    .close = postponed_close,
};

/* One message is taken up at once, among several the user chooses. Takes `list`. */
static void show(struct app *app, GPtrArray *list, gboolean trusted)
{
	struct postponed_menu *menu;
	struct view *view;

	if (list->len == 1) {
		resume(app, g_ptr_array_index(list, 0), trusted);
		g_ptr_array_unref(list);
		return;
	}
	menu = g_new0(struct postponed_menu, 1);
	menu->list = list;
	menu->deleted = g_hash_table_new(NULL, NULL);
	menu->trusted = trusted;
	view = view_push(app, &ops, menu);
	list_resize(&view->list, list->len, 1);
	view_redraw(view);
}

/* ---- a mailbox that the engine has not read yet ---- */

struct looking {
	struct app *app;
	char *name;
	guint looks;
};

static void looking_free(void *data)
{
	struct looking *looking = data;

	g_free(looking->name);
	g_free(looking);
}

/* TRUE when the menu could be opened, or is known to be empty. */
static gboolean look(struct app *app, const char *name, gboolean last)
{
	gboolean complete;
	GPtrArray *list;

	turn_begin(app);
	list = postponed_list(app->priv->hcache, name, &complete);
	if (list->len) {
		show(app, list, !conf_is_url(name));
		return TRUE;
	}
	g_ptr_array_unref(list);
	if (complete || last)
		app_error(app, "No postponed messages.");
	return complete || last;
}

static gboolean look_again(void *data)
{
	struct looking *looking = data;

	return look(looking->app, looking->name, ++looking->looks >= LOOKS_MAX) ? G_SOURCE_REMOVE
										: G_SOURCE_CONTINUE;
}

void postponed_open(struct app *app)
{
	GError *error = NULL;
	char *name =
	    conf_resolve_mailbox(app->conf, app_settings(app)->postponed, NULL, NULL, &error);
	struct looking *looking;

	if (!name) {
		app_gerror(app, &error);
		return;
	}
	if (look(app, name, FALSE)) {
		g_free(name);
		return;
	}
	client_ask(app->client, WIRE_OPEN, g_variant_new("(s)", name), NULL, NULL);
	looking = g_new0(struct looking, 1);
	looking->app = app;
	looking->name = name;
	g_timeout_add_full(G_PRIORITY_DEFAULT, LOOK_AGAIN_MS, look_again, looking, looking_free);
}
