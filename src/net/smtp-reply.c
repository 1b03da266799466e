/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reading SMTP replies, with limits. */
#include "smtp-reply.h"

#include <string.h>

#include "cur/base/error.h"

void smtp_reply_init(struct smtp_reply *r)
{
	r->link = NULL;
	r->code = 0;
	r->text = g_string_new(NULL);
}

void smtp_reply_clear(struct smtp_reply *r)
{
	if (r->text)
		g_string_free(r->text, TRUE);
	r->text = NULL;
	r->code = 0;
}

/* One reply from text, for the reader and for tests: TRUE when `line` is well formed. */
static gboolean smtp_reply_line(const char *line, gsize n, int *code, gboolean *more,
				const char **text)
{
	if (n < 3 || line[0] < '2' || line[0] > '5' || !g_ascii_isdigit(line[1]) ||
	    !g_ascii_isdigit(line[2]))
		return FALSE;
	if (n > 3 && line[3] != ' ' && line[3] != '-')
		return FALSE;
	*code = (line[0] - '0') * 100 + (line[1] - '0') * 10 + (line[2] - '0');
	*more = n > 3 && line[3] == '-';
	*text = n > 3 ? line + 4 : line + 3;
	return TRUE;
}

static gboolean not_a_reply(struct link *l, const char *line, GError **error)
{
	g_autofree char *words = link_words(l, line, -1);

	return error_set(error, CUR_ERROR_PROTOCOL, "%s: the server's reply makes no sense: %s",
			 link_name(l), words);
}

static void keep(struct smtp_reply *r, const char *text)
{
	gsize room = SMTP_REPLY_TEXT_MAX - MIN(r->text->len, SMTP_REPLY_TEXT_MAX);

	if (r->text->len && room)
		g_string_append_c(r->text, '\n');
	g_string_append_len(r->text, text, (gssize)MIN(strlen(text), room));
}

gboolean smtp_reply_read(struct link *l, struct smtp_reply *r, GError **error)
{
	gboolean more = TRUE;

	r->link = l;
	r->code = 0;
	g_string_truncate(r->text, 0);
	for (guint lines = 0; more; lines++) {
		gsize n;
		const char *text;
		int code;
		const char *line = link_read_line(l, &n, error);

		if (!line)
			return FALSE;
		if (lines >= SMTP_REPLY_LINES_MAX)
			return error_set(error, CUR_ERROR_PROTOCOL, "%s: a reply without an end",
					 link_name(l));
		/* The code must not change within a reply. */
		if (!smtp_reply_line(line, n, &code, &more, &text) || (lines && code != r->code))
			return not_a_reply(l, line, error);
		r->code = code;
		keep(r, text);
	}
	return TRUE;
}

char *smtp_reply_words(const struct smtp_reply *r)
{
	g_autofree char *line = g_strdup(r->text->str);

	g_strdelimit(line, "\n", ' ');
	return link_words(r->link, line, -1);
}

gboolean smtp_reply_error(const struct smtp_reply *r, const char *what, GError **error)
{
	g_autofree char *words = smtp_reply_words(r);
	enum cur_error code = r->code >= 500   ? CUR_ERROR_REFUSED
			      : r->code >= 400 ? CUR_ERROR_RETRY
					       : CUR_ERROR_PROTOCOL;

	return error_set(error, code, "%s: the server says: %d %s", what, r->code, words);
}
