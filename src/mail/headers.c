/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A header block, field by field. Only places are remembered; text is made when asked for. */
#include "cur/mail/headers.h"

#include <string.h>

#include "cur/mail/charset.h"
#include "cur/mail/rfc2047.h"
#include "field.h"

struct headers {
	GArray *fields; /* of struct field */
	char **text;	/* made by headers_name … : three for each field, NULL until asked for */
	const char *const *assumed;
};
enum { TEXT_NAME, TEXT_RAW, TEXT_DECODED, TEXT_KINDS };

struct headers *headers_parse(const char *bytes, gsize n, const char *const *assumed, gsize *body)
{
	struct headers *h = g_new0(struct headers, 1);
	h->fields = g_array_new(FALSE, FALSE, sizeof(struct field));
	h->assumed = assumed;
	const char *p = bytes, *end = bytes + n;
	struct field f;
	while (field_next(&p, end, &f))
		g_array_append_val(h->fields, f);
	if (body)
		*body = (gsize)(p - bytes);
	return h;
}

void headers_free(struct headers *h)
{
	if (!h)
		return;
	for (guint i = 0; h->text && i < h->fields->len * TEXT_KINDS; i++)
		g_free(h->text[i]);
	g_free(h->text);
	g_array_free(h->fields, TRUE);
	g_free(h);
}

guint headers_count(const struct headers *h)
{
	return h->fields->len;
}

gboolean header_is_named(const char *line, gsize n, const char *name)
{
	const char *p = line;
	struct field f;
	return field_next(&p, line + n, &f) && f.name_n == strlen(name) &&
	       !g_ascii_strncasecmp(f.line, name, f.name_n);
}

/* ---- texts ------------------------------------------------------------------ */

static char *make_text(const struct headers *h, const struct field *f, int kind)
{
	switch (kind) {
	case TEXT_NAME:
		return charset_raw_header(f->line, f->name_n, h->assumed);
	case TEXT_RAW:
		return charset_raw_header(f->value, f->value_n, h->assumed);
	default:
		return header_decode(f->value, f->value_n, h->assumed);
	}
}

static const char *text_of(struct headers *h, guint i, int kind)
{
	if (i >= h->fields->len)
		return "";
	if (!h->text)
		h->text = g_new0(char *, (gsize)h->fields->len *TEXT_KINDS);
	char **slot = &h->text[(gsize)i * TEXT_KINDS + (gsize)kind];
	if (!*slot)
		*slot = make_text(h, &g_array_index(h->fields, struct field, i), kind);
	return *slot;
}

const char *headers_name(struct headers *h, guint i)
{
	return text_of(h, i, TEXT_NAME);
}

const char *headers_raw(struct headers *h, guint i)
{
	return text_of(h, i, TEXT_RAW);
}

const char *headers_text(struct headers *h, guint i)
{
	return text_of(h, i, TEXT_DECODED);
}

/* ---- finding ---------------------------------------------------------------- */

int headers_index(const struct headers *h, const char *name, guint from)
{
	gsize n = strlen(name);
	for (guint i = from; i < h->fields->len; i++) {
		const struct field *f = &g_array_index(h->fields, struct field, i);
		if (f->name_n == n && !g_ascii_strncasecmp(f->line, name, n))
			return (int)i;
	}
	return -1;
}

const char *headers_get(struct headers *h, const char *name)
{
	int i = headers_index(h, name, 0);
	return i < 0 ? NULL : headers_text(h, (guint)i);
}

const char *headers_get_raw(struct headers *h, const char *name)
{
	int i = headers_index(h, name, 0);
	return i < 0 ? NULL : headers_raw(h, (guint)i);
}
