/* SPDX-License-Identifier: GPL-3.0-or-later */
/* POP3: what there is. UIDL tells a message for good, LIST its size; neither has to be true. */
#include <string.h>

#include "cur/net/words.h"
#include "pop-private.h"

enum { UIDL_MAX = 255 };

static void message_free(gpointer data)
{
	struct pop_message *m = data;

	g_free(m->uidl);
	g_free(m);
}

static struct pop_message *message_add(GPtrArray *list, guint32 number)
{
	struct pop_message *m = g_new0(struct pop_message, 1);

	m->number = number;
	g_ptr_array_add(list, m);
	return m;
}

static gint by_number(gconstpointer a, gconstpointer b)
{
	const struct pop_message *x = *(struct pop_message *const *)a;
	const struct pop_message *y = *(struct pop_message *const *)b;

	return x->number < y->number ? -1 : x->number > y->number;
}

/* number -> struct pop_message */
static GHashTable *number_index(const GPtrArray *list)
{
	GHashTable *index = g_hash_table_new(NULL, NULL);

	for (guint i = 0; i < list->len; i++) {
		struct pop_message *m = list->pdata[i];

		g_hash_table_insert(index, GUINT_TO_POINTER(m->number), m);
	}
	return index;
}

/* ---- lines ---- */

/* "12 rest" with a number we can have; the rest, or NULL. */
static const char *numbered(const char *line, guint32 *number)
{
	char *rest;
	guint64 n = g_ascii_strtoull(line, &rest, 10);

	if (!g_ascii_isdigit(*line) || *rest != ' ' || !n || n > G_MAXUINT32)
		return NULL;
	*number = (guint32)n;
	return rest + 1;
}

typedef void (*note_fn)(guint32 number, const char *rest, void *data);

static gboolean read_lines(struct pop *p, note_fn note, void *data, GError **error)
{
	for (guint i = 0;; i++) {
		gboolean over;
		const char *line = pop_list_line(p, &over, error);
		const char *rest;
		guint32 number;

		if (over)
			return TRUE;
		if (!line)
			return FALSE;
		if (i >= POP_MESSAGES_MAX) {
			error_set(error, CUR_ERROR_PROTOCOL, "%s: a list of over %d messages",
				  link_name(p->link), POP_MESSAGES_MAX);
			return pop_lost(p);
		}
		rest = numbered(line, &number);
		if (rest)
			note(number, rest, data);
	}
}

/* ---- STAT and UIDL ---- */

static gboolean uidl_is_usable(const char *uidl)
{
	gsize n = strlen(uidl);

	for (gsize i = 0; i < n; i++)
		if ((guchar)uidl[i] <= ' ' || uidl[i] == 0x7f)
			return FALSE;
	return n && n <= UIDL_MAX;
}

struct naming {
	GPtrArray *list;
	GHashTable *by_number;
	GHashTable *by_uidl; /* to struct pop_message; doubles lose their UIDL */
};

static void note_uidl(guint32 number, const char *rest, void *data)
{
	struct naming *n = data;
	struct pop_message *m = g_hash_table_lookup(n->by_number, GUINT_TO_POINTER(number));
	struct pop_message *other = g_hash_table_lookup(n->by_uidl, rest);

	if (m && m->uidl)
		return;
	if (!m) {
		m = message_add(n->list, number);
		g_hash_table_insert(n->by_number, GUINT_TO_POINTER(number), m);
	}
	if (!uidl_is_usable(rest))
		return;
	/* One UIDL for two messages names neither: both are known by their bytes. */
	if (other) {
		g_clear_pointer(&other->uidl, g_free);
		return;
	}
	m->uidl = g_strdup(rest);
	g_hash_table_insert(n->by_uidl, g_strdup(rest), m);
}

static gboolean hear_stat(struct pop *p, struct pop_count *count, GError **error)
{
	g_autofree char *words = NULL;
	gboolean ok;
	char *end;

	*count = (struct pop_count){.n = G_MAXUINT64};
	if (!pop_hear(p, &ok, &words, error))
		return FALSE;
	if (!ok || !g_ascii_isdigit(*g_strchug(words)))
		return TRUE;
	count->n = g_ascii_strtoull(words, &end, 10);
	count->size_bytes = g_ascii_strtoull(end, NULL, 10);
	return TRUE;
}

static gboolean hear_uidls(struct pop *p, GPtrArray *list, GError **error)
{
	g_autoptr(GHashTable) numbers = g_hash_table_new(NULL, NULL);
	g_autoptr(GHashTable) uidls = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	struct naming n = {list, numbers, uidls};
	gboolean ok;

	return pop_hear(p, &ok, NULL, error) && (!ok || read_lines(p, note_uidl, &n, error));
}

GPtrArray *pop_look(struct pop *p, struct pop_count *count, GError **error)
{
	g_autoptr(GPtrArray) list = g_ptr_array_new_with_free_func(message_free);
	gboolean at_once = p->has_pipelining;

	link_allow(p->link, POP_COMMAND_S);
	if (!pop_say(p, error, "STAT") || (at_once && !pop_say(p, error, "UIDL")) ||
	    !hear_stat(p, count, error) || (!at_once && !pop_say(p, error, "UIDL")) ||
	    !hear_uidls(p, list, error))
		return NULL;
	g_ptr_array_sort(list, by_number);
	return g_steal_pointer(&list);
}

/* ---- LIST ---- */

struct sizing {
	GPtrArray *list;
	GHashTable *by_number;
	GHashTable *listed; /* numbers */
};

static void note_size(guint32 number, const char *rest, void *data)
{
	struct sizing *s = data;
	struct pop_message *m = g_hash_table_lookup(s->by_number, GUINT_TO_POINTER(number));

	if (!g_hash_table_add(s->listed, GUINT_TO_POINTER(number)))
		return;
	if (!m)
		m = message_add(s->list, number);
	m->size_bytes = g_ascii_strtoull(rest, NULL, 10);
}

static void drop_unlisted(GPtrArray *list, GHashTable *listed)
{
	guint n_kept = 0;

	for (guint i = 0; i < list->len; i++) {
		struct pop_message *m = list->pdata[i];

		if (!g_hash_table_contains(listed, GUINT_TO_POINTER(m->number)))
			continue;
		list->pdata[i] = list->pdata[n_kept];
		list->pdata[n_kept++] = m;
	}
	g_ptr_array_set_size(list, (gint)n_kept);
}

gboolean pop_sizes(struct pop *p, GPtrArray *messages, GError **error)
{
	g_autoptr(GHashTable) numbers = number_index(messages);
	g_autoptr(GHashTable) listed = g_hash_table_new(NULL, NULL);
	struct sizing s = {messages, numbers, listed};
	g_autofree char *words = NULL;
	gboolean ok;

	link_allow(p->link, POP_COMMAND_S);
	if (!pop_say(p, error, "LIST") || !pop_hear(p, &ok, &words, error))
		return FALSE;
	if (!ok)
		return pop_refused(p, "does not list the messages", words, CUR_ERROR_REFUSED,
				   error);
	if (!read_lines(p, note_size, &s, error))
		return FALSE;
	drop_unlisted(messages, listed);
	g_ptr_array_sort(messages, by_number);
	return TRUE;
}
