/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which text of which message: by its own UID, or by the UID a step takes it from. */
#include "texts.h"

#include <string.h>

#include "cur/base/error.h"
#include "fetch.h"
#include "round.h"

/* ---- who waits ------------------------------------------------------------------- */

struct wish {
	guint32 mailbox;
	GArray *lids; /* guint32: whose texts */
	char *query;  /* NULL: texts are wanted */
	GArray *hits; /* guint32; borrowed */
	struct ticket *ticket;
};

struct texts {
	GMutex lock;
	GQueue wishes; /* struct wish * */
};

static void wish_free(struct wish *wish)
{
	g_array_unref(wish->lids);
	g_free(wish->query);
	g_free(wish);
}

struct texts *texts_new(void)
{
	struct texts *texts = g_new0(struct texts, 1);

	g_mutex_init(&texts->lock);
	g_queue_init(&texts->wishes);
	return texts;
}

void texts_free(struct texts *texts)
{
	texts_fail(texts, NULL);
	g_mutex_clear(&texts->lock);
	g_free(texts);
}

static struct wish *wish_new(guint32 mailbox, struct ticket *t)
{
	struct wish *wish = g_new0(struct wish, 1);

	wish->mailbox = mailbox;
	wish->lids = g_array_new(FALSE, FALSE, sizeof(guint32));
	wish->ticket = ticket_share(t);
	return wish;
}

static void take_wish(struct texts *texts, struct wish *wish)
{
	g_mutex_lock(&texts->lock);
	g_queue_push_tail(&texts->wishes, wish);
	g_mutex_unlock(&texts->lock);
}

void texts_want(struct texts *texts, guint32 mailbox, const guint32 *lids, gsize n,
		struct ticket *t)
{
	struct wish *wish = wish_new(mailbox, t);

	g_array_append_vals(wish->lids, lids, (guint)n);
	take_wish(texts, wish);
}

void texts_want_search(struct texts *texts, guint32 mailbox, const char *query, GArray *lids,
		       struct ticket *t)
{
	struct wish *wish = wish_new(mailbox, t);

	wish->query = g_strdup(query);
	wish->hits = lids;
	take_wish(texts, wish);
}

gboolean texts_any(struct texts *texts)
{
	gboolean any;

	g_mutex_lock(&texts->lock);
	any = texts->wishes.length > 0;
	g_mutex_unlock(&texts->lock);
	return any;
}

/* The oldest; yours. NULL when nobody waits. */
static struct wish *next_wish(struct texts *texts)
{
	struct wish *wish;

	g_mutex_lock(&texts->lock);
	wish = g_queue_pop_head(&texts->wishes);
	g_mutex_unlock(&texts->lock);
	return wish;
}

void texts_fail(struct texts *texts, const GError *error)
{
	struct wish *wish;

	while ((wish = next_wish(texts))) {
		ticket_return(wish->ticket, error);
		wish_free(wish);
	}
}

gboolean texts_are_missing(struct store *store, guint32 mailbox, const guint32 *lids, gsize n)
{
	gboolean missing = FALSE;

	store_lock(store);
	for (gsize i = 0; i < n && !missing; i++) {
		g_autofree struct state_message *msg =
		    state_message(store_state(store), mailbox, lids[i]);

		missing = msg && msg->partial;
	}
	store_unlock(store);
	return missing;
}

GHashTable *texts_wanted(struct texts *texts, guint32 mailbox)
{
	GHashTable *lids = g_hash_table_new(g_direct_hash, g_direct_equal);

	g_mutex_lock(&texts->lock);
	for (GList *l = texts->wishes.head; l; l = l->next) {
		const struct wish *wish = l->data;

		for (guint i = 0; wish->mailbox == mailbox && i < wish->lids->len; i++)
			g_hash_table_add(lids,
					 GUINT_TO_POINTER(g_array_index(wish->lids, guint32, i)));
	}
	g_mutex_unlock(&texts->lock);
	return lids;
}

static gboolean is_among(const struct wish *wish, GHashTable *lids)
{
	for (guint i = 0; i < wish->lids->len; i++)
		if (!g_hash_table_contains(lids,
					   GUINT_TO_POINTER(g_array_index(wish->lids, guint32, i))))
			return FALSE;
	return TRUE;
}

static gboolean check_texts(struct store *store, const struct wish *wish, GError **error)
{
	return !texts_are_missing(store, wish->mailbox, (const guint32 *)wish->lids->data,
				  wish->lids->len) ||
	       error_set(error, CUR_ERROR_GONE, "the server does not give the text of the message");
}

void texts_settle(struct texts *texts, struct store *store, GHashTable *tried)
{
	GQueue later = G_QUEUE_INIT;
	struct wish *wish;

	while ((wish = next_wish(texts))) {
		g_autoptr(GError) failed = NULL;

		if (wish->query || !is_among(wish, tried)) {
			g_queue_push_tail(&later, wish);
			continue;
		}
		check_texts(store, wish, &failed);
		ticket_return(wish->ticket, failed);
		wish_free(wish);
	}
	g_mutex_lock(&texts->lock);
	while ((wish = g_queue_pop_tail(&later)))
		g_queue_push_head(&texts->wishes, wish);
	g_mutex_unlock(&texts->lock);
}

/* ---- where it is ------------------------------------------------------------------ */

/* Messages of one mailbox here whose texts are in one mailbox there. */
struct errand {
	guint32 mailbox, source, uidvalidity;
	struct fills *fills;
};

static void errand_free(void *data)
{
	struct errand *e = data;

	fills_free(e->fills);
	g_free(e);
}

static struct errand *errand_of(GPtrArray *errands, guint32 mailbox, guint32 source,
				guint32 uidvalidity)
{
	struct errand *e;

	for (guint i = 0; i < errands->len; i++) {
		e = g_ptr_array_index(errands, i);
		if (e->mailbox == mailbox && e->source == source && e->uidvalidity == uidvalidity)
			return e;
	}
	e = g_new0(struct errand, 1);
	*e = (struct errand){mailbox, source, uidvalidity, fills_new()};
	g_ptr_array_add(errands, e);
	return e;
}

/* A message on its way is still where its step takes it from. */
static gboolean take_source(const struct state_step *step, void *data)
{
	return strcmp(step->kind, STEP_FLAGS) == 0 || !step_source_parse(step->data, data);
}

/* Under the lock. FALSE: nobody knows where the text of this row is. */
static gboolean locate(struct store *store, const struct state_mailbox *mb,
		       const struct state_message *msg, struct step_source *source)
{
	*source = (struct step_source){mb->number, mb->uidvalidity, msg->uid, 0};
	if (msg->uid)
		return TRUE;
	state_steps(store_state(store), NULL, mb->number, msg->lid, take_source, source, NULL);
	return source->uid != 0;
}

guint32 texts_source(struct store *store, guint32 mailbox, guint32 lid)
{
	g_autofree struct state_message *msg = NULL;
	g_autofree struct state_mailbox *mb = NULL;
	struct step_source src;
	gboolean known;

	store_lock(store);
	mb = state_mailbox(store_state(store), mailbox);
	msg = mb ? state_message(store_state(store), mailbox, lid) : NULL;
	known = msg && msg->partial && locate(store, mb, msg, &src);
	/* A UIDL leads to the text of a POP3 message where it was put. */
	if (msg && msg->partial && *mb->account && !steps_has_server(mb)) {
		src.mailbox = mailbox;
		known = TRUE;
	}
	store_unlock(store);
	return known ? src.mailbox : 0;
}

/* Errands for those of a wish that have no text. NULL: there is one that nobody can bring. */
static GPtrArray *plan(struct store *store, const struct wish *wish, GError **error)
{
	g_autoptr(GPtrArray) errands = g_ptr_array_new_with_free_func(errand_free);
	g_autofree struct state_mailbox *mb = NULL;
	gboolean ok = TRUE;

	store_lock(store);
	mb = state_mailbox(store_state(store), wish->mailbox);
	for (guint i = 0; mb && ok && i < wish->lids->len; i++) {
		g_autofree struct state_message *msg = state_message(
		    store_state(store), wish->mailbox, g_array_index(wish->lids, guint32, i));
		struct step_source src;

		if (!msg || !msg->partial)
			continue;
		ok = locate(store, mb, msg, &src);
		if (ok)
			fills_add(
			    errand_of(errands, mb->number, src.mailbox, src.uidvalidity)->fills,
			    msg, src.uid);
	}
	store_unlock(store);
	if (ok)
		return g_steal_pointer(&errands);
	error_set(error, CUR_ERROR_GONE, "the text of a message is neither here nor at the server");
	return NULL;
}

/* ---- fetching ---------------------------------------------------------------------- */

static gboolean go(struct round *r, const struct errand *e, struct seqset *missing, GError **error)
{
	g_autofree struct state_mailbox *to = round_mailbox(r, e->mailbox, error);
	g_autofree struct state_mailbox *from = to ? round_mailbox(r, e->source, error) : NULL;
	g_autoptr(GArray) uids = g_array_new(FALSE, FALSE, sizeof(guint32));
	struct fetch fetch = {.r = r, .mb = to, .uids = uids, .fills = e->fills, .urgent = TRUE};
	struct imap_selected sel;
	guint n_unseen = 0;

	if (!from || !imap_select(r->imap, from->server_name, FALSE, &sel, error))
		return FALSE;
	if (sel.uidvalidity != e->uidvalidity || !round_uids_hold(&sel, from))
		return error_set(error, CUR_ERROR_GONE, "'%s' was made anew at the server",
				 from->folder);
	fills_add_uids(e->fills, uids);
	return fetch_new(&fetch, missing, &n_unseen, error);
}

/* Messages that are not here yet are no hits. */
static void note_hits(struct round *r, const struct wish *wish, const struct seqset *found)
{
	store_lock(r->store);
	for (guint32 uid = 0; (uid = seqset_next(found, uid));) {
		g_autofree struct state_message *msg =
		    state_message_by_uid(store_state(r->store), wish->mailbox, uid);

		if (msg)
			g_array_append_val(wish->hits, msg->lid);
	}
	store_unlock(r->store);
}

static gboolean search(struct round *r, const struct wish *wish, GError **error)
{
	g_autofree struct state_mailbox *mb = round_mailbox(r, wish->mailbox, error);
	auto_ptr(seqset) found = NULL;
	struct imap_selected sel;

	if (!mb || !imap_select(r->imap, mb->server_name, FALSE, &sel, error))
		return FALSE;
	if (!round_uids_hold(&sel, mb))
		return error_set(error, CUR_ERROR_GONE, "'%s' was made anew at the server",
				 mb->folder);
	found = imap_search_gmail(r->imap, wish->query, error);
	if (found)
		note_hits(r, wish, found);
	return found != NULL;
}

static gboolean fulfil(struct round *r, const struct wish *wish, GError **error)
{
	g_autoptr(GPtrArray) errands = wish->query ? NULL : plan(r->store, wish, error);
	auto_ptr(seqset) missing = seqset_new();

	if (wish->query)
		return search(r, wish, error);
	if (!errands)
		return FALSE;
	for (guint i = 0; i < errands->len; i++)
		if (!go(r, g_ptr_array_index(errands, i), missing, error))
			return FALSE;
	return check_texts(r->store, wish, error);
}

gboolean texts_bring(struct round *r, GError **error)
{
	struct wish *wish;

	while (r->texts && !r->forecast && (wish = next_wish(r->texts))) {
		g_autoptr(GError) failed = NULL;
		gboolean ok = fulfil(r, wish, &failed);

		ticket_return(wish->ticket, failed);
		wish_free(wish);
		if (!ok && !imap_is_alive(r->imap)) {
			texts_fail(r->texts, failed);
			g_propagate_error(error, g_steal_pointer(&failed));
			return FALSE;
		}
	}
	return TRUE;
}

/* ---- steps -------------------------------------------------------------------------- */

/* Within a change: a message that has its text now may go on to a server of its own. */
static gboolean conclude(struct round *r, const struct state_mailbox *mb, const struct step *s,
			 GError **error)
{
	g_autofree struct state_message *msg =
	    state_message(store_state(r->store), s->mailbox, s->lid);

	if (msg && msg->partial)
		return steps_set(r->store, s, STEP_STUCK, NULL,
				 "the server does not give the text of the message", error);
	return state_drop_step(store_state(r->store), s->id, error) &&
	       (!msg || !steps_has_server(mb) ||
		steps_add(r->store, mb->account, STEP_APPEND, s->mailbox, s->lid, NULL, error));
}

static gboolean conclude_all(struct round *r, const struct state_mailbox *mb,
			     const GPtrArray *steps, GError **error)
{
	gboolean ok = store_begin(r->store, error);

	if (!ok)
		return FALSE;
	for (guint i = 0; ok && i < steps->len; i++)
		ok = conclude(r, mb, g_ptr_array_index(steps, i), error);
	return round_commit(r, ok, "text-concluded", error);
}

gboolean texts_push(struct round *r, const struct state_mailbox *mb, const GPtrArray *steps,
		    GError **error)
{
	g_autoptr(GPtrArray) errands = g_ptr_array_new_with_free_func(errand_free);
	auto_ptr(seqset) missing = seqset_new();

	store_lock(r->store);
	for (guint i = 0; i < steps->len; i++) {
		const struct step *s = g_ptr_array_index(steps, i);
		g_autofree struct state_message *msg =
		    state_message(store_state(r->store), s->mailbox, s->lid);
		struct step_source src;

		if (msg && msg->partial && step_source_parse(s->data, &src))
			fills_add(
			    errand_of(errands, mb->number, src.mailbox, src.uidvalidity)->fills,
			    msg, src.uid);
	}
	store_unlock(r->store);
	for (guint i = 0; i < errands->len; i++)
		if (!go(r, g_ptr_array_index(errands, i), missing, error))
			return FALSE;
	return conclude_all(r, mb, steps, error);
}
