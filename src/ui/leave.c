/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From one mailbox to another, and what happens to messages marked for deletion. */
#include "leave.h"

#include "app-private.h"
#include "cur/conf/hooks.h"
#include "cur/conf/virtual.h"
#include "cur/model/client.h"
#include "cur/model/directory.h"
#include "cur/model/mailbox.h"
#include "cur/ui/prompt.h"
#include "fn-generic.h"
#include "fn-virtual.h"
#include "index.h"
#include "read-mail.h"
#include "sidebar.h"

struct leaving {
	struct app *app;
	void (*then)(struct app *app, char *data);
	char *data;
	char *trash; /* canonical name; NULL: delete for good */
	guint deleted, messages;
	gboolean purge;		/* the user said so */
	struct read_mail *read; /* messages that $move moves, or NULL */
};

static void leaving_free(struct leaving *l)
{
	read_mail_free(l->read);
	g_free(l->trash);
	g_free(l->data);
	g_free(l);
}

static void go_on(struct leaving *l)
{
	struct mailbox *mb = l->app->mailbox;

	if (mb && mailbox_writable(mb) && app_settings(l->app)->mark_old) {
		turn_begin(l->app);
		mailbox_age(mb);
	}
	l->then(l->app, g_steal_pointer(&l->data));
	leaving_free(l);
}

/* The trash as a canonical name; NULL: delete for good. Yours. */
static char *trash_name(struct app *app)
{
	const char *trash = app_settings(app)->trash;

	return *trash ? directory_expand(app->directory, trash, NULL, NULL, NULL) : NULL;
}

static void synced(struct mailbox *mb, const GError *error, void *data)
{
	struct leaving *l = data;

	if (error) {
		app_error(l->app, "%s", error->message);
		leaving_free(l);
		return;
	}
	app_message(l->app, "%u kept, %u deleted.", l->messages - l->deleted, l->deleted);
	if (l->then)
		go_on(l);
	else
		leaving_free(l);
}

static void sync_now(struct leaving *l)
{
	mailbox_sync(l->app->mailbox, l->trash, synced, l);
}

static void trash_made(enum wire_id id, GVariant *body, gboolean final, const GError *error,
		       void *data)
{
	struct leaving *l = data;

	if (!final)
		return;
	if (error) {
		app_error(l->app, "%s", error->message);
		leaving_free(l);
		return;
	}
	sync_now(l);
}

static void trash_answered(struct app *app, int yes, void *data)
{
	struct leaving *l = data;

	if (yes == 1)
		client_ask(app->client, WIRE_CREATE, g_variant_new("(s)", l->trash), trash_made, l);
	else
		leaving_free(l);
}

/* A trash that is not there yet is made first, as a mailbox that is saved to. */
static void start_sync(struct leaving *l)
{
	struct app *app = l->app;
	g_autofree char *shown = NULL, *question = NULL;

	l->trash = trash_name(app);
	if (!l->trash || directory_exists(app->directory, l->trash)) {
		sync_now(l);
		return;
	}
	shown = directory_shorten(app->directory, l->trash);
	question = g_strdup_printf("Create %s?", shown);
	prompt_yes_no(app, question, app_settings(app)->confirmcreate ? QUAD_ASK_YES : QUAD_YES,
		      trash_answered, l);
}

static struct leaving *leaving_new(struct app *app, void (*then)(struct app *app, char *data),
				   char *data)
{
	struct leaving *l = g_new0(struct leaving, 1);
	struct mailbox_counts counts = {0};

	if (app->mailbox)
		mailbox_counts(app->mailbox, &counts);
	*l = (struct leaving){.app = app,
			      .then = then,
			      .data = data,
			      .deleted = counts.deleted,
			      .messages = counts.messages};
	return l;
}

static void purge_or_go_on(struct leaving *l)
{
	if (l->purge)
		start_sync(l);
	else
		go_on(l);
}

static void read_moved(struct app *app, const GError *error, void *data)
{
	struct leaving *l = data;

	if (!error) {
		purge_or_go_on(l);
		return;
	}
	app_error(app, "%s", error->message);
	leaving_free(l);
}

/* Both questions are answered: read mail first, which stays out of what is deleted. */
static void purge_answered(struct app *app, int yes, void *data)
{
	struct leaving *l = data;

	l->purge = yes == 1;
	if (yes < 0)
		leaving_free(l);
	else if (l->read)
		read_mail_move(app, l->read, read_moved, l);
	else
		purge_or_go_on(l);
}

static void ask_purge(struct leaving *l)
{
	g_autofree char *question =
	    g_strdup_printf("Purge %u deleted message%s?", l->deleted, l->deleted == 1 ? "" : "s");

	if (l->deleted)
		prompt_yes_no(l->app, question, app_settings(l->app)->delete, purge_answered, l);
	else
		purge_answered(l->app, FALSE, l);
}

static void move_answered(struct app *app, int yes, void *data)
{
	struct leaving *l = data;

	if (yes < 0) {
		leaving_free(l);
		return;
	}
	if (!yes)
		g_clear_pointer(&l->read, read_mail_free);
	ask_purge(l);
}

void leave_mailbox(struct app *app, void (*then)(struct app *app, char *data), char *data)
{
	struct leaving *l = leaving_new(app, then, data);
	g_autofree char *question = NULL;

	if (!app->mailbox || !mailbox_writable(app->mailbox)) {
		go_on(l);
		return;
	}
	l->read = read_mail_new(app);
	if (!l->read) {
		ask_purge(l);
		return;
	}
	question = read_mail_question(app, l->read);
	prompt_yes_no(app, question, app_settings(app)->move, move_answered, l);
}

void leave_sync(struct app *app)
{
	struct leaving *l = leaving_new(app, NULL, NULL);

	if (l->deleted) {
		start_sync(l);
		return;
	}
	app_message(app, "Mailbox is unchanged.");
	leaving_free(l);
}

/* ---- opening the next ------------------------------------------------------------------- */

static void run_folder_hooks(struct app *app, const char *name)
{
	g_autoptr(GError) error = NULL;
	guint64 before = conf_generation(app->conf);

	if (!conf_run_folder_hooks(app->conf, name, &error))
		app_gerror(app, &error);
	if (conf_generation(app->conf) != before)
		app_effects(app);
	fn_take_pushed(app);
}

static void refused(const GError *error, void *data)
{
	app_error(data, "%s", error->message);
}

/* A virtual mailbox has others now, though no other mailbox may have changed. */
static void changed(void *data)
{
	struct app *app = data;

	app->priv->in_turn = FALSE;
	turn_begin(app);
}

static void open_now(struct app *app, const char *name, gboolean read_only)
{
	struct mailbox_source source = {.cache = app->priv->hcache,
					.client = app->client,
					.conf = app->conf,
					.refused = refused,
					.changed = changed,
					.data = app};

	if (app->mailbox) {
		g_free(app->priv->previous);
		app->priv->previous = g_strdup(mailbox_name(app->mailbox));
		directory_seen(app->directory, mailbox_name(app->mailbox));
		mailbox_release(app->mailbox);
		g_clear_pointer(&app->mailbox, mailbox_close);
	}
	run_folder_hooks(app, name);
	virtual_opening(app, name);
	read_only |= app->read_only || app_settings(app)->read_only;
	app->mailbox = mailbox_open(&source, name, read_only);
	index_reset(app);
	sidebar_changed(app);
	app->priv->redraw = TRUE;
	app->priv->in_turn = FALSE;
	turn_begin(app);
	directory_seen(app->directory, name);
}

static void left(struct app *app, char *name)
{
	g_autofree char *owned = name;

	open_now(app, owned + 1, *owned == 'r');
}

/* TRUE for a real mailbox, too. */
static gboolean names_query(struct app *app, const char *name)
{
	g_autoptr(GError) error = NULL;
	auto_ptr(virtual_query) query = NULL;

	if (!conf_is_virtual(name))
		return TRUE;
	query = conf_virtual_query(app->conf, name, &error);
	if (!query)
		app_gerror(app, &error);
	return query != NULL;
}

void app_open_mailbox(struct app *app, const char *typed, gboolean read_only)
{
	const char *current = app->mailbox ? mailbox_name(app->mailbox) : NULL;
	g_autoptr(GError) error = NULL;
	g_autofree char *name =
	    directory_expand(app->directory, typed, current, app->priv->previous, &error);

	if (!name) {
		app_gerror(app, &error);
		return;
	}
	if (!names_query(app, name))
		return;
	if (g_path_is_absolute(name) && !g_file_test(name, G_FILE_TEST_IS_DIR)) {
		app_error(app, "%s: no such mailbox.", typed);
		return;
	}
	/* The first character says whether it is to be read only. */
	leave_mailbox(app, left, g_strconcat(read_only ? "r" : "w", name, NULL));
}
