/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Opening and closing an IMAP session. */
#include "cur/imap/session.h"

#include <string.h>

#include "cur/base/error.h"
#include "cur/base/log.h"
#include "cur/mail/flags.h"
#include "cur/net/words.h"
#include "private.h"

enum { CLEAR_LINES_MAX = 100, FAR_AWAY_US = 5000 };

static const guint64 literal_default = G_GUINT64_CONSTANT(1) << 30;

gboolean imap_is_alive(const struct imap *s)
{
	return s->alive;
}

gboolean imap_has(const struct imap *s, enum imap_capability capability)
{
	return s->has[capability];
}

void imap_on_alert(struct imap *s, imap_alert_fn alert, void *data)
{
	s->alert = alert;
	s->alert_data = data;
}

guint imap_take_news(struct imap *s)
{
	guint news = s->news;

	s->news = 0;
	return news;
}

gboolean imap_noop(struct imap *s, GError **error)
{
	return command_run(s, "NOOP", error, "NOOP");
}

/* ---- greeting ---- */

enum greeting { GREETING_OK, GREETING_PREAUTH, GREETING_FAILED };

/* `*text` is what follows the word, borrowed from the link. */
static enum greeting read_greeting(struct imap *s, const char **text, GError **error)
{
	g_autofree char *words = NULL;
	const char *line = link_read_line(s->link, NULL, error);

	if (!line)
		return GREETING_FAILED;
	words = server_words(line, -1);
	if (!g_ascii_strncasecmp(line, "* OK", 4) && (line[4] == ' ' || !line[4])) {
		*text = line + 4 + (line[4] == ' ');
		return GREETING_OK;
	}
	if (!g_ascii_strncasecmp(line, "* PREAUTH", 9)) {
		*text = line + 9 + (line[9] == ' ');
		return GREETING_PREAUTH;
	}
	if (!g_ascii_strncasecmp(line, "* BYE", 5))
		error_set(error, CUR_ERROR_RETRY, "'%s' turns us away: the server says: %s",
			  link_name(s->link), words);
	else
		error_set(error, CUR_ERROR_PROTOCOL,
			  "'%s' does not speak IMAP; it is the wrong port, perhaps. It says: %s",
			  link_name(s->link), words);
	return GREETING_FAILED;
}

/* ---- the clear part of STARTTLS: nothing said in it is kept ---- */

/* The first place of `what`, in any case and locale; or NULL. */
static const char *find_ascii(const char *line, const char *what)
{
	gsize n = strlen(what);

	while (*line && g_ascii_strncasecmp(line, what, n))
		line++;
	return *line ? line : NULL;
}

static gboolean line_lists(const char *line, const char *word)
{
	const char *list = find_ascii(line, "CAPABILITY ");
	g_auto(GStrv) names = list ? g_strsplit_set(list, " ]", -1) : NULL;

	for (guint i = 0; names && names[i]; i++)
		if (!g_ascii_strcasecmp(names[i], word))
			return TRUE;
	return FALSE;
}

/*
 * Say "tag command" and wait for its answer; *answer is the status word with what follows, yours.
 * Untagged lines are looked through for STARTTLS and dropped.
 */
static gboolean clear_command(struct imap *s, const char *tag, const char *command, char **answer,
			      gboolean *offers, GError **error)
{
	gsize n_tag = strlen(tag);

	if (!link_printf(s->link, error, "%s %s\r\n", tag, command))
		return FALSE;
	for (guint i = 0; i < CLEAR_LINES_MAX; i++) {
		const char *line = link_read_line(s->link, NULL, error);

		if (!line)
			return FALSE;
		if (!strncmp(line, tag, n_tag) && line[n_tag] == ' ') {
			*answer = g_strdup(line + n_tag + 1);
			return TRUE;
		}
		if (*line == '*' && line_lists(line, "STARTTLS"))
			*offers = TRUE;
	}
	return error_set(error, CUR_ERROR_PROTOCOL, "%s: an answer without an end",
			 link_name(s->link));
}

static gboolean no_starttls(struct imap *s, const char *answer, GError **error)
{
	g_autofree char *words = answer ? server_words(answer, -1) : NULL;

	return error_set(error, CUR_ERROR_TLS, "'%s' %s STARTTLS; nothing secret was sent%s%s",
			 link_name(s->link), answer ? "refuses" : "does not offer",
			 answer ? ". The server says: " : "", answer ? words : "");
}

static gboolean start_tls(struct imap *s, const char *greeting, GError **error)
{
	g_autofree char *listed = NULL;
	g_autofree char *answer = NULL;
	gboolean offers = line_lists(greeting, "STARTTLS");
	gboolean said = find_ascii(greeting, "[CAPABILITY ") != NULL;

	if (!said && !clear_command(s, "C1", "CAPABILITY", &listed, &offers, error))
		return FALSE;
	if (!offers)
		return no_starttls(s, NULL, error);
	if (!clear_command(s, "C2", "STARTTLS", &answer, &offers, error))
		return FALSE;
	if (g_ascii_strncasecmp(answer, "OK", 2) || (answer[2] && answer[2] != ' '))
		return no_starttls(s, answer, error);
	return link_start_tls(s->link, error);
}

static gboolean preauth_is_fine(struct imap *s, const struct imap_account *account, GError **error)
{
	if (account->server.tls == LINK_TLS_STARTTLS)
		return error_set(
		    error, CUR_ERROR_TLS,
		    "'%s' says that we are logged in already, which rules out STARTTLS: "
		    "somebody may be meddling with the connection",
		    link_name(s->link));
	if (account->allow_preauth)
		return TRUE;
	return error_set(error, CUR_ERROR_REFUSED,
			 "'%s' says that we are logged in already; nobody asked for that",
			 link_name(s->link));
}

/* ---- open ---- */

static gboolean session_capability(struct imap *s, GError **error)
{
	if (s->capabilities_known)
		return TRUE;
	return command_run(s, "cannot ask for capabilities", error, "CAPABILITY");
}

static gboolean greet(struct imap *s, const struct imap_account *account, gboolean *preauth,
		      GError **error)
{
	const char *text = "";
	enum greeting greeting = read_greeting(s, &text, error);

	*preauth = greeting == GREETING_PREAUTH;
	link_allow(s->link, IMAP_GREETING_S);
	if (greeting == GREETING_FAILED || (*preauth && !preauth_is_fine(s, account, error)))
		return FALSE;
	if (account->server.tls == LINK_TLS_STARTTLS) {
		g_autofree char *copy = g_strdup(text);

		return start_tls(s, copy, error);
	}
	response_text(s, text, text + strlen(text), NULL);
	return TRUE;
}

/* Sent with whatever comes next, and answered before that. */
static gboolean introduce(struct imap *s, GError **error)
{
	s->introduction = g_new0(struct command, 1);
	return command_send(s, s->introduction, error, "ID (\"name\" \"cur\" \"version\" \"%s\")",
			    CUR_VERSION);
}

/* QRESYNC brings CONDSTORE along (RFC 7162 3.2.3). Before anything is selected (RFC 5161). */
static gboolean enable(struct imap *s, GError **error)
{
	gboolean qresync = s->has[IMAP_QRESYNC];
	gboolean utf8 = s->has[IMAP_UTF8_ACCEPT] || s->has[IMAP_UTF8_ONLY];

	if (!s->has[IMAP_ENABLE] || (!qresync && !utf8))
		return TRUE;
	s->wants[IMAP_QRESYNC] = qresync;
	s->wants[IMAP_UTF8_ACCEPT] = utf8;
	s->has[IMAP_CONDSTORE] |= qresync;
	s->enable = g_new0(struct command, 1);
	return command_send(s, s->enable, error, "ENABLE%s%s", qresync ? " QRESYNC" : "",
			    utf8 ? " UTF8=ACCEPT" : "");
}

/* On loopback and in the same house it would cost more than it saves. */
static gboolean is_far_away(const struct imap *s)
{
	const struct link_traffic *t = link_traffic(s->link);

	return t->turns && t->shortest_turn_us >= FAR_AWAY_US;
}

gboolean session_compress(struct imap *s, GError **error)
{
	gboolean wanted = s->may_compress && s->has[IMAP_COMPRESS] && is_far_away(s);

	s->may_compress = FALSE;
	if (!wanted)
		return TRUE;
	s->compress = g_new0(struct command, 1);
	return command_send(s, s->compress, error, "COMPRESS DEFLATE");
}

gboolean session_compressed(struct imap *s, GError **error)
{
	if (!s->compress)
		return TRUE;
	if (!command_await(s, s->compress, error))
		return FALSE;
	if (s->compress->status == COMMAND_OK)
		link_deflate(s->link);
	g_clear_pointer(&s->compress, command_free);
	return TRUE;
}

gboolean session_enabled(const struct imap *s, enum imap_capability capability)
{
	gboolean awaited = s->enable && s->enable->status == COMMAND_RUNNING;

	return s->wants[capability] && (awaited || s->enabled[capability]);
}

static gboolean begin(struct imap *s, const struct imap_account *account, GError **error)
{
	gboolean preauth;

	if (!greet(s, account, &preauth, error) || !session_capability(s, error))
		return FALSE;
	/* What is offered now counts; the list before TLS or login is gone. */
	if (!preauth && (!session_login(s, account, error) || !session_capability(s, error)))
		return FALSE;
	return (!account->send_id || !s->has[IMAP_ID] || introduce(s, error)) && enable(s, error);
}

static void session_free(struct imap *s)
{
	link_close(s->link);
	g_ptr_array_unref(s->running);
	command_free(s->introduction);
	command_free(s->enable);
	command_free(s->compress);
	g_string_free(s->mechanisms, TRUE);
	g_free(s->ready_text);
	g_free(s->bye);
	g_free(s->selected_name);
	g_free(s->permanent_keywords);
	g_clear_pointer(&s->namespaces, g_ptr_array_unref);
	notify_free(s->notify);
	g_free(s);
}

struct imap *imap_open(const struct imap_account *account, struct waker *waker, GError **error)
{
	struct link_server server = account->server;
	struct imap *s;
	GError *cause = NULL;

	server.protocol = LINK_IMAP;
	s = g_new0(struct imap, 1);
	s->running = g_ptr_array_new();
	s->mechanisms = g_string_new(NULL);
	s->may_compress = account->deflate;
	s->max_literal = account->max_literal ? account->max_literal : literal_default;
	s->keepalive_s = CLAMP(account->keepalive_s ? account->keepalive_s : IMAP_KEEPALIVE_S,
			       IMAP_KEEPALIVE_MIN_S, IMAP_KEEPALIVE_MAX_S);
	s->selected.permanent_flags = FLAG_ALL;
	s->selected.keywords_allowed = TRUE;
	s->link = link_open(&server, waker, &cause);
	s->lx.link = s->link;
	s->alive = s->link != NULL;
	if (s->alive && begin(s, account, &cause)) {
		log_event(LOG_LEVEL_INFO, "%s: logged in as %s", link_name(s->link),
			  account->auth.user);
		s->patience_s = server.silence_s ? server.silence_s : IMAP_PATIENCE_S;
		return s;
	}
	session_free(s);
	g_propagate_error(error, cause);
	return NULL;
}

void imap_close(struct imap *s)
{
	struct command c = {0};

	if (!s)
		return;
	if (s->alive && command_send(s, &c, NULL, "LOGOUT")) {
		link_allow(s->link, IMAP_LOGOUT_S);
		command_await(s, &c, NULL);
	}
	command_clear(&c);
	session_free(s);
}
