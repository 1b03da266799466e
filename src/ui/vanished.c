/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whether what is gone at the server goes here, too. */
#include "vanished.h"

#include "app-private.h"
#include "cur/model/client.h"
#include "cur/model/directory.h"
#include "cur/ui/prompt.h"

static void confirmed(enum wire_id id, GVariant *body, gboolean final, const GError *error,
		      void *data)
{
	if (final && error)
		app_error(data, "%s", error->message);
}

static void answered(struct app *app, int yes, void *data)
{
	char *name = data;

	if (yes >= 0)
		client_ask(app->client, WIRE_CONFIRM, g_variant_new("(sb)", name, yes == 1),
			   confirmed, app);
	g_hash_table_remove(app->priv->vanished, name);
}

void vanished_told(struct app *app, GVariant *body)
{
	g_autofree char *shown = NULL, *question = NULL;
	const char *name;
	guint32 gone, known;
	char *key;

	g_variant_get(body, "(&suus)", &name, &gone, &known, NULL);
	if (!app->priv->vanished)
		app->priv->vanished = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	if (g_hash_table_contains(app->priv->vanished, name))
		return;
	key = g_strdup(name);
	g_hash_table_add(app->priv->vanished, key);
	shown = directory_shorten(app->directory, name);
	question =
	    known ? g_strdup_printf("%u of %u messages gone at the server from %s: delete here?",
				    gone, known, shown)
		  : g_strdup_printf("%s is gone at the server: delete its %u messages here?", shown,
				    gone);
	prompt_yes_no(app, question, QUAD_ASK_NO, answered, key);
}
