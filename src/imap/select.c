/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The selected mailbox, and mailboxes that come and go. CLOSE is never said: it would expunge
 * what others have marked.
 */
#include <string.h>

#include "cur/base/error.h"
#include "cur/mail/flags.h"
#include "private.h"

const char *imap_selected_name(const struct imap *s)
{
	return s->selected_name;
}

const struct imap_selected *imap_selected(const struct imap *s)
{
	return &s->selected;
}

gboolean imap_keeps_keyword(const struct imap *s, const char *name)
{
	g_auto(GStrv) names = NULL;

	if (s->selected.keywords_allowed || !s->permanent_keywords)
		return s->selected.keywords_allowed;
	names = g_strsplit(s->permanent_keywords, " ", -1);
	for (char **one = names; *one; one++)
		if (!g_ascii_strcasecmp(*one, name))
			return TRUE;
	return FALSE;
}

static void forget(struct imap *s)
{
	g_clear_pointer(&s->selected_name, g_free);
	memset(&s->selected, 0, sizeof(s->selected));
	s->selected.permanent_flags = FLAG_ALL;
	s->selected.keywords_allowed = TRUE;
	g_clear_pointer(&s->permanent_keywords, g_free);
	s->news = 0;
}

/* ---- SELECT, and a question in the same breath ---- */

struct selecting {
	struct imap *s;
	const char *name;
	gboolean read_only;
	struct imap_question *q; /* or NULL */
	gboolean resync;	 /* the answer to SELECT is the answer to the question */
	GArray *vanished;	 /* struct seqset_range */
};

/* RFC 7162 3.2.11: until now it was still the mailbox before. */
static void begin_anew(struct imap *s)
{
	gboolean read_only = s->selected.read_only;
	struct fetch_handler *h = s->listeners.fetch;

	forget(s);
	s->selected.read_only = read_only;
	if (s->listeners.vanished)
		g_array_set_size(s->listeners.vanished, 0);
	s->vanished_cut = FALSE;
	if (h && h->anew)
		h->anew(h->data);
}

/* What follows the name. Yours. */
static char *select_options(const struct selecting *g)
{
	if (g->resync)
		return g_strdup_printf(" (QRESYNC (%u %" G_GUINT64_FORMAT "))", g->q->uidvalidity,
				       g->q->modseq);
	return g_strdup(g->s->has[IMAP_CONDSTORE] ? " (CONDSTORE)" : "");
}

/* Both commands, then both answers. FALSE when the connection is gone. */
static gboolean converse(struct selecting *g, struct command *select, struct command *fetch,
			 GError **error)
{
	g_autofree char *options = select_options(g);
	g_autofree char *items = NULL;
	gboolean asks = g->q && !g->resync;

	if (!command_mailbox(g->s, select, g->read_only ? "EXAMINE" : "SELECT", g->name, options,
			     error))
		return FALSE;
	if (asks && select->status == COMMAND_RUNNING) {
		items = fetch_info_items(g->q->sizes, g->s->has[IMAP_CONDSTORE], g->q->modseq);
		if (!command_send(g->s, fetch, error, "UID FETCH 1:* %s", items))
			return FALSE;
	}
	return command_await(g->s, select, error) && (!items || command_await(g->s, fetch, error));
}

static gboolean listen(struct selecting *g, struct command *select, struct command *fetch,
		       GError **error)
{
	auto_ptr(seqset) all = seqset_new();
	struct fetch_handler h = {.asked = all};
	gboolean ok;

	seqset_add_range(all, 1, G_MAXUINT32);
	if (g->q) {
		h.each = g->q->each;
		h.anew = g->q->anew;
		h.data = g->q->data;
		g->s->listeners.fetch = &h;
	}
	g->s->listeners.vanished = g->resync ? g->vanished : NULL;
	g->s->listeners.closed = begin_anew;
	ok = converse(g, select, fetch, error);
	memset(&g->s->listeners, 0, sizeof(g->s->listeners));
	return ok;
}

/* Whether what came is the answer: a server that keeps no numbers for the mailbox has given none.
 */
static void judge_answer(struct selecting *g, const struct command *fetch)
{
	const struct imap_selected *sel = &g->s->selected;
	struct imap_question *q = g->q;
	gboolean same = sel->uidvalidity == q->uidvalidity && sel->highestmodseq >= q->modseq;

	q->answered =
	    (g->resync ? !g->s->vanished_cut : fetch->status == COMMAND_OK && !g->s->limited_at) &&
	    (!q->modseq || same);
	if (q->answered && g->resync)
		q->vanished = seqset_of_ranges(g->vanished);
}

/* BAD: it does not know what it offers. TRUE when the same is worth a try in plainer words. */
static gboolean lower_expectations(struct selecting *g)
{
	struct imap *s = g->s;

	if (g->resync)
		s->wants[IMAP_QRESYNC] = FALSE;
	else if (s->has[IMAP_CONDSTORE])
		s->has[IMAP_CONDSTORE] = FALSE;
	else
		return FALSE;
	if (g->q)
		g->q->anew(g->q->data);
	return TRUE;
}

static gboolean select_once(struct selecting *g, gboolean *again, GError **error)
{
	struct command select = {0}, fetch = {0};
	gboolean ok;

	/* Whatever the answer is: what was selected before is not any more. */
	forget(g->s);
	g->s->selected.read_only = g->read_only;
	*again = FALSE;
	/* A session that listed no mailboxes: what comes now is worth a turn. */
	if (!session_compress(g->s, error) || !session_compressed(g->s, error))
		return FALSE;
	g->resync = g->q && g->q->modseq && session_enabled(g->s, IMAP_QRESYNC);
	g->s->limited_at = 0;
	g->s->vanished_cut = FALSE;
	g_array_set_size(g->vanished, 0);
	ok = listen(g, &select, &fetch, error);
	*again = ok && select.status == COMMAND_BAD && lower_expectations(g);
	ok = ok && !*again && command_check(g->s, &select, "cannot open the mailbox", error);
	if (ok && g->q)
		judge_answer(g, &fetch);
	command_clear(&select);
	command_clear(&fetch);
	return ok;
}

gboolean imap_select_asking(struct imap *s, const char *name, gboolean read_only,
			    struct imap_question *q, struct imap_selected *out, GError **error)
{
	g_autoptr(GArray) vanished = g_array_new(FALSE, FALSE, sizeof(struct seqset_range));
	struct selecting g = {
	    .s = s, .name = name, .read_only = read_only, .q = q, .vanished = vanished};
	gboolean ok, again;

	do
		ok = select_once(&g, &again, error);
	while (again);
	if (!ok) {
		forget(s);
		return FALSE;
	}
	s->selected_name = g_strdup(name);
	s->news = 0;
	if (out)
		*out = s->selected;
	return TRUE;
}

gboolean imap_select(struct imap *s, const char *name, gboolean read_only,
		     struct imap_selected *out, GError **error)
{
	return imap_select_asking(s, name, read_only, NULL, out, error);
}

/* ---- mailboxes that come and go ---- */

static gboolean about(struct imap *s, const char *verb, const char *name, const char *rest,
		      const char *what, GError **error)
{
	struct command c = {0};
	gboolean ok = command_mailbox(s, &c, verb, name, rest, error) &&
		      command_await(s, &c, error) && command_check(s, &c, what, error);

	command_clear(&c);
	return ok;
}

gboolean imap_create(struct imap *s, const char *name, const char *role, GError **error)
{
	g_autofree char *use = NULL;

	if (role && s->has[IMAP_CREATE_SPECIAL])
		use = g_strdup_printf(" (USE (\\%s))", role);
	return about(s, "CREATE", name, use ? use : "", "cannot create the mailbox", error);
}

gboolean imap_delete(struct imap *s, const char *name, GError **error)
{
	return about(s, "DELETE", name, "", "cannot delete the mailbox", error);
}

gboolean imap_subscribe(struct imap *s, const char *name, gboolean on, GError **error)
{
	return about(s, on ? "SUBSCRIBE" : "UNSUBSCRIBE", name, "",
		     "cannot change the subscription", error);
}

/* Two names: the second as an argument of its own. */
static gboolean send_rename(struct imap *s, struct command *c, const char *from, const char *to,
			    GError **error)
{
	if (!command_begin(s, c, error))
		return FALSE;
	if (!link_printf(s->link, error, "RENAME "))
		return session_lost(s);
	if (!command_name(s, c, from, error))
		return c->status != COMMAND_RUNNING;
	if (!link_write(s->link, " ", 1, error))
		return session_lost(s);
	if (!command_name(s, c, to, error))
		return c->status != COMMAND_RUNNING;
	return command_end(s, error);
}

gboolean imap_rename(struct imap *s, const char *from, const char *to, GError **error)
{
	struct command c = {0};
	gboolean ok = send_rename(s, &c, from, to, error) && command_await(s, &c, error) &&
		      command_check(s, &c, "cannot rename the mailbox", error);

	command_clear(&c);
	return ok;
}
