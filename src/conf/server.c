/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * URLs as a muttrc has them: not strict RFC 3986, since folder names stand in
 * them as they are, with blanks and all.
 */
#include "server.h"

#include <string.h>

#include "cur/base/error.h"

/* clang-format off */
static const struct {
	const char *name;
	enum account_protocol protocol;
	gboolean implicit_tls;
	guint16 port;
} schemes[] = {
    {"imap", ACCOUNT_IMAP, FALSE, 143},
    {"imaps", ACCOUNT_IMAP, TRUE, 993},
    {"pop", ACCOUNT_POP, FALSE, 110},
    {"pops", ACCOUNT_POP, TRUE, 995},
    {"smtp", ACCOUNT_SMTP, FALSE, 25},
    {"smtps", ACCOUNT_SMTP, TRUE, 465},
};
/* clang-format on */

void server_clear(struct server *s)
{
	g_clear_pointer(&s->user, g_free);
	g_clear_pointer(&s->pass, g_free);
	g_clear_pointer(&s->host, g_free);
	g_clear_pointer(&s->path, g_free);
}

guint16 server_default_port(enum account_protocol protocol, gboolean implicit_tls)
{
	for (guint i = 0; i < G_N_ELEMENTS(schemes); i++)
		if (schemes[i].protocol == protocol && schemes[i].implicit_tls == implicit_tls)
			return schemes[i].port;
	return 0;
}

static gboolean parse_scheme(const char *url, gsize n, struct server *s)
{
	for (guint i = 0; i < G_N_ELEMENTS(schemes); i++)
		if (strlen(schemes[i].name) == n && !g_ascii_strncasecmp(url, schemes[i].name, n)) {
			s->protocol = schemes[i].protocol;
			s->implicit_tls = schemes[i].implicit_tls;
			s->port = schemes[i].port;
			return TRUE;
		}
	return FALSE;
}

/* A login name with a '%' that is no escape is taken as it is. */
static char *unescape(const char *text, gsize n)
{
	char *plain = g_uri_unescape_segment(text, text + n, NULL);

	return plain ? plain : g_strndup(text, n);
}

static void parse_user(const char *text, gsize n, struct server *s)
{
	const char *colon = memchr(text, ':', n);

	s->user = unescape(text, colon ? (gsize)(colon - text) : n);
	if (colon)
		s->pass = unescape(colon + 1, text + n - colon - 1);
}

static gboolean is_host(const char *host)
{
	if (!*host || *host == '-')
		return FALSE;
	for (const char *p = host; *p; p++)
		if ((guchar)*p <= 0x20 || *p == 0x7f || strchr("/\\@#?%\"'`<>[]", *p))
			return FALSE;
	return TRUE;
}

/* "host", "host:port", "[v6]:port". What is wrong is not shown: it may be half a password. */
static gboolean parse_host(const char *text, struct server *s, GError **error)
{
	const char *end = *text == '[' ? strchr(text, ']') : NULL;
	const char *colon = end ? end + 1 : strrchr(text, ':');
	g_autofree char *host = NULL;
	guint64 port;

	if (end)
		host = g_strndup(text + 1, end - text - 1);
	else
		host = colon ? g_strndup(text, colon - text) : g_strdup(text);
	if (!is_host(host))
		return error_set(error, CUR_ERROR_USAGE, "the URL of a server has no host");
	if (colon && *colon) {
		if (*colon != ':' ||
		    !g_ascii_string_to_unsigned(colon + 1, 10, 1, 65535, &port, NULL))
			return error_set(error, CUR_ERROR_USAGE,
					 "what follows the host in the URL of a server is no port "
					 "(a '/' in its password is written %%2F)");
		s->port = port;
	}
	s->host = g_utf8_strdown(host, -1);
	return TRUE;
}

gboolean server_parse(const char *url, struct server *s, GError **error)
{
	const char *colon = strstr(url, "://");
	const char *authority = colon ? colon + 3 : NULL;
	g_autofree char *text = NULL;
	const char *at;
	gsize n;

	memset(s, 0, sizeof(*s));
	if (!g_utf8_validate(url, -1, NULL) || !colon || !parse_scheme(url, colon - url, s))
		return error_set(error, CUR_ERROR_USAGE, "not a URL of a mail server");
	n = strcspn(authority, "/");
	at = g_strrstr_len(authority, n, "@");
	if (at)
		parse_user(authority, at - authority, s);
	text = at ? g_strndup(at + 1, authority + n - at - 1) : g_strndup(authority, n);
	if (!parse_host(text, s, error)) {
		server_clear(s);
		return FALSE;
	}
	s->path = g_strdup(authority[n] ? authority + n + 1 : "");
	return TRUE;
}

char *server_url(const struct server *s, const char *user)
{
	GString *url = g_string_new(NULL);
	g_autofree char *escaped = g_uri_escape_string(user, NULL, TRUE);
	gboolean v6 = strchr(s->host, ':') != NULL;

	for (guint i = 0; i < G_N_ELEMENTS(schemes); i++)
		if (schemes[i].protocol == s->protocol &&
		    schemes[i].implicit_tls == s->implicit_tls)
			g_string_append(url, schemes[i].name);
	g_string_append(url, "://");
	if (*escaped)
		g_string_append_printf(url, "%s@", escaped);
	g_string_append_printf(url, v6 ? "[%s]" : "%s", s->host);
	if (s->port != server_default_port(s->protocol, s->implicit_tls))
		g_string_append_printf(url, ":%u", s->port);
	return g_string_free(url, FALSE);
}

/* In a URL that is none: what stands between the first ':' of its user and the last '@'. */
static char *without_middle(const char *url)
{
	const char *user = strstr(url, "://");
	const char *at = strrchr(url, '@');
	const char *colon = user ? strchr(user + 3, ':') : NULL;

	if (!colon || !at || colon > at)
		return g_strdup(url);
	return g_strdup_printf("%.*s%s", (int)(colon - url), url, at);
}

char *server_shown(const char *url)
{
	struct server s;
	g_autofree char *base = NULL;
	char *shown;

	if (!server_parse(url, &s, NULL))
		return without_middle(url);
	base = s.pass ? server_url(&s, s.user) : NULL;
	shown = base ? g_strconcat(base, "/", s.path, NULL) : g_strdup(url);
	server_clear(&s);
	return shown;
}
