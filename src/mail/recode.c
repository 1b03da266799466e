/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Other transfer encodings (RFC 2045 6, RFC 6152 3), written around the bytes that stay. */
#include "cur/mail/recode.h"

#include <string.h>

#include "body-write.h"
#include "cur/mail/address.h"
#include "cur/mail/message.h"
#include "header-write.h"

struct recoder {
	GString *out;
	const char *at; /* what is before it was written */
	gboolean allow_8bit;
};

static void replace(struct recoder *r, const char *from, gsize n, const char *with, gsize with_n)
{
	g_string_append_len(r->out, r->at, from - r->at);
	g_string_append_len(r->out, with, (gssize)with_n);
	r->at = from + n;
}

static gboolean has_8bit(const char *bytes, gsize n)
{
	for (gsize i = 0; i < n; i++)
		if (bytes[i] & 0x80)
			return TRUE;
	return FALSE;
}

/* ---- which parts ------------------------------------------------------------------- */

/* A signature is over these very bytes. */
static gboolean is_sealed(const struct part *p)
{
	for (; p; p = p->parent)
		if (part_is(p, "multipart", "signed") || part_is(p, "multipart", "encrypted"))
			return TRUE;
	return FALSE;
}

static gboolean is_identity(const struct part *p)
{
	return p->encoding == PART_7BIT || p->encoding == PART_8BIT || p->encoding == PART_BINARY;
}

/* The encoding a leaf gets, or NULL when it stays as it is. Static. */
static const char *new_encoding(const struct recoder *r, const struct part *p)
{
	struct body_facts facts;

	/* RFC 2046 5.2: messages within messages have no encoding of their own. */
	if (p->n_children || p->too_deep || !is_identity(p) || part_is(p, "message", NULL) ||
	    part_is(p, "multipart", NULL))
		return NULL;
	facts = body_look(p->body, p->body_n);
	if (!facts.long_line && (r->allow_8bit || !facts.n_8bit))
		return NULL;
	return part_is(p, "text", NULL) ? body_text_encoding(&facts, p->body_n, FALSE, TRUE, FALSE)
					: "base64";
}

/* ---- headers ----------------------------------------------------------------------- */

static const char *field_end(const char *at, const char *end)
{
	do {
		const char *lf = memchr(at, '\n', (gsize)(end - at));

		at = lf ? lf + 1 : end;
	} while (at < end && (*at == ' ' || *at == '\t'));
	return at;
}

static gboolean is_addresses(const char *name)
{
	static const char *const names[] = {"From", "Sender", "Reply-To", "To", "Cc", NULL};

	for (int i = 0; names[i]; i++)
		if (!g_ascii_strcasecmp(names[i], name))
			return TRUE;
	return FALSE;
}

/* A field with raw 8-bit text; the structure of MIME fields is not for RFC 2047. */
static void recode_field(struct recoder *r, const char *at, gsize n)
{
	auto_ptr(headers) h = headers_parse(at, n, NULL, NULL);
	const char *name = headers_count(h) ? headers_name(h, 0) : "";
	g_autoptr(GString) field = g_string_new(NULL);

	if (!*name || (!g_ascii_strncasecmp(name, "Content-", 8) &&
		       g_ascii_strcasecmp(name, "Content-Description")))
		return;
	if (is_addresses(name)) {
		g_autoptr(GPtrArray) list = address_parse(headers_raw(h, 0));
		g_autofree char *value = address_format_header(list);

		header_write(field, name, value);
	} else {
		header_write_text(field, name, headers_text(h, 0));
	}
	replace(r, at, n, field->str, field->len);
}

/* What an 8-bit text without MIME fields needs to be understood once it is encoded. */
static void add_mime_fields(struct part *p, GString *fields)
{
	struct headers *h = part_headers(p);

	if (p->is_message && !headers_get_raw(h, "MIME-Version"))
		g_string_append(fields, "MIME-Version: 1.0\n");
	if (!headers_get_raw(h, "Content-Type"))
		g_string_append_printf(
		    fields, "Content-Type: text/plain; charset=%s\n",
		    g_utf8_validate(p->body, (gssize)p->body_n, NULL) ? "utf-8" : "unknown-8bit");
}

static void recode_head(struct recoder *r, struct part *p, const char *encoding)
{
	const char *end = p->head + p->head_n, *at = p->head, *next;
	g_autoptr(GString) fields = g_string_new(NULL);
	gboolean named = FALSE;

	if (encoding)
		g_string_printf(fields, "Content-Transfer-Encoding: %s\n", encoding);
	for (; at < end && *at != '\n'; at = next) {
		next = field_end(at, end);
		if (encoding && !g_ascii_strncasecmp(at, "Content-Transfer-Encoding:", 26)) {
			replace(r, at, (gsize)(next - at), fields->str, named ? 0 : fields->len);
			named = TRUE;
		} else if (!r->allow_8bit && has_8bit(at, (gsize)(next - at))) {
			recode_field(r, at, (gsize)(next - at));
		}
	}
	if (!encoding)
		return;
	if (named)
		g_string_truncate(fields, 0);
	if (!p->n_children)
		add_mime_fields(p, fields);
	if (at == end)
		g_string_append_c(fields, '\n');
	replace(r, at, 0, fields->str, fields->len);
}

/* ---- bodies ------------------------------------------------------------------------ */

static void recode_body(struct recoder *r, const struct part *p, const char *encoding)
{
	g_autoptr(GString) lines = g_string_new_len(p->body, (gssize)p->body_n);
	g_autoptr(GString) body = g_string_new(NULL);

	/* RFC 2045 6.8: the line ends of a text are CRLF before base64. */
	if (!strcmp(encoding, "base64") && part_is(p, "text", NULL))
		g_string_replace(lines, "\n", "\r\n", 0);
	body_write(body, encoding, lines->str, lines->len);
	replace(r, p->body, p->body_n, body->str, body->len);
}

static void recode_part(struct recoder *r, struct part *p)
{
	const char *encoding = new_encoding(r, p);
	gboolean container = p->n_children && !r->allow_8bit &&
			     (p->encoding == PART_8BIT || p->encoding == PART_BINARY);

	if (is_sealed(p))
		return;
	recode_head(r, p, container ? "7bit" : encoding);
	if (encoding)
		recode_body(r, p, encoding);
}

GBytes *message_recode(GBytes *message, gboolean allow_8bit)
{
	auto_ptr(message) m = message_new(message);
	struct recoder r = {.allow_8bit = allow_8bit};
	gsize n;

	r.at = message_bytes(m, &n);
	const char *end = r.at + n;
	r.out = g_string_sized_new(n + n / 2);
	for (guint i = 0; i < message_n_parts(m); i++)
		recode_part(&r, message_part(m, i));
	replace(&r, end, 0, "", 0);
	return g_string_free_to_bytes(r.out);
}
