/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One message's envelope, said and heard. Several refusals may come for one reason: the worst is
 * the one that is told.
 */
#include <string.h>

#include "cur/base/error.h"
#include "cur/base/log.h"
#include "smtp-attempt.h"
#include "smtp-reply.h"

gboolean smtp_say_mail(struct smtp *s, const struct smtp_message *m, const struct body_facts *f,
		       GError **error)
{
	gboolean reports = m->ret && s->extensions & SMTP_DSN;
	g_autofree char *size = NULL;

	if (s->extensions & SMTP_SIZE)
		size = g_strdup_printf(" SIZE=%" G_GUINT64_FORMAT, f->wire_bytes);
	return link_printf(s->link, error, "MAIL FROM:<%s>%s%s%s%s%s\r\n", m->sender,
			   size ? size : "", f->has_8bit ? " BODY=8BITMIME" : "",
			   smtp_has_ascii_addresses(m) ? "" : " SMTPUTF8", reports ? " RET=" : "",
			   reports ? m->ret : "");
}

gboolean smtp_say_recipient(struct smtp *s, const struct smtp_message *m, const char *to,
			    GError **error)
{
	gboolean reports = m->notify && s->extensions & SMTP_DSN;

	return link_printf(s->link, error, "RCPT TO:<%s>%s%s\r\n", to, reports ? " NOTIFY=" : "",
			   reports ? m->notify : "");
}

gboolean smtp_say_recipients(struct smtp *s, const struct smtp_message *m,
			     const struct body_facts *f, GError **error)
{
	if (!smtp_say_mail(s, m, f, error))
		return FALSE;
	for (const char *const *to = m->recipients; *to; to++)
		if (!smtp_say_recipient(s, m, *to, error))
			return FALSE;
	return TRUE;
}

/* The session goes no further than its 421 (RFC 5321 3.8). */
static void note_code(struct attempt *t, const struct smtp_reply *r)
{
	if (r->code == 421) {
		t->smtp->usable = FALSE;
		t->smtp->closing = TRUE;
	}
	if (t->decided || r->code <= t->worst)
		return;
	t->worst = r->code;
	g_free(t->worst_words);
	t->worst_words = smtp_reply_words(r);
}

gboolean attempt_hear_recipient(struct attempt *t, const char *to, GError **error)
{
	struct smtp_reply r;
	gboolean ok;

	smtp_reply_init(&r);
	ok = smtp_reply_read(t->smtp->link, &r, error);
	if (ok && r.code / 100 == 2) {
		t->accepted++;
	} else if (ok && !t->decided) {
		g_autofree char *words = smtp_reply_words(&r);

		g_ptr_array_add(t->refused, g_strdup_printf("%s: %d %s", to, r.code, words));
		note_code(t, &r);
	}
	smtp_reply_clear(&r);
	return ok;
}

gboolean attempt_hear(struct attempt *t, int class, gboolean *ok, GError **error)
{
	struct smtp_reply r;
	gboolean heard;

	smtp_reply_init(&r);
	heard = smtp_reply_read(t->smtp->link, &r, error);
	*ok = heard && r.code / 100 == class;
	if (heard && !*ok)
		note_code(t, &r);
	smtp_reply_clear(&r);
	return heard;
}

gboolean attempt_refusal(struct attempt *t, GError **error)
{
	enum cur_error code = t->worst >= 500 ? CUR_ERROR_REFUSED : CUR_ERROR_RETRY;
	g_autofree char *who = NULL;

	t->result->code = t->worst;
	t->result->words = g_steal_pointer(&t->worst_words);
	if (t->worst < 400)
		return error_set(error, CUR_ERROR_PROTOCOL,
				 "%s: the server's answers make no sense",
				 link_name(t->smtp->link));
	if (t->refused->len) {
		g_ptr_array_add(t->refused, NULL);
		who = g_strjoinv("; ", (char **)t->refused->pdata);
		g_ptr_array_remove_index(t->refused, t->refused->len - 1);
		return error_set(error, code, "'%s' refuses a recipient, nothing was sent: %s",
				 link_name(t->smtp->link), who);
	}
	return error_set(error, code, "'%s' refuses the message: the server says: %d %s",
			 link_name(t->smtp->link), t->result->code, t->result->words);
}

gboolean attempt_lost(struct smtp *s, const GError *cause, GError **error)
{
	s->usable = FALSE;
	return error_set(
	    error, CUR_ERROR_UNKNOWN,
	    "'%s' has the whole message but did not answer, so it may have been sent: %s",
	    link_name(s->link), cause->message);
}

void attempt_end(struct attempt *t, gboolean ok)
{
	if (t->refused->len) {
		g_ptr_array_add(t->refused, NULL);
		t->result->refused = g_strdupv((char **)t->refused->pdata);
	}
	g_ptr_array_unref(t->refused);
	g_free(t->worst_words);
	log_event(LOG_LEVEL_INFO, "%s: a message %s", link_name(t->smtp->link),
		  ok ? "was taken" : "was not taken");
}

void smtp_result_clear(struct smtp_result *r)
{
	g_free(r->words);
	g_strfreev(r->refused);
	memset(r, 0, sizeof(*r));
}
