/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A part's content: decoded, as text, to a file; and a name it may be saved under. */
#include <string.h>

#include "base64.h"
#include "cur/base/file.h"
#include "cur/mail/charset.h"
#include "cur/mail/html.h"
#include "cur/mail/message.h"
#include "gmime-late.h"
#include "params.h"
#include "split.h"

enum { CHUNK = 64 << 10, NAME_BYTES_MAX = 200, EXTENSION_BYTES_MAX = 20 };

struct headers *part_headers(struct part *p)
{
	if (!p->headers)
		p->headers = headers_parse(p->head, p->head_n,
					   (const char *const *)p->message->assumed, NULL);
	return p->headers;
}

char *part_param(struct part *p, const char *name)
{
	return p->type_value ? params_get(p->type_value, p->type_value_n, name) : NULL;
}

gboolean part_is(const struct part *p, const char *type, const char *subtype)
{
	return !strcmp(p->type, type) && (!subtype || !strcmp(p->subtype, subtype));
}

char *part_type_name(const struct part *p)
{
	return g_strconcat(p->type, "/", p->subtype, NULL);
}

const char *part_encoding_name(const struct part *p)
{
	static const char *const names[] = {
	    [PART_7BIT] = "7bit",	[PART_8BIT] = "8bit",
	    [PART_BINARY] = "binary",	[PART_QUOTED_PRINTABLE] = "quoted-printable",
	    [PART_BASE64] = "base64",	[PART_UUENCODE] = "x-uuencode",
	    [PART_UNKNOWN] = "unknown",
	};
	return names[p->encoding];
}

gboolean part_is_attachment(const struct part *p)
{
	if (p->n_children && !part_is(p, "message", NULL))
		return FALSE;
	if (!strcmp(p->disposition, "attachment") || *p->file_name)
		return TRUE;
	return !part_is(p, "text", NULL) && !part_is(p, "multipart", NULL);
}

gsize part_size(const struct part *p)
{
	/* Lines of 76 and their end: 57 bytes of content each. */
	return p->encoding == PART_BASE64 ? p->body_n / 4 * 3 - p->body_n / 4 * 3 / 78 : p->body_n;
}

/* ---- content ------------------------------------------------------------------- */

struct decoder {
	enum part_encoding encoding;
	struct base64 base64;
	GMimeEncoding gmime; /* the other encodings that change bytes */
};

/* Where the data of a uuencoded body begins, behind its "begin 644 name" line; 0: there is none. */
static gsize uuencoded_start(const struct part *p)
{
	const char *end = p->body + p->body_n, *line = p->body;
	while (end - line > 6 && memcmp(line, "begin ", 6)) {
		const char *lf = memmem(line, (gsize)(end - line), "\nbegin ", 7);
		line = lf ? lf + 1 : end;
	}
	const char *lf = line < end ? memchr(line, '\n', (gsize)(end - line)) : NULL;
	return lf ? (gsize)(lf + 1 - p->body) : 0;
}

static void decoder_init(struct decoder *d, const struct part *p)
{
	*d = (struct decoder){.encoding = p->encoding};
	if (p->encoding == PART_QUOTED_PRINTABLE) {
		gmime()->encoding_init_decode(&d->gmime, GMIME_CONTENT_ENCODING_QUOTEDPRINTABLE);
	} else if (p->encoding == PART_UUENCODE) {
		gmime()->encoding_init_decode(&d->gmime, GMIME_CONTENT_ENCODING_UUENCODE);
		d->gmime.state |= GMIME_UUDECODE_STATE_BEGIN; /* GMime does not look for it */
	}
}

/* Does decoding change the bytes? *start is where they begin. */
static gboolean changes_bytes(const struct part *p, gsize *start)
{
	*start = p->encoding == PART_UUENCODE ? uuencoded_start(p) : 0;
	return p->encoding == PART_BASE64 || p->encoding == PART_QUOTED_PRINTABLE || *start;
}

/* Room for n bytes more, decoded. */
static gsize decoder_room(struct decoder *d, gsize n)
{
	return d->encoding == PART_BASE64 ? n + 2 : gmime()->encoding_outlen(&d->gmime, n) + 16;
}

/* Decode the next n bytes; `last` when there are no more. */
static gsize decoder_step(struct decoder *d, const char *in, gsize n, gboolean last, char *out)
{
	if (d->encoding == PART_BASE64) {
		gsize got = base64_step(&d->base64, in, n, out);
		return last ? got + base64_end(&d->base64, out + got) : got;
	}
	return last ? gmime()->encoding_flush(&d->gmime, in, n, out)
		    : gmime()->encoding_step(&d->gmime, in, n, out);
}

GBytes *part_decode(struct part *p)
{
	gsize start;
	if (!changes_bytes(p, &start))
		return g_bytes_new_from_bytes(p->message->bytes,
					      (gsize)(p->body - p->message->data), p->body_n);
	struct decoder d;
	decoder_init(&d, p);
	char *out = g_malloc(decoder_room(&d, p->body_n));
	gsize n = decoder_step(&d, p->body + start, p->body_n - start, TRUE, out);
	p->damaged = d.base64.damaged;
	return g_bytes_new_take(g_realloc(out, n + 1), n);
}

char *part_text(struct part *p, gsize *n)
{
	gsize size;
	g_autoptr(GBytes) bytes = part_decode(p);
	const char *data = g_bytes_get_data(bytes, &size);
	g_autofree char *meta =
	    !*p->charset && part_is(p, "text", "html") && size ? html_charset(data, size) : NULL;
	return charset_to_utf8(data ? data : "", size, meta ? meta : p->charset,
			       (const char *const *)p->message->assumed, n);
}

gboolean part_save_fd(struct part *p, int fd, GError **error)
{
	gsize done;
	if (!changes_bytes(p, &done))
		return file_write_all(fd, p->body, p->body_n, error);
	struct decoder d;
	decoder_init(&d, p);
	g_autofree char *out = g_malloc(decoder_room(&d, CHUNK));
	do {
		gsize n = MIN(p->body_n - done, (gsize)CHUNK);
		gboolean last = done + n == p->body_n;
		gsize got = decoder_step(&d, p->body + done, n, last, out);
		if (!file_write_all(fd, out, got, error))
			return FALSE;
		done += n;
	} while (done < p->body_n);
	return TRUE;
}

/* ---- names ----------------------------------------------------------------------- */

static const char *last_component(const char *name)
{
	const char *base = name;
	for (const char *p = name; *p; p++)
		if (*p == '/' || *p == '\\')
			base = p + 1;
	return base;
}

/* Characters that would be seen as something else, or not at all. */
static gboolean is_hidden(gunichar c)
{
	return g_unichar_iscntrl(c) || c == 0xfffd || c == 0x061c || (c >= 0x200b && c <= 0x200f) ||
	       (c >= 0x2028 && c <= 0x202e) || (c >= 0x2060 && c <= 0x206f) || c == 0xfeff;
}

static GString *visible(const char *name)
{
	GString *out = g_string_new(NULL);
	for (const char *p = name; *p; p = g_utf8_next_char(p))
		if (!is_hidden(g_utf8_get_char(p)))
			g_string_append_len(out, p, g_utf8_next_char(p) - p);
	return out;
}

/* No hidden file, no option, no home folder, no blanks or dots at the ends. */
static void trim(GString *name)
{
	g_string_erase(name, 0, (gssize)strspn(name->str, ".-~ \t"));
	while (name->len && strchr(". \t", name->str[name->len - 1]))
		g_string_truncate(name, name->len - 1);
}

/* Shorten in front of the extension, which says what the file is. */
static void shorten(GString *name)
{
	if (name->len <= NAME_BYTES_MAX)
		return;
	const char *dot = strrchr(name->str, '.');
	g_autofree char *extension = g_strdup(dot && strlen(dot) <= EXTENSION_BYTES_MAX ? dot : "");
	const char *cut = name->str + NAME_BYTES_MAX - strlen(extension);
	while (cut > name->str && (*cut & 0xc0) == 0x80)
		cut--;
	g_string_truncate(name, (gsize)(cut - name->str));
	g_string_append(name, extension);
}

static const struct {
	const char *type, *subtype, *extension;
} extensions[] = {
    {"text", "plain", "txt"},	     {"text", "calendar", "ics"},   {"text", "x-diff", "diff"},
    {"text", "x-patch", "patch"},    {"message", "rfc822", "eml"},  {"image", "jpeg", "jpg"},
    {"image", "svg+xml", "svg"},     {"application", "pdf", "pdf"}, {"application", "zip", "zip"},
    {"application", "json", "json"}, {"text", "html", "html"},	    {"text", "csv", "csv"},
    {"image", "png", "png"},	     {"image", "gif", "gif"},
};

static char *invented_name(const struct part *p)
{
	const char *extension = "bin";
	for (gsize i = 0; i < G_N_ELEMENTS(extensions); i++)
		if (part_is(p, extensions[i].type, extensions[i].subtype))
			extension = extensions[i].extension;
	return g_strdup_printf("part-%s.%s", *p->number ? p->number : "0", extension);
}

char *part_filename_safe(const struct part *p)
{
	GString *name = visible(last_component(p->file_name));
	trim(name);
	shorten(name);
	if (name->len)
		return g_string_free(name, FALSE);
	g_string_free(name, TRUE);
	return invented_name(p);
}
