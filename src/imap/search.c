/* SPDX-License-Identifier: GPL-3.0-or-later */
/* UID SEARCH, as ranges where ESEARCH (RFC 4731) is offered. */
#include <string.h>

#include "cur/base/error.h"
#include "private.h"

/* "n:*" always finds the last message, even one below n; and a server may say anything. */
static struct seqset *clip(GArray *found, guint32 first, guint32 last)
{
	auto_ptr(seqset) all = seqset_of_ranges(found);
	struct seqset *out = seqset_new();
	gsize n;
	const struct seqset_range *r = seqset_ranges(all, &n);

	for (gsize i = 0; i < n; i++)
		if (r[i].last >= first && r[i].first <= last)
			seqset_add_range(out, MAX(r[i].first, first), MIN(r[i].last, last));
	return out;
}

static char *range(guint32 first, guint32 last)
{
	return last == G_MAXUINT32 ? g_strdup_printf("%u:*", first)
				   : g_strdup_printf("%u:%u", first, last);
}

static gboolean add_uid(const struct imap_info *info, void *data, GError **error)
{
	return seqset_note(data, info->uid, info->uid) ||
	       error_set(error, CUR_ERROR_PROTOCOL, "a list of messages without an end");
}

struct seqset *imap_search_uids(struct imap *s, guint32 first, guint32 last, GError **error)
{
	g_autoptr(GArray) found = g_array_new(FALSE, FALSE, sizeof(struct seqset_range));
	auto_ptr(seqset) asked = seqset_new();
	struct fetch_handler h = {.asked = asked, .each = add_uid, .data = found};
	g_autofree char *uids = range(MAX(first, 1), last);
	gboolean ok;

	seqset_add_range(asked, MAX(first, 1), last);
	/* A plain SEARCH answers in one line, which has a limit; FETCH in many. */
	if (s->has[IMAP_ESEARCH]) {
		s->listeners.search = found;
		ok = command_run(s, "cannot list messages", error, "UID SEARCH RETURN (ALL) UID %s",
				 uids);
	} else {
		s->listeners.fetch = &h;
		ok = command_run(s, "cannot list messages", error, "UID FETCH %s (UID)", uids);
	}
	memset(&s->listeners, 0, sizeof(s->listeners));
	return ok ? clip(found, MAX(first, 1), last) : NULL;
}

static gboolean send_header_search(struct imap *s, struct command *c, guint32 first,
				   const char *field, const char *value, GError **error)
{
	g_autofree char *uids = range(first, G_MAXUINT32);

	if (!command_begin(s, c, error))
		return FALSE;
	if (!link_printf(s->link, error, "UID SEARCH%s UID %s HEADER ",
			 s->has[IMAP_ESEARCH] ? " RETURN (ALL)" : "", uids))
		return session_lost(s);
	if (!command_string(s, c, field, FALSE, error))
		return c->status != COMMAND_RUNNING;
	if (!link_write(s->link, " ", 1, error))
		return session_lost(s);
	if (!command_string(s, c, value, FALSE, error))
		return c->status != COMMAND_RUNNING;
	return command_end(s, error);
}

struct seqset *imap_search_header(struct imap *s, guint32 first, const char *field,
				  const char *value, GError **error)
{
	g_autoptr(GArray) found = g_array_new(FALSE, FALSE, sizeof(struct seqset_range));
	struct command c = {0};
	gboolean ok;

	s->listeners.search = found;
	ok = send_header_search(s, &c, MAX(first, 1), field, value, error) &&
	     command_await(s, &c, error) && command_check(s, &c, "cannot search", error);
	s->listeners.search = NULL;
	command_clear(&c);
	return ok ? clip(found, MAX(first, 1), G_MAXUINT32) : NULL;
}
