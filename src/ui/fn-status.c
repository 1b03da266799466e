/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Accounts, last syncs, what waits and what failed: asked of the engine, shown as text. */
#include "fn-status.h"

#include "app-private.h"
#include "cur/model/client.h"
#include "cur/model/progress.h"
#include "cur/model/status.h"
#include "cur/ui/pager.h"
#include "cur/ui/prompt.h"

/* With what the engine is busy with, as on the message line. */
static char *text_of(struct app *app, const struct status *status)
{
	g_autofree char *known = status_text(status), *busy = NULL;
	int permille;

	busy = progress_text(app->priv->progress, g_get_monotonic_time(), &permille);
	if (!*known && !busy)
		return g_strdup("No account is at a server, and nothing waits.\n");
	return g_strconcat(known, busy ? "now: " : "", busy ? busy : "", NULL);
}

/* FALSE: there will be no more, and it was told why. */
static gboolean take(struct app *app, enum wire_id id, GVariant *body, const GError *error)
{
	if (!error) {
		status_note(app->priv->status, id, body);
		return TRUE;
	}
	app_error(app, "%s", error->message);
	g_clear_pointer(&app->priv->status, status_free);
	return FALSE;
}

static void queue_answered(enum wire_id id, GVariant *body, gboolean final, const GError *error,
			   void *data)
{
	struct app *app = data;
	auto_ptr(status) status = NULL;

	if (!take(app, id, body, error) || !final)
		return;
	status = g_steal_pointer(&app->priv->status);
	/* Who is asked something meanwhile answers that. */
	if (!prompt_active(app))
		pager_open_text(app, "Status", text_of(app, status));
}

static void accounts_answered(enum wire_id id, GVariant *body, gboolean final, const GError *error,
			      void *data)
{
	struct app *app = data;

	if (take(app, id, body, error) && final)
		client_ask(app->client, WIRE_QUEUE, g_variant_new("(s)", ""), queue_answered, app);
}

void fn_show_status(struct view *view, int fn)
{
	struct app *app = view->app;

	if (app->priv->status)
		return;
	app->priv->status = status_new();
	client_ask(app->client, WIRE_STATUS, NULL, accounts_answered, app);
}
