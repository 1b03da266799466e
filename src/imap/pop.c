/* SPDX-License-Identifier: GPL-3.0-or-later */
/* POP3: lines and status lines, opening a session and closing it. */
#include "cur/imap/pop.h"

#include <string.h>

#include "cur/base/log.h"
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
			*words = link_words(p->link, line + n_word, -1);
		p->greeted = TRUE;
		return TRUE;
	}
	shown = link_words(p->link, line, -1);
	error_set(error, CUR_ERROR_PROTOCOL,
		  p->greeted
		      ? "'%s' says no answer of POP3 but: %s"
		      : "'%s' does not speak POP3; it is the wrong port, perhaps. It says: %s",
		  link_name(p->link), shown);
	return pop_lost(p);
}

/* ---- refusals ---- */

static const struct refusal {
	const char *code;
	enum cur_error error;
	const char *meaning;
} refusals[] = {
    {"IN-USE", CUR_ERROR_RETRY, " (another program has the mailbox open)"},
    {"LOGIN-DELAY", CUR_ERROR_RETRY, " (it is too soon after the last login)"},
    {"SYS/TEMP", CUR_ERROR_RETRY, " (the server has a trouble that will pass)"},
    {"SYS/PERM", CUR_ERROR_REFUSED, " (the server has a trouble that somebody must mend)"},
    {"AUTH", CUR_ERROR_AUTH, ""},
};

/* "[SYS/TEMP] words": codes are hierarchical, what stands behind a further slash is detail. */
static const struct refusal *find_refusal(const char *words)
{
	for (gsize i = 0; *words == '[' && i < G_N_ELEMENTS(refusals); i++) {
		gsize n = strlen(refusals[i].code);

		if (!g_ascii_strncasecmp(words + 1, refusals[i].code, n) &&
		    (words[1 + n] == ']' || words[1 + n] == '/'))
			return &refusals[i];
	}
	return NULL;
}

gboolean pop_refused(struct pop *p, const char *what, const char *words, enum cur_error otherwise,
		     GError **error)
{
	const struct refusal *r = find_refusal(words);

	return error_set(error, r ? r->error : otherwise, "'%s' %s%s: the server says: %s",
			 link_name(p->link), what, r ? r->meaning : "", words);
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

/* ---- open and close ---- */

struct pop *pop_open(const struct pop_account *account, struct waker *waker, GError **error)
{
	struct link_server server = account->server;
	struct pop *p = g_new0(struct pop, 1);
	GError *cause = NULL;

	server.protocol = LINK_POP3;
	p->max_text = account->max_text ? account->max_text : G_GUINT64_CONSTANT(1) << 30;
	p->link = link_open(&server, waker, &cause);
	p->alive = p->link != NULL;
	if (p->alive && pop_begin(p, account, &cause)) {
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

guint pop_login_delay(const struct pop *p)
{
	return p->login_delay_s;
}

gboolean pop_has_top(const struct pop *p)
{
	return p->has_top;
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
	return ok || pop_refused(p, "has not removed all that was deleted", words,
				 CUR_ERROR_REFUSED, error);
}
