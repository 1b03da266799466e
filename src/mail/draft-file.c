/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Drafts as messages: what `cur -H` reads and what a postponed message is. Our
 * own X-Cur- fields are believed only when we wrote them.
 */
#include <string.h>

#include "build-inside.h"
#include "cur/base/file.h"
#include "cur/mail/address.h"
#include "cur/mail/message.h"
#include "draft-fields.h"
#include "header-write.h"

/* ---- writing ---- */

/* clang-format off */
static const struct {
	const char *word;
	gsize offset;
} security_words[] = {
	{"sign",	G_STRUCT_OFFSET(struct draft_security, sign)},
	{"encrypt",	G_STRUCT_OFFSET(struct draft_security, encrypt)},
	{"smime",	G_STRUCT_OFFSET(struct draft_security, smime)},
	{"inline",	G_STRUCT_OFFSET(struct draft_security, inline_pgp)},
	{"manual",	G_STRUCT_OFFSET(struct draft_security, manual)},
};
/* clang-format on */

static void write_security(const struct draft_security *security, GString *out)
{
	g_autoptr(GString) words = g_string_new(NULL);

	for (gsize i = 0; i < G_N_ELEMENTS(security_words); i++)
		if (G_STRUCT_MEMBER(gboolean, security, security_words[i].offset))
			g_string_append_printf(words, "%s%s", words->len ? " " : "",
					       security_words[i].word);
	header_write(out, "X-Cur-Security", words->str);
}

static void read_security(struct draft_security *security, const char *value)
{
	g_auto(GStrv) words = g_strsplit(value, " ", -1);

	for (gsize i = 0; i < G_N_ELEMENTS(security_words); i++)
		if (g_strv_contains((const char *const *)words, security_words[i].word))
			G_STRUCT_MEMBER(gboolean, security, security_words[i].offset) = TRUE;
}

static void write_own_fields(const struct draft *draft, GString *out)
{
	for (guint i = 0; i < draft->fcc->len; i++)
		header_write_text(out, "X-Cur-Fcc", draft->fcc->pdata[i]);
	header_write_text(out, "X-Cur-Answered", draft->answered);
	header_write_text(out, "X-Cur-Forwarded", draft->forwarded);
	header_write_text(out, "X-Cur-Transport", draft->transport);
	header_write_text(out, "X-Cur-Account", draft->account);
	write_security(&draft->security, out);
	header_write_text(out, "X-Cur-Sign-As", draft->sign_as);
}

static GBytes *write_draft(const struct draft *draft, const struct build_options *options,
			   GError **error)
{
	GString *out = g_string_new(NULL);

	write_own_fields(draft, out);
	if (build_head(draft, options, draft->message_id, TRUE, out, error) &&
	    build_content(draft, options, out, error))
		return g_string_free_to_bytes(out);
	g_string_free(out, TRUE);
	return NULL;
}

static gboolean save(const char *path, GBytes *bytes, GError **error)
{
	gsize n;
	const void *data;

	if (!bytes)
		return FALSE;
	data = g_bytes_get_data(bytes, &n);
	return file_write_atomic(path, data, n, 0600, error);
}

GBytes *draft_write(const struct draft *draft, GError **error)
{
	static const struct build_options options = {.allow_8bit = TRUE};

	return write_draft(draft, &options, error);
}

gboolean draft_save(const struct draft *draft, const char *path, GError **error)
{
	g_autoptr(GBytes) bytes = draft_write(draft, error);

	return save(path, bytes, error);
}

gboolean draft_save_sealed(const struct draft *draft, GBytes *entity, const char *subject,
			   const char *path, GError **error)
{
	const struct build_options options = {.sealed = entity, .subject = subject};
	g_autoptr(GBytes) bytes = write_draft(draft, &options, error);

	return save(path, bytes, error);
}

/* ---- reading ---- */

/* Fields that come from delivery or building, and are made anew when the draft is sent. */
static gboolean is_left_out(const char *name)
{
	static const char *const names[] = {
	    "Date",   "MIME-Version", "Received",   "Return-Path",    "Delivered-To",
	    "Status", "X-Status",     "Lines",	    "Content-Length", "User-Agent",
	    "Fcc",    "Attach",	      "Message-ID", "X-Keywords",     "Envelope-To"};

	for (gsize i = 0; i < G_N_ELEMENTS(names); i++)
		if (g_ascii_strcasecmp(names[i], name) == 0)
			return TRUE;
	return g_ascii_strncasecmp(name, "Content-", 8) == 0 ||
	       g_ascii_strncasecmp(name, "X-Mutt-", 7) == 0 ||
	       g_ascii_strncasecmp(name, "X-Cur-", 6) == 0 ||
	       g_ascii_strncasecmp(name, "Resent-", 7) == 0;
}

static gboolean read_own_field(struct draft *draft, const char *name, const char *value)
{
	if (g_ascii_strcasecmp(name, "X-Cur-Fcc") == 0 ||
	    g_ascii_strcasecmp(name, "X-Mutt-Fcc") == 0)
		g_ptr_array_add(draft->fcc, g_strdup(value));
	else if (g_ascii_strcasecmp(name, "X-Cur-Answered") == 0)
		draft_set(&draft->answered, value);
	else if (g_ascii_strcasecmp(name, "X-Cur-Forwarded") == 0)
		draft_set(&draft->forwarded, value);
	else if (g_ascii_strcasecmp(name, "X-Cur-Transport") == 0)
		draft_set(&draft->transport, value);
	else if (g_ascii_strcasecmp(name, "X-Cur-Account") == 0)
		draft_set(&draft->account, value);
	else if (g_ascii_strcasecmp(name, "X-Mutt-Resume-Draft") == 0)
		draft->edited = TRUE;
	else if (g_ascii_strcasecmp(name, "X-Cur-Sign-As") == 0)
		draft_set(&draft->sign_as, value);
	else
		return FALSE;
	return TRUE;
}

static char *address_value(const char *raw)
{
	g_autoptr(GPtrArray) list = address_parse(raw);

	return address_format_list(list);
}

static void read_field(struct draft *draft, struct headers *headers, guint i, gboolean trusted)
{
	const char *name = headers_name(headers, i);
	const char *value = headers_text(headers, i);
	const struct draft_field *field = draft_find_field(name, strlen(name));
	g_autofree char *text = NULL;
	g_autofree char *line = NULL;

	if (!*name || (trusted && read_own_field(draft, name, value)))
		return;
	/* Whoever wrote it: the worst it could do is to be missing. */
	if (g_ascii_strcasecmp(name, "X-Cur-Security") == 0)
		read_security(&draft->security, value);
	if (trusted && g_ascii_strcasecmp(name, "Message-ID") == 0)
		draft_set(&draft->message_id, value);
	/* A stranger's extra headers would go out under our name: only known ones are taken. */
	if (is_left_out(name) || (!field && !trusted))
		return;
	text =
	    field && field->is_address ? address_value(headers_raw(headers, i)) : g_strdup(value);
	line = g_strdup_printf("%s: %s", name, text);
	g_strdelimit(line, "\r\n", ' ');
	draft_add_header(draft, line, NULL);
}

static gboolean is_body(struct part *part)
{
	return part_is(part, "text", NULL) && strcmp(part->disposition, "attachment") != 0 &&
	       !*part->file_name;
}

/* In place: the blanks of RFC 3676 4.4 were put there for the wire, not by the author. */
static void unstuff(char *text)
{
	char *to = text;
	gboolean line_start = TRUE;

	for (const char *from = text; *from; from++) {
		if (!line_start || *from != ' ')
			*to++ = *from;
		line_start = *from == '\n';
	}
	*to = '\0';
}

static const char *or_null(const char *text)
{
	return *text ? text : NULL;
}

/* NULL for what could not stand in a MIME header of ours. */
static const char *plain_or_null(const char *text)
{
	for (const char *p = text; p && *p; p++)
		if (*p < ' ' || *p > '~')
			return NULL;
	return text && *text ? text : NULL;
}

/* What a part's header says beside type and encoding. */
static void read_fields(struct draft_part *mine, struct part *part)
{
	mine->description = g_strdup(or_null(part->description));
	mine->disposition = g_strdup(plain_or_null(part->disposition));
	mine->content_id = g_strdup(plain_or_null(part->content_id));
	mine->language =
	    g_strdup(plain_or_null(headers_get(part_headers(part), "Content-Language")));
}

static void read_body(struct draft *draft, struct part *part)
{
	g_autofree char *format = part_param(part, "format");
	gsize n;

	g_free(draft->body_type);
	g_free(draft->body);
	draft->body_type = part_type_name(part);
	draft->body = part_text(part, &n);
	draft->text_flowed = format && g_ascii_strcasecmp(format, "flowed") == 0;
	if (draft->text_flowed)
		unstuff(draft->body);
}

/* The text has a place of its own: somewhere in a group, or something is said of it. */
static struct draft_part *read_text_part(struct draft *draft, struct part *part)
{
	struct draft_part *mine = g_new0(struct draft_part, 1);

	read_body(draft, part);
	read_fields(mine, part);
	mine->is_text = TRUE;
	if (g_strcmp0(mine->disposition, "inline") == 0)
		g_clear_pointer(&mine->disposition, g_free);
	return mine;
}

static struct draft_part *read_part(struct part *part)
{
	g_autofree char *type = part_type_name(part);
	GBytes *content;
	struct draft_part *mine;

	content = part_is(part, "message", "rfc822") ? g_bytes_new(part->body, part->body_n)
						     : part_decode(part);
	mine = draft_part_new_bytes(content, type, or_null(part->file_name));
	read_fields(mine, part);
	mine->charset = g_strdup(or_null(part->charset));
	return mine;
}

/* Containers whose parts belong together; the parts of others are attached one by one. */
static gboolean is_group(struct part *part)
{
	static const char *const subtypes[] = {"alternative", "related", "multilingual"};

	for (guint i = 0; part->n_children > 1 && i < G_N_ELEMENTS(subtypes); i++)
		if (part_is(part, "multipart", subtypes[i]))
			return TRUE;
	return FALSE;
}

static void read_parts(struct draft *draft, struct part *part, GPtrArray *into)
{
	if (!draft->body && !part->n_children && is_body(part)) {
		g_ptr_array_add(into, read_text_part(draft, part));
	} else if (is_group(part)) {
		g_autofree char *type = part_type_name(part);
		struct draft_part *group = draft_part_new_group(type, draft_parts_new());

		g_ptr_array_add(into, group);
		for (guint i = 0; i < part->n_children; i++)
			read_parts(draft, part->children[i], group->children);
	} else if (part_is(part, "multipart", NULL) && part->n_children) {
		for (guint i = 0; i < part->n_children; i++)
			read_parts(draft, part->children[i], into);
	} else {
		g_ptr_array_add(into, read_part(part));
	}
}

/* A text that stands first, and of which nothing is said, needs no part of its own. */
static void unplace_text(struct draft *draft)
{
	const struct draft_part *text = draft->parts->len ? draft->parts->pdata[0] : NULL;

	if (!text || !text->is_text || text->description || text->disposition || text->content_id ||
	    text->language)
		return;
	g_ptr_array_remove_index(draft->parts, 0);
	draft->placed = FALSE;
}

struct draft *draft_read(GBytes *bytes, gboolean trusted, GError **error)
{
	auto_ptr(message) message = message_new(bytes);
	struct headers *headers = message_headers(message);
	struct draft *draft = draft_new();

	for (guint i = 0; i < headers_count(headers); i++)
		read_field(draft, headers, i, trusted);
	read_parts(draft, message_root(message), draft->parts);
	draft->placed = TRUE;
	unplace_text(draft);
	if (!draft->body)
		draft->body = g_strdup("");
	return draft;
}
