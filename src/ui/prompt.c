/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The question on the bottom line. Questions stand in a queue; the first has the keys until it is
 * answered, then its callback runs, which may ask the next. What helps to answer it is in
 * prompt-help.c, how it looks in prompt-draw.c.
 */
#include "prompt-private.h"

#include "app-private.h"
#include "cur/base/text.h"
#include "cur/conf/keys.h"
#include "cur/ui/keymap.h"
#include "cur/ui/screen.h"
#include "prompt-question.h"

struct prompt *prompt_new(const struct conf *conf)
{
	struct prompt *prompt = g_new0(struct prompt, 1);

	g_queue_init(&prompt->questions);
	prompt->history = history_new(conf);
	return prompt;
}

struct question *prompt_standing(const struct app *app)
{
	return g_queue_peek_head((GQueue *)&app->prompt->questions);
}

/* The list of keys was left: the question has the keys again. */
static void end_help(struct app *app, struct question *q)
{
	if (g_ptr_array_find(app->views, q->help, NULL))
		return;
	q->help = NULL;
	q->hidden = FALSE;
	app->priv->redraw_message = TRUE;
}

gboolean prompt_active(struct app *app)
{
	struct question *q = prompt_standing(app);

	if (q && q->help)
		end_help(app, q);
	return q && !q->hidden;
}

static int compare_hidden(const void *question, const void *unused)
{
	return !((const struct question *)question)->hidden;
}

static struct question *question_new(struct app *app, enum question_kind kind, const char *text,
				     void *data)
{
	struct question *q = g_new0(struct question, 1);

	q->kind = kind;
	q->text = g_strdup(text);
	q->data = data;
	/* A menu that was opened from a question may ask, too: that one waits. */
	g_queue_insert_before(&app->prompt->questions,
			      g_queue_find_custom(&app->prompt->questions, NULL, compare_hidden),
			      q);
	app->priv->redraw_message = TRUE;
	return q;
}

static void question_free(struct question *q)
{
	line_edit_clear(&q->edit);
	complete_free(q->completion);
	g_free(q->text);
	g_free(q->own);
	g_free(q->letters);
	g_free(q);
}

/* ---- answers ----------------------------------------------------------------------------- */

/* Take the question off, so that its callback may ask another. */
static struct question *take(struct app *app)
{
	app->priv->redraw_message = TRUE;
	keymap_reset(app->keymap);
	return g_queue_pop_head(&app->prompt->questions);
}

void prompt_answer(struct app *app, const char *text)
{
	struct question *q = take(app);

	if (text && *text && !q->secret && q->history < HISTORY_N)
		history_add(app->prompt->history, q->history, text);
	q->text_done(app, text, q->data);
	question_free(q);
}

void prompt_answer_many(struct app *app, char *const *texts)
{
	struct question *q = take(app);

	q->many_done(app, texts, q->data);
	question_free(q);
}

static void answer_choice(struct app *app, int choice)
{
	struct question *q = take(app);

	if (q->yes_done)
		q->yes_done(app, choice, q->data);
	if (q->key_done)
		q->key_done(app, choice, q->data);
	question_free(q);
}

static void refuse(struct app *app)
{
	if (prompt_standing(app)->kind == ASK_TEXT)
		prompt_answer(app, NULL);
	else
		answer_choice(app, -1);
}

void prompt_free(struct app *app)
{
	while (prompt_standing(app))
		refuse(app);
	history_free(app->prompt->history);
	g_clear_pointer(&app->prompt, g_free);
}

void prompt_say(struct app *app, const char *text)
{
	struct question *q = prompt_standing(app);

	if (!q || q->kind != ASK_KEYS)
		return;
	g_free(q->text);
	q->text = g_strdup(text);
	app->priv->redraw_message = TRUE;
}

void prompt_end_keys(struct app *app)
{
	if (prompt_standing(app) && prompt_standing(app)->kind == ASK_KEYS)
		question_free(take(app));
}

/* ---- asking -------------------------------------------------------------------------------- */

void prompt_ask(struct app *app, const struct ask *ask)
{
	struct question *q = question_new(app, ASK_TEXT, ask->question, ask->data);

	line_edit_init(&q->edit, ask->initial);
	q->complete = ask->complete;
	q->history = ask->history;
	q->secret = ask->secret;
	q->fresh = ask->replace;
	q->text_done = ask->done;
	q->many_done = ask->many;
}

void prompt_yes_no(struct app *app, const char *question, int quad, prompt_yes_fn done, void *data)
{
	struct question *q;

	if (quad == QUAD_YES || quad == QUAD_NO) {
		done(app, quad == QUAD_YES, data);
		return;
	}
	q = question_new(app, ASK_YES_NO, question, data);
	q->yes = quad == QUAD_ASK_YES;
	q->yes_done = done;
}

void prompt_key(struct app *app, const char *question, const char *letters, prompt_key_fn done,
		void *data)
{
	struct question *q = question_new(app, ASK_LETTER, question, data);

	q->letters = g_strdup(letters);
	q->key_done = done;
}

void prompt_keys(struct app *app, const char *question, void (*key)(struct app *app, int key))
{
	question_new(app, ASK_KEYS, question, NULL)->each_key = key;
}

/* ---- keys
 * ----------------------------------------------------------------------------------------- */

static void edit_function(struct app *app, struct question *q, int fn)
{
	q->fresh = FALSE;
	if (fn != FN_COMPLETE)
		g_clear_pointer(&q->completion, complete_free);
	if (fn == FN_BACKSPACE && !q->edit.chars->len && app_settings(app)->abort_backspace) {
		refuse(app);
		return;
	}
	if (line_edit_function(&q->edit, fn))
		return;
	switch (fn) {
	case FN_HISTORY_UP:
	case FN_HISTORY_DOWN:
		prompt_history_step(app, q, fn);
		break;
	case FN_HISTORY_SEARCH:
		prompt_history_find(app, q);
		break;
	case FN_COMPLETE:
		prompt_complete(app, q);
		break;
	case FN_COMPLETE_QUERY:
		prompt_complete_query(app, q);
		break;
	case FN_BUFFY_CYCLE:
	case FN_MAILBOX_CYCLE:
		prompt_cycle(app, q);
		break;
	case FN_QUOTE_CHAR:
		q->literal = TRUE;
		break;
	case FN_HELP:
		prompt_help(app, q);
		break;
	case FN_EXIT:
		refuse(app);
		break;
	case FN_REDRAW_SCREEN:
	case FN_REFRESH:
		screen_clear(app->screen);
		app_redraw(app);
		break;
	case FN_NOOP:
		break;
	default:
		screen_beep(app->screen);
	}
}

static gboolean is_return(int key)
{
	return key == KEYCODE_ENTER || key == KEYCODE_RETURN || key == KEYCODE_KEYPAD_ENTER;
}

static void insert(struct app *app, struct question *q, int key)
{
	gboolean browse = q->complete == COMPLETE_MAILBOX || q->complete == COMPLETE_FILE;

	g_clear_pointer(&q->completion, complete_free);
	if (q->fresh && key >= ' ' && key < KEYCODE_FIRST)
		line_edit_set(&q->edit, "");
	q->fresh = FALSE;
	if (key == '?' && browse && q->edit.chars->len == 0)
		prompt_open_menu(app, q);
	else if (key >= ' ' && key < KEYCODE_FIRST)
		line_edit_insert(&q->edit, key);
	else
		screen_beep(app->screen);
}

static void feed_text(struct app *app, struct question *q, int key, gboolean typed)
{
	gboolean half = keymap_pending(app->keymap);
	enum function fn;

	if (q->literal && key < KEYCODE_FIRST) {
		q->literal = FALSE;
		line_edit_insert(&q->edit, key);
		return;
	}
	if (!half && is_return(key)) {
		g_autofree char *text = line_edit_text(&q->edit);

		prompt_answer(app, text);
		return;
	}
	switch (keymap_feed(app->keymap, MENU_EDITOR, key, typed, &fn)) {
	case KEYMAP_FUNCTION:
		edit_function(app, q, fn);
		break;
	case KEYMAP_UNBOUND:
		if (half)
			screen_beep(app->screen);
		else
			insert(app, q, key);
		break;
	case KEYMAP_LOOP:
		app_error(app, "Macro loop detected.");
		break;
	case KEYMAP_MORE:
		break;
	}
}

static void feed_yes_no(struct app *app, struct question *q, int key)
{
	if (key == 'y' || key == 'Y' || (is_return(key) && q->yes))
		answer_choice(app, 1);
	else if (key == 'n' || key == 'N' || (is_return(key) && !q->yes))
		answer_choice(app, 0);
	else
		screen_beep(app->screen);
}

static void feed_letter(struct app *app, struct question *q, int key)
{
	const char *found =
	    key > ' ' && key < KEYCODE_FIRST ? g_utf8_strchr(q->letters, -1, key) : NULL;
	glong n = g_utf8_strlen(q->letters, -1);

	if (found)
		answer_choice(app, g_utf8_pointer_to_offset(q->letters, found));
	else if (key >= '1' && key <= '9' && key - '1' < n)
		answer_choice(app, key - '1');
	else
		screen_beep(app->screen);
}

void prompt_feed(struct app *app, int key, gboolean typed)
{
	struct question *q = prompt_standing(app);

	app->priv->redraw_message = TRUE;
	if (typed && !q->shown && q->kind != ASK_TEXT)
		return;
	if (app_is_abort(app, key) && !q->literal && q->kind != ASK_KEYS) {
		keymap_flush(app->keymap);
		refuse(app);
		return;
	}
	switch (q->kind) {
	case ASK_TEXT:
		feed_text(app, q, key, typed);
		break;
	case ASK_YES_NO:
		feed_yes_no(app, q, key);
		break;
	case ASK_LETTER:
		feed_letter(app, q, key);
		break;
	case ASK_KEYS:
		q->each_key(app, key);
		break;
	}
}

/* Pasted text is text; line ends become blanks, other controls stay out. */
void prompt_paste(struct app *app, const char *text)
{
	struct question *q = prompt_standing(app);
	g_autofree char *valid = text_make_valid(text, -1);

	if (q->kind != ASK_TEXT)
		return;
	for (const char *p = valid; *p; p = g_utf8_next_char(p)) {
		gunichar c = g_utf8_get_char(p);

		if (c == '\n' || c == '\t')
			c = ' ';
		if (c >= ' ' && c != 0x7f)
			line_edit_insert(&q->edit, c);
	}
	app->priv->redraw_message = TRUE;
}
