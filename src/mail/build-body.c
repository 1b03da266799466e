/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The MIME half of a message to send: the text, and what is attached to it. */
#include <string.h>

#include "body-write.h"
#include "build-inside.h"
#include "cur/base/error.h"
#include "cur/base/file.h"
#include "cur/mail/charset.h"
#include "cur/mail/flowed.h"
#include "header-write.h"

enum { PART_MAX = 1 << 30, HEAD_BYTES = 512 };

/* ---- the text ---- */

/* The text in the charset it goes out in, and the name of that; UTF-8 when nothing else fits. */
static char *encode_charset(const struct draft *draft, const struct build_options *options,
			    const char *text, gsize *n, const char **charset)
{
	char *bytes = NULL;
	gsize n_bytes;

	*charset =
	    draft->charset ? draft->charset : charset_for_sending(text, *n, options->send_charset);
	if (!g_str_equal(*charset, "us-ascii") && g_ascii_strcasecmp(*charset, "utf-8") != 0)
		bytes = charset_from_utf8(text, *n, *charset, &n_bytes);
	if (bytes) {
		*n = n_bytes;
		return bytes;
	}
	if (!g_str_is_ascii(text))
		*charset = "utf-8";
	return g_memdup2(text, *n + 1);
}

static char *prepare_text(const struct draft *draft, const struct build_options *options,
			  gboolean flowed, gsize *n, GError **error)
{
	g_autofree char *raw = draft_body(draft, n, error);
	g_autofree char *text = NULL;
	g_autofree char *wrapped = NULL;
	char *stuffed;

	if (!raw)
		return NULL;
	if (memchr(raw, '\0', *n) || !g_utf8_validate(raw, (gssize)*n, NULL)) {
		error_set(error, CUR_ERROR_USAGE, "the text of the message is not UTF-8");
		return NULL;
	}
	text = body_lf(raw, n);
	if (!flowed)
		return g_steal_pointer(&text);
	wrapped = options->wrap_flowed ? body_wrap_flowed(text, *n) : g_strdup(text);
	stuffed = flowed_stuff(wrapped, strlen(wrapped));
	*n = strlen(stuffed);
	return stuffed;
}

static gboolean write_text(const struct draft *draft, const struct build_options *options,
			   GString *out, GError **error)
{
	const char *type = draft->body_type ? draft->body_type : "text/plain";
	gboolean flowed = draft->text_flowed && g_ascii_strcasecmp(type, "text/plain") == 0;
	g_autofree char *text = NULL, *bytes = NULL;
	const char *charset, *encoding;
	struct body_facts facts;
	gsize n;

	text = prepare_text(draft, options, flowed, &n, error);
	if (!text)
		return FALSE;
	bytes = encode_charset(draft, options, text, &n, &charset);
	facts = body_look(bytes, n);
	encoding = body_text_encoding(&facts, n, options->allow_8bit, options->encode_from);
	g_string_append_printf(out, "Content-Type: %s; charset=%s%s\n", type, charset,
			       flowed ? "; format=flowed" : "");
	g_string_append(out, "Content-Disposition: inline\n");
	g_string_append_printf(out, "Content-Transfer-Encoding: %s\n\n", encoding);
	body_write(out, encoding, bytes, n);
	return TRUE;
}

/* ---- parts ---- */

static GBytes *part_content(const struct draft_part *part, GError **error)
{
	gsize n;
	char *bytes;

	if (part->bytes)
		return g_bytes_ref(part->bytes);
	bytes = file_read(part->path, PART_MAX, FILE_READ_FOLLOW, &n, error);
	if (!bytes) {
		g_prefix_error(error, "cannot attach: ");
		return NULL;
	}
	return g_bytes_new_take(bytes, n);
}

/* How a part goes out: content and encoding fit to its type. */
struct outgoing {
	char *type;
	char *bytes;
	gsize n;
	const char *encoding;
	const char *charset; /* NULL: none */
};

/* A message inside must stay readable as it is (RFC 2046 5.2.1); one that cannot becomes a file. */
static void prepare_message(struct outgoing *o, const struct body_facts *facts)
{
	if (facts->has_nul || facts->has_cr || facts->long_line) {
		g_free(o->type);
		o->type = g_strdup("application/octet-stream");
		o->encoding = "base64";
	} else {
		o->encoding = facts->n_8bit > 0 ? "8bit" : "7bit";
	}
}

static void prepare_part(struct outgoing *o, const struct draft_part *part, GBytes *content,
			 const struct build_options *options)
{
	const char *bytes = g_bytes_get_data(content, &o->n);
	gboolean is_message, is_text;
	struct body_facts facts;

	bytes = bytes ? bytes : "";
	o->type = part->type ? g_strdup(part->type)
			     : build_media_type(part->name ? part->name : part->path,
						(const guint8 *)bytes, MIN(o->n, HEAD_BYTES));
	is_message = g_ascii_strcasecmp(o->type, "message/rfc822") == 0;
	is_text = g_ascii_strncasecmp(o->type, "text/", 5) == 0;
	o->bytes = is_message ? body_lf(bytes, &o->n) : g_memdup2(bytes, o->n);
	facts = body_look(o->bytes ? o->bytes : "", o->n);
	o->encoding = "base64";
	if (is_message) {
		prepare_message(o, &facts);
	} else if (is_text) {
		o->charset = part->charset ? part->charset
					   : charset_guess(o->bytes ? o->bytes : "", o->n, NULL);
		/* A file is given back byte for byte, so its CRs are never touched. */
		if (!facts.has_cr)
			o->encoding = body_text_encoding(&facts, o->n, options->allow_8bit,
							 options->encode_from);
	}
}

static void write_part_head(GString *out, const struct draft_part *part, const struct outgoing *o)
{
	g_string_append_printf(out, "Content-Type: %s", o->type);
	if (o->charset)
		header_append_param(out, "charset", o->charset);
	g_string_append_c(out, '\n');
	header_write_text(out, "Content-Description", part->description);
	g_string_append_printf(out, "Content-Disposition: %s",
			       part->disposition ? part->disposition : "attachment");
	if (part->name && *part->name)
		header_append_param(out, "filename", part->name);
	g_string_append_c(out, '\n');
	if (part->content_id)
		g_string_append_printf(out, "Content-ID: <%s>\n", part->content_id);
	g_string_append_printf(out, "Content-Transfer-Encoding: %s\n\n", o->encoding);
}

/* What the user or another message gave for a MIME header must be one line of plain text. */
static gboolean part_is_safe(const struct draft_part *part, GError **error)
{
	const char *const given[] = {part->type, part->disposition, part->charset,
				     part->content_id};

	for (gsize i = 0; i < G_N_ELEMENTS(given); i++)
		for (const char *p = given[i]; p && *p; p++)
			if (*p < ' ' || *p > '~')
				return error_set(error, CUR_ERROR_USAGE,
						 "an attachment's type is not plain text");
	return TRUE;
}

static gboolean write_part(const struct draft_part *part, const struct build_options *options,
			   GString *out, GError **error)
{
	g_autoptr(GBytes) content = NULL;
	struct outgoing o = {0};

	if (!part_is_safe(part, error))
		return FALSE;
	content = part_content(part, error);
	if (!content)
		return FALSE;
	prepare_part(&o, part, content, options);
	write_part_head(out, part, &o);
	body_write(out, o.encoding, o.bytes, o.n);
	g_free(o.type);
	g_free(o.bytes);
	return TRUE;
}

gboolean build_body(const struct draft *draft, const struct build_options *options, GString *out,
		    GError **error)
{
	char boundary[40];

	g_string_append(out, "MIME-Version: 1.0\n");
	if (draft->parts->len == 0)
		return write_text(draft, options, out, error);
	/* 128 bits of chance: no content can hold it. */
	g_snprintf(boundary, sizeof(boundary), "=-%08x%08x%08x%08x", g_random_int(), g_random_int(),
		   g_random_int(), g_random_int());
	g_string_append_printf(out, "Content-Type: multipart/mixed; boundary=\"%s\"\n\n--%s\n",
			       boundary, boundary);
	if (!write_text(draft, options, out, error))
		return FALSE;
	for (guint i = 0; i < draft->parts->len; i++) {
		g_string_append_printf(out, "\n--%s\n", boundary);
		if (!write_part(draft->parts->pdata[i], options, out, error))
			return FALSE;
	}
	g_string_append_printf(out, "\n--%s--\n", boundary);
	return TRUE;
}
