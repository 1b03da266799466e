/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Lines as they come, an account after the other; the outbox is counted and told at the end. */
#include "cur/model/status.h"

#include <string.h>

#include "cur/base/text.h"
#include "cur/mail/date.h"

struct status {
	GString *lines;
	GTree *outbox; /* state to number */
};

void status_read_account(GVariant *body, struct status_account *out)
{
	struct status_traffic *all = &out->traffic, *round = &out->last_round;

	g_variant_get(body, "(&s&s&sttu&s(ttt)(ttt)b)", &out->name, &out->protocol, &out->state,
		      &out->last_sync, &out->next_try, &out->n_steps, &out->error, &all->received,
		      &all->sent, &all->turns, &round->received, &round->sent, &round->turns,
		      &out->is_clear);
}

static int compare_names(gconstpointer a, gconstpointer b, void *data)
{
	return strcmp(a, b);
}

struct status *status_new(void)
{
	struct status *status = g_new0(struct status, 1);

	status->lines = g_string_new(NULL);
	status->outbox = g_tree_new_full(compare_names, NULL, g_free, NULL);
	return status;
}

void status_free(struct status *status)
{
	if (!status)
		return;
	g_string_free(status->lines, TRUE);
	g_tree_unref(status->outbox);
	g_free(status);
}

static void add(GString *lines, const char *format, ...) G_GNUC_PRINTF(2, 3);

/* Servers have a word in it. */
static void add(GString *lines, const char *format, ...)
{
	g_autofree char *line = NULL, *safe = NULL;
	va_list args;

	va_start(args, format);
	line = g_strdup_vprintf(format, args);
	va_end(args);
	safe = text_safe(line, -1, TEXT_SAFE_LINE);
	g_string_append_printf(lines, "%s\n", safe);
}

static char *time_text(guint64 seconds)
{
	return seconds ? date_format("%Y-%m-%d %H:%M", (gint64)seconds, DATE_LOCAL, 0, FALSE)
		       : g_strdup("never");
}

static void add_traffic(GString *lines, const char *when, const struct status_traffic *t)
{
	g_autofree char *received = g_format_size(t->received), *sent = g_format_size(t->sent);

	if (t->turns)
		add(lines, "  %s: %s received, %s sent, %" G_GUINT64_FORMAT " round trips", when,
		    received, sent, t->turns);
}

static void note_account(GString *lines, GVariant *body)
{
	g_autofree char *last = NULL, *next = NULL;
	struct status_account a;

	status_read_account(body, &a);
	last = time_text(a.last_sync);
	next = time_text(a.next_try);
	add(lines, "%s (%s): %s, last sync %s, %u to do%s%s", a.name, a.protocol, a.state, last,
	    a.n_steps, *a.error ? ", " : "", a.error);
	if (a.is_clear)
		add(lines, "  without encryption: anybody on the way can read password and mail");
	if (a.next_try)
		add(lines, *a.error ? "  next try %s" : "  all mailboxes are looked at %s", next);
	add_traffic(lines, "since the engine started", &a.traffic);
	add_traffic(lines, "last sync", &a.last_round);
}

static void note_stuck(GString *lines, GVariant *body)
{
	const char *account, *kind, *folder, *words;
	guint32 n;

	g_variant_get(body, "(&s&s&su&s)", &account, &kind, &folder, &n, &words);
	add(lines, "%s: %u '%s' in %s refused: %s", account, n, kind, folder, words);
}

static void note_queued(GTree *outbox, GVariant *body)
{
	const char *state;
	guint n;

	g_variant_get(body, "(&s&s&s^a&sttu&s)", NULL, &state, NULL, NULL, NULL, NULL, NULL, NULL);
	n = GPOINTER_TO_UINT(g_tree_lookup(outbox, state));
	g_tree_replace(outbox, g_strdup(state), GUINT_TO_POINTER(n + 1));
}

void status_note(struct status *status, enum wire_id id, GVariant *body)
{
	switch (id) {
	case WIRE_ACCOUNT:
		note_account(status->lines, body);
		break;
	case WIRE_STUCK:
		note_stuck(status->lines, body);
		break;
	case WIRE_QUEUED:
		note_queued(status->outbox, body);
		break;
	default:
		break;
	}
}

static gboolean add_state(gpointer state, gpointer n, gpointer lines)
{
	add(lines, "outbox: %u %s", GPOINTER_TO_UINT(n), (const char *)state);
	return FALSE;
}

char *status_text(const struct status *status)
{
	GString *text = g_string_new(status->lines->str);

	g_tree_foreach(status->outbox, add_state, text);
	return g_string_free(text, FALSE);
}

GTree *status_outbox(struct status *status)
{
	return status->outbox;
}
