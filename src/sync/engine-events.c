/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the parts of the engine and the system tell, to whom it is news. */
#include <stdio.h>

#include "core.h"
#include "cur/base/text.h"

enum { REWATCH_MS = 500 };

static gboolean watch_one(const struct state_mailbox *mb, void *data)
{
	struct engine *e = data;

	if (*mb->account)
		watch_add(e->watch, mb->number, mb->path);
	return TRUE;
}

void engine_rewatch(struct engine *e)
{
	store_lock(e->store);
	state_mailboxes(store_state(e->store), NULL, watch_one, e, NULL);
	store_unlock(e->store);
}

static gboolean on_rewatch(void *data)
{
	struct engine *e = data;

	e->rewatch = 0;
	engine_rewatch(e);
	return G_SOURCE_REMOVE;
}

static void rewatch_soon(void *data)
{
	struct engine *e = data;

	if (!e->rewatch && !e->forecast)
		e->rewatch = g_timeout_add(REWATCH_MS, on_rewatch, e);
}

void engine_on_changed(guint32 mailbox, guint64 generation, gboolean directory, void *data)
{
	struct engine *e = data;

	if (mailbox)
		hub_tell(e->hub, WIRE_CHANGED, g_variant_new("(ut)", mailbox, generation));
	if (!directory)
		return;
	hub_tell(e->hub, WIRE_DIRECTORY, NULL);
	hub_call(e->hub, rewatch_soon, e);
}

/* Nobody else hears a dry run. */
static void print_note(GVariant *body)
{
	g_autofree char *line = NULL, *safe = NULL;
	const char *account, *words;
	guint32 level;

	g_variant_get(body, "(u&s&s)", &level, &account, &words);
	line = g_strdup_printf("%s%s%s", account, *account ? ": " : "", words);
	safe = text_safe(line, -1, TEXT_SAFE_NEWLINES);
	fprintf(stderr, "%s\n", safe);
}

/* Who tells how far a mailbox is knows nothing of its account. Floating. */
static GVariant *with_bytes(struct engine *e, GVariant *body)
{
	const char *what, *doing;
	guint64 done, total;
	const struct account *a;
	struct worker_status status = {0};
	struct worker *w;

	g_variant_get(body, "(&s&sttt)", &what, &doing, &done, &total, NULL);
	a = engine_account_of(e, what);
	w = g_hash_table_lookup(e->workers, a ? a->name : what);
	if (w)
		worker_status(w, &status);
	g_free(status.last_error);
	return g_variant_new("(ssttt)", what, doing, done, total, status.traffic.received);
}

gboolean engine_on_tell(enum wire_id id, GVariant *body, void *data)
{
	struct engine *e = data;

	if (id == WIRE_NOTE && e->forecast)
		print_note(body);
	/* A change may be new mail; the index waits until it has settled. */
	if (id == WIRE_CHANGED && e->index)
		index_wake(e->index);
	if (id == WIRE_CHANGED && e->submit)
		submit_mailbox_changed(e->submit);
	if (id == WIRE_PROGRESS) {
		g_autoptr(GVariant) full = g_variant_ref_sink(with_bytes(e, body));

		return clients_tell(id, full, e);
	}
	return clients_tell(id, body, e);
}

void engine_on_touched(guint32 mailbox, void *data)
{
	struct worker *w = engine_worker_for(data, mailbox);

	if (w)
		worker_want_look(w, mailbox);
}

void engine_on_network(void *data)
{
	struct engine *e = data;
	GHashTableIter it;
	void *worker;

	g_hash_table_iter_init(&it, e->workers);
	while (g_hash_table_iter_next(&it, NULL, &worker))
		worker_network_changed(worker);
	submit_network_changed(e->submit);
}
