/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Message-IDs as the user likes them. */
#include "cur/format/of-message-id.h"

#include <string.h>
#include <unistd.h>

#include "cur/mail/msgid.h"
#include "values.h"

struct facts {
	const char *hostname;
	GDateTime *now;
};

/* Base64 of RFC 4648 5, whose letters all can stand in an id. */
static void append_base64(GString *out, const guint8 *bytes, gsize n)
{
	g_autofree char *text = g_base64_encode(bytes, n);

	g_strdelimit(text, "+", '-');
	g_strdelimit(text, "/", '_');
	text[strcspn(text, "=")] = '\0';
	g_string_append(out, text);
}

static void append_random(GString *out, gsize n)
{
	guint8 bytes[12];

	for (gsize i = 0; i < n; i++)
		bytes[i] = (guint8)g_random_int();
	append_base64(out, bytes, n);
}

/* Four bytes of time, so that ids sort, and eight of chance. */
static void append_unique(GString *out, GDateTime *now)
{
	guint32 seconds = GUINT32_TO_BE((guint32)g_date_time_to_unix(now));
	guint32 chance[2] = {g_random_int(), g_random_int()};
	guint8 bytes[12];

	memcpy(bytes, &seconds, sizeof(seconds));
	memcpy(bytes + sizeof(seconds), chance, sizeof(chance));
	append_base64(out, bytes, sizeof(bytes));
}

/* A to Z, one on with each message. */
static char next_letter(void)
{
	static guint counter;

	return (char)('A' + counter++ % 26);
}

static void id_value(enum expando_id id, struct expando_value *value, GString *scratch,
		     const void *data)
{
	const struct facts *f = data;

	switch (id) {
	case EXPANDO_MESSAGE_ID_COUNTER:
		g_string_append_c(scratch, next_letter());
		break;
	case EXPANDO_MESSAGE_ID_DAY:
		value_number(value, g_date_time_get_day_of_month(f->now));
		return;
	case EXPANDO_MESSAGE_ID_HOSTNAME:
		g_string_append(scratch, f->hostname);
		break;
	case EXPANDO_MESSAGE_ID_HOUR:
		value_number(value, g_date_time_get_hour(f->now));
		return;
	case EXPANDO_MESSAGE_ID_MINUTE:
		value_number(value, g_date_time_get_minute(f->now));
		return;
	case EXPANDO_MESSAGE_ID_MONTH:
		value_number(value, g_date_time_get_month(f->now));
		return;
	case EXPANDO_MESSAGE_ID_PID:
		value_number(value, getpid());
		return;
	case EXPANDO_MESSAGE_ID_RANDOM_3:
		append_random(scratch, 3);
		break;
	case EXPANDO_MESSAGE_ID_SECOND:
		value_number(value, g_date_time_get_second(f->now));
		return;
	case EXPANDO_MESSAGE_ID_RANDOM_1:
		g_string_append_printf(scratch, "%02x", g_random_int() & 0xff);
		break;
	case EXPANDO_MESSAGE_ID_YEAR:
		value_number(value, g_date_time_get_year(f->now));
		return;
	case EXPANDO_MESSAGE_ID_RANDOM_12:
		append_unique(scratch, f->now);
		break;
	default:
		break;
	}
	value_text(value, scratch->str);
}

/* "<left@right>" of characters that need no quotes, no dots where none may be. */
static gboolean is_id(const char *id)
{
	const char *at = strchr(id, '@');
	gsize n = strlen(id);

	if (*id != '<' || id[n - 1] != '>' || !at || at == id + 1 || at + 2 >= id + n ||
	    strchr(at + 1, '@') || n > MSGID_BYTES_MAX || strstr(id, "..") || id[1] == '.' ||
	    at[-1] == '.')
		return FALSE;
	for (const char *p = id + 1; p < id + n - 1; p++)
		if (!g_ascii_isalnum(*p) && !strchr("@.!#$%&'*+-/=?^_`{|}~", *p))
			return FALSE;
	return TRUE;
}

char *message_id_of_format(const char *format, const char *hostname)
{
	g_autoptr(GDateTime) now = g_date_time_new_now_utc();
	auto_ptr(expando) expando = expando_compile(EXPANDO_MESSAGE_ID, format, NULL);
	struct facts facts = {hostname, now};
	struct expando_source source = {.value = id_value, .data = &facts};
	g_autoptr(GString) id = g_string_new(NULL);
	g_autofree char *text = expando_text(expando, -1, &source);

	g_string_append(id, text);
	if (!expando_uses(expando, EXPANDO_MESSAGE_ID_RANDOM_12) && strchr(text, '@')) {
		g_autoptr(GString) chance = g_string_new(".");

		append_random(chance, 9);
		g_string_insert(id, strchr(text, '@') - text, chance->str);
	}
	return is_id(id->str) ? g_strdup(id->str) : msgid_make(hostname);
}
