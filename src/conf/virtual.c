/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Names of virtual mailboxes taken apart, and the window in time that narrows their queries. */
#include "cur/conf/virtual.h"

#include <string.h>

#include "cur/base/error.h"
#include "inside.h"

#define SCHEME "notmuch://"

void virtual_query_free(struct virtual_query *query)
{
	if (!query)
		return;
	g_free(query->database);
	g_free(query->query);
	g_free(query->asked);
	g_free(query->exclude);
	g_free(query);
}

gboolean conf_is_virtual(const char *name)
{
	return g_str_has_prefix(name, SCHEME);
}

/* What %XX stand for; as it is where they stand for nothing that can be said. */
static char *decode(const char *text, gsize n)
{
	g_autofree char *part = g_strndup(text, n);
	char *plain = g_uri_unescape_string(part, NULL);

	if (plain && g_utf8_validate(plain, -1, NULL))
		return plain;
	g_free(plain);
	return g_utf8_make_valid(part, -1);
}

static char *database_of(const char *url)
{
	const char *path = url + strlen(SCHEME);

	return decode(path, strcspn(path, "?"));
}

/* ---- the window ---------------------------------------------------------------------- */

/* "date:2week..": notmuch's words for the window; NULL when it is not in use. Yours. */
static char *window_of(const struct settings *s)
{
	const char *base = s->nm_query_window_timebase;
	int n = s->nm_query_window_duration, at = s->nm_query_window_current_position;

	if (n <= 0 && !s->nm_query_window_enable)
		return NULL;
	if (n <= 0)
		return at <= 0 ? g_strdup_printf("date:0%s..", base)
			       : g_strdup_printf("date:%d%s", at, base);
	if (at <= 0)
		return g_strdup_printf("date:%d%s..", n, base);
	return g_strdup_printf("date:%d%s..%d%s", n * (at + 1), base, n * at, base);
}

static char *through_window(const struct settings *s, const char *query)
{
	g_autofree char *window = window_of(s);

	if (!window)
		return g_strdup(query);
	/* Alone it means all; within a query it means nothing. */
	if (!strcmp(query, "*") && !*s->nm_query_window_or_terms)
		return g_steal_pointer(&window);
	if (!strcmp(query, "*"))
		return g_strdup_printf("%s or (%s)", window, s->nm_query_window_or_terms);
	if (!*s->nm_query_window_or_terms)
		return g_strdup_printf("(%s) and %s", query, window);
	return g_strdup_printf("(%s) and (%s or (%s))", query, window, s->nm_query_window_or_terms);
}

/* ---- names ----------------------------------------------------------------------------- */

static void take_parameter(struct virtual_query *q, const char *word)
{
	gsize name = strcspn(word, "=");
	g_autofree char *value =
	    word[name] ? decode(word + name + 1, strlen(word + name + 1)) : g_strdup("");
	guint64 n;

	if (!strncmp(word, "query=", 6)) {
		g_free(q->asked);
		q->asked = g_steal_pointer(&value);
	} else if (!strncmp(word, "type=", 5)) {
		q->threads = !strcmp(value, "threads");
	} else if (!strncmp(word, "limit=", 6) &&
		   g_ascii_string_to_unsigned(value, 10, 0, G_MAXINT32, &n, NULL)) {
		q->limit = n;
	}
}

static void take_parameters(struct virtual_query *q, const char *name)
{
	const char *start = strchr(name, '?');
	g_auto(GStrv) words = g_strsplit(start ? start + 1 : "", "&", -1);

	for (char **word = words; *word; word++)
		take_parameter(q, *word);
}

struct virtual_query *conf_virtual_query(const struct conf *conf, const char *name, GError **error)
{
	const struct settings *s = conf_settings(conf);
	auto_ptr(virtual_query) q = g_new0(struct virtual_query, 1);

	q->database = database_of(name);
	if (!*q->database && conf_is_virtual(s->nm_default_url)) {
		g_free(q->database);
		q->database = database_of(s->nm_default_url);
	}
	q->threads = !strcmp(s->nm_query_type, "threads");
	q->limit = MAX(s->nm_db_limit, 0);
	q->exclude = g_strdelimit(g_strdup(s->nm_exclude_tags), ",", ' ');
	take_parameters(q, name);
	if (!q->asked || !*q->asked) {
		error_set(error, CUR_ERROR_USAGE, "'%s' names no query", name);
		return NULL;
	}
	q->query = through_window(s, q->asked);
	return g_steal_pointer(&q);
}

char *conf_virtual_name(const char *query, gboolean threads)
{
	g_autofree char *escaped = g_uri_escape_string(query, " :()/,*\"'<>@", TRUE);

	return g_strconcat(SCHEME "?query=", escaped, threads ? "&type=threads" : NULL, NULL);
}

char *conf_virtual_display(const struct conf *conf, const char *name)
{
	auto_ptr(virtual_query) q = NULL;

	for (guint i = 0; i < conf->mailboxes->len; i++) {
		const struct mailbox_entry *e = g_ptr_array_index(conf->mailboxes, i);

		if (e->label && !strcmp(e->text, name))
			return g_strdup(e->label);
	}
	q = conf_virtual_query(conf, name, NULL);
	return q ? g_steal_pointer(&q->asked) : g_strdup(name);
}
