/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The history file, in mutt's form: "<kind>:<text>|" a line, oldest first. $history
 * says how many of a kind are kept in memory, $save_history how many in the file.
 */
#include "cur/conf/history.h"

#include <string.h>

#include "cur/base/file.h"
#include "cur/base/text.h"

enum { HISTORY_MAX_BYTES = 4 * 1024 * 1024 };

struct history {
	GPtrArray *lines[HISTORY_N];
	guint keep, save;
	gboolean remove_dups;
	char *path;
};

static void push(struct history *h, enum history_kind kind, const char *text)
{
	GPtrArray *lines = h->lines[kind];
	const char *newest = lines->len ? g_ptr_array_index(lines, lines->len - 1) : "";

	if (!*text || !strcmp(text, newest) || h->keep == 0)
		return;
	for (guint i = lines->len; h->remove_dups && i-- > 0;)
		if (!strcmp(g_ptr_array_index(lines, i), text))
			g_ptr_array_remove_index(lines, i);
	g_ptr_array_add(lines, g_strdup(text));
	while (lines->len > h->keep)
		g_ptr_array_remove_index(lines, 0);
}

static void load_line(struct history *h, char *line)
{
	gsize n = strlen(line);
	int kind = *line - '0';

	if (n < 3 || line[1] != ':' || line[n - 1] != '|' || kind < 0 || kind >= HISTORY_N ||
	    !text_valid_utf8(line, n))
		return;
	line[n - 1] = 0;
	push(h, kind, line + 2);
}

static void load(struct history *h)
{
	g_autofree char *text = file_read(h->path, HISTORY_MAX_BYTES, FILE_READ_FOLLOW, NULL, NULL);
	g_auto(GStrv) lines = text ? g_strsplit(text, "\n", -1) : NULL;

	for (char **l = lines; l && *l; l++)
		load_line(h, *l);
}

static void save(const struct history *h)
{
	g_autoptr(GString) out = g_string_new(NULL);

	for (guint kind = 0; kind < HISTORY_N; kind++) {
		const GPtrArray *lines = h->lines[kind];
		guint from = lines->len > h->save ? lines->len - h->save : 0;

		for (guint i = from; i < lines->len; i++)
			g_string_append_printf(out, "%u:%s|\n", kind,
					       (char *)g_ptr_array_index(lines, i));
	}
	/* A history that cannot be written is no reason to disturb anybody. */
	file_write_atomic(h->path, out->str, out->len, 0600, NULL);
}

struct history *history_new(const struct conf *conf)
{
	const struct settings *s = conf_settings(conf);
	struct history *h = g_new0(struct history, 1);

	for (guint kind = 0; kind < HISTORY_N; kind++)
		h->lines[kind] = g_ptr_array_new_with_free_func(g_free);
	h->keep = MAX(s->history, 0);
	h->save = MAX(s->save_history, 0);
	h->remove_dups = s->history_remove_dups;
	h->path = g_strdup(s->history_file);
	if (h->save && *h->path)
		load(h);
	return h;
}

void history_free(struct history *h)
{
	if (!h)
		return;
	for (guint kind = 0; kind < HISTORY_N; kind++)
		g_ptr_array_unref(h->lines[kind]);
	g_free(h->path);
	g_free(h);
}

void history_add(struct history *h, enum history_kind kind, const char *text)
{
	g_autofree char *line = text_make_valid(text, -1);

	g_strdelimit(line, "\r\n", ' ');
	push(h, kind, line);
	if (h->save && *h->path)
		save(h);
}

guint history_count(const struct history *h, enum history_kind kind)
{
	return h->lines[kind]->len;
}

const char *history_entry(const struct history *h, enum history_kind kind, guint back)
{
	const GPtrArray *lines = h->lines[kind];

	return back < lines->len ? g_ptr_array_index(lines, lines->len - 1 - back) : NULL;
}
