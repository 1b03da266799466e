/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tab on a ':' line: which argument of which command is being typed. */
#include <string.h>

#include "complete-private.h"

enum { ARGS = 4 };
/* clang-format off */
static const struct {
	const char *command;
	enum argument argument[ARGS];
	gboolean repeats; /* the last one, for ever */
} rows[] = {
    {"account", {ARG_NONE, ARG_ACCOUNT}, TRUE},
    {"account-hook", {ARG_NONE, ARG_COMMAND}, FALSE},
    {"bind", {ARG_MENU, ARG_NONE, ARG_FUNCTION}, FALSE},
    {"cd", {ARG_FILE}, FALSE},
    {"color", {ARG_OBJECT, ARG_PAINT, ARG_PAINT, ARG_PATTERN}, TRUE},
    {"exec", {ARG_FUNCTION}, TRUE},
    {"fcc-hook", {ARG_PATTERN, ARG_MAILBOX}, FALSE},
    {"fcc-save-hook", {ARG_PATTERN, ARG_MAILBOX}, FALSE},
    {"folder-hook", {ARG_MAILBOX, ARG_COMMAND}, FALSE},
    {"ifdef", {ARG_NAME, ARG_COMMAND}, FALSE},
    {"ifndef", {ARG_NAME, ARG_COMMAND}, FALSE},
    {"macro", {ARG_MENU, ARG_NONE, ARG_SEQUENCE}, FALSE},
    {"mailboxes", {ARG_MAILBOX}, TRUE},
    {"mbox-hook", {ARG_MAILBOX}, TRUE},
    {"message-hook", {ARG_PATTERN, ARG_COMMAND}, FALSE},
    {"mono", {ARG_OBJECT, ARG_ATTRIBUTE, ARG_PATTERN}, FALSE},
    {"push", {ARG_SEQUENCE}, FALSE},
    {"reply-hook", {ARG_PATTERN, ARG_COMMAND}, FALSE},
    {"reset", {ARG_VARIABLE}, TRUE},
    {"save-hook", {ARG_PATTERN, ARG_MAILBOX}, FALSE},
    {"score", {ARG_PATTERN}, FALSE},
    {"send-hook", {ARG_PATTERN, ARG_COMMAND}, FALSE},
    {"send2-hook", {ARG_PATTERN, ARG_COMMAND}, FALSE},
    {"set", {ARG_SETTING}, TRUE},
    {"shutdown-hook", {ARG_COMMAND}, FALSE},
    {"sidebar_pin", {ARG_MAILBOX}, TRUE},
    {"sidebar_unpin", {ARG_MAILBOX}, TRUE},
    {"source", {ARG_FILE}, TRUE},
    {"startup-hook", {ARG_COMMAND}, FALSE},
    {"timeout-hook", {ARG_COMMAND}, FALSE},
    {"toggle", {ARG_VARIABLE}, TRUE},
    {"unalias", {ARG_ALIAS}, TRUE},
    {"unbind", {ARG_MENU}, FALSE},
    {"uncolor", {ARG_OBJECT, ARG_RULE}, TRUE},
    {"unhook", {ARG_HOOK}, TRUE},
    {"unmacro", {ARG_MENU}, FALSE},
    {"unmailboxes", {ARG_MAILBOX}, TRUE},
    {"unmono", {ARG_OBJECT, ARG_RULE}, TRUE},
    {"unmy_hdr", {ARG_HEADER}, TRUE},
    {"unscore", {ARG_SCORE}, TRUE},
    {"unset", {ARG_VARIABLE}, TRUE},
};
/* clang-format on */

static enum argument argument_of(const char *command, guint n)
{
	for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
		guint last = ARGS;

		if (strcmp(rows[i].command, command))
			continue;
		if (n < ARGS && rows[i].argument[n])
			return rows[i].argument[n];
		while (last > 0 && !rows[i].argument[last - 1])
			last--;
		return rows[i].repeats && n >= last ? rows[i].argument[last - 1] : ARG_NONE;
	}
	return ARG_NONE;
}

/* A line as far as it is typed, in words. */
struct typed_line {
	GPtrArray *words;  /* char *: those that are complete, of the last command */
	GPtrArray *starts; /* const char *: where each of them begins; NULL for a quoted one */
	const char *start; /* of the one being typed, behind its opening quote */
	char quote;	   /* that stands open, or NUL */
};

static void add_word(struct typed_line *line, const char *before, const char *end)
{
	gboolean quoted = line->start > before && strchr("'\"", line->start[-1]);

	g_ptr_array_add(line->words, g_strndup(line->start, end - line->start));
	g_ptr_array_add(line->starts, quoted ? NULL : (char *)line->start);
}

/* The lexer of conf/words.h takes a line that is whole; this one is not. */
static void split(struct typed_line *line, const char *before)
{
	gboolean in_word = FALSE;

	line->words = g_ptr_array_new_with_free_func(g_free);
	line->starts = g_ptr_array_new();
	line->start = before;
	for (const char *p = before; *p; p++) {
		if (*p == '\\' && p[1] && line->quote != '\'') {
			in_word = TRUE;
			p++;
		} else if (line->quote) {
			line->quote = *p == line->quote ? '\0' : line->quote;
		} else if (*p == '"' || *p == '\'') {
			line->quote = *p;
			line->start = in_word ? line->start : p + 1;
			in_word = TRUE;
		} else if (*p == ' ' || *p == '\t' || *p == ';') {
			if (in_word)
				add_word(line, before, p);
			if (*p == ';') {
				g_ptr_array_set_size(line->words, 0);
				g_ptr_array_set_size(line->starts, 0);
			}
			in_word = FALSE;
			line->start = p + 1;
		} else {
			in_word = TRUE;
		}
	}
}

/* ---- the line -------------------------------------------------------------------------- */

/* Blanks may stand around the "=" of a setting: then its name belongs to what is completed. */
static const char *setting_start(const char *before, const char *start, const GPtrArray *words)
{
	const char *last = g_ptr_array_index(words, words->len - 1);
	const char *p = start;

	if (words->len < 2 || (*start != '=' && strcmp(last, "=")))
		return start;
	while (p > before && strchr(" =\t", p[-1]))
		p--;
	while (p > before && !strchr(" \t", p[-1]))
		p--;
	return p;
}

/*
 * A command without quotes, as the last argument of a hook or of ifdef: where it begins. NULL
 * when none was begun.
 */
static const char *inner_command(const struct typed_line *line)
{
	for (guint i = 1; i < line->words->len; i++)
		if (argument_of(g_ptr_array_index(line->words, 0), i - 1) == ARG_COMMAND)
			return g_ptr_array_index(line->starts, i);
	return NULL;
}

static void complete_words(struct completion *c, const char *before, const char *from)
{
	struct typed_line line = {0};
	enum argument argument;
	const char *inner;
	guint n;

	split(&line, from);
	n = line.words->len;
	argument = n ? argument_of(g_ptr_array_index(line.words, 0), n - 1) : ARG_NONE;
	if (argument == ARG_SETTING)
		line.start = setting_start(from, line.start, line.words);
	complete_set_start(c, before, line.start);
	inner = inner_command(&line);
	if (inner)
		complete_words(c, before, inner);
	else if (!n)
		complete_offer_argument(c, ARG_COMMAND, line.words);
	else if (argument == ARG_COMMAND)
		complete_words(c, before, line.start);
	else if (argument == ARG_PATTERN)
		complete_pattern_text(c, before);
	else
		complete_offer_argument(c, argument, line.words);
	g_ptr_array_unref(line.words);
	g_ptr_array_unref(line.starts);
}

void complete_command_line(struct completion *c, const char *before)
{
	complete_words(c, before, before);
}
