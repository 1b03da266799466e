/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Requests that search: queries to the index, and to the user's own notmuch. */
#include <string.h>

#include "ask.h"
#include "cur/base/error.h"
#include "index.h"
#include "steps.h"

/* How a program says that the usual database of the user's notmuch is meant. */
#define THEIR_USUAL "notmuch"

/* They are read in the background; the search that comes after finds what is in them. */
static void take_in(struct engine *e, const GPtrArray *maildirs)
{
	for (guint i = 0; i < maildirs->len; i++) {
		g_autofree struct state_mailbox *mb =
		    engine_mailbox(e, g_ptr_array_index(maildirs, i), NULL);

		if (mb && e->local)
			worker_want_look(e->local, mb->number);
	}
}

static GVariant *rows_of(const GArray *hits)
{
	GVariantBuilder rows;

	g_variant_builder_init(&rows, G_VARIANT_TYPE("a(uus)"));
	for (guint i = 0; i < hits->len; i++) {
		const struct index_hit *hit = &g_array_index(hits, struct index_hit, i);
		g_autofree char *tags = g_utf8_make_valid(hit->tags, -1);

		g_variant_builder_add(&rows, "(uus)", hit->mailbox, hit->lid, tags);
	}
	return g_variant_new("(a(uus))", &rows);
}

static void found(const struct index_found *found, const GError *error, void *data)
{
	struct pending *p = data;
	struct client *c = clients_find(p->e, p->client);

	if (c && !error)
		wire_send(c->wire, WIRE_FOUND, p->serial, rows_of(found->hits));
	take_in(p->e, found->strangers);
	pending_answer(p, error);
}

/* ---- at a server ---- */

struct elsewhere {
	struct pending *p;
	guint32 mailbox;
	GArray *lids; /* the worker's, until the ticket comes back */
};

static void found_there(const GError *error, void *data)
{
	struct elsewhere *there = data;
	struct pending *p = there->p;
	struct client *c = clients_find(p->e, p->client);
	g_autoptr(GArray) hits = g_array_new(FALSE, TRUE, sizeof(struct index_hit));

	for (guint i = 0; i < there->lids->len; i++) {
		struct index_hit hit = {.mailbox = there->mailbox,
					.lid = g_array_index(there->lids, guint32, i),
					.tags = (char *)""};

		g_array_append_val(hits, hit);
	}
	if (c && !error)
		wire_send(c->wire, WIRE_FOUND, p->serial, rows_of(hits));
	pending_answer(p, error);
	g_array_unref(there->lids);
	g_free(there);
}

static gboolean ask_server(struct request *r, const char *mailbox, const char *query,
			   GError **error)
{
	g_autofree struct state_mailbox *mb = engine_mailbox(r->e, mailbox, error);
	struct worker *w = mb ? engine_worker_for(r->e, mb->number) : NULL;
	struct elsewhere *there;
	struct ticket *t;

	if (!mb)
		return FALSE;
	if (!w || w == r->e->local || !steps_has_server(mb))
		return error_set(error, CUR_ERROR_USAGE, "'%s' is not at an IMAP server", mailbox);
	there = g_new0(struct elsewhere, 1);
	*there = (struct elsewhere){.p = pending_new(r, NULL),
				    .mailbox = mb->number,
				    .lids = g_array_new(FALSE, FALSE, sizeof(guint32))};
	t = ticket_new(r->e->hub, found_there, there);
	worker_want_search(w, mb->number, query, there->lids, t);
	ticket_return(t, NULL);
	return FALSE;
}

gboolean ask_search(struct request *r, GError **error)
{
	const struct settings *s = conf_settings(r->e->conf);
	struct index_query query = {.config = s->nm_config_file, .profile = s->nm_config_profile};

	g_variant_get(r->body, "(&s&s&sbu)", &query.database, &query.text, &query.exclude,
		      &query.threads, &query.limit);
	if (strstr(query.database, "://"))
		return ask_server(r, query.database, query.text, error);
	query.theirs = *query.database != 0;
	if (!g_strcmp0(query.database, THEIR_USUAL))
		query.database = "";
	index_search(r->e->index, &query, found, pending_new(r, NULL));
	return FALSE;
}
