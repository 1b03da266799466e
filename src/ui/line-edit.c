/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Editing one line, by characters; marks stay with the character they follow. */
#include "line-edit.h"

#include "cur/conf/names.h"

void line_edit_init(struct line_edit *le, const char *text)
{
	le->chars = g_array_new(FALSE, FALSE, sizeof(gunichar));
	le->cursor = 0;
	line_edit_set(le, text);
}

void line_edit_clear(struct line_edit *le)
{
	g_clear_pointer(&le->chars, g_array_unref);
}

static gunichar at(const struct line_edit *le, guint i)
{
	return g_array_index(le->chars, gunichar, i);
}

gboolean line_edit_follows(const struct line_edit *le, gunichar c)
{
	return le->cursor > 0 && at(le, le->cursor - 1) == c;
}

void line_edit_insert(struct line_edit *le, gunichar c)
{
	if (le->chars->len >= LINE_EDIT_MAX || c == 0)
		return;
	g_array_insert_val(le->chars, le->cursor, c);
	le->cursor++;
}

void line_edit_set(struct line_edit *le, const char *text)
{
	g_autofree char *valid = g_utf8_make_valid(text ? text : "", -1);

	g_array_set_size(le->chars, 0);
	le->cursor = 0;
	for (const char *p = valid; *p; p = g_utf8_next_char(p))
		line_edit_insert(le, g_utf8_get_char(p));
}

char *line_edit_text(const struct line_edit *le)
{
	return g_ucs4_to_utf8((const gunichar *)(const void *)le->chars->data, le->chars->len, NULL,
			      NULL, NULL);
}

char *line_edit_before(const struct line_edit *le)
{
	return g_ucs4_to_utf8((const gunichar *)(const void *)le->chars->data, le->cursor, NULL,
			      NULL, NULL);
}

/* ---- places ------------------------------------------------------------------------- */

static guint char_before(const struct line_edit *le)
{
	guint i = le->cursor;

	while (i > 0 && g_unichar_iszerowidth(at(le, i - 1)))
		i--;
	return i > 0 ? i - 1 : 0;
}

static guint char_after(const struct line_edit *le)
{
	guint i = MIN(le->cursor + 1, le->chars->len);

	while (i < le->chars->len && g_unichar_iszerowidth(at(le, i)))
		i++;
	return i;
}

static guint word_before(const struct line_edit *le)
{
	guint i = le->cursor;

	while (i > 0 && g_unichar_isspace(at(le, i - 1)))
		i--;
	while (i > 0 && !g_unichar_isspace(at(le, i - 1)))
		i--;
	return i;
}

static guint word_after(const struct line_edit *le)
{
	guint i = le->cursor;

	while (i < le->chars->len && g_unichar_isspace(at(le, i)))
		i++;
	while (i < le->chars->len && !g_unichar_isspace(at(le, i)))
		i++;
	return i;
}

/* ---- changes ------------------------------------------------------------------------ */

static void cut(struct line_edit *le, guint from, guint to)
{
	g_array_remove_range(le->chars, from, to - from);
	le->cursor = from;
}

static void change_case(struct line_edit *le, int fn)
{
	guint end = word_after(le);
	gboolean first = TRUE;

	for (; le->cursor < end; le->cursor++) {
		gunichar *c = &g_array_index(le->chars, gunichar, le->cursor);

		if (g_unichar_isspace(*c))
			continue;
		if (fn == FN_UPCASE_WORD || (fn == FN_CAPITALIZE_WORD && first))
			*c = g_unichar_toupper(*c);
		else
			*c = g_unichar_tolower(*c);
		first = FALSE;
	}
}

static void transpose(struct line_edit *le)
{
	guint i = le->cursor == le->chars->len ? le->cursor : le->cursor + 1;
	gunichar *c;

	if (i < 2)
		return;
	c = &g_array_index(le->chars, gunichar, i - 2);
	gunichar first = c[0];
	c[0] = c[1];
	c[1] = first;
	le->cursor = i;
}

gboolean line_edit_function(struct line_edit *le, int fn)
{
	switch (fn) {
	case FN_BOL:
		le->cursor = 0;
		return TRUE;
	case FN_EOL:
		le->cursor = le->chars->len;
		return TRUE;
	case FN_BACKWARD_CHAR:
		le->cursor = char_before(le);
		return TRUE;
	case FN_FORWARD_CHAR:
		le->cursor = char_after(le);
		return TRUE;
	case FN_BACKWARD_WORD:
		le->cursor = word_before(le);
		return TRUE;
	case FN_FORWARD_WORD:
		le->cursor = word_after(le);
		return TRUE;
	case FN_BACKSPACE:
		cut(le, char_before(le), le->cursor);
		return TRUE;
	case FN_DELETE_CHAR:
		cut(le, le->cursor, char_after(le));
		return TRUE;
	case FN_KILL_EOL:
		cut(le, le->cursor, le->chars->len);
		return TRUE;
	case FN_KILL_LINE:
		cut(le, 0, le->cursor);
		return TRUE;
	case FN_KILL_WHOLE_LINE:
		cut(le, 0, le->chars->len);
		return TRUE;
	case FN_KILL_WORD:
		cut(le, word_before(le), le->cursor);
		return TRUE;
	case FN_KILL_EOW:
		cut(le, le->cursor, word_after(le));
		return TRUE;
	case FN_CAPITALIZE_WORD:
	case FN_UPCASE_WORD:
	case FN_DOWNCASE_WORD:
		change_case(le, fn);
		return TRUE;
	case FN_TRANSPOSE_CHARS:
		transpose(le);
		return TRUE;
	default:
		return FALSE;
	}
}
