/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * With CHUNKING nothing in a message waits for the server: its whole conversation is one write, and
 * those of the next messages follow. What belongs to which is known by the order of the replies.
 */
#include <string.h>

#include "cur/base/error.h"
#include "smtp-attempt.h"

enum { POST_MAX = 1024 * 1024 }; /* bytes of text for which the server's agreement is not awaited */

gboolean smtp_posts(const struct smtp *s)
{
	const guint both = SMTP_CHUNKING | SMTP_PIPELINING;

	return s->usable && !s->offered && (s->extensions & both) == both;
}

gboolean smtp_can_post(struct smtp *s, const struct smtp_message *m)
{
	struct body_facts facts;

	return smtp_posts(s) && smtp_check_message(s, m, &facts, NULL) &&
	       (m->allow_some || !m->recipients[1]) && facts.wire_bytes <= POST_MAX;
}

static gboolean say_all(struct smtp *s, const struct smtp_message *m, const struct body_facts *f,
			GError **error)
{
	/* The one before may be refused, and leave its envelope open. */
	if (!g_queue_is_empty(&s->posted) && !link_printf(s->link, error, "RSET\r\n"))
		return FALSE;
	return smtp_say_recipients(s, m, f, error) &&
	       link_printf(s->link, error, "BDAT %" G_GUINT64_FORMAT " LAST\r\n", f->wire_bytes) &&
	       body_send(s->link, m->fd, BODY_DOTS_AS_THEY_ARE, error);
}

gboolean smtp_post(struct smtp *s, const struct smtp_message *m, GError **error)
{
	struct body_facts facts;

	link_allow(s->link, SMTP_COMMAND_S);
	if (!s->usable)
		return error_set(error, CUR_ERROR_RETRY, "the session with '%s' is over",
				 link_name(s->link));
	if (!body_scan(m->fd, &facts, error) || !say_all(s, m, &facts, error)) {
		s->usable = FALSE;
		return FALSE;
	}
	g_queue_push_tail(&s->posted, GINT_TO_POINTER(!g_queue_is_empty(&s->posted)));
	return TRUE;
}

/* FALSE: a reply is missing. *taken: that of the text. */
static gboolean hear_all(struct attempt *t, gboolean with_reset, gboolean *taken, GError **error)
{
	gboolean ok = TRUE, mail_ok = FALSE;

	if (with_reset && !attempt_hear(t, 2, &ok, error))
		return FALSE;
	t->decided = !ok;
	if (!attempt_hear(t, 2, &mail_ok, error))
		return FALSE;
	t->decided = !ok || !mail_ok;
	for (const char *const *to = t->message->recipients; *to; to++)
		if (!attempt_hear_recipient(t, *to, error))
			return FALSE;
	t->decided = !ok || !mail_ok || !t->accepted;
	if (!t->decided)
		t->worst = 0; /* of those recipients without whom it goes on */
	return attempt_hear(t, 2, taken, error);
}

/* An answer to the text that does not go with those to the envelope says nothing. */
static gboolean judge(struct attempt *t, gboolean taken, GError **error)
{
	if (taken && !t->decided)
		return TRUE;
	if (!taken && t->worst >= 400) {
		if (!t->decided)
			g_ptr_array_set_size(t->refused, 0);
		return attempt_refusal(t, error);
	}
	t->smtp->usable = FALSE;
	return error_set(error, CUR_ERROR_UNKNOWN,
			 "'%s' gave answers that make no sense, so the message may have been sent",
			 link_name(t->smtp->link));
}

/* Nothing behind it says RSET. */
static void clean_up(struct attempt *t)
{
	struct smtp *s = t->smtp;
	gboolean ok = FALSE;

	if (s->usable && g_queue_is_empty(&s->posted))
		s->usable =
		    link_printf(s->link, NULL, "RSET\r\n") && attempt_hear(t, 2, &ok, NULL) && ok;
}

static gboolean hear_posted(struct attempt *t, gboolean with_reset, GError **error)
{
	struct smtp *s = t->smtp;
	g_autoptr(GError) cause = NULL;
	gboolean taken = FALSE, heard, ok;

	link_allow(s->link, SMTP_DATA_END_S);
	link_set_silence(s->link, s->data_silence_s);
	heard = hear_all(t, with_reset, &taken, &cause);
	link_set_silence(s->link, 0);
	if (!heard && !(t->decided && t->worst >= 400))
		return attempt_lost(s, cause, error);
	s->usable = s->usable && heard;
	ok = judge(t, taken, error);
	if (!ok)
		clean_up(t);
	return ok;
}

gboolean smtp_hear(struct smtp *s, const struct smtp_message *m, struct smtp_result *result,
		   GError **error)
{
	gboolean with_reset = GPOINTER_TO_INT(g_queue_pop_head(&s->posted));
	struct attempt t = {.smtp = s, .message = m, .result = result};
	gboolean ok;

	memset(result, 0, sizeof(*result));
	if (s->closing) {
		result->code = 421;
		return error_set(error, CUR_ERROR_RETRY, "the session with '%s' is over",
				 link_name(s->link));
	}
	t.refused = g_ptr_array_new_with_free_func(g_free);
	ok = hear_posted(&t, with_reset, error);
	attempt_end(&t, ok);
	return ok;
}
