/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Transfer encodings (RFC 2045 6) and the line breaks of flowed text. */
#include "body-write.h"

#include <string.h>

#include "cur/base/text.h"

enum { LONGEST = 990, QP_COLUMNS = 75, FLOWED_COLUMNS = 72 };

struct body_facts body_look(const char *bytes, gsize n)
{
	struct body_facts facts = {0};
	gsize line = 0;

	for (gsize i = 0; i < n; i++) {
		guchar c = (guchar)bytes[i];

		if (line == 0 && n - i >= 5 && memcmp(bytes + i, "From ", 5) == 0)
			facts.has_from = TRUE;
		line = c == '\n' ? 0 : line + 1;
		if (c == '\n' && i > 0 && (bytes[i - 1] == ' ' || bytes[i - 1] == '\t'))
			facts.blank_end = TRUE;
		facts.n_8bit += c >= 0x80;
		facts.has_cr = facts.has_cr || c == '\r';
		facts.has_nul = facts.has_nul || c == 0;
		facts.long_line = facts.long_line || line > LONGEST;
	}
	return facts;
}

const char *body_text_encoding(const struct body_facts *facts, gsize n, gboolean allow_8bit,
			       gboolean encode_from, gboolean keep_blanks)
{
	gboolean must_encode =
	    facts->has_cr || facts->long_line || (encode_from && facts->has_from) ||
	    (keep_blanks && facts->blank_end) || (facts->n_8bit > 0 && !allow_8bit);

	if (facts->has_nul || (must_encode && facts->n_8bit > n / 4))
		return "base64";
	if (must_encode)
		return "quoted-printable";
	return facts->n_8bit > 0 ? "8bit" : "7bit";
}

static gboolean qp_is_plain(const char *bytes, gsize n, gsize i, gsize column)
{
	char c = bytes[i];

	if (c == ' ' || c == '\t')
		return i + 1 < n && bytes[i + 1] != '\n';
	if (column == 0 && (c == '.' || (c == 'F' && n - i >= 5 && !memcmp(bytes + i, "From ", 5))))
		return FALSE;
	return c > ' ' && c <= '~' && c != '=';
}

static void write_qp(GString *out, const char *bytes, gsize n)
{
	gsize column = 0;

	for (gsize i = 0; i < n; i++) {
		gboolean plain = qp_is_plain(bytes, n, i, column);

		if (bytes[i] == '\n') {
			g_string_append_c(out, '\n');
			column = 0;
			continue;
		}
		if (column + (plain ? 1 : 3) > QP_COLUMNS) {
			g_string_append(out, "=\n");
			column = 0;
		}
		if (plain)
			g_string_append_c(out, bytes[i]);
		else
			g_string_append_printf(out, "=%02X", (guchar)bytes[i]);
		column += plain ? 1 : 3;
	}
}

static void write_base64(GString *out, const char *bytes, gsize n)
{
	g_autofree char *encoded = g_malloc((n / 3 + 1) * 4 + (n / 3 + 1) * 4 / 72 + 8);
	int state = 0, save = 0;
	gsize length;

	length = g_base64_encode_step((const guchar *)bytes, n, TRUE, encoded, &state, &save);
	length += g_base64_encode_close(TRUE, encoded + length, &state, &save);
	g_string_append_len(out, encoded, (gssize)length);
}

void body_write(GString *out, const char *encoding, const char *bytes, gsize n)
{
	if (strcmp(encoding, "quoted-printable") == 0)
		write_qp(out, bytes, n);
	else if (strcmp(encoding, "base64") == 0)
		write_base64(out, bytes, n);
	else
		g_string_append_len(out, bytes, (gssize)n);
}

char *body_lf(const char *bytes, gsize *n)
{
	char *copy = g_malloc(*n + 1);
	gsize length = 0;

	for (gsize i = 0; i < *n; i++)
		if (bytes[i] != '\r' || i + 1 == *n || bytes[i + 1] != '\n')
			copy[length++] = bytes[i];
	copy[length] = '\0';
	*n = length;
	return copy;
}

/* Where to break a line that is too wide: behind its last blank that fits; 0: nowhere. */
static gsize break_at(const char *line, gsize n)
{
	gsize fits = text_cut(line, (gssize)n, FLOWED_COLUMNS, NULL);

	while (fits > 0 && line[fits - 1] != ' ')
		fits--;
	if (fits > 0 || n == 0)
		return fits;
	while (fits < n && line[fits] != ' ')
		fits++;
	return fits < n ? fits + 1 : 0;
}

char *body_wrap_flowed(const char *text, gsize n)
{
	GString *out = g_string_sized_new(n + n / 32 + 1);
	const char *end = text + n;

	while (text < end) {
		const char *newline = memchr(text, '\n', (gsize)(end - text));
		const char *stop = newline ? newline : end;
		gsize at = 0;

		/* Quoted lines are somebody else's: breaking them would lose their marks. */
		while (*text != '>' && stop - text > FLOWED_COLUMNS &&
		       text_width(text, stop - text) > FLOWED_COLUMNS + 6 &&
		       (at = break_at(text, (gsize)(stop - text))) > 0) {
			g_string_append_len(out, text, (gssize)at);
			g_string_append_c(out, '\n');
			text += at;
		}
		g_string_append_len(out, text, stop - text);
		if (newline)
			g_string_append_c(out, '\n');
		text = newline ? newline + 1 : end;
	}
	return g_string_free(out, FALSE);
}
