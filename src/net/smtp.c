/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Submission. What can have happened is decided by one thing: whether the final dot may have gone
 * out. Before it every failure is definite; after it only a reply is.
 */
#include "cur/net/smtp.h"

#include <string.h>

#include "cur/base/error.h"
#include "cur/base/log.h"
#include "cur/net/words.h"
#include "smtp-reply.h"

enum {
	GREETING_S = 30,
	COMMAND_S = 60,
	DATA_END_S = 600,     /* RFC 5321 4.5.3.2.6 */
	DATA_SILENCE_S = 300, /* scanners think long between the dot and the reply */
	QUIT_S = 5,
	ADDRESS_MAX = 1000,
	INITIAL_RESPONSE_MAX = 1000, /* longer ones wait for the server's 334 */
};

struct smtp {
	struct link *link;
	guint extensions;
	guint64 max_bytes;
	char *mechanisms; /* of AUTH, blank between */
	char *ehlo_name;
	guint data_silence_s;
	gboolean usable;
};

static const struct {
	const char *name;
	enum smtp_extension bit;
} extension_names[] = {
    {"PIPELINING", SMTP_PIPELINING}, {"8BITMIME", SMTP_8BITMIME},
    {"SMTPUTF8", SMTP_SMTPUTF8},     {"SIZE", SMTP_SIZE},
    {"STARTTLS", SMTP_STARTTLS},     {"DSN", SMTP_DSN},
    {"CHUNKING", SMTP_CHUNKING},
};

static void note_extension(struct smtp *s, const char *line)
{
	gsize n = strcspn(line, " =");
	g_autofree char *name = g_strndup(line, n);
	const char *value = line[n] ? line + n + 1 : "";

	for (gsize i = 0; i < G_N_ELEMENTS(extension_names); i++)
		if (!g_ascii_strcasecmp(name, extension_names[i].name))
			s->extensions |= extension_names[i].bit;
	if (!g_ascii_strcasecmp(name, "SIZE"))
		s->max_bytes = g_ascii_strtoull(value, NULL, 10);
	if (!g_ascii_strcasecmp(name, "AUTH")) {
		g_free(s->mechanisms);
		s->mechanisms = g_strdup(value);
	}
}

static gboolean ehlo(struct smtp *s, struct smtp_reply *r, GError **error)
{
	g_auto(GStrv) lines = NULL;

	/* Only what is said now counts: the list before TLS is forgotten. */
	s->extensions = 0;
	s->max_bytes = 0;
	g_clear_pointer(&s->mechanisms, g_free);
	if (!link_printf(s->link, error, "EHLO %s\r\n", s->ehlo_name) ||
	    !smtp_reply_read(s->link, r, error))
		return FALSE;
	if (r->code != 250)
		return smtp_reply_error(r, link_name(s->link), error);
	lines = g_strsplit(r->text->str, "\n", -1);
	for (guint i = 1; lines[0] && lines[i]; i++)
		note_extension(s, lines[i]);
	return TRUE;
}

static gboolean start_tls(struct smtp *s, struct smtp_reply *r, GError **error)
{
	g_autofree char *words = NULL;

	if (!(s->extensions & SMTP_STARTTLS))
		return error_set(error, CUR_ERROR_TLS,
				 "'%s' does not offer STARTTLS; nothing was sent",
				 link_name(s->link));
	if (!link_printf(s->link, error, "STARTTLS\r\n") || !smtp_reply_read(s->link, r, error))
		return FALSE;
	if (r->code != 220) {
		words = smtp_reply_words(r);
		return error_set(error, CUR_ERROR_TLS,
				 "'%s' refuses STARTTLS; nothing was sent. The server says: %d %s",
				 link_name(s->link), r->code, words);
	}
	return link_start_tls(s->link, error) && ehlo(s, r, error);
}

/* ---- login ---- */

static gboolean login_refused(struct smtp *s, const struct auth *a, const struct smtp_reply *r,
			      GError **error)
{
	g_autofree char *words = smtp_reply_words(r);

	if (r->code / 100 == 4 && r->code != 432)
		return smtp_reply_error(r, link_name(s->link), error);
	return error_set(error, CUR_ERROR_AUTH,
			 "'%s' refuses the login (%s): the server says: %d %s", link_name(s->link),
			 auth_mechanism(a), r->code, auth_failure(a) ? auth_failure(a) : words);
}

static gboolean send_secret_line(struct smtp *s, const char *text, GError **error)
{
	return link_write_secret(s->link, text, strlen(text), error) &&
	       link_write_secret(s->link, "\r\n", 2, error);
}

static gboolean send_auth_command(struct smtp *s, const char *mechanism, const char *initial,
				  GError **error)
{
	if (!link_printf(s->link, error, "AUTH %s%s", mechanism, initial ? " " : "\r\n"))
		return FALSE;
	/* An empty first answer is "=" (RFC 4954 4). */
	return !initial || send_secret_line(s, *initial ? initial : "=", error);
}

/* Answer challenges until there is a reply that is none. `pending` is an answer made already. */
static gboolean auth_rounds(struct smtp *s, struct auth *a, char *pending, struct smtp_reply *r,
			    GError **error)
{
	while (smtp_reply_read(s->link, r, error)) {
		char *answer;
		gboolean ok;

		if (r->code != 334) {
			auth_wipe(pending);
			return TRUE;
		}
		answer = pending ? g_steal_pointer(&pending)
				 : auth_step(a, g_strstrip(r->text->str), error);
		if (!answer) {
			link_printf(s->link, NULL, "*\r\n");
			return FALSE;
		}
		ok = send_secret_line(s, answer, error);
		auth_wipe(answer);
		if (!ok)
			break;
	}
	auth_wipe(pending);
	return FALSE;
}

static gboolean login(struct smtp *s, const struct auth_account *account, struct smtp_reply *r,
		      GError **error)
{
	auto_ptr(auth) a = auth_begin(account, "smtp", link_host(s->link), link_port(s->link),
				      s->mechanisms ? s->mechanisms : "", error);
	char *first = NULL;
	gboolean inline_first, ok;

	if (!a)
		return FALSE;
	if (!link_may_carry_secrets(s->link))
		return error_set(error, CUR_ERROR_TLS, "no login to '%s' without TLS",
				 link_name(s->link));
	if (auth_client_first(a) && !(first = auth_step(a, NULL, error)))
		return FALSE;
	inline_first = first && strlen(first) <= INITIAL_RESPONSE_MAX;
	ok = send_auth_command(s, auth_mechanism(a), inline_first ? first : NULL, error);
	if (inline_first) {
		auth_wipe(first);
		first = NULL;
	}
	if (!ok) {
		auth_wipe(first);
		return FALSE;
	}
	if (!auth_rounds(s, a, first, r, error))
		return FALSE;
	if (r->code != 235)
		return login_refused(s, a, r, error);
	return auth_finish(a, NULL, error);
}

/* ---- session ---- */

static gboolean begin(struct smtp *s, const struct smtp_account *account, GError **error)
{
	struct smtp_reply r;
	gboolean ok;

	smtp_reply_init(&r);
	link_allow(s->link, GREETING_S + COMMAND_S);
	ok = smtp_reply_read(s->link, &r, error);
	if (ok && r.code != 220)
		ok = smtp_reply_error(&r, link_name(s->link), error);
	ok = ok && ehlo(s, &r, error);
	if (ok && account->server.tls == LINK_TLS_STARTTLS)
		ok = start_tls(s, &r, error);
	if (ok && account->auth)
		ok = login(s, account->auth, &r, error);
	smtp_reply_clear(&r);
	return ok;
}

/* What says QUIT when a session is given up before it began: nothing. */
static void drop(struct smtp *s)
{
	if (!s)
		return;
	link_close(s->link);
	g_free(s->mechanisms);
	g_free(s->ehlo_name);
	g_free(s);
}

struct smtp *smtp_open(const struct smtp_account *account, struct waker *waker, GError **error)
{
	struct link_server server = account->server;
	struct smtp *s;

	server.protocol = LINK_SMTP;
	s = g_new0(struct smtp, 1);
	s->ehlo_name = g_strdup(account->ehlo_name ? account->ehlo_name : "[127.0.0.1]");
	s->data_silence_s = server.silence_s ? server.silence_s : DATA_SILENCE_S;
	s->link = link_open(&server, waker, error);
	if (!s->link || !begin(s, account, error)) {
		drop(s);
		return NULL;
	}
	s->usable = TRUE;
	return s;
}

void smtp_close(struct smtp *s)
{
	struct smtp_reply r;

	if (!s)
		return;
	if (s->usable) {
		smtp_reply_init(&r);
		link_allow(s->link, QUIT_S);
		if (link_printf(s->link, NULL, "QUIT\r\n"))
			smtp_reply_read(s->link, &r, NULL);
		smtp_reply_clear(&r);
	}
	drop(s);
}

guint smtp_extensions(const struct smtp *s, guint64 *max_bytes)
{
	if (max_bytes)
		*max_bytes = s->max_bytes;
	return s->extensions;
}

gboolean smtp_is_usable(const struct smtp *s)
{
	return s->usable;
}

/* ---- a message ---- */

gboolean smtp_check_address(const char *address, GError **error)
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
				 "'%s' takes 7-bit text only (it lacks 8BITMIME)", name);
	if (!is_ascii(m) && !(s->extensions & SMTP_SMTPUTF8))
		return error_set(error, CUR_ERROR_REFUSED,
				 "'%s' takes ASCII addresses only (it lacks SMTPUTF8)", name);
	return TRUE;
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

static void note_code(struct attempt *t, const struct smtp_reply *r)
{
	if (r->code <= t->worst)
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
	} else if (ok) {
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

/* MAIL, RCPT and DATA in one write; then their answers, in order. */
static gboolean envelope_pipelined(struct attempt *t, const struct body_facts *f, gboolean *mail_ok,
				   GError **error)
{
	struct link *l = t->smtp->link;

	if (!say_mail(t->smtp, t->message, f, error))
		return FALSE;
	for (const char *const *to = t->message->recipients; *to; to++)
		if (!link_printf(l, error, "RCPT TO:<%s>\r\n", *to))
			return FALSE;
	if (!link_printf(l, error, "DATA\r\n") || !hear(t, 2, mail_ok, error))
		return FALSE;
	for (const char *const *to = t->message->recipients; *to; to++)
		if (!hear_recipient(t, *to, error))
			return FALSE;
	return hear(t, 3, &t->data_is_open, error);
}

static gboolean may_go_on(const struct attempt *t)
{
	return t->accepted && (!t->refused->len || t->message->allow_some);
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
	s->usable = !t->data_is_open && link_printf(s->link, NULL, "RSET\r\n") &&
		    hear(t, 2, &ok, NULL) && ok;
	return FALSE;
}

/* From here on the server may have taken the message. */
static gboolean finish_data(struct attempt *t, GError **error)
{
	struct smtp *s = t->smtp;
	g_autoptr(GError) lost = NULL;
	gboolean ok = FALSE;

	link_allow(s->link, DATA_END_S);
	link_set_silence(s->link, s->data_silence_s);
	if (!link_write(s->link, ".\r\n", 3, &lost) || !hear(t, 2, &ok, &lost)) {
		s->usable = FALSE;
		return error_set(
		    error, CUR_ERROR_UNKNOWN,
		    "'%s' has the whole message but did not answer, so it may have been "
		    "sent: %s",
		    link_name(s->link), lost->message);
	}
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

/* The text could not be sent to its end; the server may have told why (552 and a close). */
static gboolean body_failed(struct attempt *t, GError *cause, GError **error)
{
	gboolean ok;

	t->smtp->usable = FALSE;
	if (link_is_broken(t->smtp->link) && hear(t, 2, &ok, NULL) && t->worst >= 400) {
		g_error_free(cause);
		return refusal(t, error);
	}
	g_propagate_error(error, cause);
	return FALSE;
}

static gboolean attempt_run(struct attempt *t, const struct body_facts *f, GError **error)
{
	struct smtp *s = t->smtp;
	GError *cause = NULL;
	gboolean mail_ok = FALSE, heard;

	link_allow(s->link, COMMAND_S);
	heard = s->extensions & SMTP_PIPELINING ? envelope_pipelined(t, f, &mail_ok, error)
						: envelope_in_steps(t, f, &mail_ok, error);
	if (!heard) {
		s->usable = FALSE;
		return FALSE;
	}
	if (!mail_ok || !may_go_on(t) || !t->data_is_open)
		return give_up(t, error);
	if (!body_send(s->link, t->message->fd, BODY_DOTS_STUFFED, &cause))
		return body_failed(t, cause, error);
	return finish_data(t, error);
}

gboolean smtp_send(struct smtp *s, const struct smtp_message *m, struct smtp_result *result,
		   GError **error)
{
	struct attempt t = {.smtp = s, .message = m, .result = result};
	struct body_facts facts;
	gboolean ok;

	memset(result, 0, sizeof(*result));
	if (!s->usable)
		return error_set(error, CUR_ERROR_RETRY, "the session with '%s' is over",
				 link_name(s->link));
	if (!check_addresses(m, error) || !body_scan(m->fd, &facts, error) ||
	    !check_limits(s, m, &facts, error))
		return FALSE;
	t.refused = g_ptr_array_new_with_free_func(g_free);
	ok = attempt_run(&t, &facts, error);
	if (t.refused->len) {
		g_ptr_array_add(t.refused, NULL);
		result->refused = g_strdupv((char **)t.refused->pdata);
	}
	g_ptr_array_unref(t.refused);
	g_free(t.worst_words);
	log_event(LOG_LEVEL_INFO, "%s: a message of %" G_GUINT64_FORMAT " bytes %s",
		  link_name(s->link), facts.wire_bytes, ok ? "was taken" : "was not taken");
	return ok;
}
