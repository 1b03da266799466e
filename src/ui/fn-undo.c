/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Taking back what was done last, in whatever mailbox that was. */
#include "cur/conf/names.h"
#include "cur/model/acts.h"
#include "cur/model/client.h"
#include "cur/model/directory.h"
#include "cur/ui/app.h"
#include "cur/ui/functions.h"

static void tell(struct app *app, GVariant *body)
{
	g_autofree char *shown = NULL, *words = NULL;
	const char *kind, *name;
	guint32 n, n_left;

	g_variant_get(body, "(&s&suu)", &kind, &name, &n, &n_left);
	shown = directory_shorten(app->directory, name);
	words = act_words(kind, shown, n);
	if (!n && n_left)
		app_error(app, "Nothing to undo of it: %u gone or changed since.", n_left);
	else if (n_left)
		app_message(app, "Undone: %s; %u gone or changed since.", words, n_left);
	else
		app_message(app, "Undone: %s.", words);
}

static void answered(enum wire_id id, GVariant *body, gboolean final, const GError *error,
		     void *data)
{
	struct app *app = data;

	if (id == WIRE_UNDONE)
		tell(app, body);
	else if (final && error)
		app_error(app, "%s", error->message);
}

static void undo(struct view *view, int fn)
{
	client_ask(view->app->client, WIRE_UNDO, g_variant_new("()"), answered, view->app);
}

const struct fn_handler fn_undo_handlers[] = {
    {FN_UNDO, undo, 0},
    {FN_NOOP},
};
