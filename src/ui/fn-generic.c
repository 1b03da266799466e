/* SPDX-License-Identifier: GPL-3.0-or-later */
/* enter-command, shell-escape, what-key, and searching the entries of a menu. */
#include "fn-generic.h"

#include <string.h>

#include "app-private.h"
#include "cur/base/regex.h"
#include "cur/conf/conf.h"
#include "cur/conf/keys.h"
#include "cur/model/mailbox.h"
#include "cur/ui/keymap.h"
#include "cur/ui/pager.h"
#include "cur/ui/prompt.h"
#include "editor.h"
#include "prompt-private.h"

guint fn_tagged_count(const struct view *view)
{
	struct mailbox_counts counts = {0};

	if (view->app->mailbox)
		mailbox_counts(view->app->mailbox, &counts);
	return counts.tagged;
}

/* ---- ':' ------------------------------------------------------------------------------- */

void fn_take_pushed(struct app *app)
{
	g_autoptr(GPtrArray) keys = conf_take_pushed(app->conf);

	for (guint i = keys ? keys->len : 0; i-- > 0;)
		app_push_keys(app, g_ptr_array_index(keys, i));
}

void fn_command(struct app *app, const char *line)
{
	g_autofree char *message = NULL;
	g_autoptr(GError) error = NULL;
	guint64 before = conf_generation(app->conf);

	if (!conf_command(app->conf, line, &message, &error))
		app_gerror(app, &error);
	else if (message && strchr(message, '\n'))
		pager_open_text(app, line, g_steal_pointer(&message));
	else if (message)
		app_message(app, "%s", message);
	if (conf_generation(app->conf) != before)
		app_effects(app);
	fn_take_pushed(app);
}

static void run_command(struct app *app, const char *text, void *data)
{
	if (text && *text)
		fn_command(app, text);
}

void fn_enter_command(struct view *view, int fn)
{
	struct ask ask = {.question = ":",
			  .complete = COMPLETE_COMMAND,
			  .history = HISTORY_COMMAND,
			  .done = run_command};

	prompt_ask(view->app, &ask);
}

/* ---- '!' ------------------------------------------------------------------------------- */

static void run_shell(struct app *app, const char *text, void *data)
{
	const char *shell = app_settings(app)->shell;

	struct terminal_job job = {.waits = TRUE};

	if (!text)
		return;
	job.line = *text ? text : *shell ? shell : "exec ${SHELL:-/bin/sh}";
	editor_terminal(app, &job);
}

void fn_shell_escape(struct view *view, int fn)
{
	struct ask ask = {.question = "Shell command: ",
			  .complete = COMPLETE_FILE,
			  .history = HISTORY_SHELL,
			  .done = run_shell};

	prompt_ask(view->app, &ask);
}

/* ---- what-key -------------------------------------------------------------------------- */

static void show_key(struct app *app, int key)
{
	g_autofree char *name = key_name(key);
	g_autofree char *text = g_strdup_printf("Char = %s, Octal = %o, Decimal = %d (^G to end)",
						name, (unsigned)key, key);

	if (key == 7)
		prompt_end_keys(app);
	else
		prompt_say(app, text);
}

void fn_what_key(struct view *view, int fn)
{
	prompt_keys(view->app, "Enter keys (^G to abort): ", show_key);
}

/* ---- '/' in a menu ------------------------------------------------------------------------ */

static gboolean entry_matches(struct view *view, guint n, const struct regex *re)
{
	g_autofree char *text = view->ops->entry_text(view, n);

	return text && regex_match(re, text, -1);
}

static void search(struct view *view, const char *pattern, gboolean backward)
{
	g_autoptr(GError) error = NULL;
	auto_ptr(regex) re = regex_new(pattern, REGEX_SMART_CASE, &error);
	guint n = view->list.n;

	if (!re) {
		app_gerror(view->app, &error);
		return;
	}
	for (guint i = 1; i <= n; i++) {
		guint at = (view->list.cursor + (backward ? n - i : i)) % n;

		if (!entry_matches(view, at, re))
			continue;
		list_go(&view->list, at);
		view_redraw(view);
		return;
	}
	app_error(view->app, "Not found.");
}

static void start_search(struct app *app, const char *text, void *backward)
{
	struct view *view = view_top(app);

	if (!text || !*text || !view || !view->ops->entry_text)
		return;
	g_free(app->priv->search);
	app->priv->search = g_strdup(text);
	app->priv->search_backward = backward != NULL;
	search(view, text, backward != NULL);
}

void fn_search_entries(struct view *view, int fn)
{
	gboolean backward = fn == FN_SEARCH_REVERSE;
	struct ask ask = {.question = backward ? "Reverse search for: " : "Search for: ",
			  .initial = view->app->priv->search,
			  .replace = TRUE,
			  .history = HISTORY_PATTERN,
			  .done = start_search,
			  .data = backward ? view : NULL};

	if (!view->ops->entry_text)
		app_error(view->app, "Search is not implemented for this menu.");
	else
		prompt_ask(view->app, &ask);
}

void fn_search_again(struct view *view, int fn)
{
	struct app_private *p = view->app->priv;

	if (!view->ops->entry_text || !p->search)
		fn_search_entries(view, FN_SEARCH);
	else
		search(view, p->search, p->search_backward != (fn == FN_SEARCH_OPPOSITE));
}
