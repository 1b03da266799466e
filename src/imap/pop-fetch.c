/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * POP3: the messages themselves. One counts when its line with the single dot was seen and an
 * answer behind it, whatever size the server had told: where dots are not stuffed, a message ends
 * too soon, and more of it stands where the next answer should.
 */
#include <string.h>

#include "pop-private.h"

/* What may be asked for before an answer is there. */
enum {
	WINDOW_MESSAGES = 1000,
	WINDOW_BYTES = 8 << 20,
	SIZE_UNKNOWN = 64 << 10,
	HEADER_BYTES = 4 << 10,
};

/* ---- a text that ends in a dot ---- */

enum dot_state {
	AT_LINE_START,
	IN_LINE,
	BEHIND_DOT,    /* a dot at the start of a line */
	BEHIND_DOT_CR, /* … and CR */
};

struct text {
	enum dot_state state;
	const struct pop_message_ops *ops;
	void *data;
	gboolean taken;
	guint64 bytes; /* that came, dots and all */
};

static gboolean give(struct text *t, const char *bytes, const char *end, GError **error)
{
	return bytes == end || !t->taken ||
	       t->ops->bytes(bytes, (gsize)(end - bytes), t->data, error);
}

/* *c is what follows a dot at the start of a line. A dot that is followed by another goes; one that
 * was not stuffed, which no server may send, stays. */
static gboolean take_behind_dot(struct text *t, const char **c, gboolean *over, GError **error)
{
	static const char held[] = ".\r";
	gboolean cr = t->state == BEHIND_DOT_CR;
	gsize n_held = cr ? 2 : **c == '.' ? 0 : 1;

	*over = **c == '\n';
	if (*over || (!cr && **c == '\r')) {
		t->state = *over ? AT_LINE_START : BEHIND_DOT_CR;
		(*c)++;
		return TRUE;
	}
	t->state = IN_LINE;
	return give(t, held, held + n_held, error);
}

/* Take what belongs to the text; *used of the n bytes are done with. *over: so is the text. */
static gboolean take(struct text *t, const char *bytes, gsize n, gsize *used, gboolean *over,
		     GError **error)
{
	const char *c = bytes, *from = bytes, *end = bytes + n;

	*over = FALSE;
	while (c < end && !*over) {
		if (t->state == IN_LINE) {
			const char *lf = memchr(c, '\n', (gsize)(end - c));

			c = lf ? lf + 1 : end;
			t->state = lf ? AT_LINE_START : IN_LINE;
		} else if (t->state == AT_LINE_START && *c != '.') {
			t->state = IN_LINE;
		} else if (t->state == AT_LINE_START) {
			if (!give(t, from, c, error))
				return FALSE;
			t->state = BEHIND_DOT;
			from = ++c;
		} else {
			if (!take_behind_dot(t, &c, over, error))
				return FALSE;
			from = c;
		}
	}
	*used = (gsize)(c - bytes);
	return give(t, from, c, error);
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
		t->bytes += used;
		if (t->bytes > p->max_text && !over) {
			error_set(error, CUR_ERROR_PROTOCOL, "%s: a message without an end",
				  link_name(p->link));
			return pop_lost(p);
		}
	}
	return TRUE;
}

/* ---- questions in flight ---- */

struct flight {
	const GPtrArray *messages;
	const char *command; /* for all; NULL: RETR or TOP */
	guint n_sent, n_answered;
	guint64 bytes; /* of the answers that are awaited */
};

static guint64 cost(const struct flight *f, guint i)
{
	const struct pop_message *m = f->messages->pdata[i];

	if (f->command)
		return 0;
	return m->header_only ? HEADER_BYTES : m->size_bytes ? m->size_bytes : SIZE_UNKNOWN;
}

static gboolean ask(struct pop *p, struct flight *f, GError **error)
{
	const struct pop_message *m = f->messages->pdata[f->n_sent];

	f->bytes += cost(f, f->n_sent++);
	if (f->command)
		return pop_say(p, error, "%s %u", f->command, m->number);
	if (m->header_only)
		return pop_say(p, error, "TOP %u 0", m->number);
	return pop_say(p, error, "RETR %u", m->number);
}

static gboolean has_room(const struct flight *f, guint messages, guint64 bytes)
{
	guint in_flight = f->n_sent - f->n_answered;

	return f->n_sent < f->messages->len &&
	       (!in_flight || (in_flight < messages && f->bytes < bytes));
}

/* Many at once, and again when half of them are answered: a line for itself is a packet. */
static gboolean keep_asking(struct pop *p, struct flight *f, GError **error)
{
	link_allow(p->link, POP_COMMAND_S);
	if (!p->has_pipelining)
		return !has_room(f, 1, 0) || ask(p, f, error);
	if (!has_room(f, WINDOW_MESSAGES / 2, WINDOW_BYTES / 2))
		return TRUE;
	while (has_room(f, WINDOW_MESSAGES, WINDOW_BYTES))
		if (!ask(p, f, error))
			return FALSE;
	return TRUE;
}

static const struct pop_message *answered(struct flight *f)
{
	f->bytes -= cost(f, f->n_answered);
	return f->messages->pdata[f->n_answered++];
}

/* ---- RETR and TOP ---- */

/* The status line says that what came before it was whole. */
static gboolean hear_status(struct pop *p, const struct pop_message **pending, struct text *t,
			    gboolean *ok, char **words, GError **error)
{
	const struct pop_message *m = g_steal_pointer(pending);

	return pop_hear(p, ok, words, error) && (!m || t->ops->end(m, t->data, error));
}

static gboolean hear_text(struct pop *p, struct flight *f, const struct pop_message **pending,
			  struct text *t, GError **error)
{
	g_autofree char *words = NULL;
	const struct pop_message *m;
	GError *cause = NULL;
	gboolean ok;

	if (!hear_status(p, pending, t, &ok, &words, error))
		return FALSE;
	m = answered(f);
	if (!ok)
		return t->ops->refused(m, words, t->data, error);
	t->state = AT_LINE_START;
	t->bytes = 0;
	t->taken = t->ops->begin(m, t->data, &cause);
	if (cause) {
		g_propagate_error(error, cause);
		return FALSE;
	}
	*pending = t->taken ? m : NULL;
	return read_text(p, t, error);
}

/* Without those whose size says that they are too large: NULL when somebody minds. */
static GPtrArray *those_that_fit(const struct pop *p, const GPtrArray *messages,
				 const struct pop_message_ops *ops, void *data, GError **error)
{
	g_autofree char *words =
	    g_strdup_printf("it has more than %" G_GUINT64_FORMAT " bytes", p->max_text);
	g_autoptr(GPtrArray) fit = g_ptr_array_new();

	for (guint i = 0; i < messages->len; i++) {
		const struct pop_message *m = messages->pdata[i];

		if (m->header_only || m->size_bytes <= p->max_text)
			g_ptr_array_add(fit, messages->pdata[i]);
		else if (!ops->refused(m, words, data, error))
			return NULL;
	}
	return g_steal_pointer(&fit);
}

gboolean pop_fetch(struct pop *p, const GPtrArray *all, const struct pop_message_ops *ops,
		   void *data, GError **error)
{
	g_autoptr(GPtrArray) messages = those_that_fit(p, all, ops, data, error);
	struct flight f = {.messages = messages};
	struct text t = {.ops = ops, .data = data};
	const struct pop_message *pending = NULL;
	gboolean ok;

	if (!messages)
		return FALSE;
	while (f.n_answered < messages->len) {
		gboolean asked = f.n_sent == messages->len;

		if (!keep_asking(p, &f, error))
			return FALSE;
		/* The answer behind the last one. */
		if (!asked && f.n_sent == messages->len && p->has_pipelining &&
		    !pop_say(p, error, "NOOP"))
			return FALSE;
		if (!hear_text(p, &f, &pending, &t, error))
			return pop_lost(p);
	}
	if (!messages->len)
		return TRUE;
	if (!p->has_pipelining && !pop_say(p, error, "NOOP"))
		return FALSE;
	return hear_status(p, &pending, &t, &ok, NULL, error) || pop_lost(p);
}

/* ---- DELE ---- */

gboolean pop_delete(struct pop *p, const GPtrArray *messages, GPtrArray *marked, GError **error)
{
	struct flight f = {.messages = messages, .command = "DELE"};

	while (f.n_answered < messages->len) {
		gboolean ok;

		if (!keep_asking(p, &f, error) || !pop_hear(p, &ok, NULL, error))
			return FALSE;
		if (ok)
			g_ptr_array_add(marked, (void *)answered(&f));
		else
			answered(&f);
	}
	return TRUE;
}
