/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Splitting a header block (RFC 5322 2.2), garbage lines included. */
#include "field.h"

#include <string.h>

/* Behind the line at p, its folds included. */
static const char *field_end(const char *p, const char *end)
{
	while (p < end) {
		const char *lf = memchr(p, '\n', (gsize)(end - p));
		if (!lf)
			return end;
		p = lf + 1;
		if (p == end || (*p != ' ' && *p != '\t'))
			break;
	}
	return p;
}

/* How long is the name of the field at p; 0 when the line is no field. */
static gsize name_length(const char *p, const char *end, const char **value)
{
	const char *q = p;
	while (q < end && *q != ':' && *q != ' ' && *q != '\t' && *q != '\n' && *q != '\r')
		q++;
	gsize n = (gsize)(q - p);
	while (q < end && (*q == ' ' || *q == '\t')) /* "Subject : x" is seen in the wild */
		q++;
	if (!n || q == end || *q != ':')
		return 0;
	*value = q + 1;
	return n;
}

static struct field field_at(const char *p, const char *end)
{
	struct field f = {.line = p, .value = p};
	f.name_n = (guint32)MIN(name_length(p, end, &f.value), (gsize)G_MAXINT32);
	const char *last = end;
	while (last > f.value && (last[-1] == '\n' || last[-1] == '\r'))
		last--;
	while (f.name_n && f.value < last && (*f.value == ' ' || *f.value == '\t'))
		f.value++;
	f.value_n = (guint32)MIN(last - f.value, (gssize)G_MAXINT32);
	return f;
}

static gboolean is_empty_line(const char *p, const char *end)
{
	return *p == '\n' || (*p == '\r' && p + 1 < end && p[1] == '\n');
}

gboolean field_next(const char **p, const char *end, struct field *f)
{
	if (*p >= end)
		return FALSE;
	if (is_empty_line(*p, end)) {
		*p += **p == '\r' ? 2 : 1;
		return FALSE;
	}
	const char *next = field_end(*p, end);
	*f = field_at(*p, next);
	*p = next;
	return TRUE;
}
