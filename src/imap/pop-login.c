/* SPDX-License-Identifier: GPL-3.0-or-later */
/* POP3 until the server lets us in: CAPA, STLS, UTF8, AUTH or USER and PASS. APOP is not offered a
 * chance: MD5 without TLS. */
#include <string.h>

#include "pop-private.h"

enum {
	AUTH_LINE_MAX = 255, /* bytes of "AUTH X initial" with its line end (RFC 5034 4) */
	LOGIN_DELAY_MAX_S = 86400,
};

/* ---- capabilities ---- */

static void note_capability(struct pop *p, const char *line)
{
	g_auto(GStrv) words = g_strsplit(line, " ", 2);
	const char *name = words[0] ? words[0] : "";
	const struct {
		const char *name;
		gboolean *has;
	} flags[] = {
	    {"PIPELINING", &p->has_pipelining},
	    {"STLS", &p->has_stls},
	    {"TOP", &p->has_top},
	    {"UTF8", &p->has_utf8},
	};

	for (gsize i = 0; i < G_N_ELEMENTS(flags); i++)
		if (!g_ascii_strcasecmp(name, flags[i].name))
			*flags[i].has = TRUE;
	if (!g_ascii_strcasecmp(name, "SASL") && words[1]) {
		g_free(p->mechanisms);
		p->mechanisms = g_strdup(words[1]);
	} else if (!g_ascii_strcasecmp(name, "LOGIN-DELAY") && words[1]) {
		guint64 delay_s = g_ascii_strtoull(words[1], NULL, 10);

		p->login_delay_s = (guint)MIN(delay_s, LOGIN_DELAY_MAX_S);
	}
}

/* *known: the server has CAPA at all. */
static gboolean capa(struct pop *p, gboolean *known, GError **error)
{
	p->has_pipelining = p->has_stls = p->has_top = p->has_utf8 = FALSE;
	g_clear_pointer(&p->mechanisms, g_free);
	if (!pop_say(p, error, "CAPA") || !pop_hear(p, known, NULL, error))
		return FALSE;
	for (guint i = 0; *known; i++) {
		gboolean over;
		const char *line = pop_list_line(p, &over, error);

		if (over)
			break;
		if (!line)
			return FALSE;
		if (i >= POP_CAPA_LINES_MAX) {
			error_set(error, CUR_ERROR_PROTOCOL, "%s: a list without an end",
				  link_name(p->link));
			return pop_lost(p);
		}
		note_capability(p, line);
	}
	return TRUE;
}

/* ---- TLS ---- */

static gboolean start_tls(struct pop *p, GError **error)
{
	g_autofree char *words = NULL;
	gboolean known, ok;

	if (!capa(p, &known, error))
		return FALSE;
	if (!known || !p->has_stls)
		return error_set(error, CUR_ERROR_TLS,
				 "'%s' does not offer STLS; nothing secret was sent",
				 link_name(p->link));
	if (!pop_say(p, error, "STLS") || !pop_hear(p, &ok, &words, error))
		return FALSE;
	if (!ok)
		return error_set(error, CUR_ERROR_TLS,
				 "'%s' refuses STLS; nothing secret was sent. The server says: %s",
				 link_name(p->link), words);
	return link_start_tls(p->link, error);
}

/* RFC 6856: without it the server may alter internationalized mail, or refuse to give it out. */
static gboolean enable_utf8(struct pop *p, GError **error)
{
	gboolean ok;

	return !p->has_utf8 || (pop_say(p, error, "UTF8") && pop_hear(p, &ok, NULL, error));
}

/* ---- login ---- */

static gboolean refused(struct pop *p, const char *how, const char *words, GError **error)
{
	g_autofree char *what = g_strdup_printf("refuses the login (%s)", how);
	g_autofree char *told = link_words(p->link, words, -1);

	return pop_refused(p, what, told, CUR_ERROR_AUTH, error);
}

static gboolean say_secret(struct pop *p, const char *before, const char *secret, GError **error)
{
	return (link_printf(p->link, error, "%s", before) &&
		link_write_secret(p->link, secret, strlen(secret), error) &&
		link_write_secret(p->link, "\r\n", 2, error)) ||
	       pop_lost(p);
}

static gboolean has_line_end(const char *text)
{
	return strpbrk(text, "\r\n") != NULL;
}

static gboolean user_and_pass(struct pop *p, const struct auth_account *account, GError **error)
{
	g_autofree char *words = NULL;
	g_autofree char *more = NULL;
	gboolean ok;

	if (has_line_end(account->user) || has_line_end(account->password))
		return error_set(
		    error, CUR_ERROR_AUTH,
		    "a name or password with a line end cannot be sent with USER and PASS");
	if (!pop_say(p, error, "USER %s", account->user) || !pop_hear(p, &ok, &words, error))
		return FALSE;
	if (!ok)
		return refused(p, "USER", words, error);
	if (!say_secret(p, "PASS ", account->password, error) || !pop_hear(p, &ok, &more, error))
		return FALSE;
	return ok || refused(p, "PASS", more, error);
}

/* "+ challenge", or the status line that ends it: *over. The text is yours. */
static char *hear_challenge(struct pop *p, gboolean *over, gboolean *ok, GError **error)
{
	gsize n;
	const char *line = link_read_line(p->link, &n, error);

	*over = *ok = FALSE;
	if (!line) {
		pop_lost(p);
		return NULL;
	}
	if (line[0] == '+' && (line[1] == ' ' || !line[1]))
		return g_strdup(line[1] ? line + 2 : "");
	*over = TRUE;
	*ok = !strncmp(line, "+OK", 3);
	return link_words(p->link, line + MIN(n, *ok ? 3 : 4), -1);
}

/* "AUTH X" or, when it fits, "AUTH X <initial>"; an empty initial answer is "=". */
static gboolean say_auth(struct pop *p, struct auth *a, const char *initial, GError **error)
{
	g_autofree char *command = g_strdup_printf("AUTH %s", auth_mechanism(a));
	g_autofree char *before = g_strconcat(command, " ", NULL);

	if (!initial || strlen(before) + strlen(initial) + 2 > AUTH_LINE_MAX)
		return pop_say(p, error, "%s", command);
	return say_secret(p, before, *initial ? initial : "=", error);
}

/* `initial` may have gone with the command; a server that wants it once more asks for nothing. */
static char *answer_to(struct auth *a, const char *challenge, char **initial, GError **error)
{
	char *first = g_steal_pointer(initial);

	if (first && !*challenge)
		return first;
	auth_wipe(first);
	return auth_step(a, challenge, error);
}

static gboolean converse(struct pop *p, struct auth *a, char **initial, GError **error)
{
	for (;;) {
		gboolean over, ok, said;
		g_autofree char *text = hear_challenge(p, &over, &ok, error);
		char *answer;

		if (!text)
			return FALSE;
		if (over)
			return ok ? auth_finish(a, error)
				  : refused(p, auth_mechanism(a),
					    auth_failure(a) ? auth_failure(a) : text, error);
		answer = answer_to(a, text, initial, error);
		if (!answer) {
			pop_say(p, NULL, "*");
			return FALSE;
		}
		said = say_secret(p, "", answer, error);
		auth_wipe(answer);
		if (!said)
			return FALSE;
	}
}

static gboolean authenticate(struct pop *p, struct auth *a, GError **error)
{
	char *initial = NULL;
	gboolean ok;

	if (auth_client_first(a) && !(initial = auth_step(a, NULL, error)))
		return FALSE;
	ok = say_auth(p, a, initial, error) && converse(p, a, &initial, error);
	auth_wipe(initial);
	return ok;
}

static gboolean login(struct pop *p, const struct auth_account *account, GError **error)
{
	auto_ptr(auth) a = NULL;

	if (!link_may_carry_secrets(p->link))
		return error_set(error, CUR_ERROR_TLS, "no login to '%s' without TLS",
				 link_name(p->link));
	a = auth_begin(account, "pop", link_host(p->link), link_port(p->link),
		       p->mechanisms ? p->mechanisms : "", error);
	if (a)
		return authenticate(p, a, error);
	if (!auth_allows_login(account))
		return FALSE;
	g_clear_error(error);
	return user_and_pass(p, account, error);
}

gboolean pop_begin(struct pop *p, const struct pop_account *account, GError **error)
{
	g_autofree char *words = NULL;
	gboolean ok, known;

	if (!pop_hear(p, &ok, &words, error))
		return FALSE;
	link_allow(p->link, POP_COMMAND_S);
	if (!ok)
		return pop_refused(p, "turns us away", words, CUR_ERROR_RETRY, error);
	if (account->server.tls == LINK_TLS_STARTTLS && !start_tls(p, error))
		return FALSE;
	/* What was said in the clear counts no more; what is said from here on holds after the
	 * login as well (RFC 2449 6): who has PIPELINING need not be asked again. */
	if (!capa(p, &known, error) || !enable_utf8(p, error))
		return FALSE;
	link_login(p->link, account->auth.password, account->auth.token);
	ok = login(p, &account->auth, error);
	link_login_over(p->link);
	return ok && (p->has_pipelining || capa(p, &known, error));
}
