/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The header half of a message to send, and who receives it. */
#include "cur/mail/build.h"

#include <string.h>

#include "build-inside.h"
#include "cur/base/clock.h"
#include "cur/base/error.h"
#include "cur/mail/address.h"
#include "cur/mail/date.h"
#include "cur/mail/msgid.h"
#include "draft-fields.h"
#include "header-write.h"

gboolean build_header_is_safe(const char *line)
{
	const char *colon = strchr(line, ':');

	if (!colon || colon == line || strpbrk(line, "\r\n"))
		return FALSE;
	for (const char *p = line; p < colon; p++)
		if (*p <= ' ' || *p > '~')
			return FALSE;
	return g_utf8_validate(line, -1, NULL);
}

/* Fields that an extra header may not be: ours to write, or traces of a delivery. */
static gboolean is_reserved(const char *line)
{
	static const char *const names[] = {"Date",	"Message-ID",  "MIME-Version",
					    "Received", "Return-Path", "Delivered-To",
					    "Fcc",	"Attach"};
	static const char *const prefixes[] = {"Content-", "Resent-", "X-Cur-", "X-Mutt-"};
	gsize n = strcspn(line, ":");

	for (gsize i = 0; i < G_N_ELEMENTS(names); i++)
		if (strlen(names[i]) == n && g_ascii_strncasecmp(names[i], line, n) == 0)
			return TRUE;
	for (gsize i = 0; i < G_N_ELEMENTS(prefixes); i++)
		if (g_ascii_strncasecmp(prefixes[i], line, strlen(prefixes[i])) == 0)
			return TRUE;
	return draft_find_field(line, n) != NULL;
}

/* A value with a line break would be a second header (M40): nothing is sent then. */
static gboolean check_value(const char *name, const char *value, GError **error)
{
	if (!value || !strpbrk(value, "\r\n"))
		return TRUE;
	return error_set(error, CUR_ERROR_USAGE, "the %s field holds a line break", name);
}

static gboolean write_field(const struct draft_field *field, const char *value, GString *out,
			    GError **error)
{
	g_autoptr(GPtrArray) list = NULL;
	g_autofree char *encoded = NULL;

	if (!value || !*value)
		return TRUE;
	if (!check_value(field->name, value, error))
		return FALSE;
	if (!field->is_address) {
		header_write_text(out, field->name, value);
		return TRUE;
	}
	list = address_parse(value);
	encoded = address_format_header(list);
	header_write(out, field->name, encoded);
	return TRUE;
}

static gboolean write_fields(const struct draft *draft, const struct build_options *options,
			     gboolean with_bcc, GString *out, GError **error)
{
	gsize n;
	const struct draft_field *fields = draft_fields(&n);

	for (gsize i = 0; i < n; i++) {
		const char *value = *draft_field_of(draft, &fields[i]);

		if (strcmp(fields[i].name, "Bcc") == 0 && !with_bcc)
			continue;
		if (strcmp(fields[i].name, "From") == 0 && (!value || !*value))
			value = options->no_from ? NULL : options->default_from;
		if (strcmp(fields[i].name, "Subject") == 0 && options->subject)
			value = options->subject;
		if (!write_field(&fields[i], value, out, error))
			return FALSE;
	}
	return TRUE;
}

static gboolean write_extra(const struct draft *draft, const char *user_agent, GString *out,
			    GError **error)
{
	for (guint i = 0; i < draft->headers->len; i++) {
		const char *line = draft->headers->pdata[i];
		g_autofree char *name = g_strndup(line, strcspn(line, ":"));

		if (!build_header_is_safe(line))
			return error_set(error, CUR_ERROR_USAGE, "not a header line: '%.60s'",
					 line);
		if (is_reserved(line))
			continue;
		if (g_ascii_strcasecmp(name, "User-Agent") == 0)
			user_agent = NULL;
		header_write_text(out, name, line + strlen(name) + 1);
	}
	header_write_text(out, "User-Agent", user_agent);
	return TRUE;
}

gboolean build_head(const struct draft *draft, const struct build_options *options,
		    const char *message_id, gboolean with_bcc, GString *out, GError **error)
{
	gint64 now = options->now ? options->now : clock_now_s();
	g_autofree char *date =
	    date_format_header(now, options->utc_date ? 0 : date_local_zone(now));

	header_write(out, "Date", date);
	if (!write_fields(draft, options, with_bcc, out, error))
		return FALSE;
	if (!check_value("Message-ID", message_id, error))
		return FALSE;
	header_write(out, "Message-ID", message_id);
	return write_extra(draft, options->user_agent, out, error);
}

/* ---- the envelope ---- */

static gboolean add_recipients(GPtrArray *all, const char *text)
{
	g_autoptr(GPtrArray) list = text ? address_parse(text) : NULL;

	for (guint i = 0; list && i < list->len; i++) {
		const struct address *a = list->pdata[i];

		if (a->kind == ADDRESS_MAILBOX)
			g_ptr_array_add(all, address_copy(a));
	}
	return all->len > 0;
}

/* Bare addresses of To, Cc and Bcc; one that SMTP may not have stops it all (P70). */
static GPtrArray *recipients_of(const struct draft *draft, GError **error)
{
	g_autoptr(GPtrArray) all = address_list_new();
	g_autoptr(GPtrArray) specs = g_ptr_array_new_with_free_func(g_free);

	add_recipients(all, draft->to);
	add_recipients(all, draft->cc);
	if (!add_recipients(all, draft->bcc)) {
		error_set(error, CUR_ERROR_USAGE, "no recipients were specified");
		return NULL;
	}
	address_list_unique(all, TRUE);
	for (guint i = 0; i < all->len; i++) {
		char *spec = address_envelope(all->pdata[i], error);

		if (!spec)
			return NULL;
		g_ptr_array_add(specs, spec);
	}
	return g_steal_pointer(&specs);
}

static char *sender_of(const struct draft *draft, const struct build_options *options,
		       GError **error)
{
	const char *from = draft->from && *draft->from ? draft->from : options->default_from;
	auto_ptr(address) a = NULL;

	if (options->envelope_from && *options->envelope_from)
		from = options->envelope_from;
	a = from ? address_parse_one(from) : NULL;
	if (!a) {
		error_set(error, CUR_ERROR_USAGE, "there is no From address");
		return NULL;
	}
	return address_envelope(a, error);
}

static char *message_id_of(const struct draft *draft, const struct build_options *options,
			   const char *sender)
{
	const char *at = strrchr(sender, '@');
	const char *host = options->hostname && *options->hostname ? options->hostname
			   : at					   ? at + 1
								   : "localhost";

	if (draft->message_id)
		return g_strdup(draft->message_id);
	return options->message_id ? g_strdup(options->message_id) : msgid_make(host);
}

gboolean build_content(const struct draft *draft, const struct build_options *options, GString *out,
		       GError **error)
{
	gsize n;
	const char *bytes;

	if (!options->sealed)
		return build_body(draft, options, out, error);
	bytes = g_bytes_get_data(options->sealed, &n);
	g_string_append(out, "MIME-Version: 1.0\n");
	g_string_append_len(out, bytes, (gssize)n);
	return TRUE;
}

/* Behind the first field of the entity, its Content-Type, with the lines it is folded into. */
static gsize first_field_end(const GString *entity)
{
	gsize at = strcspn(entity->str, "\n");

	while (entity->str[at] && (entity->str[at + 1] == ' ' || entity->str[at + 1] == '\t'))
		at += 1 + strcspn(entity->str + at + 1, "\n");
	return at;
}

GBytes *draft_entity(const struct draft *draft, const struct build_options *options,
		     gboolean protect, GError **error)
{
	static const char version[] = "MIME-Version: 1.0\n";
	struct build_options strict = *options;
	GString *out = g_string_new(NULL);

	strict.allow_8bit = FALSE;
	strict.encode_from = TRUE;
	strict.keep_blanks = TRUE;
	if (!build_body(draft, &strict, out, error)) {
		g_string_free(out, TRUE);
		return NULL;
	}
	g_string_erase(out, 0, strlen(version));
	if (protect && draft->subject && *draft->subject) {
		g_autoptr(GString) field = g_string_new("; protected-headers=\"v1\"\n");

		header_write_text(field, "Subject", draft->subject);
		g_string_truncate(field, field->len - 1);
		g_string_insert(out, (gssize)first_field_end(out), field->str);
	}
	return g_string_free_to_bytes(out);
}

static GBytes *assemble(const struct draft *draft, const struct build_options *options,
			const char *message_id, gboolean with_bcc, const GString *body,
			GError **error)
{
	GString *out = g_string_sized_new(body->len + 1024);

	if (!build_head(draft, options, message_id, with_bcc, out, error)) {
		g_string_free(out, TRUE);
		return NULL;
	}
	g_string_append_len(out, body->str, (gssize)body->len);
	return g_string_free_to_bytes(out);
}

gboolean draft_build(const struct draft *draft, const struct build_options *options,
		     struct built_message *out, GError **error)
{
	g_autoptr(GString) body = g_string_new(NULL);
	gboolean has_bcc = draft->bcc && *draft->bcc;

	*out = (struct built_message){0};
	out->recipients = recipients_of(draft, error);
	out->envelope_from = out->recipients ? sender_of(draft, options, error) : NULL;
	if (out->envelope_from && build_content(draft, options, body, error)) {
		out->message_id = message_id_of(draft, options, out->envelope_from);
		out->message =
		    assemble(draft, options, out->message_id, options->write_bcc, body, error);
	}
	if (out->message && has_bcc && options->keep_bcc_in_fcc != options->write_bcc)
		out->fcc = assemble(draft, options, out->message_id, options->keep_bcc_in_fcc, body,
				    error);
	else if (out->message)
		out->fcc = g_bytes_ref(out->message);
	if (out->fcc)
		return TRUE;
	built_message_clear(out);
	return FALSE;
}

void built_message_clear(struct built_message *built)
{
	g_clear_pointer(&built->message, g_bytes_unref);
	g_clear_pointer(&built->fcc, g_bytes_unref);
	g_clear_pointer(&built->recipients, g_ptr_array_unref);
	g_free(built->message_id);
	g_free(built->envelope_from);
	*built = (struct built_message){0};
}
