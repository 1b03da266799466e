/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What helps to answer a question: lines that were typed before, completion, menus to choose from.
 */
#include <string.h>

#include "app-private.h"
#include "cur/conf/keys.h"
#include "cur/model/directory.h"
#include "cur/model/mailbox.h"
#include "cur/ui/aliases.h"
#include "cur/ui/screen.h"
#include "folders.h"
#include "help.h"
#include "history-menu.h"
#include "pattern-menu.h"
#include "prompt-question.h"

/* ---- history ----------------------------------------------------- */

static void show_history(struct app *app, struct question *q, guint back)
{
	if (!q->back) {
		g_free(q->own);
		q->own = line_edit_text(&q->edit);
	}
	q->back = back;
	line_edit_set(&q->edit,
		      back ? history_entry(app->prompt->history, q->history, back - 1) : q->own);
}

void prompt_history_step(struct app *app, struct question *q, int fn)
{
	guint n = q->history < HISTORY_N ? history_count(app->prompt->history, q->history) : 0;

	if (fn == FN_HISTORY_UP && q->back < n)
		show_history(app, q, q->back + 1);
	else if (fn == FN_HISTORY_DOWN && q->back > 0)
		show_history(app, q, q->back - 1);
	else
		screen_beep(app->screen);
}

/* The lines that hold a text, newest first. Yours. */
static GPtrArray *old_lines(struct app *app, const struct question *q, const char *text)
{
	const struct history *history = app->prompt->history;
	guint n = q->history < HISTORY_N ? history_count(history, q->history) : 0;
	GPtrArray *lines = g_ptr_array_new_with_free_func(g_free);

	for (guint back = 0; back < n; back++) {
		const char *line = history_entry(history, q->history, back);

		if (strstr(line, text))
			g_ptr_array_add(lines, g_strdup(line));
	}
	return lines;
}

static void old_line_chosen(struct app *app, const char *text, void *data)
{
	struct question *q = prompt_standing(app);

	if (!q)
		return;
	q->hidden = FALSE;
	app->priv->redraw_message = TRUE;
	if (text)
		line_edit_set(&q->edit, text);
}

/* The one line that holds what was typed takes its place; of several the user chooses. */
void prompt_history_find(struct app *app, struct question *q)
{
	g_autofree char *typed = line_edit_text(&q->edit);
	g_autoptr(GPtrArray) lines = old_lines(app, q, typed);

	if (!lines->len) {
		screen_beep(app->screen);
	} else if (lines->len == 1) {
		line_edit_set(&q->edit, g_ptr_array_index(lines, 0));
	} else {
		q->hidden = TRUE;
		history_menu_open(app, g_steal_pointer(&lines), typed, old_line_chosen, NULL);
	}
}

/* ---- completion
 * ---------------------------------------------------------------------------------- */

/* A menu that was opened from the question gave its answer: go on with the line. */
static void chosen(struct app *app, const char *text, void *data)
{
	struct question *q = prompt_standing(app);

	if (!q)
		return;
	q->hidden = FALSE;
	app->priv->redraw_message = TRUE;
	if (!text) {
		/* A list that was asked for instead of typing: leaving it gives the question up. */
		if (q->edit.chars->len == 0)
			prompt_answer(app, NULL);
		return;
	}
	if (q->complete == COMPLETE_ADDRESS) {
		g_autofree char *line = complete_replace_address(&q->edit, text);

		line_edit_set(&q->edit, line);
		return;
	}
	line_edit_set(&q->edit, text);
	if (q->complete == COMPLETE_MAILBOX)
		prompt_answer(app, text);
}

/* Several files answer the question, one goes on being its line. */
static void chosen_many(struct app *app, char *const *texts, void *data)
{
	struct question *q = prompt_standing(app);

	if (!q || !texts || !texts[1]) {
		chosen(app, texts ? texts[0] : NULL, data);
		return;
	}
	prompt_answer_many(app, texts);
}

/* The operator takes the place of the sign it was asked for with. */
static void pattern_chosen(struct app *app, const char *text, void *data)
{
	struct question *q = prompt_standing(app);
	gboolean again;

	if (!q)
		return;
	q->hidden = FALSE;
	app->priv->redraw_message = TRUE;
	if (!text)
		return;
	again = line_edit_follows(&q->edit, '~') || line_edit_follows(&q->edit, '%');
	for (const char *p = again ? text + 1 : text; *p; p++)
		line_edit_insert(&q->edit, *p);
}

void prompt_open_menu(struct app *app, struct question *q)
{
	g_autofree char *typed = line_edit_before(&q->edit);

	switch (q->complete) {
	case COMPLETE_MAILBOX:
	case COMPLETE_FILE:
		q->hidden = TRUE;
		if (q->many_done)
			folders_open_many(app, typed, chosen_many, NULL);
		else
			folders_open(app, typed, q->complete == COMPLETE_MAILBOX, chosen, NULL);
		break;
	case COMPLETE_ADDRESS:
	case COMPLETE_ALIAS: {
		g_autofree char *word = complete_address_word(&q->edit);

		q->hidden = TRUE;
		aliases_open(app, word, chosen, NULL);
		break;
	}
	default:
		screen_beep(app->screen);
	}
}

void prompt_complete(struct app *app, struct question *q)
{
	if (!q->completion)
		q->completion = complete_new(app, q->complete);
	switch (complete_step(q->completion, &q->edit)) {
	case COMPLETE_DONE:
		break;
	case COMPLETE_MANY:
		prompt_open_menu(app, q);
		break;
	case COMPLETE_PATTERNS:
		q->hidden = TRUE;
		pattern_menu_open(app, pattern_chosen, NULL);
		break;
	case COMPLETE_NOTHING:
		screen_beep(app->screen);
		break;
	}
}

void prompt_complete_query(struct app *app, struct question *q)
{
	g_autofree char *word = complete_address_word(&q->edit);

	if (q->complete != COMPLETE_ADDRESS) {
		screen_beep(app->screen);
		return;
	}
	q->hidden = TRUE;
	query_open(app, word, chosen, NULL);
}

/* A label of named-mailboxes goes on with a blank here. */
static gboolean is_within_label(struct app *app, struct question *q)
{
	g_autofree char *typed = line_edit_before(&q->edit);
	g_autofree char *begin = g_strconcat(typed, " ", NULL);

	for (guint i = 0; *typed && i < directory_count(app->directory); i++)
		if (g_str_has_prefix(directory_at(app->directory, i)->label, begin))
			return TRUE;
	return FALSE;
}

static void cycle_mailboxes(struct app *app, struct question *q)
{
	g_autofree char *typed = line_edit_text(&q->edit);
	g_autofree char *name = directory_expand(
	    app->directory, typed, app->mailbox ? mailbox_name(app->mailbox) : NULL, NULL, NULL);
	const struct folder *next =
	    directory_next_new(app->directory, name	      ? name
					       : app->mailbox ? mailbox_name(app->mailbox)
							      : "");
	g_autofree char *shown = next ? directory_shorten(app->directory, next->name) : NULL;

	if (shown)
		line_edit_set(&q->edit, shown);
	else
		screen_beep(app->screen);
}

void prompt_cycle(struct app *app, struct question *q)
{
	if (q->complete == COMPLETE_MAILBOX && !is_within_label(app, q))
		cycle_mailboxes(app, q);
	else
		line_edit_insert(&q->edit, ' ');
}

void prompt_help(struct app *app, struct question *q)
{
	help_open(app, MENU_EDITOR);
	q->help = view_top(app);
	q->hidden = TRUE;
}
