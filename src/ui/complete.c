/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Completion: candidates by kind, then the longest beginning they share. Names
 * of commands and variables have no menu, so more Tabs go through them in turn.
 */
#include "complete-private.h"

#include <string.h>

#include "cur/base/path.h"
#include "cur/conf/conf.h"
#include "cur/conf/lists.h"
#include "cur/conf/names.h"
#include "cur/model/directory.h"

struct completion *complete_new(struct app *app, enum complete kind)
{
	struct completion *c = g_new0(struct completion, 1);

	c->app = app;
	c->kind = kind;
	return c;
}

void complete_free(struct completion *c)
{
	if (!c)
		return;
	if (c->candidates)
		g_ptr_array_unref(c->candidates);
	g_free(c->head);
	g_free(c->typed);
	g_free(c);
}

void complete_set_start(struct completion *c, const char *before, const char *start)
{
	g_free(c->head);
	g_free(c->typed);
	c->head = g_strndup(before, start - before);
	c->typed = g_strdup(start);
}

void complete_offer(struct completion *c, const char *name)
{
	if (g_str_has_prefix(name, c->typed) &&
	    !g_ptr_array_find_with_equal_func(c->candidates, name, g_str_equal, NULL))
		g_ptr_array_add(c->candidates, g_strdup(name));
}

/* ---- kinds ----------------------------------------------------------------------------- */

/* "~/Ma" lists ~ for names that begin with "Ma"; folders get a slash. */
void complete_offer_files(struct completion *c)
{
	const char *slash = strrchr(c->typed, '/');
	g_autofree char *shown_dir = g_strndup(c->typed, slash ? slash + 1 - c->typed : 0);
	g_autofree char *expanded = path_home_expand(*shown_dir ? shown_dir : ".");
	g_autoptr(GDir) dir = g_dir_open(expanded, 0, NULL);
	const char *name, *begin = slash ? slash + 1 : c->typed;

	while (dir && (name = g_dir_read_name(dir))) {
		g_autofree char *path = g_build_filename(expanded, name, NULL);
		g_autofree char *text = NULL;

		if (!g_str_has_prefix(name, begin) || (*name == '.' && *begin != '.'))
			continue;
		text = g_strconcat(shown_dir, name,
				   g_file_test(path, G_FILE_TEST_IS_DIR) ? "/" : "", NULL);
		complete_offer(c, text);
	}
}

void complete_offer_mailboxes(struct completion *c)
{
	for (guint i = 0; i < directory_count(c->app->directory); i++) {
		const struct folder *f = directory_at(c->app->directory, i);
		g_autofree char *shown = directory_shorten(c->app->directory, f->name);

		if (*c->typed == '+' && *shown == '=')
			*shown = '+';
		complete_offer(c, shown);
		if (!g_str_equal(shown, f->name) && strchr(c->typed, ':'))
			complete_offer(c, f->name);
	}
	if (strchr("/~.", *c->typed) && *c->typed)
		complete_offer_files(c);
}

void complete_offer_aliases(struct completion *c)
{
	const GPtrArray *aliases = conf_aliases(c->app->conf);

	for (guint i = 0; i < aliases->len; i++)
		complete_offer(c, ((const struct alias *)g_ptr_array_index(aliases, i))->key);
}

/* ---- the word -------------------------------------------------------------------------- */

/* Where the completed word begins: behind a comma, or a blank and the sign of a label. */
static const char *word_start(enum complete kind, const char *before)
{
	const char *start = before;

	for (const char *p = before; *p; p++) {
		if ((kind == COMPLETE_ADDRESS || kind == COMPLETE_ALIAS) && *p == ',')
			start = p + 1 + strspn(p + 1, " ");
		if (kind == COMPLETE_LABEL && strchr(" ,+-", *p))
			start = p + 1;
	}
	return start;
}

static int compare_names(const void *a, const void *b)
{
	return g_strcmp0(*(char *const *)a, *(char *const *)b);
}

static void look(struct completion *c, const struct line_edit *line)
{
	g_autofree char *before = line_edit_before(line);

	c->candidates = g_ptr_array_new_with_free_func(g_free);
	c->whole = c->patterns = FALSE;
	complete_set_start(c, before, word_start(c->kind, before));
	switch (c->kind) {
	case COMPLETE_FILE:
		complete_offer_files(c);
		break;
	case COMPLETE_MAILBOX:
		complete_offer_mailboxes(c);
		break;
	case COMPLETE_ADDRESS:
	case COMPLETE_ALIAS:
		complete_offer_aliases(c);
		break;
	case COMPLETE_LABEL:
		complete_offer_labels(c);
		break;
	case COMPLETE_COMMAND:
		complete_command_line(c, before);
		break;
	case COMPLETE_PATTERN:
		complete_pattern_text(c, before);
		break;
	case COMPLETE_NONE:
		break;
	}
	/* The value that is set stays in front of those it could have. */
	if (!c->whole)
		g_ptr_array_sort(c->candidates, compare_names);
}

/* The longest beginning that all candidates share. Yours. */
static char *shared_beginning(const GPtrArray *candidates)
{
	const char *first = g_ptr_array_index(candidates, 0);
	gsize n = strlen(first);

	for (guint i = 1; i < candidates->len; i++) {
		const char *other = g_ptr_array_index(candidates, i);
		gsize k = 0;

		while (k < n && other[k] == first[k])
			k++;
		n = k;
	}
	while (n > 0 && ((guchar)first[n] & 0xc0) == 0x80)
		n--;
	return g_strndup(first, n);
}

static void put(const struct completion *c, struct line_edit *line, const char *word)
{
	g_autofree char *whole = line_edit_text(line);
	g_autofree char *before = line_edit_before(line);
	g_autofree char *text = g_strconcat(c->head, word, whole + strlen(before), NULL);

	line_edit_set(line, text);
	line->cursor = g_utf8_strlen(c->head, -1) + g_utf8_strlen(word, -1);
}

static enum complete_result cycle(struct completion *c, struct line_edit *line)
{
	gboolean round = c->next >= c->candidates->len;

	put(c, line, round ? c->typed : g_ptr_array_index(c->candidates, c->next));
	c->next = round ? 0 : c->next + 1;
	return COMPLETE_DONE;
}

/* Menus show the choice of files, folders and people; words are gone through in turn. */
static gboolean is_cycled(const struct completion *c)
{
	return c->kind == COMPLETE_COMMAND || c->kind == COMPLETE_PATTERN ||
	       c->kind == COMPLETE_LABEL;
}

static void forget(struct completion *c)
{
	g_clear_pointer(&c->candidates, g_ptr_array_unref);
	g_clear_pointer(&c->head, g_free);
	g_clear_pointer(&c->typed, g_free);
	c->next = 0;
}

enum complete_result complete_step(struct completion *c, struct line_edit *line)
{
	g_autofree char *shared = NULL;

	if (c->candidates && c->candidates->len > 1)
		return is_cycled(c) ? cycle(c, line) : COMPLETE_MANY;
	if (c->candidates)
		forget(c);
	look(c, line);
	if (c->patterns)
		return COMPLETE_PATTERNS;
	if (!c->candidates->len)
		return COMPLETE_NOTHING;
	if (c->whole)
		return cycle(c, line);
	shared = shared_beginning(c->candidates);
	if (c->candidates->len > 1 && g_str_equal(shared, c->typed))
		return is_cycled(c) ? cycle(c, line) : COMPLETE_MANY;
	put(c, line, shared);
	return COMPLETE_DONE;
}

/* ---- addresses ---------------------------------------------------------------------------- */

char *complete_address_word(const struct line_edit *line)
{
	g_autofree char *before = line_edit_before(line);

	return g_strdup(word_start(COMPLETE_ADDRESS, before));
}

char *complete_replace_address(const struct line_edit *line, const char *addresses)
{
	g_autofree char *before = line_edit_before(line);
	g_autofree char *whole = line_edit_text(line);
	const char *start = word_start(COMPLETE_ADDRESS, before);

	return g_strdup_printf("%.*s%s%s", (int)(start - before), before, addresses,
			       whole + strlen(before));
}
