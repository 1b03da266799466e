/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The question on the bottom line. Questions stand in a queue; the first has the
 * keys until it is answered, then its callback runs, which may ask the next.
 */
#include "prompt-private.h"

#include <string.h>

#include "app-private.h"
#include "complete.h"
#include "cur/base/text.h"
#include "cur/conf/keys.h"
#include "cur/model/directory.h"
#include "cur/model/mailbox.h"
#include "cur/ui/aliases.h"
#include "cur/ui/keymap.h"
#include "cur/ui/screen.h"
#include "folders.h"
#include "help.h"
#include "history-menu.h"
#include "line-edit.h"
#include "messages.h"
#include "pattern-menu.h"

enum question_kind { ASK_TEXT, ASK_YES_NO, ASK_LETTER, ASK_KEYS };

struct question {
	enum question_kind kind;
	char *text;
	gboolean shown;	   /* it was on the screen: typed keys count */
	gboolean hidden;   /* a menu was opened from it and has the keys */
	struct view *help; /* the list of keys that hides it, or NULL */

	struct line_edit edit; /* ASK_TEXT */
	enum complete complete;
	enum history_kind history;
	gboolean secret;
	gboolean literal; /* the next key is text (quote-char) */
	gboolean fresh;	  /* nothing was typed: a character replaces the text */
	guint back;	  /* history entries gone back, 0: the line itself */
	char *own;	  /* the line before the history was entered */
	struct completion *completion;
	prompt_text_fn text_done;
	prompt_many_fn many_done;

	gboolean yes; /* ASK_YES_NO: what Return means */
	prompt_yes_fn yes_done;
	char *letters; /* ASK_LETTER */
	prompt_key_fn key_done;
	void (*each_key)(struct app *app, int key);
	void *data;
};

struct prompt {
	GQueue questions; /* struct question *; the head stands */
	struct history *history;
	int cursor_x;
};

struct prompt *prompt_new(const struct conf *conf)
{
	struct prompt *prompt = g_new0(struct prompt, 1);

	g_queue_init(&prompt->questions);
	prompt->history = history_new(conf);
	return prompt;
}

static struct question *standing(const struct app *app)
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
	struct question *q = standing(app);

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

static void answer_text(struct app *app, const char *text)
{
	struct question *q = take(app);

	if (text && *text && !q->secret && q->history < HISTORY_N)
		history_add(app->prompt->history, q->history, text);
	q->text_done(app, text, q->data);
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
	if (standing(app)->kind == ASK_TEXT)
		answer_text(app, NULL);
	else
		answer_choice(app, -1);
}

void prompt_free(struct app *app)
{
	while (standing(app))
		refuse(app);
	history_free(app->prompt->history);
	g_clear_pointer(&app->prompt, g_free);
}

void prompt_say(struct app *app, const char *text)
{
	struct question *q = standing(app);

	if (!q || q->kind != ASK_KEYS)
		return;
	g_free(q->text);
	q->text = g_strdup(text);
	app->priv->redraw_message = TRUE;
}

void prompt_end_keys(struct app *app)
{
	if (standing(app) && standing(app)->kind == ASK_KEYS)
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

static void history_step(struct app *app, struct question *q, int fn)
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
	struct question *q = standing(app);

	if (!q)
		return;
	q->hidden = FALSE;
	app->priv->redraw_message = TRUE;
	if (text)
		line_edit_set(&q->edit, text);
}

/* The one line that holds what was typed takes its place; of several the user chooses. */
static void history_find(struct app *app, struct question *q)
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
	struct question *q = standing(app);

	if (!q)
		return;
	q->hidden = FALSE;
	app->priv->redraw_message = TRUE;
	if (!text) {
		/* A list that was asked for instead of typing: leaving it gives the question up. */
		if (q->edit.chars->len == 0)
			answer_text(app, NULL);
		return;
	}
	if (q->complete == COMPLETE_ADDRESS) {
		g_autofree char *line = complete_replace_address(&q->edit, text);

		line_edit_set(&q->edit, line);
		return;
	}
	line_edit_set(&q->edit, text);
	if (q->complete == COMPLETE_MAILBOX)
		answer_text(app, text);
}

/* Several files answer the question, one goes on being its line. */
static void chosen_many(struct app *app, char *const *texts, void *data)
{
	struct question *q = standing(app);

	if (!q || !texts || !texts[1]) {
		chosen(app, texts ? texts[0] : NULL, data);
		return;
	}
	q = take(app);
	q->many_done(app, texts, q->data);
	question_free(q);
}

/* The operator takes the place of the sign it was asked for with. */
static void pattern_chosen(struct app *app, const char *text, void *data)
{
	struct question *q = standing(app);
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

static void open_menu(struct app *app, struct question *q)
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

static void complete(struct app *app, struct question *q)
{
	if (!q->completion)
		q->completion = complete_new(app, q->complete);
	switch (complete_step(q->completion, &q->edit)) {
	case COMPLETE_DONE:
		break;
	case COMPLETE_MANY:
		open_menu(app, q);
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

static void complete_query(struct app *app, struct question *q)
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
		history_step(app, q, fn);
		break;
	case FN_HISTORY_SEARCH:
		history_find(app, q);
		break;
	case FN_COMPLETE:
		complete(app, q);
		break;
	case FN_COMPLETE_QUERY:
		complete_query(app, q);
		break;
	case FN_BUFFY_CYCLE:
	case FN_MAILBOX_CYCLE:
		if (q->complete == COMPLETE_MAILBOX && !is_within_label(app, q))
			cycle_mailboxes(app, q);
		else
			line_edit_insert(&q->edit, ' ');
		break;
	case FN_QUOTE_CHAR:
		q->literal = TRUE;
		break;
	case FN_HELP:
		help_open(app, MENU_EDITOR);
		q->help = view_top(app);
		q->hidden = TRUE;
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
		open_menu(app, q);
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

		answer_text(app, text);
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
	struct question *q = standing(app);

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
	struct question *q = standing(app);
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

/* ---- drawing
 * ----------------------------------------------------------------------------------------- */

/* Cut to the line, but what may be answered stays in sight. */
static char *question_text(const struct question *q, int cols)
{
	const char *answers = q->yes ? " ([yes]/no): " : " (yes/[no]): ";
	g_autofree char *safe = text_safe(q->text, -1, TEXT_SAFE_LINE);
	int room = cols - 1, width;

	if (q->kind == ASK_TEXT)
		room = MAX(cols * 2 / 3, cols - 20);
	else if (q->kind == ASK_YES_NO)
		room -= (int)strlen(answers);
	safe[text_cut(safe, strlen(safe), MAX(room, 0), &width)] = '\0';
	return g_strconcat(safe, q->kind == ASK_YES_NO ? answers : "", NULL);
}

/* The part of the line to show: from a cluster such that the cursor is in sight. */
static const char *scrolled(const char *before, int room, int *cursor)
{
	struct text_iter it;
	int width = text_width(before, -1);
	const char *from = before;

	text_iter_init(&it, before, -1);
	while (width >= room && text_iter_next(&it)) {
		width -= it.width;
		from = it.start + it.n;
	}
	*cursor = MAX(width, 0);
	return from;
}

static void add_span(GArray *spans, const char *text, gsize n, int style)
{
	struct span span = {.text = text, .len = (gssize)n, .style = style};

	if (n)
		g_array_append_val(spans, span);
}

/* Bytes before the next choice of a question: an answer to yes or no, a letter in brackets. */
static gsize before_choice(const struct question *q, const char *text, gsize n, gsize *choice_n)
{
	const char *answers = q->kind == ASK_YES_NO ? g_strrstr_len(text, (gssize)n, " (") : NULL;

	*choice_n = 0;
	if (answers) {
		gsize before = (gsize)(answers - text) + 1;

		*choice_n = n - before;
		return before;
	}
	for (gsize i = 0; q->kind == ASK_LETTER && i + 2 < n; i++) {
		gsize letter = (gsize)g_utf8_skip[(guchar)text[i + 1]];

		if (text[i] != '(' || i + 1 + letter >= n || text[i + 1 + letter] != ')' ||
		    !g_utf8_strchr(q->letters, -1, g_utf8_get_char(text + i + 1)))
			continue;
		*choice_n = letter;
		return i + 1;
	}
	return n;
}

static void add_question(GArray *spans, const struct question *q, const char *text, gsize n)
{
	while (n) {
		gsize choice_n, before = before_choice(q, text, n, &choice_n);

		add_span(spans, text, before, COLOR_PROMPT);
		add_span(spans, text + before, choice_n, COLOR_OPTIONS);
		text += before + choice_n;
		n -= before + choice_n;
	}
}

void prompt_draw(struct app *app, struct paint *paint, int y, int cols)
{
	const struct question *q = standing(app);
	g_autofree char *question = question_text(q, cols);
	gsize asked = text_cut(question, strlen(question), cols, &app->prompt->cursor_x);
	g_autofree char *text = NULL, *safe = NULL;
	const char *shown = "";
	int cursor = 0;

	if (q->kind == ASK_TEXT && !q->secret) {
		g_autofree char *before = line_edit_before(&q->edit);
		g_autofree char *safe_before = text_safe(before, -1, TEXT_SAFE_LINE);
		gsize skipped;

		text = line_edit_text(&q->edit);
		safe = text_safe(text, -1, TEXT_SAFE_LINE);
		skipped = scrolled(safe_before, MAX(cols - app->prompt->cursor_x, 1), &cursor) -
			  safe_before;
		shown = safe + MIN(skipped, strlen(safe));
	}

	g_autoptr(GArray) spans = g_array_new(FALSE, FALSE, sizeof(struct span));
	struct line line = {.y = y, .cols = cols, .style = COLOR_NORMAL};

	add_question(spans, q, question, asked);
	add_span(spans, shown, strlen(shown), STYLE_NONE);
	line.spans = (const struct span *)(const void *)spans->data;
	line.n_spans = spans->len;
	paint_line(paint, &line);
	app->prompt->cursor_x += cursor;
}

gboolean prompt_cursor(const struct app *app, int *x)
{
	if (!prompt_active((struct app *)app))
		return FALSE;
	*x = app->prompt->cursor_x;
	return TRUE;
}

void prompt_shown(struct app *app)
{
	struct question *q = standing(app);

	if (!q || q->hidden || q->shown)
		return;
	q->shown = TRUE;
	if (q->kind == ASK_YES_NO || q->kind == ASK_LETTER)
		screen_drop_input(app->screen);
}
