/* SPDX-License-Identifier: GPL-3.0-or-later */
/* mailto: URLs into drafts, believing as little as possible. */
#include "cur/mail/mailto.h"

#include <string.h>

#include "cur/base/error.h"
#include "cur/mail/address.h"

gboolean mailto_is(const char *text)
{
	return g_ascii_strncasecmp(text, "mailto:", 7) == 0;
}

char *mailto_list_url(const char *field)
{
	const char *at = strchr(field, '<');
	char *best = at ? NULL : g_strstrip(g_strdup(field));

	for (; at; at = strchr(at, '<')) {
		gsize n = strcspn(++at, ">");
		g_autofree char *url = at[n] ? g_strstrip(g_strndup(at, n)) : NULL;

		if (url && mailto_is(url)) {
			g_free(best);
			return g_steal_pointer(&url);
		}
		if (!best)
			best = g_steal_pointer(&url);
		at += n;
	}
	return best;
}

char *mailto_list_address(const char *field)
{
	g_autofree char *url = mailto_list_url(field);
	auto_ptr(draft) draft = url && mailto_is(url) ? mailto_parse(url, NULL, NULL, NULL) : NULL;

	return draft ? g_strdup(draft->to) : NULL;
}

static gboolean is_in(const char *const *names, const char *name)
{
	for (; *names; names++)
		if (g_ascii_strcasecmp(*names, name) == 0)
			return TRUE;
	return FALSE;
}

/* Names that no allow list can let in: they would read files, or file and send elsewhere. */
static gboolean is_forbidden(const char *name)
{
	static const char *const names[] = {"attach", "attachment", "fcc", "from", "sender", NULL};

	return is_in(names, name) || g_ascii_strncasecmp(name, "x-", 2) == 0;
}

static gboolean is_allowed(const char *const *allow, const char *name)
{
	static const char *const usual[] = {"cc",	   "subject",	 "body",
					    "in-reply-to", "references", NULL};

	allow = allow ? allow : usual;
	return g_ascii_strcasecmp(name, "to") == 0 || is_in(allow, "*") || is_in(allow, name);
}

/* n bytes with their %XX undone; NULL with an error for what must not be there. */
static char *decode(const char *text, gsize n, gboolean is_body, GError **error)
{
	g_autoptr(GString) out = g_string_sized_new(n);

	for (gsize i = 0; i < n; i++) {
		int c = (guchar)text[i];

		if (c == '%') {
			int high = i + 2 < n ? g_ascii_xdigit_value(text[i + 1]) : -1;
			int low = i + 2 < n ? g_ascii_xdigit_value(text[i + 2]) : -1;

			c = high < 0 || low < 0 ? 0 : high * 16 + low;
			i += 2;
		}
		if (c == 0 || (!is_body && (c == '\r' || c == '\n'))) {
			error_set(error, CUR_ERROR_USAGE,
				  "the mailto: link holds a bad escape, a NUL or a line break");
			return NULL;
		}
		if (c != '\r')
			g_string_append_c(out, (char)c);
	}
	if (!g_utf8_validate(out->str, (gssize)out->len, NULL)) {
		error_set(error, CUR_ERROR_USAGE, "the mailto: link is not UTF-8");
		return NULL;
	}
	return g_string_free(g_steal_pointer(&out), FALSE);
}

/* A value of a header field of the draft; a second To or Cc adds to the first. */
static gboolean take(struct draft *draft, const char *name, const char *value, GError **error)
{
	g_autofree char *line = NULL;

	if (g_ascii_strcasecmp(name, "body") == 0) {
		draft_set(&draft->body, value);
		return TRUE;
	}
	line = g_strdup_printf("%s: %s", name, value);
	return draft_add_header(draft, line, error);
}

static gboolean take_field(struct draft *draft, const char *field, gsize n,
			   const char *const *allow, GPtrArray *ignored, GError **error)
{
	const char *equals = memchr(field, '=', n);
	gsize name_n = equals ? (gsize)(equals - field) : n;
	g_autofree char *name = decode(field, name_n, FALSE, error);
	g_autofree char *value = NULL;

	if (!name)
		return FALSE;
	if (is_forbidden(name) || !is_allowed(allow, name)) {
		g_ptr_array_add(ignored, g_steal_pointer(&name));
		return TRUE;
	}
	if (!equals)
		return TRUE;
	value = decode(equals + 1, n - name_n - 1, g_ascii_strcasecmp(name, "body") == 0, error);
	return value && take(draft, name, value, error);
}

static gboolean take_fields(struct draft *draft, const char *query, const char *const *allow,
			    GPtrArray *ignored, GError **error)
{
	while (*query) {
		gsize n = strcspn(query, "&");

		if (n > 0 && !take_field(draft, query, n, allow, ignored, error))
			return FALSE;
		query += n + (query[n] == '&');
	}
	return TRUE;
}

static guint count(const char *addresses)
{
	g_autoptr(GPtrArray) list = address_parse(addresses ? addresses : "");

	return list->len;
}

static struct draft *parse(const char *url, const char *const *allow, GPtrArray *ignored,
			   GError **error)
{
	auto_ptr(draft) draft = draft_new();
	gsize n = strcspn(url, "?#");
	gsize end = strcspn(url, "#");
	g_autofree char *to = decode(url, n, FALSE, error);
	g_autofree char *query = NULL;

	if (!to)
		return NULL;
	if (*to)
		draft_set(&draft->to, to);
	query = url[n] == '?' ? g_strndup(url + n + 1, end - n - 1) : g_strdup("");
	if (!take_fields(draft, query, allow, ignored, error))
		return NULL;
	if (count(draft->to) + count(draft->cc) + count(draft->bcc) > MAILTO_MAX_RECIPIENTS) {
		error_set(error, CUR_ERROR_USAGE, "the mailto: link has more than %d recipients",
			  MAILTO_MAX_RECIPIENTS);
		return NULL;
	}
	return g_steal_pointer(&draft);
}

struct draft *mailto_parse(const char *url, const char *const *allow, GPtrArray **ignored,
			   GError **error)
{
	g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
	struct draft *draft;

	if (ignored)
		*ignored = NULL;
	if (!mailto_is(url)) {
		error_set(error, CUR_ERROR_USAGE, "not a mailto: link");
		return NULL;
	}
	if (strlen(url) > MAILTO_MAX_BYTES) {
		error_set(error, CUR_ERROR_USAGE, "the mailto: link is longer than %d bytes",
			  MAILTO_MAX_BYTES);
		return NULL;
	}
	draft = parse(url + 7, allow, names, error);
	if (ignored && draft)
		*ignored = g_steal_pointer(&names);
	return draft;
}
