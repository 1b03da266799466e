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

/* What the writing of every part needs. */
struct body_writer {
	const struct draft *draft;
	const struct build_options *options;
	GString *out;
};

/* ---- the fields of a part ---- */

/* What the user or another message gave for a MIME header must be one line of plain text. */
static gboolean part_is_safe(const struct draft_part *part, GError **error)
{
	const char *const given[] = {part->type, part->disposition, part->charset, part->content_id,
				     part->language};

	for (gsize i = 0; i < G_N_ELEMENTS(given); i++)
		for (const char *p = given[i]; p && *p; p++)
			if (*p < ' ' || *p > '~')
				return error_set(error, CUR_ERROR_USAGE,
						 "an attachment's type is not plain text");
	return TRUE;
}

/* All but the type and the encoding; `part` may be NULL. */
static void write_fields(GString *out, const struct draft_part *part, const char *disposition)
{
	const char *name = part ? part->name : NULL;

	if (part)
		header_write_text(out, "Content-Description", part->description);
	if (part && part->disposition)
		disposition = part->disposition;
	if (disposition) {
		g_string_append_printf(out, "Content-Disposition: %s", disposition);
		if (name && *name)
			header_append_param(out, "filename", name);
		g_string_append_c(out, '\n');
	}
	if (part && part->language)
		header_write(out, "Content-Language", part->language);
	if (part && part->content_id)
		g_string_append_printf(out, "Content-ID: <%s>\n", part->content_id);
}

/* The encoding the user wants, where these bytes can have it; else the one that was chosen. */
static const char *wanted_encoding(const struct draft_part *part, const struct body_facts *facts,
				   const struct build_options *options, const char *chosen)
{
	const char *wanted = part ? part->encoding : NULL;
	gboolean raw = !facts->has_nul && !facts->has_cr && !facts->long_line;

	if (!wanted)
		return chosen;
	if (strcmp(wanted, "base64") == 0)
		return "base64";
	if (strcmp(wanted, "quoted-printable") == 0)
		return facts->has_nul ? chosen : "quoted-printable";
	if (strcmp(wanted, "8bit") == 0)
		return raw && options->allow_8bit ? "8bit" : chosen;
	return raw && facts->n_8bit == 0 ? "7bit" : chosen;
}

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

/* `part` says where it stands and what is said of it; NULL: it goes first, and nothing is. */
static gboolean write_text(struct body_writer *w, const struct draft_part *part, GError **error)
{
	const struct draft *draft = w->draft;
	const char *type = draft->body_type ? draft->body_type : "text/plain";
	gboolean flowed = draft->text_flowed && g_ascii_strcasecmp(type, "text/plain") == 0;
	g_autofree char *text = NULL, *bytes = NULL;
	const char *charset, *encoding;
	struct body_facts facts;
	gsize n;

	if (part && !part_is_safe(part, error))
		return FALSE;
	text = prepare_text(draft, w->options, flowed, &n, error);
	if (!text)
		return FALSE;
	bytes = encode_charset(draft, w->options, text, &n, &charset);
	facts = body_look(bytes, n);
	encoding = body_text_encoding(&facts, n, w->options->allow_8bit, w->options->encode_from,
				      w->options->keep_blanks);
	encoding = wanted_encoding(part, &facts, w->options, encoding);
	g_string_append_printf(w->out, "Content-Type: %s; charset=%s%s\n", type, charset,
			       flowed ? "; format=flowed" : "");
	write_fields(w->out, part, "inline");
	g_string_append_printf(w->out, "Content-Transfer-Encoding: %s\n\n", encoding);
	body_write(w->out, encoding, bytes, n);
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

/* A text that is to be read in the recipient's charset, as the message's own text is. */
static void recode(struct outgoing *o, const char *charset, const struct build_options *options)
{
	const char *const from[] = {charset, NULL};
	g_autofree char *bytes = g_steal_pointer(&o->bytes);
	g_autofree char *text = NULL;
	gsize n = o->n;

	text = charset_to_utf8(bytes, o->n, charset, charset ? from : NULL, &n);
	o->charset = charset_for_sending(text, n, options->send_charset);
	o->bytes = charset_from_utf8(text, n, o->charset, &o->n);
	if (!o->bytes) {
		o->charset = "utf-8";
		o->bytes = g_memdup2(text, n + 1);
		o->n = n;
	}
}

static void prepare_text_part(struct outgoing *o, const struct draft_part *part,
			      const struct build_options *options)
{
	struct body_facts facts;

	const char *bytes = o->bytes ? o->bytes : "";

	if (part->recode)
		recode(o, part->charset, options);
	else if (!part->charset && options->attach_charset)
		recode(o, charset_guess(bytes, o->n, options->attach_charset), options);
	else
		o->charset = part->charset ? part->charset
					   : charset_guess(o->bytes ? o->bytes : "", o->n, NULL);
	facts = body_look(o->bytes ? o->bytes : "", o->n);
	/* A file is given back byte for byte, so its CRs are never touched. */
	if (!facts.has_cr)
		o->encoding = body_text_encoding(&facts, o->n, options->allow_8bit,
						 options->encode_from, options->keep_blanks);
	o->encoding = wanted_encoding(part, &facts, options, o->encoding);
}

static char *type_of(const struct draft_part *part, GBytes *content,
		     const struct build_options *options)
{
	char *type;
	gsize n;
	const guint8 *bytes = g_bytes_get_data(content, &n);

	if (part->type)
		return g_strdup(part->type);
	type = part->path && options->file_type
		   ? options->file_type(part->path, options->file_type_data)
		   : NULL;
	if (type)
		return type;
	return build_media_type(part->name ? part->name : part->path, bytes,
				MIN(n, (gsize)HEAD_BYTES));
}

static void prepare_part(struct outgoing *o, const struct draft_part *part, GBytes *content,
			 const struct build_options *options)
{
	const char *bytes = g_bytes_get_data(content, &o->n);
	struct body_facts facts;
	gboolean is_message;

	o->type = type_of(part, content, options);
	is_message = g_ascii_strcasecmp(o->type, "message/rfc822") == 0;
	o->bytes = is_message ? body_lf(bytes ? bytes : "", &o->n) : g_memdup2(bytes, o->n);
	o->encoding = "base64";
	if (is_message) {
		facts = body_look(o->bytes, o->n);
		prepare_message(o, &facts);
	} else if (g_ascii_strncasecmp(o->type, "text/", 5) == 0) {
		prepare_text_part(o, part, options);
	}
}

static gboolean write_part(struct body_writer *w, const struct draft_part *part, GError **error)
{
	g_autoptr(GBytes) content = NULL;
	struct outgoing o = {0};

	if (!part_is_safe(part, error))
		return FALSE;
	content = part_content(part, error);
	if (!content)
		return FALSE;
	prepare_part(&o, part, content, w->options);
	g_string_append_printf(w->out, "Content-Type: %s", o.type);
	if (o.charset)
		header_append_param(w->out, "charset", o.charset);
	g_string_append_c(w->out, '\n');
	write_fields(w->out, part, "attachment");
	g_string_append_printf(w->out, "Content-Transfer-Encoding: %s\n\n", o.encoding);
	body_write(w->out, o.encoding, o.bytes, o.n);
	g_free(o.type);
	g_free(o.bytes);
	return TRUE;
}

/* ---- containers ---- */

static gboolean write_entry(struct body_writer *w, const struct draft_part *part, GError **error);

/* What stands in one container: the parts of a message, or of a group. */
struct content {
	const GPtrArray *parts;
	gboolean text_first; /* the text goes before them */
};

/* RFC 2387 3.1: a multipart/related says what type its root has. */
static void append_root_type(struct body_writer *w, const GPtrArray *parts)
{
	const struct draft_part *root = parts->len ? parts->pdata[0] : NULL;
	g_autoptr(GBytes) content = NULL;
	g_autofree char *type = NULL;

	if (!root)
		return;
	if (root->is_text)
		type = g_strdup(w->draft->body_type ? w->draft->body_type : "text/plain");
	else if (root->children)
		type = g_strdup(root->type);
	else if ((content = part_content(root, NULL)))
		type = type_of(root, content, w->options);
	if (type)
		header_append_param(w->out, "type", type);
}

static gboolean write_container(struct body_writer *w, const char *type,
				const struct draft_part *group, const struct content *content,
				GError **error)
{
	char boundary[40];

	/* 128 bits of chance: no content can hold it. */
	g_snprintf(boundary, sizeof(boundary), "=-%08x%08x%08x%08x", g_random_int(), g_random_int(),
		   g_random_int(), g_random_int());
	g_string_append_printf(w->out, "Content-Type: %s; boundary=\"%s\"", type, boundary);
	if (g_ascii_strcasecmp(type, "multipart/related") == 0)
		append_root_type(w, content->parts);
	g_string_append_c(w->out, '\n');
	write_fields(w->out, group, NULL);
	if (content->text_first) {
		g_string_append_printf(w->out, "\n--%s\n", boundary);
		if (!write_text(w, NULL, error))
			return FALSE;
	}
	for (guint i = 0; i < content->parts->len; i++) {
		g_string_append_printf(w->out, "\n--%s\n", boundary);
		if (!write_entry(w, content->parts->pdata[i], error))
			return FALSE;
	}
	g_string_append_printf(w->out, "\n--%s--\n", boundary);
	return TRUE;
}

static gboolean write_entry(struct body_writer *w, const struct draft_part *part, GError **error)
{
	const struct content content = {part->children, FALSE};

	if (part->is_text)
		return write_text(w, part, error);
	if (part->children)
		return part_is_safe(part, error) &&
		       write_container(w, part->type, part, &content, error);
	return write_part(w, part, error);
}

GBytes *build_part(const struct draft *draft, const struct draft_part *part, GError **error)
{
	static const struct build_options options = {.allow_8bit = TRUE};
	GString *out = g_string_new("MIME-Version: 1.0\n");
	struct body_writer w = {draft, &options, out};

	if (write_entry(&w, part, error))
		return g_string_free_to_bytes(out);
	g_string_free(out, TRUE);
	return NULL;
}

gboolean build_body(const struct draft *draft, const struct build_options *options, GString *out,
		    GError **error)
{
	struct body_writer w = {draft, options, out};
	const struct content content = {draft->parts, !draft->placed};
	guint n = draft->parts->len + !draft->placed;

	g_string_append(out, "MIME-Version: 1.0\n");
	if (n == 0 || (n == 1 && !draft->placed))
		return write_text(&w, NULL, error);
	if (n == 1)
		return write_entry(&w, draft->parts->pdata[0], error);
	return write_container(&w, "multipart/mixed", NULL, &content, error);
}
