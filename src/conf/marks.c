/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A look at the words of a file before any of it is run: is one of them NeoMutt's alone? */
#include "marks.h"

#include <string.h>

#include "cur/conf/names.h"
#include "cur/conf/words.h"
#include "inside.h"
#include "lines.h"

enum { DEPTH_MAX = 4 };

/* The name it is, yours; NULL. */
static char *mark_in_line(const char *text, int depth);

/* Nothing stands for nothing: what a word is made of in the end, nobody knows here. */
static char *no_text(void *data, const char *name)
{
	return NULL;
}

static const struct words_source nowhere = {no_text, no_text, NULL};

static char *mark_if(enum conf_origin origin, const char *name)
{
	return origin == ORIGIN_NEOMUTT ? g_strdup(name) : NULL;
}

/* ---- words of one command -------------------------------------------------------------- */

static void skip_word(struct words *w)
{
	g_free(words_next(w, 0));
}

/* Operators, also where no name stands before them: else nothing would take them away. */
static void skip_value(struct words *w)
{
	while (words_peek(w) && strchr("+-?", words_peek(w)))
		words_take(w, words_peek(w), TRUE);
	if (words_take(w, '=', TRUE))
		skip_word(w);
}

/* The name of a variable behind "no", "inv", "&" or "?". */
static const char *bare_name(const char *word)
{
	const char *name = word + strspn(word, "&?");

	if (variable_find(name))
		return name;
	if (g_str_has_prefix(name, "no"))
		return name + 2;
	return g_str_has_prefix(name, "inv") ? name + 3 : name;
}

static char *mark_of_set(struct words *w)
{
	char *mark = NULL;

	while (!mark && !words_at_end(w)) {
		g_autofree char *word = words_next(w, WORDS_EQUAL);

		if (!word)
			break;
		mark = mark_if(variable_name_origin(bare_name(word)), bare_name(word));
		skip_value(w);
	}
	return mark;
}

static char *mark_of_function(const char *name)
{
	enum function fn = function_find(name);

	return fn == FN_N ? NULL : mark_if(function_origin(fn), name);
}

static char *mark_of_bind(struct words *w)
{
	g_autofree char *name = NULL;

	skip_word(w);
	skip_word(w);
	name = words_next(w, 0);
	return name ? mark_of_function(name) : NULL;
}

static char *mark_of_exec(struct words *w)
{
	char *mark = NULL;

	while (!mark && !words_at_end(w)) {
		g_autofree char *name = words_next(w, 0);

		mark = mark_of_function(name ? name : "");
	}
	return mark;
}

/* <function>s in what is typed. */
static char *mark_in_keys(struct words *w)
{
	g_autofree char *keys = words_next(w, 0);
	const char *at = keys;
	char *mark = NULL;

	while (!mark && at && (at = strchr(at, '<'))) {
		gsize n = strcspn(++at, "<>");
		g_autofree char *name = g_strndup(at, n);

		mark = mark_of_function(name);
	}
	return mark;
}

static char *mark_of_macro(struct words *w)
{
	skip_word(w);
	skip_word(w);
	return mark_in_keys(w);
}

static char *mark_of_color(struct words *w)
{
	g_autofree char *name = words_next(w, 0);
	enum color_object object = name ? color_find(name) : COLOR_N;

	return object == COLOR_N ? NULL : mark_if(color_origin(object), name);
}

/* What a hook runs. */
static char *mark_of_hook(struct words *w, int depth)
{
	g_autofree char *line = NULL;

	words_take(w, '!', TRUE);
	skip_word(w);
	line = words_next(w, WORDS_SPACE);
	return line ? mark_in_line(line, depth + 1) : NULL;
}

/* ---- lines ----------------------------------------------------------------------------- */

static char *mark_of_command(struct words *w, int depth)
{
	static const struct {
		const char *name;
		char *(*find)(struct words *w);
	} readers[] = {
	    {"set", mark_of_set},    {"unset", mark_of_set},	 {"toggle", mark_of_set},
	    {"reset", mark_of_set},  {"bind", mark_of_bind},	 {"macro", mark_of_macro},
	    {"push", mark_in_keys},  {"exec", mark_of_exec},	 {"color", mark_of_color},
	    {"mono", mark_of_color}, {"uncolor", mark_of_color}, {"unmono", mark_of_color},
	};
	static const char *const hooks[] = {"folder-hook", "account-hook", "send-hook",
					    "send2-hook",  "reply-hook",   "message-hook"};
	g_autofree char *name = words_next(w, 0);

	if (!name)
		return NULL;
	if (command_origin(name) == ORIGIN_NEOMUTT)
		return g_steal_pointer(&name);
	for (guint i = 0; i < G_N_ELEMENTS(readers); i++)
		if (!strcmp(readers[i].name, name))
			return readers[i].find(w);
	for (guint i = 0; i < G_N_ELEMENTS(hooks); i++)
		if (!strcmp(hooks[i], name))
			return mark_of_hook(w, depth);
	return NULL;
}

/* To the next command of the line, whatever is left of this one. */
static gboolean next_command(struct words *w)
{
	while (!words_at_end(w)) {
		g_autofree char *word = words_next(w, 0);

		if (!word)
			return FALSE;
	}
	return words_next_command(w);
}

static char *mark_in_line(const char *text, int depth)
{
	auto_ptr(words) w = NULL;
	char *mark;

	if (depth > DEPTH_MAX)
		return NULL;
	w = words_new(text, &nowhere);
	do
		mark = mark_of_command(w, depth);
	while (!mark && next_command(w));
	return mark;
}

char *marks_find(const char *bytes, gsize n)
{
	g_autoptr(GString) line = g_string_new(NULL);
	g_autoptr(GArray) joints = g_array_new(FALSE, FALSE, sizeof(int));
	struct lines lines;

	lines_init(&lines, bytes, n);
	while (lines_take(&lines, line, joints)) {
		g_autofree char *mark = NULL;

		if (line->len <= LINE_MAX_BYTES && !memchr(line->str, 0, line->len))
			mark = mark_in_line(line->str, 0);
		if (mark)
			return g_strdup_printf("'%s' in line %d", mark, lines.number);
	}
	return NULL;
}
