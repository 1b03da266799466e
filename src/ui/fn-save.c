/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Saving and copying messages to mailboxes. The messages are those of the moment
 * the key was pressed, whatever arrives while the question stands (U14).
 */
#include <string.h>

#include "cur/conf/hooks.h"
#include "cur/conf/names.h"
#include "cur/model/client.h"
#include "cur/model/directory.h"
#include "cur/model/mailbox.h"
#include "cur/query/pattern.h"
#include "cur/ui/app.h"
#include "cur/ui/functions.h"
#include "cur/ui/prompt.h"

struct saving {
	struct app *app;
	GArray *lids;
	char *target; /* canonical */
	char *shown;
	gboolean move;
};

static void saving_free(struct saving *s)
{
	g_array_unref(s->lids);
	g_free(s->target);
	g_free(s->shown);
	g_free(s);
}

/* ---- the mailbox that is offered ------------------------------------------------------------ */

/* The first save-hook that matches the message, or NULL. Borrowed. */
static const char *hook_target(struct app *app, guint pos)
{
	const GPtrArray *hooks = conf_hooks(app->conf, HOOK_SAVE);

	for (guint i = 0; i < hooks->len; i++) {
		const struct hook *hook = g_ptr_array_index(hooks, i);
		auto_ptr(pattern) pattern = pattern_compile(hook->pattern, NULL, NULL);

		if (pattern && mailbox_matches(app->mailbox, pos, pattern) != hook->negated)
			return hook->command;
	}
	return NULL;
}

/* mutt's guess: = and the user part of the sender's address, lower case. */
static char *sender_target(struct app *app, guint pos)
{
	struct envelope env;
	const char *from, *open;
	g_autofree char *user = NULL, *lower = NULL;

	mailbox_envelope(app->mailbox, pos, &env);
	from = env.field[ENV_FROM];
	open = strchr(from, '<');
	from = open ? open + 1 : from;
	user = g_strndup(from, strcspn(from, "@>, "));
	lower = g_utf8_strdown(user, -1);
	g_strdelimit(lower, "/", '_');
	return g_strconcat("=", lower, NULL);
}

static char *offered_target(struct app *app)
{
	const char *hook;
	guint pos;

	if (!app_current(app, &pos))
		return g_strdup("=");
	hook = hook_target(app, pos);
	return hook ? g_strdup(hook) : sender_target(app, pos);
}

/* ---- doing it ---------------------------------------------------- */

static void saved(struct mailbox *mb, const GError *error, void *data)
{
	struct saving *s = data;

	if (error)
		app_error(s->app, "%s", error->message);
	else
		app_message(s->app, "%u message%s %s to %s.", s->lids->len,
			    s->lids->len == 1 ? "" : "s", s->move ? "saved" : "copied", s->shown);
	saving_free(s);
}

static void save(struct saving *s)
{
	if (!s->app->mailbox || !s->lids->len) {
		saving_free(s);
		return;
	}
	app_message(s->app, "%s to %s...", s->move ? "Saving" : "Copying", s->shown);
	if (s->move)
		mailbox_move(s->app->mailbox, s->lids, s->target, saved, s);
	else
		mailbox_copy(s->app->mailbox, s->lids, s->target, saved, s);
}

static void created(enum wire_id id, GVariant *body, gboolean final, const GError *error,
		    void *data)
{
	struct saving *s = data;

	if (!final)
		return;
	if (error) {
		app_error(s->app, "%s", error->message);
		saving_free(s);
		return;
	}
	save(s);
}

static void create_answered(struct app *app, int yes, void *data)
{
	struct saving *s = data;

	if (yes == 1)
		client_ask(app->client, WIRE_CREATE, g_variant_new("(s)", s->target), created, s);
	else
		saving_free(s);
}

static void append_answered(struct app *app, int yes, void *data)
{
	if (yes == 1)
		save(data);
	else
		saving_free(data);
}

static void target_typed(struct app *app, const char *text, void *data)
{
	const struct settings *settings = app_settings(app);
	struct saving *s = data;
	g_autoptr(GError) error = NULL;
	g_autofree char *question = NULL;

	if (text && *text && app->mailbox)
		s->target = directory_expand(app->directory, text, mailbox_name(app->mailbox), NULL,
					     &error);
	if (!s->target) {
		app_gerror(app, &error);
		saving_free(s);
		return;
	}
	s->shown = directory_shorten(app->directory, s->target);
	if (!directory_exists(app->directory, s->target)) {
		question = g_strdup_printf("Create %s?", s->shown);
		prompt_yes_no(app, question, settings->confirmcreate ? QUAD_ASK_YES : QUAD_YES,
			      create_answered, s);
	} else {
		question = g_strdup_printf("Append messages to %s?", s->shown);
		prompt_yes_no(app, question, settings->confirmappend ? QUAD_ASK_YES : QUAD_YES,
			      append_answered, s);
	}
}

static void ask_target(struct view *view, int fn)
{
	struct app *app = view->app;
	struct saving *s = g_new0(struct saving, 1);
	g_autofree char *initial = offered_target(app);
	g_autofree char *question = NULL;

	*s = (struct saving){.app = app, .lids = app_targets(app), .move = fn == FN_SAVE_MESSAGE};
	question = g_strdup_printf("%s%s to mailbox ('?' for list): ", s->move ? "Save" : "Copy",
				   app->tag_prefix ? " tagged" : "");

	struct ask ask = {.question = question,
			  .initial = initial,
			  .complete = COMPLETE_MAILBOX,
			  .replace = TRUE,
			  .history = HISTORY_MAILBOX,
			  .done = target_typed,
			  .data = s};

	prompt_ask(app, &ask);
}

/* Nobody is asked: the mailbox is the account's, and undo takes it back. */
static void move_to_role(struct view *view, int fn)
{
	struct app *app = view->app;
	gboolean archive = fn == FN_ARCHIVE_MESSAGE;
	const char *name = archive ? app_settings(app)->archive : app_settings(app)->junk;
	g_autoptr(GError) error = NULL;
	g_autofree char *target = NULL;
	struct saving *s;

	if (!*name) {
		app_error(app, "$%s names no mailbox.", archive ? "archive" : "junk");
		return;
	}
	target = directory_expand(app->directory, name, mailbox_name(app->mailbox), NULL, &error);
	if (!target) {
		app_gerror(app, &error);
		return;
	}
	s = g_new0(struct saving, 1);
	*s = (struct saving){.app = app, .lids = app_targets(app), .move = TRUE};
	s->shown = directory_shorten(app->directory, target);
	s->target = g_steal_pointer(&target);
	if (directory_exists(app->directory, s->target))
		save(s);
	else
		create_answered(app, 1, s);
}

const struct fn_handler fn_save_handlers[] = {
    {FN_ARCHIVE_MESSAGE, move_to_role, NEED_MESSAGE | NEED_WRITABLE},
    {FN_JUNK_MESSAGE, move_to_role, NEED_MESSAGE | NEED_WRITABLE},
    {FN_SAVE_MESSAGE, ask_target, NEED_MESSAGE | NEED_WRITABLE},
    {FN_COPY_MESSAGE, ask_target, NEED_MESSAGE},
    {FN_NOOP},
};
