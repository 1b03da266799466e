/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One query of the pattern after the other. */
#include "server-search.h"

#include "app-private.h"
#include "cur/conf/accounts.h"
#include "cur/conf/settings.h"
#include "cur/model/client.h"
#include "cur/model/mailbox.h"
#include "cur/model/progress.h"
#include "cur/query/pattern.h"

struct server_search {
	char *mailbox; /* that was open when it was asked for */
	char *text;
	GPtrArray *queries; /* char * */
	guint next;	    /* the one that is asked */
	GHashTable *lids;   /* what it found so far */
	guint32 serial;
	server_search_fn go_on;
	void *data;
};

void server_search_free(struct server_search *search)
{
	if (!search)
		return;
	g_clear_pointer(&search->lids, g_hash_table_unref);
	g_ptr_array_unref(search->queries);
	g_free(search->mailbox);
	g_free(search->text);
	g_free(search);
}

/* The line says so until the engine has answered; `done`: not any more. */
static void say(struct app *app, const struct server_search *search, gboolean done)
{
	progress_note(app->priv->progress, search->mailbox, "searching at the server", done, done,
		      0, g_get_monotonic_time());
	app->priv->redraw_message = TRUE;
}

static gboolean is_open(const struct app *app, const struct server_search *search)
{
	return app->mailbox && g_str_equal(mailbox_name(app->mailbox), search->mailbox);
}

static void finish(struct app *app, const GError *error)
{
	struct server_search *search = g_steal_pointer(&app->priv->server_search);

	say(app, search, TRUE);
	if (error)
		app_error(app, "%s", error->message);
	else if (is_open(app, search))
		search->go_on(app, search->text, search->data);
	server_search_free(search);
}

static void ask(struct app *app);

static void answered(enum wire_id id, GVariant *body, gboolean final, const GError *error,
		     void *data)
{
	struct app *app = data;
	struct server_search *search = app->priv->server_search;
	GVariantIter *rows;
	guint32 mailbox, lid;

	if (!final) {
		g_variant_get(body, "(a(uus))", &rows);
		while (g_variant_iter_next(rows, "(uu&s)", &mailbox, &lid, NULL))
			g_hash_table_add(search->lids, GUINT_TO_POINTER(lid));
		g_variant_iter_free(rows);
		return;
	}
	turn_begin(app);
	if (!error && is_open(app, search))
		mailbox_set_found(app->mailbox, search->queries->pdata[search->next],
				  g_steal_pointer(&search->lids));
	g_clear_pointer(&search->lids, g_hash_table_unref);
	if (!error && ++search->next < search->queries->len)
		ask(app);
	else
		finish(app, error);
}

static void ask(struct app *app)
{
	struct server_search *search = app->priv->server_search;
	const char *query = search->queries->pdata[search->next];

	search->lids = g_hash_table_new(NULL, NULL);
	search->serial = client_ask(
	    app->client, WIRE_SEARCH,
	    g_variant_new("(sssbu)", search->mailbox, query, "", FALSE, (guint32)0), answered, app);
}

gboolean server_search_stop(struct app *app)
{
	struct server_search *search = g_steal_pointer(&app->priv->server_search);

	if (!search)
		return FALSE;
	client_cancel(app->client, search->serial);
	say(app, search, TRUE);
	server_search_free(search);
	return TRUE;
}

/* NULL: it is for nobody else, or is no pattern. */
static GPtrArray *queries_of(struct app *app, const char *text)
{
	struct pattern_options options = {.simple_search = app_settings(app)->simple_search};
	auto_ptr(pattern) pattern = pattern_compile(text, &options, NULL);
	g_autoptr(GPtrArray) queries = pattern ? pattern_server_queries(pattern) : NULL;
	GPtrArray *copies;

	if (!queries)
		return NULL;
	copies = g_ptr_array_new_with_free_func(g_free);
	for (guint i = 0; i < queries->len; i++)
		g_ptr_array_add(copies, g_strdup(queries->pdata[i]));
	return copies;
}

void server_search_then(struct app *app, const char *text, server_search_fn go_on, void *data)
{
	GPtrArray *queries = queries_of(app, text);
	struct server_search *search;

	server_search_stop(app);
	if (!queries) {
		go_on(app, text, data);
		return;
	}
	if (!conf_is_url(mailbox_name(app->mailbox))) {
		app_error(app, "=/ asks an IMAP server: this mailbox is not at one.");
		g_ptr_array_unref(queries);
		return;
	}
	search = g_new0(struct server_search, 1);
	*search = (struct server_search){.mailbox = g_strdup(mailbox_name(app->mailbox)),
					 .text = g_strdup(text),
					 .queries = queries,
					 .go_on = go_on,
					 .data = data};
	app->priv->server_search = search;
	say(app, search, FALSE);
	ask(app);
}
