/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A submission session: greeting, EHLO, STARTTLS, AUTH, QUIT. The messages are in smtp-send.c. */
#include "cur/net/smtp.h"

#include <string.h>

#include "cur/base/error.h"
#include "smtp-private.h"
#include "smtp-reply.h"

enum {
	COMMAND_S = 60,
	QUIT_S = 5,
	DATA_SILENCE_S = 300,	     /* scanners think long between the dot and the reply */
	INITIAL_RESPONSE_MAX = 1000, /* longer ones wait for the server's 334 */
};

static const struct {
	const char *name;
	enum smtp_extension bit;
} extension_names[] = {
    {"PIPELINING", SMTP_PIPELINING},
    {"8BITMIME", SMTP_8BITMIME},
    {"SMTPUTF8", SMTP_SMTPUTF8},
    {"SIZE", SMTP_SIZE},
    {"STARTTLS", SMTP_STARTTLS},
    {"CHUNKING", SMTP_CHUNKING},
    {"DSN", SMTP_DSN},
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
	const char *failure = auth_failure(a);
	g_autofree char *words = failure ? link_words(s->link, failure, -1) : smtp_reply_words(r);

	if (r->code / 100 == 4 && r->code != 432)
		return smtp_reply_error(r, link_name(s->link), error);
	return error_set(error, CUR_ERROR_AUTH,
			 "'%s' refuses the login (%s): the server says: %d %s", link_name(s->link),
			 auth_mechanism(a), r->code, words);
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
	return auth_finish(a, error);
}

/* ---- session ---- */

static gboolean begin(struct smtp *s, const struct smtp_account *account, GError **error)
{
	struct smtp_reply r;
	gboolean ok;

	smtp_reply_init(&r);
	/* Within what is left of the time to connect. */
	ok = smtp_reply_read(s->link, &r, error);
	link_allow(s->link, COMMAND_S);
	if (ok && r.code != 220)
		ok = smtp_reply_error(&r, link_name(s->link), error);
	ok = ok && ehlo(s, &r, error);
	if (ok && account->server.tls == LINK_TLS_STARTTLS)
		ok = start_tls(s, &r, error);
	if (ok && account->auth) {
		link_login(s->link, account->auth->password, account->auth->token);
		ok = login(s, account->auth, &r, error);
		link_login_over(s->link);
	}
	smtp_reply_clear(&r);
	return ok;
}

/* What says QUIT when a session is given up before it began: nothing. */
static void drop(struct smtp *s)
{
	if (!s)
		return;
	link_close(s->link);
	g_queue_clear(&s->posted);
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
	/* Behind an open DATA even QUIT would be text; answers that are due go before its own. */
	if (s->usable && !s->offered && g_queue_is_empty(&s->posted)) {
		smtp_reply_init(&r);
		link_allow(s->link, QUIT_S);
		if (link_printf(s->link, NULL, "QUIT\r\n"))
			smtp_reply_read(s->link, &r, NULL);
		smtp_reply_clear(&r);
	}
	drop(s);
}

gboolean smtp_is_usable(const struct smtp *s)
{
	return s->usable;
}

gboolean smtp_takes_8bit(const struct smtp *s)
{
	return (s->extensions & SMTP_8BITMIME) != 0;
}
