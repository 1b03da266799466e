/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Saving and copying messages to mailboxes. The messages are those of the moment
 * the key was pressed, whatever arrives while the question stands (U14).
 */
#include <string.h>

#include "app-private.h"
#include "cur/conf/hooks.h"
#include "cur/conf/lists.h"
#include "cur/conf/names.h"
#include "cur/mail/flags.h"
#include "cur/mail/rewrite.h"
#include "cur/model/client.h"
#include "cur/model/directory.h"
#include "cur/model/mailbox.h"
#include "cur/model/recipients.h"
#include "cur/model/showing.h"
#include "cur/model/submit.h"
#include "cur/query/pattern.h"
#include "cur/ui/app.h"
#include "cur/ui/functions.h"
#include "cur/ui/prompt.h"
#include "opener.h"

enum save_form { SAVE_AS_IT_IS, SAVE_DECODED /* as plain text */, SAVE_DECRYPTED };

struct saving {
	struct app *app;
	GArray *lids;
	char *target; /* canonical */
	char *shown;
	gboolean move;
	enum save_form form;
	guint left; /* rewritten ones the engine has not answered for */
	guint failed;
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

/* mutt's guess: = and the user part of the sender's address ($save_address: all), lower case. */
static char *sender_target(struct app *app, guint pos)
{
	struct envelope env;
	const char *from, *open;
	g_autofree char *who = NULL;

	mailbox_envelope(app->mailbox, pos, &env);
	from = env.field[ENV_FROM];
	open = strchr(from, '<');
	from = open ? open + 1 : from;
	who = g_strndup(from, strcspn(from, app_settings(app)->save_address ? ">, " : "@>, "));
	return mailbox_of_person(who);
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

/* ---- decoded, decrypted ------------------------------------------ */

static gboolean is_ignored(const char *name, void *conf)
{
	return conf_is_ignored(conf, name);
}

/* Its text alone, under the header that was sealed with it. Yours. */
static GBytes *decoded(struct app *app, struct message *message, const struct unsealed *opened)
{
	g_autoptr(GBytes) plain = opened ? unsealed_plain(opened) : NULL;
	auto_ptr(message) inner = plain ? message_new(plain) : NULL;
	g_autofree char *text =
	    showing_text(app->conf, message, opened, SHOWING_NO_HEADER, SHOWING_KEPT);

	return rewrite_as_text(inner ? inner : message, text,
			       app_settings(app)->copy_decode_weed ? is_ignored : NULL, app->conf);
}

/* As if it had never been encrypted; of OpenPGP within a text only that is left. Yours. */
static GBytes *decrypted(struct app *app, struct message *message, const struct unsealed *opened)
{
	GBytes *plain = opened ? unsealed_plain(opened) : NULL;
	gsize n;
	const char *bytes = message_bytes(message, &n);

	if (plain)
		return plain;
	if (opened && unsealed_is_decrypted(opened))
		return decoded(app, message, opened);
	return g_bytes_new(bytes, n);
}

/* FALSE, and it is told: what could not be opened must not take the place of what still could be.
 */
static gboolean open_sealed(struct app *app, struct message *message, guint32 lid,
			    enum save_form form, struct unsealed **opened)
{
	const struct unseal_options with_inline = {.inline_pgp = TRUE};
	enum unsealed_worth worth = UNSEALED_GOOD;
	gboolean stopped;

	/* Who wants it decrypted means what stands in the text, too. */
	if (form == SAVE_DECRYPTED && unseal_look(message, &with_inline) & UNSEAL_INLINE)
		mailbox_set_inline_pgp(app->mailbox, lid);
	*opened = opener_run(app, message, lid, &stopped);
	if (*opened)
		unsealed_summary(*opened, &worth);
	if (worth == UNSEALED_BAD)
		opener_tell(app, *opened);
	return !stopped && worth != UNSEALED_BAD;
}

/* The message in its new form; NULL when it cannot be read or opened (told). Yours. */
static GBytes *rewritten(struct app *app, guint32 lid, enum save_form form)
{
	g_autoptr(GError) error = NULL;
	g_autofree char *path = mailbox_file(app->mailbox, lid, &error);
	auto_ptr(message) message = path ? message_open(path, &error) : NULL;
	auto_ptr(unsealed) opened = NULL;

	app_gerror(app, &error);
	if (!message || !open_sealed(app, message, lid, form, &opened))
		return NULL;
	return form == SAVE_DECODED ? decoded(app, message, opened)
				    : decrypted(app, message, opened);
}

static void tell_saved(const struct saving *s)
{
	app_message(s->app, "%u message%s %s to %s.", s->lids->len, s->lids->len == 1 ? "" : "s",
		    s->move ? "saved" : "copied", s->shown);
}

/* The messages themselves stay until the mailbox is synced, as in mutt. */
static void rewritten_saved(struct saving *s)
{
	struct mailbox *mb = s->app->mailbox;

	turn_begin(s->app);
	for (guint i = 0; s->move && mb && i < s->lids->len; i++)
		mailbox_set_session(mb, g_array_index(s->lids, guint32, i), SESSION_DELETED, 0);
	if (s->app->index)
		view_redraw(s->app->index);
	tell_saved(s);
}

static void one_saved(const GError *error, void *data)
{
	struct saving *s = data;

	if (error)
		app_error(s->app, "%s", error->message);
	s->failed += error != NULL;
	if (--s->left)
		return;
	if (!s->failed)
		rewritten_saved(s);
	saving_free(s);
}

static void save_rewritten(struct saving *s)
{
	struct submit_place place = {.target = s->target};

	/* One for this loop: an answer may come before the next is asked for. */
	s->left = 1;
	for (guint i = 0; i < s->lids->len; i++) {
		guint32 lid = g_array_index(s->lids, guint32, i);
		g_autoptr(GBytes) bytes = rewritten(s->app, lid, s->form);
		const struct row *row;
		mark_t flags = 0;

		s->failed += !bytes;
		if (!bytes || !mailbox_lid_row(s->app->mailbox, lid, &row, &flags, NULL))
			continue;
		place.flags = flags & FLAG_ALL;
		place.received = row->date_received;
		s->left++;
		submit_message(s->app->client, &place, bytes, one_saved, s);
	}
	one_saved(NULL, s);
}

/* ---- doing it ---------------------------------------------------- */

static void saved(struct mailbox *mb, const GError *error, void *data)
{
	struct saving *s = data;

	if (error)
		app_error(s->app, "%s", error->message);
	else
		tell_saved(s);
	saving_free(s);
}

static void save(struct saving *s)
{
	if (!s->app->mailbox || !s->lids->len) {
		saving_free(s);
		return;
	}
	app_message(s->app, "%s to %s...", s->move ? "Saving" : "Copying", s->shown);
	if (s->form != SAVE_AS_IT_IS)
		save_rewritten(s);
	else if (s->move)
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

static enum save_form form_of(int fn)
{
	if (fn == FN_DECODE_SAVE || fn == FN_DECODE_COPY)
		return SAVE_DECODED;
	return fn == FN_DECRYPT_SAVE || fn == FN_DECRYPT_COPY ? SAVE_DECRYPTED : SAVE_AS_IT_IS;
}

static void ask_target(struct view *view, int fn)
{
	static const char *const verbs[][2] = {
	    {"Copy", "Save"}, {"Decode-copy", "Decode-save"}, {"Decrypt-copy", "Decrypt-save"}};
	struct app *app = view->app;
	struct saving *s = g_new0(struct saving, 1);
	g_autofree char *initial = offered_target(app);
	g_autofree char *question = NULL;

	*s = (struct saving){.app = app,
			     .lids = app_targets(app),
			     .move = fn == FN_SAVE_MESSAGE || fn == FN_DECODE_SAVE ||
				     fn == FN_DECRYPT_SAVE,
			     .form = form_of(fn)};
	question = g_strdup_printf("%s%s to mailbox ('?' for list): ", verbs[s->form][s->move],
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

/* NeoMutt's other name of save-message. */
static void save_entry(struct view *view, int fn)
{
	ask_target(view, FN_SAVE_MESSAGE);
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
    {FN_SAVE_ENTRY, save_entry, NEED_MESSAGE | NEED_WRITABLE},
    {FN_COPY_MESSAGE, ask_target, NEED_MESSAGE},
    {FN_DECODE_SAVE, ask_target, NEED_MESSAGE | NEED_WRITABLE | NEED_TEXT},
    {FN_DECODE_COPY, ask_target, NEED_MESSAGE | NEED_TEXT},
    {FN_DECRYPT_SAVE, ask_target, NEED_MESSAGE | NEED_WRITABLE | NEED_TEXT},
    {FN_DECRYPT_COPY, ask_target, NEED_MESSAGE | NEED_TEXT},
    {FN_NOOP},
};
