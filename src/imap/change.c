/* SPDX-License-Identifier: GPL-3.0-or-later */
/* STORE, COPY, MOVE and EXPUNGE, by UID. */
#include "cur/imap/change.h"

#include <string.h>

#include "cur/base/error.h"
#include "private.h"

gboolean imap_store(struct imap *s, const struct seqset *uids, gboolean add, guint32 flags,
		    const char *keywords, guint64 unchanged_since, struct seqset **modified,
		    imap_info_fn each, void *data, GError **error)
{
	auto_ptr(seqset) left_alone = seqset_new();
	struct fetch_handler h = {.asked = uids, .each = each, .data = data};
	g_autofree char *list = flag_list(flags, keywords);
	g_autofree char *since = NULL;
	g_autofree char *after = NULL;
	gboolean ok;

	if (unchanged_since && s->has[IMAP_CONDSTORE])
		since = g_strdup_printf(" (UNCHANGEDSINCE %" G_GUINT64_FORMAT ")", unchanged_since);
	after = g_strdup_printf("%s %cFLAGS%s %s", since ? since : "", add ? '+' : '-',
				each && !since ? "" : ".SILENT", list);
	/* With the answers to our own change nothing is news. */
	s->listeners.fetch = &h;
	s->listeners.modified = left_alone;
	ok = command_run_sets(s, "cannot change flags", uids, "UID STORE", after, error);
	memset(&s->listeners, 0, sizeof(s->listeners));
	if (modified)
		*modified = g_steal_pointer(&left_alone);
	return ok;
}

void imap_copied_clear(struct imap_copied *c)
{
	g_clear_pointer(&c->from, g_array_unref);
	g_clear_pointer(&c->to, g_array_unref);
	c->uidvalidity = 0;
}

/* How far into the ranges `uid` is; FALSE when it is in none. */
static gboolean place_of(const GArray *ranges, guint32 uid, guint64 *place)
{
	*place = 0;
	for (guint i = 0; i < ranges->len; i++) {
		const struct seqset_range *r = &g_array_index(ranges, struct seqset_range, i);

		if (uid >= r->first && uid <= r->last) {
			*place += uid - r->first;
			return TRUE;
		}
		*place += (guint64)r->last - r->first + 1;
	}
	return FALSE;
}

guint32 imap_copied_uid(const struct imap_copied *c, guint32 uid)
{
	guint64 place;

	if (!c->uidvalidity || !c->from || !place_of(c->from, uid, &place))
		return 0;
	return seqset_at_place(c->to, place);
}

/* Pairs that do not pair say nothing. */
static void check_pairs(struct imap_copied *c)
{
	if (c->from && seqset_count_ranges(c->from) != seqset_count_ranges(c->to))
		imap_copied_clear(c);
}

/* One piece of the set after the other: each needs the mailbox as an argument. */
static gboolean to_mailbox(struct imap *s, const char *verb, const char *what,
			   const struct seqset *uids, const char *to, struct imap_copied *out,
			   GError **error)
{
	gsize n, at = 0;
	gboolean ok = TRUE;

	memset(out, 0, sizeof(*out));
	seqset_ranges(uids, &n);
	while (ok && at < n) {
		g_autofree char *part = seqset_format_part(uids, &at, IMAP_SET_BYTES);
		g_autofree char *start = g_strdup_printf("%s %s", verb, part);
		struct command c = {0};

		s->listeners.copied = out;
		ok = command_mailbox(s, &c, start, to, "", error) && command_await(s, &c, error) &&
		     command_check(s, &c, what, error);
		s->listeners.copied = NULL;
		command_clear(&c);
	}
	check_pairs(out);
	return ok;
}

gboolean imap_copy(struct imap *s, const struct seqset *uids, const char *to,
		   struct imap_copied *out, GError **error)
{
	return to_mailbox(s, "UID COPY", "cannot copy", uids, to, out, error);
}

gboolean imap_move(struct imap *s, const struct seqset *uids, const char *to,
		   struct imap_copied *out, GError **error)
{
	memset(out, 0, sizeof(*out));
	if (!s->has[IMAP_MOVE])
		return error_set(error, CUR_ERROR_USAGE, "%s: the server has no MOVE",
				 link_name(s->link));
	return to_mailbox(s, "UID MOVE", "cannot move", uids, to, out, error);
}

static gboolean can_expunge(struct imap *s, GError **error)
{
	/* A plain EXPUNGE would take what others have marked, too. */
	return s->has[IMAP_UIDPLUS] ||
	       error_set(error, CUR_ERROR_USAGE,
			 "%s: the server cannot remove single messages (no UIDPLUS)",
			 link_name(s->link));
}

gboolean imap_expunge(struct imap *s, const struct seqset *uids, GError **error)
{
	return can_expunge(s, error) &&
	       command_run_sets(s, "cannot remove messages", uids, "UID EXPUNGE", "", error);
}

gboolean imap_remove(struct imap *s, const struct seqset *uids, GError **error)
{
	g_autoptr(GPtrArray) marks = g_ptr_array_new_with_free_func(command_free);
	g_autoptr(GPtrArray) expunges = g_ptr_array_new_with_free_func(command_free);
	struct fetch_handler h = {.asked = uids};
	gboolean ok;

	if (!can_expunge(s, error))
		return FALSE;
	s->listeners.fetch = &h;
	ok = command_send_sets(s, marks, uids, "UID STORE", " +FLAGS.SILENT (\\Deleted)", error) &&
	     command_send_sets(s, expunges, uids, "UID EXPUNGE", "", error);
	if (ok) {
		gboolean marked = command_await_sets(s, marks, "cannot change flags", error);

		/* The answer has to be heard; of two refusals the first is told. */
		ok = s->alive &&
		     command_await_sets(s, expunges, "cannot remove messages",
					marked ? error : NULL) &&
		     marked;
	}
	memset(&s->listeners, 0, sizeof(s->listeners));
	return ok;
}
