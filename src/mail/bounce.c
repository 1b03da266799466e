/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Resent- fields in front of a message, the message itself as it was. */
#include "cur/mail/bounce.h"

#include <string.h>

#include "body-write.h"
#include "cur/base/clock.h"
#include "cur/base/error.h"
#include "cur/mail/address.h"
#include "cur/mail/date.h"
#include "cur/mail/headers.h"
#include "cur/mail/msgid.h"
#include "header-write.h"

/* Fields that belong to this copy or to blind recipients, not to the message. */
static gboolean is_dropped(const char *line, gsize n, gboolean keep_delivered_to)
{
	static const char *const names[] = {"Bcc",	"Resent-Bcc",	  "Return-Path", "Status",
					    "X-Status", "Content-Length", "X-Keywords"};

	for (gsize i = 0; i < G_N_ELEMENTS(names); i++)
		if (header_is_named(line, n, names[i]))
			return TRUE;
	if (g_str_has_prefix(line, "From "))
		return TRUE;
	return !keep_delivered_to && header_is_named(line, n, "Delivered-To");
}

/* The message without those fields; a dropped field takes its folded lines along. */
static void copy_message(const char *text, gsize n, gboolean keep_delivered_to, GString *out)
{
	const char *end = text + n;
	gboolean dropping = FALSE;

	while (text < end && *text != '\n') {
		const char *newline = memchr(text, '\n', (gsize)(end - text));
		gsize length = (gsize)((newline ? newline + 1 : end) - text);

		if (*text != ' ' && *text != '\t')
			dropping = is_dropped(text, length, keep_delivered_to);
		if (!dropping)
			g_string_append_len(out, text, (gssize)length);
		text += length;
	}
	g_string_append_len(out, text, end - text);
}

static GPtrArray *envelope_list(const char *text, GError **error)
{
	g_autoptr(GPtrArray) list = address_parse(text ? text : "");
	g_autoptr(GPtrArray) specs = g_ptr_array_new_with_free_func(g_free);

	address_list_unique(list, TRUE);
	for (guint i = 0; i < list->len; i++) {
		char *spec = address_envelope(list->pdata[i], error);

		if (!spec)
			return NULL;
		g_ptr_array_add(specs, spec);
	}
	if (specs->len > 0)
		return g_steal_pointer(&specs);
	error_set(error, CUR_ERROR_USAGE, "no recipients were specified");
	return NULL;
}

static void write_addresses(GString *out, const char *name, const char *text)
{
	g_autoptr(GPtrArray) list = address_parse(text);
	g_autofree char *encoded = address_format_header(list);

	header_write(out, name, encoded);
}

static void write_resent(GString *out, const struct bounce_options *options, const char *message_id)
{
	gint64 now = options->now ? options->now : clock_now_s();
	g_autofree char *date = date_format_header(now, date_local_zone(now));

	write_addresses(out, "Resent-From", options->from);
	header_write(out, "Resent-Date", date);
	header_write(out, "Resent-Message-ID", message_id);
	write_addresses(out, "Resent-To", options->to);
}

gboolean bounce_build(GBytes *original, const struct bounce_options *options,
		      struct built_message *out, GError **error)
{
	gsize n;
	const char *bytes = g_bytes_get_data(original, &n);
	g_autoptr(GPtrArray) sender = envelope_list(options->from, error);
	g_autofree char *text = NULL;
	GString *message;

	*out = (struct built_message){0};
	if (!sender)
		return FALSE;
	if (n > 0 && memchr(bytes, '\0', n))
		return error_set(error, CUR_ERROR_USAGE,
				 "the message holds a NUL and cannot be sent again");
	out->recipients = envelope_list(options->to, error);
	if (!out->recipients)
		return FALSE;
	text = body_lf(bytes ? bytes : "", &n);
	out->envelope_from = g_strdup(sender->pdata[0]);
	out->message_id = msgid_make(options->hostname ? options->hostname : "localhost");
	message = g_string_sized_new(n + 512);
	write_resent(message, options, out->message_id);
	copy_message(text, n, options->keep_delivered_to, message);
	out->message = g_string_free_to_bytes(message);
	out->fcc = g_bytes_ref(out->message);
	return TRUE;
}
