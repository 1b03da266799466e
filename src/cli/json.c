/* SPDX-License-Identifier: GPL-3.0-or-later */
/* See json.h. */
#include "json.h"

#include <stdio.h>
#include <string.h>

#include "cur/base/text.h"

void json_init(struct json *json)
{
	json->out = g_string_new(NULL);
	json->comma = FALSE;
}

void json_clear(struct json *json)
{
	g_string_free(json->out, TRUE);
}

static void put_character(GString *out, gunichar c)
{
	switch (c) {
	case '"':
		g_string_append(out, "\\\"");
		break;
	case '\\':
		g_string_append(out, "\\\\");
		break;
	case '\n':
		g_string_append(out, "\\n");
		break;
	case '\t':
		g_string_append(out, "\\t");
		break;
	default:
		/* U+2028 and U+2029 end lines for some readers. */
		if (c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0x2028 || c == 0x2029)
			g_string_append_printf(out, "\\u%04x", c);
		else
			g_string_append_unichar(out, c);
	}
}

static void put_characters(GString *out, const char *text, gsize n)
{
	g_autofree char *valid = text_make_valid(text, (gssize)n);

	for (const char *p = valid; *p; p = g_utf8_next_char(p))
		put_character(out, g_utf8_get_char(p));
}

static void put_string(GString *out, const char *text, gssize n)
{
	const char *end = text + (n < 0 ? strlen(text) : (gsize)n), *nul;

	g_string_append_c(out, '"');
	for (; (nul = memchr(text, '\0', (gsize)(end - text))); text = nul + 1) {
		put_characters(out, text, (gsize)(nul - text));
		put_character(out, '\0');
	}
	put_characters(out, text, (gsize)(end - text));
	g_string_append_c(out, '"');
}

static void begin(struct json *json, const char *key)
{
	if (json->comma)
		g_string_append_c(json->out, ',');
	if (key) {
		put_string(json->out, key, -1);
		g_string_append_c(json->out, ':');
	}
	json->comma = TRUE;
}

static void open_with(struct json *json, const char *key, char bracket)
{
	begin(json, key);
	g_string_append_c(json->out, bracket);
	json->comma = FALSE;
}

static void close_with(struct json *json, char bracket)
{
	g_string_append_c(json->out, bracket);
	json->comma = TRUE;
}

void json_object(struct json *json, const char *key)
{
	open_with(json, key, '{');
}

void json_end_object(struct json *json)
{
	close_with(json, '}');
}

void json_array(struct json *json, const char *key)
{
	open_with(json, key, '[');
}

void json_end_array(struct json *json)
{
	close_with(json, ']');
}

void json_text(struct json *json, const char *key, const char *text, gssize n)
{
	begin(json, key);
	put_string(json->out, text, n);
}

void json_string(struct json *json, const char *key, const char *text)
{
	json_text(json, key, text ? text : "", -1);
}

void json_number(struct json *json, const char *key, gint64 number)
{
	begin(json, key);
	g_string_append_printf(json->out, "%" G_GINT64_FORMAT, number);
}

void json_boolean(struct json *json, const char *key, gboolean value)
{
	begin(json, key);
	g_string_append(json->out, value ? "true" : "false");
}

void json_print(struct json *json)
{
	g_string_append_c(json->out, '\n');
	fwrite(json->out->str, 1, json->out->len, stdout);
	g_string_truncate(json->out, 0);
	json->comma = FALSE;
}
