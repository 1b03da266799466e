/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Level by level: the readable form where the way back gives the same bytes, else the server's
 * bytes with %XX for all that is not plain. Tried, not reasoned: each level is turned
 * back and compared.
 */
#include "cur/imap/names.h"

#include <string.h>

#include "cur/imap/utf7.h"

static gboolean is_escape(const char *p, const char *end)
{
	return end - p >= 3 && *p == '%' && g_ascii_isxdigit(p[1]) && g_ascii_isxdigit(p[2]);
}

static gboolean is_control(char c)
{
	return (guchar)c < 0x20 || c == 0x7f;
}

/* The readable form of a level that has one. */
static void append_readable(GString *out, const char *text)
{
	const char *end = text + strlen(text);

	for (const char *p = text; p < end; p++)
		if (*p == '/' || is_control(*p) || is_escape(p, end))
			g_string_append_printf(out, "%%%02X", (guchar)*p);
		else
			g_string_append_c(out, *p);
}

/* The bytes of a level that has none; '&' is escaped so that the way back leaves it alone. */
static void append_raw(GString *out, const char *bytes, gsize n)
{
	for (const char *p = bytes; p < bytes + n; p++)
		if (*p == '/' || *p == '&' || is_control(*p) || (*p & 0x80) ||
		    is_escape(p, bytes + n))
			g_string_append_printf(out, "%%%02X", (guchar)*p);
		else
			g_string_append_c(out, *p);
}

/* A level of ours to the server's bytes; FALSE when it cannot be. */
static gboolean level_to_imap(GString *out, const char *level, gsize n)
{
	const char *p = level, *end = level + n;

	while (p < end) {
		const char *start = p;
		g_autofree char *plain = NULL;

		while (p < end && !is_escape(p, end))
			p++;
		plain = utf7_encode(start, p - start);
		if (!plain)
			return FALSE;
		g_string_append(out, plain);
		for (; is_escape(p, end); p += 3) {
			int byte = g_ascii_xdigit_value(p[1]) * 16 + g_ascii_xdigit_value(p[2]);

			if (!byte)
				return FALSE;
			g_string_append_c(out, (char)byte);
		}
	}
	return TRUE;
}

static gboolean comes_back(const char *level, gsize n, const char *bytes, gsize n_bytes)
{
	g_autoptr(GString) back = g_string_new(NULL);

	return level_to_imap(back, level, n) && back->len == n_bytes &&
	       !memcmp(back->str, bytes, n_bytes);
}

static void level_from_imap(GString *out, const char *bytes, gsize n)
{
	g_autofree char *text = utf7_decode(bytes, (gssize)n);
	gsize before = out->len;

	if (text) {
		append_readable(out, text);
		if (comes_back(out->str + before, out->len - before, bytes, n))
			return;
		g_string_truncate(out, before);
	}
	append_raw(out, bytes, n);
}

char *folder_from_imap(const char *name, char delimiter)
{
	g_autoptr(GString) out = NULL;
	guint levels = 1;

	if (!*name || strlen(name) > FOLDER_NAME_MAX)
		return NULL;
	if (!g_ascii_strcasecmp(name, "INBOX"))
		return g_strdup("INBOX");
	out = g_string_new(NULL);
	for (;;) {
		const char *end = delimiter ? strchr(name, delimiter) : NULL;

		level_from_imap(out, name, end ? (gsize)(end - name) : strlen(name));
		if (!end)
			break;
		if (++levels > FOLDER_LEVELS_MAX)
			return NULL;
		g_string_append_c(out, '/');
		name = end + 1;
	}
	return out->len <= FOLDER_NAME_MAX ? g_string_free(g_steal_pointer(&out), FALSE) : NULL;
}

char *folder_to_imap(const char *folder, char delimiter)
{
	g_autoptr(GString) out = g_string_new(NULL);

	if (!*folder || !g_utf8_validate(folder, -1, NULL))
		return NULL;
	for (;;) {
		const char *end = delimiter ? strchr(folder, '/') : NULL;

		if (!level_to_imap(out, folder, end ? (gsize)(end - folder) : strlen(folder)))
			return NULL;
		if (!end)
			return g_string_free(g_steal_pointer(&out), FALSE);
		g_string_append_c(out, delimiter);
		folder = end + 1;
	}
}
