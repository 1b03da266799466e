/* SPDX-License-Identifier: GPL-3.0-or-later */
/* POP3: opening a session, logging in, closing. APOP is not offered a chance: MD5 without TLS. */
#include "cur/imap/pop.h"

#include <string.h>

#include "cur/base/error.h"
#include "cur/base/log.h"
#include "cur/net/words.h"
#include "pop-private.h"

gboolean pop_lost(struct pop *p)
{
	p->alive = FALSE;
	return FALSE;
}

gboolean pop_say(struct pop *p, GError **error, const char *format, ...)
{
	g_autofree char *text = NULL;
	va_list args;

	va_start(args, format);
	text = g_strdup_vprintf(format, args);
	va_end(args);
	return link_printf(p->link, error, "%s\r\n", text) || pop_lost(p);
}

gboolean pop_hear(struct pop *p, gboolean *ok, char **words, GError **error)
{
	const char *line = link_read_line(p->link, NULL, error);
	g_autofree char *shown = NULL;
	gsize n_word;

	if (!line)
		return pop_lost(p);
	*ok = !strncmp(line, "+OK", 3);
	n_word = *ok ? 3 : 4;
	if ((*ok || !strncmp(line, "-ERR", 4)) && (!line[n_word] || line[n_word] == ' ')) {
		if (words)
			*words = server_words(line + n_word, -1);
		return TRUE;
	}
	shown = server_words(line, -1);
	error_set(error, CUR_ERROR_PROTOCOL,
		  "'%s' does not speak POP3; it is the wrong port, perhaps. It says: %s",
		  link_name(p->link), shown);
	return pop_lost(p);
}

gboolean pop_run(struct pop *p, const char *what, GError **error, const char *command)
{
	g_autofree char *words = NULL;
	gboolean ok;

	link_allow(p->link, POP_COMMAND_S);
	if (!pop_say(p, error, "%s", command) || !pop_hear(p, &ok, &words, error))
		return FALSE;
	return ok || error_set(error, CUR_ERROR_REFUSED, "%s: %s: the server says: %s",
			       link_name(p->link), what, words);
}

const char *pop_list_line(struct pop *p, gboolean *over, GError **error)
{
	const char *line = link_read_line(p->link, NULL, error);

	*over = line && !strcmp(line, ".");
	if (!line)
		pop_lost(p);
	if (!line || *over)
		return NULL;
	return *line == '.' ? line + 1 : line;
}

/* ---- capabilities ---- */

static void note_capability(struct pop *p, const char *line)
{
	g_auto(GStrv) words = g_strsplit(line, " ", 2);
	const char *name = words[0] ? words[0] : "";

	if (!g_ascii_strcasecmp(name, "PIPELINING"))
		p->has_pipelining = TRUE;
	else if (!g_ascii_strcasecmp(name, "STLS"))
		p->has_stls = TRUE;
	else if (!g_ascii_strcasecmp(name, "SASL") && words[1]) {
		g_free(p->mechanisms);
		p->mechanisms = g_strdup(words[1]);
	}
}

/* *known: the server has CAPA at all. */
static gboolean capa(struct pop *p, gboolean *known, GError **error)
{
	p->has_pipelining = p->has_stls = FALSE;
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

/* ---- login ---- */

static gboolean refused(struct pop *p, const char *how, const char *words, GError **error)
{
	/* RFC 3206 and 2449: not the password's fault. */
	gboolean later = strstr(words, "[SYS/TEMP]") || strstr(words, "[IN-USE]") ||
			 strstr(words, "[LOGIN-DELAY]");

	return error_set(error, later ? CUR_ERROR_RETRY : CUR_ERROR_AUTH,
			 "'%s' refuses the login (%s): the server says: %s", link_name(p->link),
			 how, words);
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
	return server_words(line + MIN(n, *ok ? 3 : 4), -1);
}

static gboolean authenticate(struct pop *p, struct auth *a, GError **error)
{
	g_autofree char *command = g_strdup_printf("AUTH %s", auth_mechanism(a));
	gboolean over, ok;

	/* The first answer waits for its "+": lines with it can be too long (RFC 5034 4). */
	if (!pop_say(p, error, "%s", command))
		return FALSE;
	for (gboolean first = auth_client_first(a);; first = FALSE) {
		g_autofree char *text = hear_challenge(p, &over, &ok, error);
		char *answer;
		gboolean said;

		if (!text)
			return FALSE;
		if (over)
			return ok ? auth_finish(a, error)
				  : refused(p, auth_mechanism(a),
					    auth_failure(a) ? auth_failure(a) : text, error);
		answer = auth_step(a, first ? NULL : text, error);
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

/* ---- open and close ---- */

static gboolean begin(struct pop *p, const struct pop_account *account, GError **error)
{
	g_autofree char *words = NULL;
	gboolean ok, known;

	if (!pop_hear(p, &ok, &words, error))
		return FALSE;
	link_allow(p->link, POP_COMMAND_S);
	if (!ok)
		return error_set(error, CUR_ERROR_RETRY, "'%s' turns us away: the server says: %s",
				 link_name(p->link), words);
	if (account->server.tls == LINK_TLS_STARTTLS && !start_tls(p, error))
		return FALSE;
	/* Asked again after each step: only the last answer counts. */
	return capa(p, &known, error) && login(p, &account->auth, error) && capa(p, &known, error);
}

struct pop *pop_open(const struct pop_account *account, struct waker *waker, GError **error)
{
	struct link_server server = account->server;
	struct pop *p = g_new0(struct pop, 1);
	GError *cause = NULL;

	server.protocol = LINK_POP3;
	p->link = link_open(&server, waker, &cause);
	p->alive = p->link != NULL;
	if (p->alive && begin(p, account, &cause)) {
		log_event(LOG_LEVEL_INFO, "%s: logged in as %s", link_name(p->link),
			  account->auth.user);
		return p;
	}
	pop_close(p);
	g_propagate_error(error, cause);
	return NULL;
}

void pop_close(struct pop *p)
{
	if (!p)
		return;
	link_close(p->link);
	g_free(p->mechanisms);
	g_free(p);
}

gboolean pop_quit(struct pop *p, GError **error)
{
	GError *lost = NULL;
	g_autofree char *words = NULL;
	gboolean ok = FALSE;

	if (!p->alive)
		return error_set(error, CUR_ERROR_RETRY, "%s: the connection is gone",
				 link_name(p->link));
	link_allow(p->link, POP_QUIT_S);
	if (!pop_say(p, &lost, "QUIT") || !pop_hear(p, &ok, &words, &lost)) {
		error_set(error, CUR_ERROR_UNKNOWN, "%s did not answer to QUIT: %s",
			  link_name(p->link), lost->message);
		g_error_free(lost);
		return FALSE;
	}
	p->alive = FALSE;
	return ok || error_set(error, CUR_ERROR_REFUSED,
			       "%s: not all messages were removed: the server says: %s",
			       link_name(p->link), words);
}
