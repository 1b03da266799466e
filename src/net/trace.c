/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Lines are put together, cleared of secrets, and escaped. */
#include "trace.h"

#include <string.h>

#include "cur/base/log.h"

enum { LINE_MAX_BYTES = 1000 };

static const char not_shown[] = "[not shown]";

struct trace {
	const char *name;
	guint number;		   /* of the connection, since the engine started */
	GString *sent_line;	   /* what was said of the line that is not over */
	GPtrArray *secrets;	   /* GBytes, the longest first */
	guint64 text_in, text_out; /* bytes of texts that were not told of yet */
	gboolean muted, login;
};

/* FALSE: nobody reads it. */
static gboolean is_wanted(void)
{
	return log_wants(LOG_LEVEL_DEBUG) || log_wants(LOG_LEVEL_WIRE);
}

/* ---- secrets ---- */

static void secret_free(void *data)
{
	gsize n;
	const char *bytes = g_bytes_get_data(data, &n);

	explicit_bzero((char *)bytes, n);
	g_bytes_unref(data);
}

static gint longest_first(gconstpointer a, gconstpointer b)
{
	gsize n = g_bytes_get_size(*(GBytes *const *)a), m = g_bytes_get_size(*(GBytes *const *)b);

	return n < m ? 1 : n > m ? -1 : 0;
}

void trace_hide(struct trace *t, const char *secret, gsize n)
{
	/* Also while nobody reads: the transcript may be asked for in mid-session. */
	if (!secret || !n)
		return;
	g_ptr_array_add(t->secrets, g_bytes_new(secret, n));
	g_ptr_array_sort(t->secrets, longest_first);
}

/* A copy of the line with other words in the place of the secret; the line is freed. */
static GString *replace(GString *line, const char *secret, gsize n)
{
	GString *out = g_string_sized_new(line->len);
	const char *from = line->str, *end = line->str + line->len, *at;

	while ((at = memmem(from, (gsize)(end - from), secret, n))) {
		g_string_append_len(out, from, at - from);
		g_string_append(out, not_shown);
		from = at + n;
	}
	g_string_append_len(out, from, end - from);
	g_string_free(line, TRUE);
	return out;
}

GString *trace_clear(const struct trace *t, const char *text, gsize n)
{
	GString *clean = g_string_new_len(text, (gssize)n);

	for (guint i = 0; i < t->secrets->len; i++) {
		gsize length;
		const char *secret = g_bytes_get_data(t->secrets->pdata[i], &length);

		clean = replace(clean, secret, length);
	}
	return clean;
}

/* "+ …" of IMAP and POP3, "334 …" of SMTP. */
static void drop_challenge(GString *line)
{
	gsize n = g_str_has_prefix(line->str, "334") ? 3 : line->str[0] == '+' ? 1 : 0;

	/* "+OK" of POP3 is an answer. */
	if (!n || line->len <= n + 1 || line->str[n] != ' ')
		return;
	g_string_truncate(line, n + 1);
	g_string_append(line, not_shown);
}

/* ---- lines ---- */

/* Control bytes, C1 among them, and what is no UTF-8 as \\xNN. */
static char *escape(const char *text, gsize n)
{
	GString *out = g_string_sized_new(n);

	for (gsize i = 0; i < n && out->len < LINE_MAX_BYTES;) {
		gunichar c = g_utf8_get_char_validated(text + i, (gssize)(n - i));
		gsize length =
		    c < 0x80 || c >= (gunichar)-2 ? 1 : (gsize)g_unichar_to_utf8(c, NULL);

		if (c >= (gunichar)-2 || g_unichar_iscntrl(c))
			for (gsize k = 0; k < length; k++)
				g_string_append_printf(out, "\\x%02x", (guchar)text[i + k]);
		else
			g_string_append_len(out, text + i, (gssize)length);
		i += length;
	}
	if (out->len >= LINE_MAX_BYTES)
		g_string_append_printf(out, " [cut, %" G_GSIZE_FORMAT " bytes]", n);
	return g_string_free(out, FALSE);
}

static void tell(const struct trace *t, char way, const char *text)
{
	log_event(LOG_LEVEL_DEBUG, "%s %c %s", t->name, way, text);
	log_event(LOG_LEVEL_WIRE, "#%u %s %c %s", t->number, t->name, way, text);
}

static void tell_size(const struct trace *t, char way, guint64 *n)
{
	g_autofree char *text = g_strdup_printf("[text, %" G_GUINT64_FORMAT " bytes]", *n);

	if (*n)
		log_event(LOG_LEVEL_WIRE, "#%u %s %c %s", t->number, t->name, way, text);
	*n = 0;
}

static void tell_line(struct trace *t, char way, const char *line, gsize n)
{
	g_autoptr(GString) clean = trace_clear(t, line, n);
	g_autofree char *text = NULL;

	tell_size(t, '>', &t->text_out);
	tell_size(t, '<', &t->text_in);
	if (t->login && way == '<')
		drop_challenge(clean);
	text = escape(clean->str, clean->len);
	tell(t, way, text);
}

/* ---- life ---- */

struct trace *trace_new(const char *name)
{
	static gint last; /* atomic */
	struct trace *t = g_new0(struct trace, 1);

	t->name = name;
	t->number = (guint)g_atomic_int_add(&last, 1) + 1;
	t->sent_line = g_string_new(NULL);
	t->secrets = g_ptr_array_new_with_free_func(secret_free);
	return t;
}

void trace_free(struct trace *t)
{
	if (is_wanted()) {
		tell_size(t, '>', &t->text_out);
		tell_size(t, '<', &t->text_in);
		log_event(LOG_LEVEL_WIRE, "#%u %s closed", t->number, t->name);
	}
	g_string_free(t->sent_line, TRUE);
	g_ptr_array_unref(t->secrets);
	g_free(t);
}

void trace_login(struct trace *t, gboolean on)
{
	t->login = on;
}

/* What goes out comes in pieces: a line is told when its end is there. */
void trace_sent(struct trace *t, const char *bytes, gsize n)
{
	if (!is_wanted())
		return;
	if (t->muted) {
		t->text_out += n;
		return;
	}
	for (gsize i = 0; i < n; i++) {
		if (bytes[i] == '\n') {
			tell_line(t, '>', t->sent_line->str, t->sent_line->len);
			g_string_truncate(t->sent_line, 0);
		} else if (bytes[i] != '\r' && t->sent_line->len <= LINE_MAX_BYTES) {
			g_string_append_c(t->sent_line, bytes[i]);
		}
	}
}

void trace_secret(struct trace *t, const char *bytes, gsize n)
{
	gsize length = n;

	while (length && strchr("\r\n", bytes[length - 1]))
		length--;
	/* "=" is an empty answer. */
	if (length > 3)
		trace_hide(t, bytes, length);
	if (!is_wanted())
		return;
	if (length)
		trace_sent(t, not_shown, strlen(not_shown));
	trace_sent(t, bytes + length, n - length);
}

void trace_received(struct trace *t, const char *line, gsize n)
{
	if (is_wanted())
		tell_line(t, '<', line, n);
}

void trace_text(struct trace *t, gsize n)
{
	t->text_in += n;
}

void trace_mute(struct trace *t, gboolean muted)
{
	t->muted = muted;
}
