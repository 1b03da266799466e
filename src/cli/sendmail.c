/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * cur as sendmail(8): standard input is a whole message, sent as it is but for
 * line ends, Bcc, and a From, Date and Message-ID where they are missing.
 */
#include <string.h>

#include "commands.h"
#include "cur/base/clock.h"
#include "cur/base/error.h"
#include "cur/cli/cli.h"
#include "cur/conf/conf.h"
#include "cur/mail/address.h"
#include "cur/mail/date.h"
#include "cur/mail/headers.h"
#include "cur/mail/msgid.h"
#include "cur/model/recipients.h"
#include "cur/model/submit.h"

/* Line ends become LF; a NUL cannot be sent. */
static GString *normalise(GBytes *bytes)
{
	gsize n;
	const char *at = g_bytes_get_data(bytes, &n);
	const char *end = at + n;
	GString *out = g_string_sized_new(n);

	for (; at < end; at++) {
		if (*at == '\r' && at + 1 < end && at[1] == '\n')
			continue;
		if (*at)
			g_string_append_c(out, *at == '\r' ? '\n' : *at);
	}
	if (out->len && out->str[out->len - 1] != '\n')
		g_string_append_c(out, '\n');
	return out;
}

static gboolean add_list(GPtrArray *recipients, const char *text, GError **error)
{
	g_autoptr(GPtrArray) list = address_parse(text);

	for (guint i = 0; i < list->len; i++) {
		const struct address *a = list->pdata[i];
		char *spec;

		if (a->kind != ADDRESS_MAILBOX)
			continue;
		spec = address_envelope(a, error);
		if (!spec)
			return FALSE;
		if (g_ptr_array_find_with_equal_func(recipients, spec, g_str_equal, NULL))
			g_free(spec);
		else
			g_ptr_array_add(recipients, spec);
	}
	return TRUE;
}

static gboolean add_header_recipients(GPtrArray *recipients, struct headers *h, GError **error)
{
	static const char *const names[] = {"To", "Cc", "Bcc"};

	for (guint k = 0; k < G_N_ELEMENTS(names); k++)
		for (int i = headers_index(h, names[k], 0); i >= 0;
		     i = headers_index(h, names[k], i + 1))
			if (!add_list(recipients, headers_raw(h, i), error))
				return FALSE;
	return TRUE;
}

static GPtrArray *find_recipients(struct run *run, struct headers *h, GError **error)
{
	const struct options *o = run->options;
	g_autoptr(GPtrArray) recipients = g_ptr_array_new_with_free_func(g_free);

	if (o->sendmail && !add_header_recipients(recipients, h, error))
		return NULL;
	for (guint i = 0; i < o->to->len; i++) {
		g_autofree char *expanded = recipients_expand(run->conf, o->to->pdata[i]);

		if (!add_list(recipients, expanded, error))
			return NULL;
	}
	if (recipients->len == 0) {
		error_set(error, CUR_ERROR_USAGE, "no recipients");
		return NULL;
	}
	return g_steal_pointer(&recipients);
}

/* The header's lines but Bcc and a leading "From " of an mbox. */
static void copy_header(GString *out, const char *at, const char *end)
{
	gboolean skip = FALSE;

	while (at < end) {
		const char *lf = memchr(at, '\n', end - at);
		const char *next = lf ? lf + 1 : end;

		if (*at != ' ' && *at != '\t')
			skip = header_is_named(at, (gsize)(next - at), "Bcc") ||
			       g_str_has_prefix(at, "From ");
		if (!skip && *at != '\n')
			g_string_append_len(out, at, next - at);
		at = next;
	}
}

/* What RFC 5322 3.6 wants and the program left out. */
static void add_missing(struct run *run, GString *out, struct headers *h,
			struct built_message *built)
{
	const char *id = headers_get_raw(h, "Message-ID");
	gint64 now = clock_now_s();

	if (!headers_get(h, "From")) {
		g_autofree char *from = recipients_default_from(run->conf);
		g_autoptr(GPtrArray) list = address_parse(from);
		g_autofree char *field = address_format_header(list);

		g_string_append_printf(out, "From: %s\n", field);
	}
	if (!headers_get(h, "Date")) {
		g_autofree char *date = date_format_header(now, date_local_zone(now));

		g_string_append_printf(out, "Date: %s\n", date);
	}
	if (!id) {
		g_autofree char *host = recipients_hostname(run->conf);

		built->message_id = msgid_make(host);
		g_string_append_printf(out, "Message-ID: %s\n", built->message_id);
	} else {
		built->message_id = g_strdup(id);
	}
}

/* -f, else the first author, else ourselves. "<>" and "" are the null sender. */
static char *find_sender(struct run *run, struct headers *h, GError **error)
{
	const char *given = run->options->sender;
	const char *author = headers_get_raw(h, "From");
	g_autofree char *ours = recipients_default_from(run->conf);
	auto_ptr(address) address = NULL;

	if (given && (g_str_equal(given, "<>") || !*given))
		return g_strdup("");
	address = address_parse_one(given ? given : author ? author : ours);
	if (!address) {
		error_set(error, CUR_ERROR_USAGE, "'%s' is no sender", given ? given : author);
		return NULL;
	}
	return address_envelope(address, error);
}

static gboolean build(struct run *run, const GString *text, struct headers *h, gsize body,
		      struct built_message *built, GError **error)
{
	GString *out;

	built->recipients = find_recipients(run, h, error);
	built->envelope_from = built->recipients ? find_sender(run, h, error) : NULL;
	if (!built->envelope_from)
		return FALSE;
	out = g_string_sized_new(text->len + 500);
	copy_header(out, text->str, text->str + body);
	add_missing(run, out, h, built);
	g_string_append_c(out, '\n');
	g_string_append_len(out, text->str + body, text->len - body);
	built->message = g_string_free_to_bytes(out);
	built->fcc = g_bytes_ref(built->message);
	return TRUE;
}

static char *submit(struct run *run, GBytes *bytes, GError **error)
{
	g_autoptr(GString) text = normalise(bytes);
	struct built_message built = {0};
	char *id = NULL;
	gsize body;
	auto_ptr(headers) h = headers_parse(text->str, text->len, NULL, &body);

	if (headers_count(h) == 0)
		body = 0; /* all of it is text */
	if (build(run, text, h, body, &built, error))
		id = submit_built(run->conf, NULL, &built, NULL, headers_get(h, "Subject"), error);
	built_message_clear(&built);
	return id;
}

int sendmail_run(struct run *run)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(GBytes) bytes = NULL;
	g_autofree char *id = NULL;

	if (!run_conf(run, &error))
		return cli_fail(error);
	bytes = read_stdin(&error);
	id = bytes ? submit(run, bytes, &error) : NULL;
	if (!id) {
		g_prefix_error(&error, "not sent: ");
		return cli_fail(error);
	}
	return send_announce(run, id);
}
