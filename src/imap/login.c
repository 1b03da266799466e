/* SPDX-License-Identifier: GPL-3.0-or-later */
/* AUTHENTICATE and LOGIN. One try: a wrong password is not sent in a second way. */
#include <string.h>

#include "cur/base/error.h"
#include "private.h"

/* By its code; or by what servers without codes say, Gmail and Courier among them. */
static gboolean is_busy(const struct command *c)
{
	static const char *const codes[] = {"UNAVAILABLE", "INUSE", "LIMIT", NULL};
	g_autofree char *words = g_ascii_strdown(c->text, -1);

	for (gsize i = 0; c->code && codes[i]; i++)
		if (!g_ascii_strcasecmp(c->code, codes[i]))
			return TRUE;
	return strstr(words, "too many") && strstr(words, "connections");
}

static gboolean refused(struct imap *s, const struct command *c, const char *how,
			const char *reason, GError **error)
{
	g_autofree char *words = link_words(s->link, reason ? reason : c->text, -1);

	/* A server that is busy says nothing about the password. */
	if (is_busy(c))
		return error_set(error, CUR_ERROR_RETRY,
				 "%s: cannot log in now: the server says: %s", link_name(s->link),
				 words);
	return error_set(error, CUR_ERROR_AUTH, "'%s' refuses the login (%s): the server says: %s",
			 link_name(s->link), how, words);
}

static gboolean send_secret(struct imap *s, const char *text, GError **error)
{
	if (link_write_secret(s->link, text, strlen(text), error) &&
	    link_write_secret(s->link, "\r\n", 2, error))
		return TRUE;
	return session_lost(s);
}

/* "AUTHENTICATE X" or "AUTHENTICATE X <initial>"; an empty initial answer is "=". */
static gboolean send_authenticate(struct imap *s, struct command *c, struct auth *a,
				  const char *initial, GError **error)
{
	if (!command_begin(s, c, error))
		return FALSE;
	if (!link_printf(s->link, error, "AUTHENTICATE %s%s", auth_mechanism(a),
			 initial ? " " : "\r\n"))
		return session_lost(s);
	return !initial || send_secret(s, *initial ? initial : "=", error);
}

/* Our own doubt ends the exchange: tell the server, hear its answer. */
static gboolean abandon(struct imap *s, struct command *c)
{
	if (!link_printf(s->link, NULL, "*\r\n"))
		return session_lost(s);
	command_await(s, c, NULL);
	return FALSE;
}

static gboolean rounds(struct imap *s, struct command *c, struct auth *a, char *pending,
		       GError **error)
{
	for (;;) {
		char *answer;
		gboolean ok;

		if (!command_await_ready(s, c, error) || c->status != COMMAND_RUNNING) {
			auth_wipe(pending);
			return c->status != COMMAND_RUNNING;
		}
		answer = pending ? g_steal_pointer(&pending) : auth_step(a, s->ready_text, error);
		if (!answer)
			return abandon(s, c);
		ok = send_secret(s, answer, error);
		auth_wipe(answer);
		if (!ok)
			return FALSE;
	}
}

static gboolean authenticate(struct imap *s, struct auth *a, GError **error)
{
	struct command c = {0};
	char *first = NULL;
	gboolean ok, at_once;

	if (auth_client_first(a) && !(first = auth_step(a, NULL, error)))
		return FALSE;
	at_once = first && s->has[IMAP_SASL_IR];
	s->capabilities_known = FALSE;
	ok = send_authenticate(s, &c, a, at_once ? first : NULL, error);
	if (at_once || !ok) {
		auth_wipe(first);
		first = NULL;
	}
	ok = ok && rounds(s, &c, a, first, error);
	if (ok && c.status != COMMAND_OK)
		ok = refused(s, &c, auth_mechanism(a), auth_failure(a), error);
	ok = ok && auth_finish(a, error);
	command_clear(&c);
	return ok;
}

static gboolean send_login(struct imap *s, struct command *c, const struct auth_account *account,
			   GError **error)
{
	if (!command_begin(s, c, error))
		return FALSE;
	if (!link_printf(s->link, error, "LOGIN "))
		return session_lost(s);
	if (!command_string(s, c, account->user, FALSE, error))
		return c->status != COMMAND_RUNNING;
	if (!link_write(s->link, " ", 1, error))
		return session_lost(s);
	if (!command_string(s, c, account->password, TRUE, error))
		return c->status != COMMAND_RUNNING;
	return command_end(s, error);
}

static gboolean plain_login(struct imap *s, const struct auth_account *account, GError **error)
{
	struct command c = {0};
	gboolean ok;

	s->capabilities_known = FALSE;
	ok = send_login(s, &c, account, error) && command_await(s, &c, error);
	if (ok && c.status != COMMAND_OK)
		ok = refused(s, &c, "LOGIN", NULL, error);
	command_clear(&c);
	return ok;
}

static gboolean login(struct imap *s, const struct imap_account *account, GError **error)
{
	auto_ptr(auth) a = NULL;

	if (!link_may_carry_secrets(s->link))
		return error_set(error, CUR_ERROR_TLS, "no login to '%s' without TLS",
				 link_name(s->link));
	a = auth_begin(&account->auth, "imap", link_host(s->link), link_port(s->link),
		       s->mechanisms->str, error);
	if (a)
		return authenticate(s, a, error);
	if (s->has[IMAP_LOGINDISABLED] || !auth_allows_login(&account->auth))
		return FALSE;
	g_clear_error(error);
	return plain_login(s, &account->auth, error);
}

gboolean session_login(struct imap *s, const struct imap_account *account, GError **error)
{
	gboolean ok;

	link_login(s->link, account->auth.password, account->auth.token);
	ok = login(s, account, error);
	link_login_over(s->link);
	return ok;
}
