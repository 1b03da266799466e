/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Changing what a message says: its text in $editor, its X-Label. A message never changes in its
 * mailbox: the new one is put beside it first, then the old one goes.
 */
#include "fn-edit.h"
#include "app-private.h"
#include "cur/base/error.h"
#include "cur/base/file.h"
#include "cur/conf/keys.h"
#include "cur/mail/flags.h"
#include "cur/mail/rewrite.h"
#include "cur/model/client.h"
#include "cur/model/mailbox.h"
#include "cur/model/submit.h"
#include "cur/ui/app.h"
#include "cur/ui/functions.h"
#include "cur/ui/prompt.h"
#include "editor.h"

/* A new form of a message on its way to the engine. */
struct change {
	struct app *app;
	guint32 mailbox, lid;
	gboolean at_once; /* the old one goes by itself, not when the mailbox is synced */
};

static void removed(enum wire_id id, GVariant *body, gboolean final, const GError *error,
		    void *data)
{
	if (final && error)
		app_error(data, "%s", error->message);
}

static void changed(const GError *error, void *data)
{
	g_autofree struct change *c = data;
	struct mailbox *mb = c->app->mailbox;
	GVariant *lids =
	    g_variant_new_fixed_array(G_VARIANT_TYPE_UINT32, &c->lid, 1, sizeof(guint32));

	g_variant_ref_sink(lids);
	turn_begin(c->app);
	if (error) {
		app_error(c->app, "%s", error->message);
	} else if (c->at_once) {
		client_ask(c->app->client, WIRE_REMOVE, g_variant_new("(u@au)", c->mailbox, lids),
			   removed, c->app);
	} else if (mb && mailbox_number(mb) == c->mailbox) {
		mailbox_set_session(mb, c->lid, SESSION_DELETED | SESSION_PURGE, SESSION_TAGGED);
		view_redraw(c->app->index);
	}
	g_variant_unref(lids);
}

/* Takes `bytes`. */
static void put_in_place(struct app *app, guint32 lid, GBytes *bytes, gboolean at_once)
{
	struct change *c = g_new0(struct change, 1);
	struct submit_place place = {.target = mailbox_name(app->mailbox)};
	const struct row *row;
	mark_t flags = 0;

	if (mailbox_lid_row(app->mailbox, lid, &row, &flags, NULL)) {
		place.flags = flags & FLAG_ALL;
		place.received = row->date_received;
	}
	*c = (struct change){app, mailbox_number(app->mailbox), lid, at_once};
	submit_message(app->client, &place, bytes, changed, c);
	g_bytes_unref(bytes);
}

void fn_edit_replace(struct app *app, guint32 lid, GBytes *bytes)
{
	put_in_place(app, lid, bytes, FALSE);
}

static struct message *open_message(struct app *app, guint32 lid)
{
	g_autoptr(GError) error = NULL;
	g_autofree char *path = mailbox_file(app->mailbox, lid, &error);
	struct message *message = path ? message_open(path, &error) : NULL;

	if (!message)
		app_gerror(app, &error);
	return message;
}

/* ---- the whole of it ---- */

static void edit_one(struct app *app, guint32 lid)
{
	auto_ptr(message) message = open_message(app, lid);
	g_autoptr(GBytes) before = NULL;
	const char *bytes;
	GBytes *after;
	gsize n;

	if (!message)
		return;
	bytes = message_bytes(message, &n);
	before = g_bytes_new(bytes, n);
	after = editor_edit_bytes(app, before);
	if (after && g_bytes_equal(before, after))
		app_message(app, "Message not modified.");
	if (after && !g_bytes_get_size(after))
		app_error(app, "The message is empty: nothing was changed.");
	if (after && g_bytes_get_size(after) && !g_bytes_equal(before, after))
		fn_edit_replace(app, lid, after);
	else if (after)
		g_bytes_unref(after);
}

static void edit_raw(struct view *view, int fn)
{
	g_autoptr(GArray) lids = app_targets(view->app);

	for (guint i = 0; i < lids->len; i++)
		edit_one(view->app, g_array_index(lids, guint32, i));
}

static void edit_or_view(struct view *view, int fn)
{
	fn_call(view,
		mailbox_writable(view->app->mailbox) ? FN_EDIT_RAW_MESSAGE : FN_VIEW_RAW_MESSAGE);
}

/* ---- X-Label ---- */

static void label_typed(struct app *app, const char *text, void *data)
{
	g_autoptr(GArray) lids = data;

	if (!text || !app->mailbox)
		return;
	for (guint i = 0; i < lids->len; i++) {
		guint32 lid = g_array_index(lids, guint32, i);
		auto_ptr(message) message = open_message(app, lid);

		if (message)
			put_in_place(app, lid, rewrite_label(message, text), TRUE);
	}
	app_advance(app, NEXT_UNDELETED);
}

static void edit_label(struct view *view, int fn)
{
	struct envelope env = {0};
	guint pos;
	struct ask ask = {.question = "Label: ",
			  .history = HISTORY_OTHER,
			  .done = label_typed,
			  .data = app_targets(view->app)};

	if (app_current(view->app, &pos)) {
		mailbox_envelope(view->app->mailbox, pos, &env);
		ask.initial = env.field[ENV_LABEL];
	}
	prompt_ask(view->app, &ask);
}

enum { REWRITES = NEED_MESSAGE | NEED_WRITABLE | NEED_TEXT };

const struct fn_handler fn_edit_handlers[] = {
    {FN_EDIT, edit_raw, REWRITES},
    {FN_EDIT_RAW_MESSAGE, edit_raw, REWRITES},
    {FN_EDIT_OR_VIEW_RAW_MESSAGE, edit_or_view, NEED_MESSAGE},
    {FN_EDIT_LABEL, edit_label, REWRITES},
    {FN_NOOP},
};
