/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Commands: tags, arguments, answers. Several can be on their way at once. */
#include <string.h>

#include "cur/base/error.h"
#include "cur/net/words.h"
#include "private.h"

enum { LITERAL_MINUS_MAX = 4096, NAME_QUOTED_MAX = 1000 };

void command_clear(struct command *c)
{
	g_clear_pointer(&c->code, g_free);
	g_clear_pointer(&c->text, g_free);
	g_clear_pointer(&c->appended, g_array_unref);
}

void command_free(void *command)
{
	if (!command)
		return;
	command_clear(command);
	g_free(command);
}

gboolean session_lost(struct imap *s)
{
	s->alive = FALSE;
	/* They live on the stacks of those who are about to return. */
	g_ptr_array_set_size(s->running, 0);
	return FALSE;
}

gboolean command_begin(struct imap *s, struct command *c, GError **error)
{
	memset(c, 0, sizeof(*c));
	if (!s->alive)
		return error_set(error, CUR_ERROR_RETRY, "%s: the connection is gone",
				 link_name(s->link));
	if (s->bye)
		return session_bye(s, error);
	c->tag = ++s->last_tag;
	g_ptr_array_add(s->running, c);
	link_allow(s->link, IMAP_COMMAND_S);
	return link_printf(s->link, error, "A%u ", c->tag) || session_lost(s);
}

gboolean command_end(struct imap *s, GError **error)
{
	return link_write(s->link, "\r\n", 2, error) || session_lost(s);
}

gboolean command_send(struct imap *s, struct command *c, GError **error, const char *format, ...)
{
	g_autofree char *text = NULL;
	va_list args;

	va_start(args, format);
	text = g_strdup_vprintf(format, args);
	va_end(args);
	if (!command_begin(s, c, error))
		return FALSE;
	return link_write(s->link, text, strlen(text), error) ? command_end(s, error)
							      : session_lost(s);
}

gboolean session_bye(struct imap *s, GError **error)
{
	session_lost(s);
	return error_set(error, CUR_ERROR_RETRY, "%s ended the session: the server says: %s",
			 link_name(s->link), s->bye);
}

gboolean session_explain(struct imap *s, GError *cause, GError **error)
{
	session_lost(s);
	if (s->bye && g_error_matches(cause, CUR_ERROR, CUR_ERROR_RETRY)) {
		g_error_free(cause);
		return session_bye(s, error);
	}
	g_propagate_error(error, cause);
	return FALSE;
}

static gboolean await(struct imap *s, struct command *c, gboolean until_ready, GError **error)
{
	s->ready = FALSE;
	/* A "+" costs a server nothing; an answer may. */
	link_set_silence(s->link, until_ready ? 0 : s->patience_s);
	for (guint n = 0; c->status == COMMAND_RUNNING && !(until_ready && s->ready); n++) {
		GError *cause = NULL;

		if (n > IMAP_UNTAGGED_MAX)
			error_set(&cause, CUR_ERROR_PROTOCOL, "%s: an answer without an end",
				  link_name(s->link));
		else if (response_read(s, &cause))
			continue;
		return session_explain(s, cause, error);
	}
	if (c->status != COMMAND_RUNNING)
		g_ptr_array_remove(s->running, c);
	return TRUE;
}

gboolean command_await(struct imap *s, struct command *c, GError **error)
{
	return await(s, c, FALSE, error);
}

gboolean command_await_ready(struct imap *s, struct command *c, GError **error)
{
	return await(s, c, TRUE, error);
}

/* What the caller can do about a refusal, by its response code (RFC 9051 7.1). */
static enum cur_error error_of_code(const char *code)
{
	static const struct {
		const char *code;
		enum cur_error error;
	} rows[] = {
	    {"TRYCREATE", CUR_ERROR_GONE},
	    {"NONEXISTENT", CUR_ERROR_GONE},
	    {"OVERQUOTA", CUR_ERROR_QUOTA},
	    {"ALREADYEXISTS", CUR_ERROR_EXISTS},
	    {"UNAVAILABLE", CUR_ERROR_RETRY},
	    {"INUSE", CUR_ERROR_RETRY},
	    {"LIMIT", CUR_ERROR_RETRY},
	    {"SERVERBUG", CUR_ERROR_RETRY},
	    {"AUTHENTICATIONFAILED", CUR_ERROR_AUTH},
	    {"EXPIRED", CUR_ERROR_AUTH},
	    {"AUTHORIZATIONFAILED", CUR_ERROR_AUTH},
	};

	for (gsize i = 0; code && i < G_N_ELEMENTS(rows); i++)
		if (!g_ascii_strcasecmp(code, rows[i].code))
			return rows[i].error;
	return CUR_ERROR_REFUSED;
}

gboolean command_check(struct imap *s, const struct command *c, const char *what, GError **error)
{
	if (c->status == COMMAND_OK)
		return TRUE;
	return error_set(error, error_of_code(c->code), "%s: %s: the server says: %s",
			 link_name(s->link), what, c->text);
}

gboolean command_run(struct imap *s, const char *what, GError **error, const char *format, ...)
{
	g_autofree char *text = NULL;
	struct command c;
	va_list args;
	gboolean ok;

	va_start(args, format);
	text = g_strdup_vprintf(format, args);
	va_end(args);
	ok = command_send(s, &c, error, "%s", text) && command_await(s, &c, error) &&
	     command_check(s, &c, what, error);
	command_clear(&c);
	return ok;
}

gboolean command_send_sets(struct imap *s, GPtrArray *commands, const struct seqset *uids,
			   const char *before, const char *after, GError **error)
{
	gboolean alive = TRUE;
	gsize n, at = 0;

	seqset_ranges(uids, &n);
	while (alive && at < n) {
		g_autofree char *part = seqset_format_part(uids, &at, IMAP_SET_BYTES);
		struct command *c = g_new0(struct command, 1);

		g_ptr_array_add(commands, c);
		alive = command_send(s, c, error, "%s %s%s", before, part, after);
	}
	return alive;
}

gboolean command_await_sets(struct imap *s, const GPtrArray *commands, const char *what,
			    GError **error)
{
	gboolean alive = TRUE, ok = TRUE;

	for (guint i = 0; alive && i < commands->len; i++) {
		struct command *c = commands->pdata[i];

		alive = command_await(s, c, error);
		/* The first refusal is told; the others still have to be heard. */
		ok = alive && (!ok || command_check(s, c, what, error)) && ok;
	}
	return ok;
}

gboolean command_run_sets(struct imap *s, const char *what, const struct seqset *uids,
			  const char *before, const char *after, GError **error)
{
	g_autoptr(GPtrArray) commands = g_ptr_array_new_with_free_func(command_free);

	return command_send_sets(s, commands, uids, before, after, error) &&
	       command_await_sets(s, commands, what, error);
}

/* ---- arguments ---- */

static gboolean can_be_quoted(const struct imap *s, const char *text)
{
	gboolean utf8 = imap_has_utf8(s) && g_utf8_validate(text, -1, NULL);
	const char *p = text;

	for (; *p; p++)
		if ((guchar)*p < 0x20 || *p == 0x7f || ((guchar)*p & 0x80 && !utf8))
			return FALSE;
	return p - text <= NAME_QUOTED_MAX;
}

static char *quote(const char *text)
{
	GString *out = g_string_new("\"");

	for (; *text; text++) {
		if (*text == '"' || *text == '\\')
			g_string_append_c(out, '\\');
		g_string_append_c(out, *text);
	}
	g_string_append_c(out, '"');
	return g_string_free(out, FALSE);
}

static gboolean say(struct imap *s, const char *text, gsize n, gboolean secret, GError **error)
{
	gboolean ok = secret ? link_write_secret(s->link, text, n, error)
			     : link_write(s->link, text, n, error);

	return ok || session_lost(s);
}

gboolean command_literal_at_once(const struct imap *s, guint64 n)
{
	return s->has[IMAP_LITERAL_PLUS] || (s->has[IMAP_LITERAL_MINUS] && n <= LITERAL_MINUS_MAX);
}

/* FALSE without *error when the server refused the literal: the command is over. */
gboolean command_string(struct imap *s, struct command *c, const char *text, gboolean secret,
			GError **error)
{
	gsize n = strlen(text);
	gboolean at_once = command_literal_at_once(s, n);

	if (can_be_quoted(s, text)) {
		char *quoted = quote(text);
		gboolean ok = say(s, quoted, strlen(quoted), secret, error);

		auth_wipe(quoted);
		return ok;
	}
	if (!link_printf(s->link, error, "{%" G_GSIZE_FORMAT "%s}\r\n", n, at_once ? "+" : ""))
		return session_lost(s);
	if (!at_once && (!command_await_ready(s, c, error) || c->status != COMMAND_RUNNING))
		return FALSE;
	return say(s, text, n, secret, error);
}

gboolean command_mailbox(struct imap *s, struct command *c, const char *verb, const char *name,
			 const char *rest, GError **error)
{
	if (!command_begin(s, c, error))
		return FALSE;
	if (!link_printf(s->link, error, "%s ", verb))
		return session_lost(s);
	if (!command_name(s, c, name, error))
		return c->status != COMMAND_RUNNING;
	return say(s, rest, strlen(rest), FALSE, error) && command_end(s, error);
}
