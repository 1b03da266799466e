/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * POP3: what there is, and the messages themselves. A message counts when its line with the single
 * dot was seen, whatever size the server had told.
 */
#include <string.h>

#include "cur/base/error.h"
#include "pop-private.h"

enum { UIDL_MAX = 255, PIPELINE_DEPTH = 100 };

/* ---- the list ---- */

static void message_free(gpointer data)
{
	struct pop_message *m = data;

	g_free(m->uidl);
	g_free(m);
}

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

static gboolean uidl_is_usable(const char *uidl)
{
	gsize n = strlen(uidl);

	for (gsize i = 0; i < n; i++)
		if ((guchar)uidl[i] <= ' ' || uidl[i] == 0x7f)
			return FALSE;
	return n && n <= UIDL_MAX;
}

static struct pop_message *message_at(GPtrArray *list, GHashTable *by_number, guint32 number)
{
	struct pop_message *m = g_hash_table_lookup(by_number, GUINT_TO_POINTER(number));

	if (m || list->len >= POP_MESSAGES_MAX)
		return m;
	m = g_new0(struct pop_message, 1);
	m->number = number;
	g_ptr_array_add(list, m);
	g_hash_table_insert(by_number, GUINT_TO_POINTER(number), m);
	return m;
}

struct listing {
	GPtrArray *list;
	GHashTable *by_number;
	GHashTable *by_uidl; /* to struct pop_message; doubles lose their UIDL */
};

static void note_size(struct listing *l, struct pop_message *m, const char *rest)
{
	m->size_bytes = g_ascii_strtoull(rest, NULL, 10);
}

static void note_uidl(struct listing *l, struct pop_message *m, const char *rest)
{
	struct pop_message *other = g_hash_table_lookup(l->by_uidl, rest);

	if (m->uidl || !uidl_is_usable(rest))
		return;
	/* One UIDL for two messages names neither: both are known by their bytes. */
	if (other) {
		g_clear_pointer(&other->uidl, g_free);
		return;
	}
	m->uidl = g_strdup(rest);
	g_hash_table_insert(l->by_uidl, g_strdup(rest), m);
}

static gboolean read_listing(struct pop *p, struct listing *l,
			     void (*note)(struct listing *, struct pop_message *, const char *),
			     GError **error)
{
	for (guint i = 0;; i++) {
		gboolean over;
		const char *line = pop_list_line(p, &over, error);
		const char *rest;
		struct pop_message *m;
		guint32 number;

		if (over)
			return TRUE;
		if (!line)
			return FALSE;
		if (i > POP_MESSAGES_MAX) {
			error_set(error, CUR_ERROR_PROTOCOL, "%s: a list of over %d messages",
				  link_name(p->link), POP_MESSAGES_MAX);
			return pop_lost(p);
		}
		rest = numbered(line, &number);
		m = rest ? message_at(l->list, l->by_number, number) : NULL;
		if (m)
			note(l, m, rest);
	}
}

static gint by_number(gconstpointer a, gconstpointer b)
{
	const struct pop_message *x = *(struct pop_message *const *)a;
	const struct pop_message *y = *(struct pop_message *const *)b;

	return x->number < y->number ? -1 : x->number > y->number;
}

GPtrArray *pop_list(struct pop *p, GError **error)
{
	g_autoptr(GPtrArray) list = g_ptr_array_new_with_free_func(message_free);
	g_autoptr(GHashTable) numbers = g_hash_table_new(NULL, NULL);
	g_autoptr(GHashTable) uidls = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	struct listing l = {list, numbers, uidls};
	gboolean ok;

	if (!pop_run(p, "cannot list the messages", error, "LIST") ||
	    !read_listing(p, &l, note_size, error))
		return NULL;
	link_allow(p->link, POP_COMMAND_S);
	/* A server may lack UIDL; then no message has one. */
	if (!pop_say(p, error, "UIDL") || !pop_hear(p, &ok, NULL, error) ||
	    (ok && !read_listing(p, &l, note_uidl, error)))
		return NULL;
	g_ptr_array_sort(list, by_number);
	return g_steal_pointer(&list);
}

/* ---- a text that ends in a dot ---- */

enum dot_state {
	AT_LINE_START,
	IN_LINE,
	BEHIND_CR,     /* … CR */
	BEHIND_DOT,    /* a dot at the start of a line */
	BEHIND_DOT_CR, /* … and CR */
};

struct text {
	enum dot_state state;
	const struct pop_message_ops *ops;
	void *data;
	gboolean taken;
};

static gboolean give(struct text *t, const char *bytes, gsize n, GError **error)
{
	return !n || !t->taken || t->ops->bytes(bytes, n, t->data, error);
}

/*
 * Take what belongs to the text of n bytes; *used of them are done with. *over: the last line
 * was among them. A dot in front of a line is not given on.
 */
static gboolean take(struct text *t, const char *bytes, gsize n, gsize *used, gboolean *over,
		     GError **error)
{
	gsize from = 0, i;

	*over = FALSE;
	for (i = 0; i < n && !*over; i++) {
		char c = bytes[i];

		switch (t->state) {
		case AT_LINE_START:
			if (c == '.') {
				if (!give(t, bytes + from, i - from, error))
					return FALSE;
				from = i + 1;
				t->state = BEHIND_DOT;
				continue;
			}
			break;
		case BEHIND_DOT:
			if (c == '\r') {
				t->state = BEHIND_DOT_CR;
				from = i + 1;
				continue;
			}
			if (c == '\n')
				*over = TRUE;
			break;
		case BEHIND_DOT_CR:
			if (c == '\n')
				*over = TRUE;
			else if (!give(t, "\r", 1, error))
				return FALSE;
			break;
		case IN_LINE:
		case BEHIND_CR:
			break;
		}
		t->state = c == '\n' ? AT_LINE_START : c == '\r' ? BEHIND_CR : IN_LINE;
	}
	*used = i;
	return *over || give(t, bytes + from, n - from, error);
}

static gboolean read_text(struct pop *p, struct text *t, GError **error)
{
	gboolean over = FALSE;

	while (!over) {
		gsize n, used;
		const char *bytes = link_peek(p->link, &n, error);

		if (!bytes || !take(t, bytes, n, &used, &over, error))
			return pop_lost(p);
		link_consume(p->link, used);
	}
	return TRUE;
}

/* The answer to one RETR or TOP. */
static gboolean hear_text(struct pop *p, const struct pop_message *m,
			  const struct pop_message_ops *ops, void *data, GError **error)
{
	struct text t = {.ops = ops, .data = data};
	g_autofree char *words = NULL;
	GError *cause = NULL;
	gboolean ok;

	if (!pop_hear(p, &ok, &words, error))
		return FALSE;
	if (!ok)
		return ops->refused(m, words, data, error);
	t.taken = ops->begin(m, data, &cause);
	if (cause) {
		g_propagate_error(error, cause);
		return pop_lost(p);
	}
	return read_text(p, &t, error) && (!t.taken || ops->end(m, data, error));
}

gboolean pop_fetch(struct pop *p, const GPtrArray *messages, const struct pop_message_ops *ops,
		   void *data, GError **error)
{
	guint depth = p->has_pipelining ? PIPELINE_DEPTH : 1;
	guint sent = 0;

	for (guint i = 0; i < messages->len; i++) {
		link_allow(p->link, POP_COMMAND_S);
		for (; sent < messages->len && sent < i + depth; sent++) {
			const struct pop_message *m = messages->pdata[sent];

			if (!pop_say(p, error, "RETR %u", m->number))
				return FALSE;
		}
		if (!hear_text(p, messages->pdata[i], ops, data, error))
			return pop_lost(p);
	}
	return TRUE;
}

gboolean pop_delete(struct pop *p, const GPtrArray *messages, GError **error)
{
	guint depth = p->has_pipelining ? PIPELINE_DEPTH : 1;
	guint sent = 0;

	for (guint i = 0; i < messages->len; i++) {
		gboolean ok;

		link_allow(p->link, POP_COMMAND_S);
		for (; sent < messages->len && sent < i + depth; sent++) {
			const struct pop_message *m = messages->pdata[sent];

			if (!pop_say(p, error, "DELE %u", m->number))
				return FALSE;
		}
		if (!pop_hear(p, &ok, NULL, error))
			return FALSE;
	}
	return TRUE;
}
