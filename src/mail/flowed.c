/* SPDX-License-Identifier: GPL-3.0-or-later */
/* RFC 3676: a line that ends in a blank goes on in the next one of the same quote depth. */
#include "cur/mail/flowed.h"

#include <string.h>

struct flow {
	GString *paragraph;
	guint level;
	gboolean open; /* the last line was flowed */
	flowed_line_fn line;
	void *data;
};

static void flush(struct flow *f)
{
	if (f->open)
		f->line(f->paragraph->str, f->paragraph->len, f->level, f->data);
	g_string_truncate(f->paragraph, 0);
	f->open = FALSE;
}

static void take_line(struct flow *f, const char *p, gsize n, gboolean delsp)
{
	guint level = 0;
	while (n && *p == '>')
		p++, n--, level++;
	if (n && *p == ' ')
		p++, n--;
	gboolean signature = n == 3 && !memcmp(p, "-- ", 3);
	gboolean flowed = n && p[n - 1] == ' ' && !signature;
	if (f->open && (level != f->level || signature))
		flush(f);
	if (!f->open && !flowed) {
		f->line(p, n, level, f->data);
		return;
	}
	g_string_append_len(f->paragraph, p, (gssize)(flowed && delsp ? n - 1 : n));
	f->level = level;
	f->open = TRUE;
	if (!flowed)
		flush(f);
}

void flowed_decode(const char *text, gsize n, gboolean delsp, flowed_line_fn line, void *data)
{
	struct flow f = {.paragraph = g_string_new(NULL), .line = line, .data = data};
	const char *p = text, *end = text + n;
	while (p < end) {
		const char *lf = memchr(p, '\n', (gsize)(end - p));
		const char *stop = lf ? lf : end;
		take_line(&f, p, (gsize)(stop - p), delsp);
		p = lf ? lf + 1 : end;
	}
	flush(&f);
	g_string_free(f.paragraph, TRUE);
}

static gboolean needs_stuffing(const char *p, gsize n)
{
	return n && (*p == ' ' || (n >= 5 && !memcmp(p, "From ", 5)));
}

char *flowed_stuff(const char *text, gsize n)
{
	GString *out = g_string_sized_new(n + 16);
	const char *p = text, *end = text + n;
	while (p < end) {
		const char *lf = memchr(p, '\n', (gsize)(end - p));
		const char *next = lf ? lf + 1 : end;
		if (needs_stuffing(p, (gsize)(next - p)))
			g_string_append_c(out, ' ');
		g_string_append_len(out, p, next - p);
		p = next;
	}
	return g_string_free(out, FALSE);
}
