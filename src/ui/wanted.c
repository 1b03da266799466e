/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One question to the engine at a time: who wants another text has given up the one before. */
#include "wanted.h"

#include <string.h>

#include "app-private.h"
#include "cur/conf/keys.h"
#include "cur/model/client.h"
#include "cur/model/mailbox.h"
#include "cur/model/progress.h"
#include "cur/ui/functions.h"
#include "cur/ui/prompt.h"

struct wanted {
	GArray *lids;		    /* guint32, those that lack their text, of one mailbox */
	guint32 mailbox, lid_there; /* of the first */
	guint32 serial;
	struct view *view; /* of the function; it may be gone by then */
	int fn;		   /* FN_NOOP: none */
	gboolean tag_prefix;
};

void wanted_free(struct wanted *wanted)
{
	if (!wanted)
		return;
	g_array_unref(wanted->lids);
	g_free(wanted);
}

static gboolean lacks_text(struct app *app, guint32 lid)
{
	const struct row *row;

	return mailbox_lid_row(app->mailbox, lid, &row, NULL, NULL) && row->kind & ROW_PARTIAL;
}

/* Those of `lids` without a text; yours. */
static GArray *lacking(struct app *app, const GArray *lids)
{
	GArray *some = g_array_new(FALSE, FALSE, sizeof(guint32));

	for (guint i = 0; i < lids->len; i++) {
		guint32 lid = g_array_index(lids, guint32, i);

		if (lacks_text(app, lid))
			g_array_append_val(some, lid);
	}
	return some;
}

/* The line says so until the engine knows how far it is; `done`: not any more. */
static void say(struct app *app, gboolean done)
{
	progress_note(app->priv->progress, mailbox_name(app->mailbox), "fetching the text", done,
		      done, 0, g_get_monotonic_time());
	app->priv->redraw_message = TRUE;
}

/* As if the key had been pressed now, if the user still is where it was. */
static void resume(struct app *app, const struct wanted *w)
{
	g_autoptr(GArray) rest = NULL;

	if (w->fn == FN_NOOP || view_top(app) != w->view || prompt_active(app))
		return;
	app->tag_prefix = w->tag_prefix;
	rest = app_targets(app);
	app->tag_prefix = FALSE;
	/* Another message has the cursor: the text is here, and that is all. */
	for (guint i = 0; i < w->lids->len; i++) {
		gboolean found = FALSE;

		for (guint k = 0; k < rest->len && !found; k++)
			found =
			    g_array_index(rest, guint32, k) == g_array_index(w->lids, guint32, i);
		if (!found)
			return;
	}
	app->tag_prefix = w->tag_prefix;
	fn_call(w->view, w->fn);
}

/* The mailbox shows the messages still: a lid would mean others in another. */
static gboolean is_open(struct app *app, const struct wanted *w)
{
	guint32 mailbox, lid_there;

	return app->mailbox &&
	       mailbox_origin(app->mailbox, g_array_index(w->lids, guint32, 0), &mailbox,
			      &lid_there) &&
	       mailbox == w->mailbox && lid_there == w->lid_there;
}

static void answered(enum wire_id id, GVariant *body, gboolean final, const GError *error,
		     void *data)
{
	struct app *app = data;
	struct wanted *w = final ? g_steal_pointer(&app->priv->wanted) : NULL;

	if (!w)
		return;
	/* The rows that came with it, before anything is done with them. */
	app->priv->in_turn = FALSE;
	turn_begin(app);
	if (is_open(app, w)) {
		say(app, TRUE);
		if (error)
			app_error(app, "%s", error->message);
		else
			resume(app, w);
	}
	wanted_free(w);
}

/*
 * Those of the first one's mailbox, as the engine knows them, are asked for; the others, which a
 * virtual mailbox may have, when the function is called again. *lids keeps those of ours. Yours.
 */
static GArray *of_one_mailbox(struct app *app, GArray *lids, guint32 *mailbox)
{
	GArray *there = g_array_new(FALSE, FALSE, sizeof(guint32));
	guint32 number, lid;
	guint n = 0;

	for (guint i = 0; i < lids->len; i++) {
		guint32 here = g_array_index(lids, guint32, i);

		if (!mailbox_origin(app->mailbox, here, &number, &lid) ||
		    (there->len && number != *mailbox))
			continue;
		*mailbox = number;
		g_array_index(lids, guint32, n++) = here;
		g_array_append_val(there, lid);
	}
	g_array_set_size(lids, n);
	return there;
}

/* Takes `lids`. */
static void want(struct app *app, GArray *lids, struct view *view, int fn)
{
	struct wanted *w = g_new0(struct wanted, 1);
	guint32 mailbox = 0;
	g_autoptr(GArray) there = of_one_mailbox(app, lids, &mailbox);
	GVariant *list = g_variant_new_fixed_array(G_VARIANT_TYPE_UINT32, there->data, there->len,
						   sizeof(guint32));

	wanted_stop(app);
	*w = (struct wanted){.lids = lids,
			     .mailbox = mailbox,
			     .lid_there = there->len ? g_array_index(there, guint32, 0) : 0,
			     .view = view,
			     .fn = fn,
			     .tag_prefix = app->tag_prefix};
	app->priv->wanted = w;
	say(app, FALSE);
	w->serial = client_ask(app->client, WIRE_TEXT, g_variant_new("(u@au)", w->mailbox, list),
			       answered, app);
}

gboolean wanted_are_here(struct view *view, int fn)
{
	struct app *app = view->app;
	g_autoptr(GArray) lids = app_targets(app);
	GArray *some = lacking(app, lids);

	if (some->len) {
		want(app, some, view, fn);
		return FALSE;
	}
	g_array_unref(some);
	return TRUE;
}

void wanted_show(struct app *app, guint32 lid)
{
	GArray *one = g_array_new(FALSE, FALSE, sizeof(guint32));

	if (lacks_text(app, lid)) {
		g_array_append_val(one, lid);
		want(app, one, NULL, FN_NOOP);
	} else {
		g_array_unref(one);
	}
}

gboolean wanted_stop(struct app *app)
{
	struct wanted *w = g_steal_pointer(&app->priv->wanted);

	if (!w)
		return FALSE;
	client_cancel(app->client, w->serial);
	if (app->mailbox)
		say(app, TRUE);
	wanted_free(w);
	return TRUE;
}
