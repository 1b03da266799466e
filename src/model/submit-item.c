/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What stands before a message in the outbox: its envelope, its way out, its copies. */
#include "submit-item.h"

#include <string.h>

#include "cur/base/error.h"
#include "cur/conf/accounts.h"
#include "cur/conf/conf.h"

static gboolean add_fcc(struct conf *conf, struct outbox_item *item, const GPtrArray *fcc,
			GError **error)
{
	for (guint i = 0; fcc && i < fcc->len; i++) {
		char *name =
		    conf_resolve_mailbox(conf, g_ptr_array_index(fcc, i), NULL, NULL, error);

		if (!name)
			return FALSE;
		g_ptr_array_add(item->fcc, name);
	}
	return TRUE;
}

/* The Bcc field as copies have it, line by line: what is sent is without. */
void submit_item_bcc(struct outbox_item *item, GBytes *copy)
{
	gsize n;
	const char *at = g_bytes_get_data(copy, &n), *end = at + n;
	gboolean inside = FALSE;

	while (at < end && *at != '\n') {
		const char *lf = memchr(at, '\n', (gsize)(end - at));
		g_autofree char *line = g_strndup(at, (gsize)((lf ? lf : end) - at));

		if (*line != ' ' && *line != '\t')
			inside = g_str_has_prefix(line, "Bcc:");
		if (inside)
			g_ptr_array_add(
			    item->bcc,
			    g_strdup(g_strstrip(*line == 'B' ? line + strlen("Bcc:") : line)));
		at = lf ? lf + 1 : end;
	}
}

static char *one_line(const char *text)
{
	return g_strdelimit(g_strdup(text ? text : ""), "\r\n", ' ');
}

/* What the servers, or $sendmail, are told beside the envelope. */
static gboolean add_wishes(const struct settings *s, struct outbox_item *item, GError **error)
{
	if (*s->dsn_notify && !(item->dsn_notify = outbox_dsn_notify(s->dsn_notify)))
		return error_set(error, CUR_ERROR_USAGE,
				 "$dsn_notify: '%s' is none of never, failure, "
				 "delay and success, with commas between",
				 s->dsn_notify);
	if (*s->dsn_return && !(item->dsn_return = outbox_dsn_return(s->dsn_return)))
		return error_set(error, CUR_ERROR_USAGE,
				 "$dsn_return: '%s' is neither hdrs nor full", s->dsn_return);
	if (s->use_envelope_from)
		item->wishes |= OUTBOX_NAME_SENDER;
	if (s->use_8bitmime)
		item->wishes |= OUTBOX_SAY_8BIT;
	return TRUE;
}

struct outbox_item *submit_item(struct conf *conf, const struct built_message *built,
				const char *transport, const GPtrArray *fcc, const char *subject,
				GError **error)
{
	auto_ptr(outbox_item) item = outbox_item_new();

	g_free(item->transport);
	if (transport && *transport) {
		item->transport = g_strdup(transport);
	} else {
		auto_ptr(transport) way = conf_transport(conf, error);

		item->transport = NULL;
		if (!way)
			return NULL;
		item->transport = g_strdup(way->outbox);
	}
	g_free(item->from);
	item->from = g_strdup(built->envelope_from);
	g_free(item->subject);
	item->subject = one_line(subject);
	for (guint i = 0; i < built->recipients->len; i++)
		g_ptr_array_add(item->to, g_strdup(g_ptr_array_index(built->recipients, i)));
	return add_wishes(conf_settings(conf), item, error) && add_fcc(conf, item, fcc, error)
		   ? g_steal_pointer(&item)
		   : NULL;
}
