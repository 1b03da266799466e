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

/* The words as they are, then strings that somebody else chose. */
static gboolean send_search(struct imap *s, struct command *c, const char *words,
			    const char *const *strings, GError **error)
{
	if (!command_begin(s, c, error))
		return FALSE;
	if (!link_printf(s->link, error, "UID SEARCH%s %s",
			 s->has[IMAP_ESEARCH] ? " RETURN (ALL)" : "", words))
		return session_lost(s);
	for (; *strings; strings++) {
		if (!link_write(s->link, " ", 1, error))
			return session_lost(s);
		if (!command_string(s, c, *strings, FALSE, error))
			return c->status != COMMAND_RUNNING;
	}
	return command_end(s, error);
}

static struct seqset *search(struct imap *s, guint32 first, const char *words,
			     const char *const *strings, GError **error)
{
	g_autoptr(GArray) found = g_array_new(FALSE, FALSE, sizeof(struct seqset_range));
	struct command c = {0};
	gboolean ok;

	s->listeners.search = found;
	ok = send_search(s, &c, words, strings, error) && command_await(s, &c, error) &&
	     command_check(s, &c, "cannot search", error);
	s->listeners.search = NULL;
	command_clear(&c);
	return ok ? clip(found, first, G_MAXUINT32) : NULL;
}

struct seqset *imap_search_header(struct imap *s, guint32 first, const char *field,
				  const char *value, GError **error)
{
	const char *const strings[] = {field, value, NULL};
	g_autofree char *uids = range(MAX(first, 1), G_MAXUINT32);
	g_autofree char *words = g_strdup_printf("UID %s HEADER", uids);

	return search(s, MAX(first, 1), words, strings, error);
}

struct seqset *imap_search_gmail(struct imap *s, const char *query, GError **error)
{
	const char *const strings[] = {query, NULL};
	/* RFC 6855 3: not where UTF-8 was agreed on. */
	gboolean says = !g_str_is_ascii(query) && !imap_has_utf8(s);

	if (!s->has[IMAP_GMAIL]) {
		error_set(error, CUR_ERROR_REFUSED,
			  "the server takes no searches in words of its own (X-GM-EXT-1)");
		return NULL;
	}
	return search(s, 1, says ? "CHARSET UTF-8 X-GM-RAW" : "X-GM-RAW", strings, error);
}
