/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Submitting a message. What can have happened is decided by one thing: whether the final dot may
 * have gone out. Before it every failure is definite; after it only a reply is.
 *
 * With PIPELINING a session of many messages takes a round trip for each: the envelope of the next
 * goes out in one write with the dot of the one before (RFC 2920 3.1: DATA ends a group of
 * commands, a message's text begins one).
 */
#include <string.h>

#include "cur/base/error.h"
#include "smtp-attempt.h"

/* MAIL, RCPT and DATA, put into one write. */
static gboolean say_envelope(struct smtp *s, const struct smtp_message *m,
			     const struct body_facts *f, GError **error)
{
	return smtp_say_recipients(s, m, f, error) && link_printf(s->link, error, "DATA\r\n");
}

static gboolean may_go_on(const struct attempt *t)
{
	return t->accepted && (!t->refused->len || t->message->allow_some);
}

/*
 * Their answers, in order. A server that refuses MAIL with 4xx refuses RCPT with 503, and one
 * without a recipient DATA with 554: the first refusal is the one that counts.
 */
static gboolean hear_envelope(struct attempt *t, gboolean *mail_ok, GError **error)
{
	if (!attempt_hear(t, 2, mail_ok, error))
		return FALSE;
	t->decided = !*mail_ok;
	for (const char *const *to = t->message->recipients; *to; to++)
		if (!attempt_hear_recipient(t, *to, error))
			return FALSE;
	t->decided = !*mail_ok || !may_go_on(t);
	return attempt_hear(t, 3, &t->data_is_open, error);
}

/* One command after the other, and no DATA when it would be for nothing. */
static gboolean envelope_in_steps(struct attempt *t, const struct body_facts *f, gboolean *mail_ok,
				  GError **error)
{
	struct link *l = t->smtp->link;

	if (!smtp_say_mail(t->smtp, t->message, f, error) || !attempt_hear(t, 2, mail_ok, error))
		return FALSE;
	if (!*mail_ok)
		return TRUE;
	for (const char *const *to = t->message->recipients; *to; to++)
		if (!smtp_say_recipient(t->smtp, t->message, *to, error) ||
		    !attempt_hear_recipient(t, *to, error))
			return FALSE;
	if (!may_go_on(t))
		return TRUE;
	return link_printf(l, error, "DATA\r\n") && attempt_hear(t, 3, &t->data_is_open, error);
}

/* The envelope was not taken. Leave the session as it was before, or leave it. */
static gboolean give_up(struct attempt *t, GError **error)
{
	struct smtp *s = t->smtp;
	gboolean ok = FALSE;

	attempt_refusal(t, error);
	/*
	 * After 354 a dot would send an empty message to those who were accepted:
	 * only hanging up sends nothing.
	 */
	s->usable = s->usable && !t->data_is_open && link_printf(s->link, NULL, "RSET\r\n") &&
		    attempt_hear(t, 2, &ok, NULL) && ok;
	return FALSE;
}

/*
 * The envelope of the next message, behind the dot. What cannot be offered is told when it is sent
 * itself.
 */
static gboolean offer(struct smtp *s, const struct smtp_message *next, GError **error)
{
	struct body_facts facts;

	if (!next || !(s->extensions & SMTP_PIPELINING) ||
	    !smtp_check_message(s, next, &facts, NULL))
		return TRUE;
	s->offered = next;
	return say_envelope(s, next, &facts, error);
}

/* From here on the server may have taken the message. */
static gboolean end_data(struct smtp *s, const struct smtp_message *next, GError **error)
{
	g_autoptr(GError) cause = NULL;

	link_allow(s->link, SMTP_DATA_END_S);
	link_set_silence(s->link, s->data_silence_s);
	return (link_write(s->link, ".\r\n", 3, &cause) && offer(s, next, &cause) &&
		link_flush(s->link, &cause)) ||
	       attempt_lost(s, cause, error);
}

/* The conversation ended before the dot; the server may have told why. Takes `cause`. */
static gboolean cut_off(struct attempt *t, GError *cause, GError **error)
{
	t->smtp->usable = FALSE;
	if (t->decided && t->worst >= 400) {
		g_error_free(cause);
		return attempt_refusal(t, error);
	}
	g_propagate_error(error, cause);
	return FALSE;
}

/* The same within the text: 552 and a close may have come meanwhile. */
static gboolean body_failed(struct attempt *t, GError *cause, GError **error)
{
	gboolean ok;

	if (link_is_broken(t->smtp->link))
		t->decided = attempt_hear(t, 2, &ok, NULL) && !ok;
	return cut_off(t, cause, error);
}

/* Up to the text; what was offered waits for its answers alone. */
static gboolean envelope(struct attempt *t, const struct body_facts *f, gboolean offered,
			 gboolean *mail_ok, GError **error)
{
	struct smtp *s = t->smtp;

	link_allow(s->link, SMTP_COMMAND_S);
	if (!(s->extensions & SMTP_PIPELINING))
		return envelope_in_steps(t, f, mail_ok, error);
	return (offered || say_envelope(s, t->message, f, error)) &&
	       hear_envelope(t, mail_ok, error);
}

static gboolean say_text(struct attempt *t, const struct body_facts *f, gboolean offered,
			 const struct smtp_message *next, GError **error)
{
	struct smtp *s = t->smtp;
	GError *cause = NULL;
	gboolean mail_ok = FALSE;

	if (!envelope(t, f, offered, &mail_ok, &cause))
		return cut_off(t, cause, error);
	if (!mail_ok || !may_go_on(t) || !t->data_is_open)
		return give_up(t, error);
	t->worst = 0; /* of those recipients without whom it goes on */
	if (!body_send(s->link, t->message->fd, BODY_DOTS_STUFFED, &cause))
		return body_failed(t, cause, error);
	return end_data(s, next, error);
}

static gboolean hear_dot(struct attempt *t, GError **error)
{
	struct smtp *s = t->smtp;
	g_autoptr(GError) cause = NULL;
	gboolean ok = FALSE;

	if (!attempt_hear(t, 2, &ok, &cause))
		return attempt_lost(s, cause, error);
	link_set_silence(s->link, 0);
	if (ok)
		return TRUE;
	/* An answer that is neither yes nor no, behind the dot, says nothing. */
	if (t->worst < 400) {
		s->usable = FALSE;
		return error_set(error, CUR_ERROR_UNKNOWN,
				 "'%s' answered %d to the message, so it may have been sent",
				 link_name(s->link), t->worst);
	}
	g_ptr_array_set_size(t->refused, 0);
	return attempt_refusal(t, error);
}

gboolean smtp_send(struct smtp *s, const struct smtp_message *m, const struct smtp_message *next,
		   struct smtp_result *result, GError **error)
{
	const struct smtp_message *offered = g_steal_pointer(&s->offered);
	struct attempt t = {.smtp = s, .message = m, .result = result};
	struct body_facts facts;
	gboolean ok;

	memset(result, 0, sizeof(*result));
	if (offered && offered != m)
		s->usable = FALSE; /* there is no way back from an open DATA */
	if (!s->usable)
		return error_set(error, CUR_ERROR_RETRY, "the session with '%s' is over",
				 link_name(s->link));
	if (!offered && !smtp_check_message(s, m, &facts, error))
		return FALSE;
	t.refused = g_ptr_array_new_with_free_func(g_free);
	ok = say_text(&t, &facts, offered != NULL, next, error) && hear_dot(&t, error);
	attempt_end(&t, ok);
	return ok;
}
