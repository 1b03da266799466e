/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A table of doubts, and the looks at the servers that may end them. */
#include "doubt.h"

#include "filing.h"

enum { DOUBT_S = 60 /* how long a look at the servers may take */ };

struct doubts {
	struct hub *hub;
	const struct submit_host *host;
	struct waker *waker;
	GMutex lock;
	GHashTable *table; /* id -> struct doubt */
};

struct doubt {
	char *words;
	gint64 until;	 /* monotonic us */
	gboolean looked; /* the servers have told what they have */
};

static void doubt_free(void *data)
{
	g_free(((struct doubt *)data)->words);
	g_free(data);
}

struct doubts *doubts_new(struct hub *hub, const struct submit_host *host, struct waker *waker)
{
	struct doubts *all = g_new0(struct doubts, 1);

	all->hub = hub;
	all->host = host;
	all->waker = waker;
	g_mutex_init(&all->lock);
	all->table = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, doubt_free);
	return all;
}

void doubts_free(struct doubts *all)
{
	g_hash_table_unref(all->table);
	g_mutex_clear(&all->lock);
	g_free(all);
}

struct inquiry {
	struct doubts *all;
	char *id;
};

static void on_looked(const GError *error, void *data)
{
	struct inquiry *q = data;
	struct doubt *doubt;

	g_mutex_lock(&q->all->lock);
	doubt = g_hash_table_lookup(q->all->table, q->id);
	if (doubt)
		doubt->looked = TRUE;
	g_mutex_unlock(&q->all->lock);
	waker_poke(q->all->waker);
	g_free(q->id);
	g_free(q);
}

/* On the main loop. */
static void look(void *data)
{
	struct inquiry *q = data;
	const struct submit_host *host = q->all->host;
	struct ticket *t = ticket_new(q->all->hub, on_looked, q);
	g_autoptr(GArray) places = filing_places(hub_store(q->all->hub), q->id);

	for (guint i = 0; i < places->len; i++)
		host->refresh(g_array_index(places, guint32, i), t, host->data);
	ticket_return(t, NULL);
}

void doubt_begin(struct doubts *all, const char *id, const char *words)
{
	struct inquiry *q = g_new0(struct inquiry, 1);
	struct doubt *doubt = g_new0(struct doubt, 1);

	*doubt = (struct doubt){g_strdup(words), g_get_monotonic_time() + DOUBT_S * G_USEC_PER_SEC,
				FALSE};
	g_mutex_lock(&all->lock);
	g_hash_table_insert(all->table, g_strdup(id), doubt);
	g_mutex_unlock(&all->lock);
	*q = (struct inquiry){all, g_strdup(id)};
	hub_call(all->hub, look, q);
}

char *doubt_end(struct doubts *all, const char *id, gboolean proved)
{
	struct doubt *doubt;
	char *words = NULL;

	g_mutex_lock(&all->lock);
	doubt = g_hash_table_lookup(all->table, id);
	if (doubt && (proved || doubt->looked || g_get_monotonic_time() > doubt->until)) {
		words = g_strdup(doubt->words);
		g_hash_table_remove(all->table, id);
	}
	g_mutex_unlock(&all->lock);
	return words;
}
