/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Limit, search and order of the index. */
#include <string.h>

#include "app-private.h"
#include "busy.h"
#include "cur/base/regex.h"
#include "cur/conf/bindings.h"
#include "cur/conf/names.h"
#include "cur/model/mailbox.h"
#include "cur/query/pattern.h"
#include "cur/ui/functions.h"
#include "cur/ui/prompt.h"
#include "fn-generic.h"
#include "index.h"
#include "server-search.h"

/* ---- limit ------------------------------------------------------------------------------- */

static void limit_now(struct app *app, const char *text, void *data)
{
	g_autoptr(GError) error = NULL;
	guint32 lid = index_lid(app);
	struct busy busy;
	gboolean ok;
	guint n;

	mailbox_take_unsearched(app->mailbox);
	busy_begin(&busy, app, "Limiting");
	ok = mailbox_limit(app->mailbox, text, &busy.patience, &error);
	if (!busy_end(&busy))
		return;
	if (!ok) {
		app_gerror(app, &error);
		return;
	}
	index_reshow(app, lid);
	n = mailbox_take_unsearched(app->mailbox);
	if (n)
		app_message(app, "%u messages were not searched: their texts are not here.", n);
	else if (!mailbox_count(app->mailbox))
		app_error(app, "No messages matched criteria.");
	else if (mailbox_limit_text(app->mailbox))
		app_message(app, "To view all messages, limit to \"all\".");
}

static void limit_typed(struct app *app, const char *text, void *data)
{
	if (text && app->mailbox)
		server_search_then(app, text, limit_now, NULL);
}

#define NO_USABLE_ID "The message has no usable Message-ID."

/* Between single quotes and typed at a question it stays what it is. */
static gboolean is_usable(const char *message_id)
{
	for (const char *p = message_id; *p; p++)
		if (*p == '\'' || (guchar)*p < ' ' || *p == 0x7f)
			return FALSE;
	return *message_id != '\0';
}

/* By the Message-ID of the current message: a number would mean another one tomorrow. */
static void limit_thread(struct view *view, int fn)
{
	g_autofree char *id = NULL, *text = NULL;
	struct envelope env;
	guint pos;

	if (!app_current(view->app, &pos))
		return;
	mailbox_envelope(view->app->mailbox, pos, &env);
	id = regex_escape(env.field[ENV_MESSAGE_ID]);
	text = g_strdup_printf("~(~i '%s')", id);
	if (!is_usable(id))
		app_error(view->app, NO_USABLE_ID);
	else
		limit_now(view->app, text, NULL);
}

static void limit(struct view *view, int fn)
{
	struct ask ask = {.question = "Limit to messages matching: ",
			  .initial = mailbox_limit_text(view->app->mailbox),
			  .complete = COMPLETE_PATTERN,
			  .replace = TRUE,
			  .history = HISTORY_PATTERN,
			  .done = limit_typed};

	prompt_ask(view->app, &ask);
}

static void show_limit(struct view *view, int fn)
{
	const char *text = mailbox_limit_text(view->app->mailbox);

	if (text)
		app_message(view->app, "Limit: %s", text);
	else
		app_message(view->app, "No limit pattern is in effect.");
}

/* ---- search --------------------------------------------------------------------------------- */

static gboolean find(struct app *app, const struct pattern *pattern, gboolean forward,
		     const struct patience *patience, guint *to)
{
	guint n = mailbox_count(app->mailbox), pos = 0;
	gboolean wrap = app_settings(app)->wrap_search;

	app_current(app, &pos);
	for (guint i = 1; i <= n && patience_asks(patience, i, n); i++) {
		gint64 at = forward ? (gint64)pos + i : (gint64)pos - i;

		if ((at < 0 || at >= n) && !wrap)
			return FALSE;
		*to = (at + n) % n;
		if (mailbox_matches(app->mailbox, *to, pattern)) {
			if (at < 0 || at >= n)
				app_message(app, forward ? "Search wrapped to top."
							 : "Search wrapped to bottom.");
			return TRUE;
		}
	}
	return FALSE;
}

static void search(struct app *app, gboolean forward)
{
	struct pattern_options options = {.simple_search = app_settings(app)->simple_search};
	g_autoptr(GError) error = NULL;
	auto_ptr(pattern) pattern = pattern_compile(app->priv->index_search, &options, &error);
	struct busy busy;
	gboolean found;
	guint to;

	if (!pattern) {
		app_gerror(app, &error);
		return;
	}
	busy_begin(&busy, app, "Searching");
	found = find(app, pattern, forward, &busy.patience, &to);
	if (!busy_end(&busy))
		return;
	if (found)
		app_go(app, to);
	else
		app_error(app, "Not found.");
}

static void search_first(struct app *app, const char *text, void *data)
{
	search(app, !data);
}

static void search_typed(struct app *app, const char *text, void *data)
{
	if (!text || !*text || !app->mailbox || !mailbox_count(app->mailbox))
		return;
	g_free(app->priv->index_search);
	app->priv->index_search = g_strdup(text);
	app->priv->index_search_backward = data != NULL;
	server_search_then(app, text, search_first, data);
}

static void ask_search(struct view *view, int fn)
{
	gboolean backward = fn == FN_SEARCH_REVERSE;
	struct ask ask = {.question = backward ? "Reverse search for: " : "Search for: ",
			  .initial = view->app->priv->index_search,
			  .complete = COMPLETE_PATTERN,
			  .replace = TRUE,
			  .history = HISTORY_PATTERN,
			  .done = search_typed,
			  .data = backward ? view : NULL};

	prompt_ask(view->app, &ask);
}

static void search_again(struct view *view, int fn)
{
	struct app_private *p = view->app->priv;

	if (!p->index_search)
		ask_search(view, FN_SEARCH);
	else
		search(view->app, p->index_search_backward == (fn == FN_SEARCH_OPPOSITE));
}

/* ---- hotkeys -------------------------------------------------------------------------------- */

/* Keys that search for the message: a bracket of its Message-ID begins no name of a key. */
static char *hotkey_sequence(const char *message_id)
{
	g_autofree char *escaped = regex_escape(message_id);
	g_autoptr(GString) id = g_string_new(escaped);

	g_string_replace(id, "<", "<074>", 0);
	return g_strdup_printf("<search>~i '%s'<Enter>", id->str);
}

/* `id` is taken. */
static void hotkey_typed(struct app *app, const char *text, void *data)
{
	g_autofree char *id = data, *sequence = hotkey_sequence(id);
	g_autofree char *keys = NULL;
	g_autoptr(GError) error = NULL;

	if (!text || !*text)
		return;
	keys = g_strconcat(app_settings(app)->mark_macro_prefix, text, NULL);
	if (conf_add_macro(app->conf, MENU_INDEX, keys, sequence, "message hotkey", &error))
		app_message(app, "Message bound to %s.", keys);
	else
		app_gerror(app, &error);
}

static void mark_message(struct view *view, int fn)
{
	struct envelope env;
	guint pos;
	struct ask ask = {
	    .question = "Enter macro stroke: ", .history = HISTORY_N, .done = hotkey_typed};

	if (!app_current(view->app, &pos))
		return;
	mailbox_envelope(view->app->mailbox, pos, &env);
	if (!is_usable(env.field[ENV_MESSAGE_ID])) {
		app_error(view->app, NO_USABLE_ID);
		return;
	}
	ask.data = g_strdup(env.field[ENV_MESSAGE_ID]);
	prompt_ask(view->app, &ask);
}

/* ---- order
 * --------------------------------------------------------------------------------------- */

static const struct {
	char letter;
	const char *word;
} orders[] = {
    {'d', "date"},  {'f', "from"},    {'r', "date-received"}, {'s', "subject"},
    {'o', "to"},    {'t', "threads"}, {'u', "unsorted"},      {'z', "size"},
    {'c', "score"}, {'p', "spam"},    {'l', "label"},
};

static void order_chosen(struct app *app, int choice, void *reverse)
{
	g_autofree char *line = NULL;

	if (choice < 0)
		return;
	line = g_strdup_printf("set sort=%s%s", reverse ? "reverse-" : "", orders[choice].word);
	fn_command(app, line);
}

static void ask_order(struct view *view, int fn)
{
	/* As mutt's words, made to fit 80 columns. */
	static const char choices[] = "(d)ate/(f)rm/(r)ecv/(s)ubj/t(o)/(t)hread/(u)nsort/si(z)e/"
				      "s(c)ore/s(p)am/(l)abel";
	gboolean reverse = fn == FN_SORT_REVERSE;
	g_autofree char *question = g_strconcat(reverse ? "-" : "", choices, "?", NULL);
	char letters[G_N_ELEMENTS(orders) + 1] = "";

	for (guint i = 0; i < G_N_ELEMENTS(orders); i++)
		letters[i] = orders[i].letter;
	prompt_key(view->app, question, letters, order_chosen, reverse ? view : NULL);
}

const struct fn_handler fn_limit_handlers[] = {
    {FN_LIMIT, limit, NEED_MAILBOX},
    {FN_LIMIT_CURRENT_THREAD, limit_thread, NEED_MESSAGE | NEED_THREADS},
    {FN_SHOW_LIMIT, show_limit, NEED_MAILBOX},
    {FN_MARK_MESSAGE, mark_message, NEED_MESSAGE},
    {FN_SEARCH, ask_search, NEED_MESSAGE},
    {FN_SEARCH_REVERSE, ask_search, NEED_MESSAGE},
    {FN_SEARCH_NEXT, search_again, NEED_MESSAGE},
    {FN_SEARCH_OPPOSITE, search_again, NEED_MESSAGE},
    {FN_SORT_MAILBOX, ask_order, NEED_MAILBOX},
    {FN_SORT_REVERSE, ask_order, NEED_MAILBOX},
    {FN_NOOP},
};
