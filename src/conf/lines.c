/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Bytes of a file as lines: CRLF, continued lines, a byte order mark. */
#include "lines.h"

#include <string.h>

#include "cur/base/text.h"

void lines_init(struct lines *l, const char *bytes, gsize n)
{
	gsize mark = n >= 3 && !memcmp(bytes, "\xef\xbb\xbf", 3) ? 3 : 0;

	*l = (struct lines){.at = bytes + mark, .end = bytes + n, .next_number = 1};
}

/* One line as it stands, without its end; NULL behind the last. */
static const char *raw_line(struct lines *l, gsize *n)
{
	const char *start = l->at;
	const char *lf;

	if (start >= l->end)
		return NULL;
	lf = memchr(start, '\n', l->end - start);
	*n = (lf ? lf : l->end) - start;
	l->at = lf ? lf + 1 : l->end;
	l->next_number++;
	if (*n > 0 && start[*n - 1] == '\r')
		--*n;
	return start;
}

/* In characters, as columns are; what is not UTF-8 becomes a character a byte. */
static int columns_of(const char *raw, gsize n)
{
	return (int)(text_valid_utf8(raw, n) ? (gsize)g_utf8_strlen(raw, (gssize)n) : n);
}

gboolean lines_take(struct lines *l, GString *line, GArray *joints)
{
	const char *raw;
	gsize n;
	int joint = 1;

	g_string_truncate(line, 0);
	g_array_set_size(joints, 0);
	l->number = l->next_number;
	while ((raw = raw_line(l, &n))) {
		gboolean goes_on = n > 0 && raw[n - 1] == '\\';

		if (l->next_number > l->number + 1)
			g_array_append_val(joints, joint);
		g_string_append_len(line, raw, goes_on ? n - 1 : n);
		if (!goes_on)
			return TRUE;
		joint += columns_of(raw, n - 1);
	}
	return line->len > 0 || l->number != l->next_number;
}
