/* SPDX-License-Identifier: GPL-3.0-or-later */
/* IDLE (RFC 2177): wait for the server to say something, or for us to have something to say. */
#include <string.h>

#include "cur/base/error.h"
#include "private.h"

enum {
	DONE_S = 20,		 /* to say "+" or to answer DONE costs a server nothing */
	POLL_MS = 2 * 60 * 1000, /* between NOOPs where IDLE is missing, at most */
};

static gboolean has_news(const struct imap *s)
{
	return s->news || notify_has_told(s);
}

static gint64 left_ms(gint64 end_us)
{
	return MAX(0, (end_us - g_get_monotonic_time() + 999) / 1000);
}

/* Hear what comes while IDLE runs, until it matters. FALSE: the connection is gone. */
static gboolean listen_in(struct imap *s, struct command *c, gint64 milliseconds,
			  enum link_event *event, GError **error)
{
	gint64 end = g_get_monotonic_time() + milliseconds * 1000;

	for (guint n = 0;; n++) {
		GError *cause = NULL;

		*event = link_wait(s->link, left_ms(end), error);
		if (*event == LINK_FAILED)
			return session_lost(s);
		if (*event != LINK_READABLE)
			return TRUE;
		link_allow(s->link, IMAP_COMMAND_S);
		if (n > IMAP_UNTAGGED_MAX)
			error_set(&cause, CUR_ERROR_PROTOCOL, "%s: an answer without an end",
				  link_name(s->link));
		if (cause || !response_read(s, &cause))
			return session_explain(s, cause, error);
		if (s->bye)
			return session_bye(s, error);
		if (has_news(s) || c->status != COMMAND_RUNNING)
			return TRUE;
	}
}

static gboolean begin(struct imap *s, struct command *c, GError **error)
{
	if (!command_send(s, c, error, "IDLE"))
		return FALSE;
	link_allow(s->link, DONE_S);
	return command_await_ready(s, c, error);
}

static gboolean end(struct imap *s, struct command *c, GError **error)
{
	link_allow(s->link, DONE_S);
	return (link_printf(s->link, error, "DONE\r\n") || session_lost(s)) &&
	       command_await(s, c, error);
}

/* One IDLE. *over: there is something to do. */
static gboolean idle_once(struct imap *s, gint64 milliseconds, gboolean *over, GError **error)
{
	struct command c = {0};
	enum link_event event = LINK_TIMEOUT;
	gboolean ok = begin(s, &c, error);

	/* What was said before the "+" counts as well. */
	if (ok && c.status == COMMAND_RUNNING && !has_news(s))
		ok = listen_in(s, &c, milliseconds, &event, error);
	/* Offered and refused, or over before DONE: it is as if it were not there. */
	if (ok && c.status != COMMAND_RUNNING)
		s->has[IMAP_IDLE] = FALSE;
	else if (ok)
		ok = end(s, &c, error);
	*over = has_news(s) || event == LINK_POKED;
	command_clear(&c);
	return ok;
}

static gboolean poll_once(struct imap *s, gint64 milliseconds, gboolean *over, GError **error)
{
	enum link_event event = link_wait(s->link, milliseconds, error);

	if (event == LINK_FAILED)
		return session_lost(s);
	*over = event == LINK_POKED;
	if (*over)
		return TRUE;
	if (!imap_noop(s, error))
		return FALSE;
	if (s->bye)
		return session_bye(s, error);
	*over = has_news(s);
	return TRUE;
}

gboolean imap_idle(struct imap *s, gint64 milliseconds, GError **error)
{
	gint64 end = g_get_monotonic_time() + milliseconds * 1000;
	gint64 round = s->keepalive_s * G_GINT64_CONSTANT(1000);
	gboolean over = has_news(s), ok = TRUE;

	while (ok && !over && left_ms(end) > 0)
		ok = s->has[IMAP_IDLE]
			 ? idle_once(s, MIN(left_ms(end), round), &over, error)
			 : poll_once(s, MIN(left_ms(end), MIN(round, POLL_MS)), &over, error);
	return ok;
}
