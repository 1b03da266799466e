/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How a question looks on the bottom line, and where the cursor is in it. */
#include <string.h>

#include "app-private.h"
#include "cur/base/text.h"
#include "cur/conf/names.h"
#include "cur/ui/screen.h"
#include "prompt-private.h"
#include "prompt-question.h"

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
	const struct question *q = prompt_standing(app);
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
	struct question *q = prompt_standing(app);

	if (!q || q->hidden || q->shown)
		return;
	q->shown = TRUE;
	if (q->kind == ASK_YES_NO || q->kind == ASK_LETTER)
		screen_drop_input(app->screen);
}
