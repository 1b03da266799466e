/* SPDX-License-Identifier: GPL-3.0-or-later */
/* APPEND, streamed from a file. After its last byte a lost answer means "perhaps". */
#include <string.h>
#include <time.h>

#include "cur/base/error.h"
#include "cur/net/body.h"
#include "private.h"

enum { LITERAL_MINUS_MAX = 4096 };

/* RFC 9051 date-time, in UTC: the zone of the sender is in the message. */
static char *date_argument(gint64 when)
{
	static const char months[][4] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
					 "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
	time_t t = (time_t)when;
	struct tm tm;

	if (when <= 0 || !gmtime_r(&t, &tm) || tm.tm_year > 8099)
		return g_strdup("");
	return g_strdup_printf(" \"%02d-%s-%04d %02d:%02d:%02d +0000\"", tm.tm_mday,
			       months[tm.tm_mon], tm.tm_year + 1900, tm.tm_hour, tm.tm_min,
			       tm.tm_sec);
}

/* All but the message: "APPEND name (flags) date {n}". FALSE with c->status set: refused. */
static gboolean announce(struct imap *s, const struct imap_append *a, guint64 n, struct command *c,
			 GError **error)
{
	gboolean at_once =
	    s->has[IMAP_LITERAL_PLUS] || (s->has[IMAP_LITERAL_MINUS] && n <= LITERAL_MINUS_MAX);
	g_autofree char *flags = flag_list(a->flags, a->keywords);
	g_autofree char *date = date_argument(a->internal_date);

	if (!command_begin(s, c, error))
		return FALSE;
	if (!link_printf(s->link, error, "APPEND "))
		return session_lost(s);
	if (!command_string(s, c, a->name, FALSE, error))
		return FALSE;
	if (!link_printf(s->link, error, " %s%s {%" G_GUINT64_FORMAT "%s}\r\n", flags, date, n,
			 at_once ? "+" : ""))
		return session_lost(s);
	return at_once || (command_await_ready(s, c, error) && c->status == COMMAND_RUNNING);
}

/* From the last line end on the server may have stored it. */
static gboolean finish(struct imap *s, struct command *c, GError **error)
{
	GError *lost = NULL;

	link_allow(s->link, IMAP_COMMAND_S);
	if (command_end(s, &lost) && command_await(s, c, &lost))
		return TRUE;
	error_set(error, CUR_ERROR_UNKNOWN, "%s has the whole message but did not answer: %s",
		  link_name(s->link), lost->message);
	g_error_free(lost);
	return FALSE;
}

static gboolean upload(struct imap *s, const struct imap_append *a, guint64 n, struct command *c,
		       GError **error)
{
	if (!announce(s, a, n, c, error))
		return c->status != COMMAND_RUNNING && s->alive;
	if (!body_send(s->link, a->fd, BODY_DOTS_AS_THEY_ARE, error))
		return session_lost(s);
	return finish(s, c, error);
}

gboolean imap_append(struct imap *s, const struct imap_append *a, guint32 *uidvalidity,
		     guint32 *uid, GError **error)
{
	struct command c = {0};
	struct body_facts facts;
	gboolean ok;

	*uidvalidity = *uid = 0;
	if (!body_scan(a->fd, &facts, error))
		return FALSE;
	if (facts.has_nul)
		return error_set(error, CUR_ERROR_REFUSED,
				 "the message holds a NUL byte, which mail cannot carry");
	if (facts.wire_bytes > G_MAXUINT32)
		return error_set(error, CUR_ERROR_REFUSED, "the message is over 4 GiB");
	ok = upload(s, a, facts.wire_bytes, &c, error) &&
	     command_check(s, &c, "cannot store the message", error);
	if (ok) {
		*uidvalidity = c.append_uidvalidity;
		*uid = c.append_uid;
	}
	command_clear(&c);
	return ok;
}
