/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Submitting a message. What can have happened is decided by one thing: whether the final dot may
 * have gone out. Before it every failure is definite; after it only a reply is.
 *
 * With PIPELINING a session of many messages takes a round trip for each: the envelope of the next
 * goes out in one write with the dot of the one before (RFC 2920 3.1: DATA ends a group of
 * commands, a message's text begins one).
 *
 * With CHUNKING nothing in a message waits for the server: its whole conversation is one write, and
 * those of the next messages follow. What belongs to which is known by the order of the replies.
 */
#include <string.h>

#include "cur/base/error.h"
#include "cur/base/log.h"
#include "cur/net/smtp.h"
#include "cur/net/words.h"
#include "smtp-private.h"
#include "smtp-reply.h"

enum {
	COMMAND_S = 60,
	DATA_END_S = 600, /* RFC 5321 4.5.3.2.6 */
	ADDRESS_MAX = 1000,
	POST_MAX = 1024 * 1024, /* bytes of text for which the server's agreement is not awaited */
};

/* FALSE with USAGE unless it can stand between < and >: no CR, LF, NUL, blank, angle bracket… */
static gboolean smtp_check_address(const char *address, GError **error)
{
	g_autofree char *shown = NULL;
	gboolean bad =
	    !*address || strlen(address) > ADDRESS_MAX || !g_utf8_validate(address, -1, NULL);

	for (const char *p = address; *p && !bad; p++)
		bad = (guchar)*p <= ' ' || *p == 0x7f || *p == '<' || *p == '>';
	if (!bad)
		return TRUE;
	shown = server_words(address, -1);
	return error_set(error, CUR_ERROR_USAGE, "'%s' cannot be an address", shown);
}

void smtp_result_clear(struct smtp_result *r)
{
	g_free(r->words);
	g_strfreev(r->refused);
	memset(r, 0, sizeof(*r));
}

static gboolean is_ascii(const struct smtp_message *m)
{
	gboolean ascii = g_str_is_ascii(m->sender);

	for (const char *const *to = m->recipients; *to; to++)
		ascii = ascii && g_str_is_ascii(*to);
	return ascii;
}

static gboolean check_addresses(const struct smtp_message *m, GError **error)
{
	if (*m->sender && !smtp_check_address(m->sender, error))
		return FALSE;
	if (!m->recipients || !m->recipients[0])
		return error_set(error, CUR_ERROR_USAGE, "no recipient");
	for (const char *const *to = m->recipients; *to; to++)
		if (!smtp_check_address(*to, error))
			return FALSE;
	return TRUE;
}

/* What the server has said it cannot take is not offered to it. */
static gboolean check_limits(struct smtp *s, const struct smtp_message *m,
			     const struct body_facts *f, GError **error)
{
	const char *name = link_name(s->link);

	if (f->has_nul)
		return error_set(error, CUR_ERROR_REFUSED,
				 "the message holds a NUL byte, which mail cannot carry");
	if (s->max_bytes && f->wire_bytes > s->max_bytes)
		return error_set(error, CUR_ERROR_REFUSED,
				 "the message has %" G_GUINT64_FORMAT
				 " bytes; '%s' takes %" G_GUINT64_FORMAT,
				 f->wire_bytes, name, s->max_bytes);
	if (f->has_8bit && !(s->extensions & SMTP_8BITMIME))
		return error_set(error, CUR_ERROR_REFUSED,
				 "'%s' takes 7-bit text only (it lacks 8BITMIME), and the message "
				 "has 8-bit text where it cannot be encoded",
				 name);
	if (!is_ascii(m) && !(s->extensions & SMTP_SMTPUTF8))
		return error_set(error, CUR_ERROR_REFUSED,
				 "'%s' takes ASCII addresses only (it lacks SMTPUTF8)", name);
	return TRUE;
}

static gboolean check_message(struct smtp *s, const struct smtp_message *m,
			      struct body_facts *facts, GError **error)
{
	return check_addresses(m, error) && body_scan(m->fd, facts, error) &&
	       check_limits(s, m, facts, error);
}

/* What is known of one attempt. */
struct attempt {
	struct smtp *smtp;
	const struct smtp_message *message;
	struct smtp_result *result;
	GPtrArray *refused;
	guint accepted;
	int worst; /* code of the worst refusal */
	char *worst_words;
	gboolean decided;      /* what else is said to this envelope follows from a refusal */
	gboolean data_is_open; /* the server waits for text */
};

static gboolean say_mail(struct smtp *s, const struct smtp_message *m, const struct body_facts *f,
			 GError **error)
{
	g_autofree char *size = NULL;

	if (s->extensions & SMTP_SIZE)
		size = g_strdup_printf(" SIZE=%" G_GUINT64_FORMAT, f->wire_bytes);
	return link_printf(s->link, error, "MAIL FROM:<%s>%s%s%s\r\n", m->sender, size ? size : "",
			   f->has_8bit ? " BODY=8BITMIME" : "", is_ascii(m) ? "" : " SMTPUTF8");
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

static gboolean hear_recipient(struct attempt *t, const char *to, GError **error)
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

/* FALSE: no reply. A refusal is noted. */
static gboolean hear(struct attempt *t, int class, gboolean *ok, GError **error)
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

static gboolean say_recipients(struct smtp *s, const struct smtp_message *m,
			       const struct body_facts *f, GError **error)
{
	if (!say_mail(s, m, f, error))
		return FALSE;
	for (const char *const *to = m->recipients; *to; to++)
		if (!link_printf(s->link, error, "RCPT TO:<%s>\r\n", *to))
			return FALSE;
	return TRUE;
}

/* MAIL, RCPT and DATA, put into one write. */
static gboolean say_envelope(struct smtp *s, const struct smtp_message *m,
			     const struct body_facts *f, GError **error)
{
	return say_recipients(s, m, f, error) && link_printf(s->link, error, "DATA\r\n");
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
	if (!hear(t, 2, mail_ok, error))
		return FALSE;
	t->decided = !*mail_ok;
	for (const char *const *to = t->message->recipients; *to; to++)
		if (!hear_recipient(t, *to, error))
			return FALSE;
	t->decided = !*mail_ok || !may_go_on(t);
	return hear(t, 3, &t->data_is_open, error);
}

/* One command after the other, and no DATA when it would be for nothing. */
static gboolean envelope_in_steps(struct attempt *t, const struct body_facts *f, gboolean *mail_ok,
				  GError **error)
{
	struct link *l = t->smtp->link;

	if (!say_mail(t->smtp, t->message, f, error) || !hear(t, 2, mail_ok, error))
		return FALSE;
	if (!*mail_ok)
		return TRUE;
	for (const char *const *to = t->message->recipients; *to; to++)
		if (!link_printf(l, error, "RCPT TO:<%s>\r\n", *to) ||
		    !hear_recipient(t, *to, error))
			return FALSE;
	if (!may_go_on(t))
		return TRUE;
	return link_printf(l, error, "DATA\r\n") && hear(t, 3, &t->data_is_open, error);
}

static gboolean refusal(struct attempt *t, GError **error)
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

/* The envelope was not taken. Leave the session as it was before, or leave it. */
static gboolean give_up(struct attempt *t, GError **error)
{
	struct smtp *s = t->smtp;
	gboolean ok = FALSE;

	refusal(t, error);
	/*
	 * After 354 a dot would send an empty message to those who were accepted:
	 * only hanging up sends nothing.
	 */
	s->usable = s->usable && !t->data_is_open && link_printf(s->link, NULL, "RSET\r\n") &&
		    hear(t, 2, &ok, NULL) && ok;
	return FALSE;
}

static gboolean lost(struct smtp *s, const GError *cause, GError **error)
{
	s->usable = FALSE;
	return error_set(
	    error, CUR_ERROR_UNKNOWN,
	    "'%s' has the whole message but did not answer, so it may have been sent: %s",
	    link_name(s->link), cause->message);
}

/*
 * The envelope of the next message, behind the dot. What cannot be offered is told when it is sent
 * itself.
 */
static gboolean offer(struct smtp *s, const struct smtp_message *next, GError **error)
{
	struct body_facts facts;

	if (!next || !(s->extensions & SMTP_PIPELINING) || !check_message(s, next, &facts, NULL))
		return TRUE;
	s->offered = next;
	return say_envelope(s, next, &facts, error);
}

/* From here on the server may have taken the message. */
static gboolean end_data(struct smtp *s, const struct smtp_message *next, GError **error)
{
	g_autoptr(GError) cause = NULL;

	link_allow(s->link, DATA_END_S);
	link_set_silence(s->link, s->data_silence_s);
	return (link_write(s->link, ".\r\n", 3, &cause) && offer(s, next, &cause) &&
		link_flush(s->link, &cause)) ||
	       lost(s, cause, error);
}

/* The conversation ended before the dot; the server may have told why. Takes `cause`. */
static gboolean cut_off(struct attempt *t, GError *cause, GError **error)
{
	t->smtp->usable = FALSE;
	if (t->decided && t->worst >= 400) {
		g_error_free(cause);
		return refusal(t, error);
	}
	g_propagate_error(error, cause);
	return FALSE;
}

/* The same within the text: 552 and a close may have come meanwhile. */
static gboolean body_failed(struct attempt *t, GError *cause, GError **error)
{
	gboolean ok;

	if (link_is_broken(t->smtp->link))
		t->decided = hear(t, 2, &ok, NULL) && !ok;
	return cut_off(t, cause, error);
}

/* Up to the text; what was offered waits for its answers alone. */
static gboolean envelope(struct attempt *t, const struct body_facts *f, gboolean offered,
			 gboolean *mail_ok, GError **error)
{
	struct smtp *s = t->smtp;

	link_allow(s->link, COMMAND_S);
	if (!(s->extensions & SMTP_PIPELINING))
		return envelope_in_steps(t, f, mail_ok, error);
	return (offered || say_envelope(s, t->message, f, error)) &&
	       hear_envelope(t, mail_ok, error);
}

static gboolean attempt_say(struct attempt *t, const struct body_facts *f, gboolean offered,
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

static gboolean attempt_hear(struct attempt *t, GError **error)
{
	struct smtp *s = t->smtp;
	g_autoptr(GError) cause = NULL;
	gboolean ok = FALSE;

	if (!hear(t, 2, &ok, &cause))
		return lost(s, cause, error);
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
	return refusal(t, error);
}

static void attempt_end(struct attempt *t, gboolean ok)
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
	if (!offered && !check_message(s, m, &facts, error))
		return FALSE;
	t.refused = g_ptr_array_new_with_free_func(g_free);
	ok = attempt_say(&t, &facts, offered != NULL, next, error) && attempt_hear(&t, error);
	attempt_end(&t, ok);
	return ok;
}

/* ---- several in flight --------------------------------------------- */

gboolean smtp_posts(const struct smtp *s)
{
	const guint both = SMTP_CHUNKING | SMTP_PIPELINING;

	return s->usable && !s->offered && (s->extensions & both) == both;
}

gboolean smtp_can_post(struct smtp *s, const struct smtp_message *m)
{
	struct body_facts facts;

	return smtp_posts(s) && check_message(s, m, &facts, NULL) &&
	       (m->allow_some || !m->recipients[1]) && facts.wire_bytes <= POST_MAX;
}

static gboolean say_all(struct smtp *s, const struct smtp_message *m, const struct body_facts *f,
			GError **error)
{
	/* The one before may be refused, and leave its envelope open. */
	if (!g_queue_is_empty(&s->posted) && !link_printf(s->link, error, "RSET\r\n"))
		return FALSE;
	return say_recipients(s, m, f, error) &&
	       link_printf(s->link, error, "BDAT %" G_GUINT64_FORMAT " LAST\r\n", f->wire_bytes) &&
	       body_send(s->link, m->fd, BODY_DOTS_AS_THEY_ARE, error);
}

gboolean smtp_post(struct smtp *s, const struct smtp_message *m, GError **error)
{
	struct body_facts facts;

	link_allow(s->link, COMMAND_S);
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

	if (with_reset && !hear(t, 2, &ok, error))
		return FALSE;
	t->decided = !ok;
	if (!hear(t, 2, &mail_ok, error))
		return FALSE;
	t->decided = !ok || !mail_ok;
	for (const char *const *to = t->message->recipients; *to; to++)
		if (!hear_recipient(t, *to, error))
			return FALSE;
	t->decided = !ok || !mail_ok || !t->accepted;
	if (!t->decided)
		t->worst = 0; /* of those recipients without whom it goes on */
	return hear(t, 2, taken, error);
}

/* An answer to the text that does not go with those to the envelope says nothing. */
static gboolean judge(struct attempt *t, gboolean taken, GError **error)
{
	if (taken && !t->decided)
		return TRUE;
	if (!taken && t->worst >= 400) {
		if (!t->decided)
			g_ptr_array_set_size(t->refused, 0);
		return refusal(t, error);
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
		s->usable = link_printf(s->link, NULL, "RSET\r\n") && hear(t, 2, &ok, NULL) && ok;
}

static gboolean hear_posted(struct attempt *t, gboolean with_reset, GError **error)
{
	struct smtp *s = t->smtp;
	g_autoptr(GError) cause = NULL;
	gboolean taken = FALSE, heard, ok;

	link_allow(s->link, DATA_END_S);
	link_set_silence(s->link, s->data_silence_s);
	heard = hear_all(t, with_reset, &taken, &cause);
	link_set_silence(s->link, 0);
	if (!heard && !(t->decided && t->worst >= 400))
		return lost(s, cause, error);
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
