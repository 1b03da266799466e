/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * POP3 into the INBOX of its account. The order: file durable, UIDL and row in one
 * commit, only then DELE (P75). A message without a usable UIDL is known by its bytes, so it
 * has to be fetched to be recognised, and is never deleted at the server (P26).
 */
#include <string.h>

#include "cur/base/error.h"
#include "cur/base/step.h"
#include "cur/imap/pop.h"
#include "cur/store/maildir.h"
#include "folders.h"
#include "forecast.h"
#include "harvest.h"
#include "incoming.h"
#include "worker.h"

enum { DAY_S = 24 * 60 * 60 };

struct seen {
	guint32 lid;
	gint64 first_seen;
	gboolean deleted;
	gboolean there; /* in this session's list */
};

struct popping {
	struct worker *w;
	struct pop *pop;
	struct state_mailbox *inbox;
	struct incoming *in;
	GHashTable *seen;	/* uidl -> struct seen */
	GHashTable *unclaimed;	/* lids of rows that no UIDL names */
	GHashTable *hashes;	/* struct pop_message -> the key of one without a UIDL */
	GHashTable *in_session; /* those keys, without the number behind -> how many */
	GChecksum *sum;		/* of the one that is being fetched */
	guint n_all;
};

/* ---- what was fetched before --------------------------------------------------------- */

static gboolean collect_seen(const struct state_uidl *u, void *data)
{
	struct seen *s = g_new0(struct seen, 1);

	s->lid = u->lid;
	s->first_seen = u->first_seen;
	s->deleted = u->deleted;
	g_hash_table_insert(data, g_strdup(u->uidl), s);
	return TRUE;
}

static gboolean load_seen(struct popping *p, GError **error)
{
	struct store *store = hub_store(p->w->hub);
	gboolean ok;

	store_lock(store);
	ok = state_uidls(store_state(store), p->w->name, collect_seen, p->seen, error);
	store_unlock(store);
	return ok;
}

/* P26: no UIDL has a blank, so none can be taken for a hash. */
static const char *note_hash(struct popping *p, const struct pop_message *m)
{
	const char *sum = g_checksum_get_string(p->sum);
	guint n = GPOINTER_TO_UINT(g_hash_table_lookup(p->in_session, sum)) + 1;
	char *key = g_strdup_printf("sha256 %s %u", sum, n);

	g_hash_table_insert(p->in_session, g_strdup(sum), GUINT_TO_POINTER(n));
	g_hash_table_insert(p->hashes, (void *)m, key);
	return key;
}

static const char *key_of(struct popping *p, const struct pop_message *m)
{
	return m->uidl ? m->uidl : g_hash_table_lookup(p->hashes, m);
}

/* ---- what a kill left without its UIDL ------------------------------------------------------ */

static gboolean add_lid(const struct state_message *msg, void *data)
{
	g_hash_table_add(data, GUINT_TO_POINTER(msg->lid));
	return TRUE;
}

static gboolean load_unclaimed(struct popping *p, GError **error)
{
	struct store *store = hub_store(p->w->hub);
	GHashTableIter it;
	void *seen;
	gboolean ok;

	store_lock(store);
	ok = state_messages(store_state(store), p->inbox->number, 0, 0, add_lid, p->unclaimed,
			    error);
	store_unlock(store);
	g_hash_table_iter_init(&it, p->seen);
	while (g_hash_table_iter_next(&it, NULL, &seen))
		g_hash_table_remove(p->unclaimed, GUINT_TO_POINTER(((struct seen *)seen)->lid));
	return ok;
}

static gboolean same_bytes(const char *a, const char *b)
{
	g_autoptr(GMappedFile) x = g_mapped_file_new(a, FALSE, NULL);
	g_autoptr(GMappedFile) y = g_mapped_file_new(b, FALSE, NULL);
	gsize n = x ? g_mapped_file_get_length(x) : 0;

	return n && y && n == g_mapped_file_get_length(y) &&
	       !memcmp(g_mapped_file_get_contents(x), g_mapped_file_get_contents(y), n);
}

struct twins {
	struct popping *p;
	GPtrArray *paths;
	GArray *lids;
};

static gboolean collect_twin(const struct state_message *msg, void *data)
{
	struct twins *t = data;
	char *path;

	if (msg->mailbox != t->p->inbox->number ||
	    !g_hash_table_contains(t->p->unclaimed, GUINT_TO_POINTER(msg->lid)))
		return TRUE;
	path = maildir_find_at(t->p->inbox->path, msg->base, msg->mark, NULL);
	if (path) {
		g_ptr_array_add(t->paths, path);
		g_array_append_val(t->lids, msg->lid);
	}
	return TRUE;
}

/* P75: visible already, but the engine was killed before it was recorded. */
static guint32 find_twin(const struct row *row, const char *path, void *data)
{
	struct popping *p = data;
	struct store *store = hub_store(p->w->hub);
	g_autoptr(GPtrArray) paths = g_ptr_array_new_with_free_func(g_free);
	g_autoptr(GArray) lids = g_array_new(FALSE, FALSE, sizeof(guint32));
	struct twins t = {p, paths, lids};

	if (!g_hash_table_size(p->unclaimed))
		return 0;
	store_lock(store);
	state_messages_by_id(store_state(store), row->id_hash, collect_twin, &t, NULL);
	store_unlock(store);
	for (guint i = 0; i < paths->len; i++) {
		guint32 lid = g_array_index(lids, guint32, i);

		if (!same_bytes(path, g_ptr_array_index(paths, i)))
			continue;
		g_hash_table_remove(p->unclaimed, GUINT_TO_POINTER(lid));
		return lid;
	}
	return 0;
}

/* ---- fetching --------------------------------------------------------------------------- */

static gboolean on_begin(const struct pop_message *m, void *data, GError **error)
{
	struct popping *p = data;

	g_checksum_reset(p->sum);
	return incoming_begin(p->in, error);
}

static gboolean on_bytes(const char *bytes, gsize n, void *data, GError **error)
{
	struct popping *p = data;

	g_checksum_update(p->sum, (const guchar *)bytes, (gssize)n);
	return incoming_bytes(p->in, bytes, n, error);
}

static gboolean on_end(const struct pop_message *m, void *data, GError **error)
{
	struct popping *p = data;
	struct incoming_facts facts = {.tag = (void *)m};

	if (!m->uidl && g_hash_table_contains(p->seen, note_hash(p, m))) {
		incoming_cancel(p->in);
		return TRUE;
	}
	if (!incoming_end(p->in, &facts, error))
		return FALSE;
	if (!incoming_is_full(p->in))
		return TRUE;
	hub_progress(p->w->hub, p->inbox->name, "fetching", incoming_n_done(p->in), p->n_all);
	return incoming_commit(p->in, error);
}

/* G4: the rest goes on, but no success is told. */
static void fall_short(struct worker *w, const GError *failed)
{
	hub_count_failure(w->hub, failed);
	if (!w->shortfall)
		w->shortfall = g_error_copy(failed);
}

static gboolean on_refused(const struct pop_message *m, const char *words, void *data,
			   GError **error)
{
	struct popping *p = data;
	g_autoptr(GError) failed = NULL;

	incoming_cancel(p->in);
	error_set(&failed, CUR_ERROR_REFUSED, "message %u cannot be had: %s", m->number, words);
	hub_note(p->w->hub, HUB_WARNING, p->w->name, "%s", failed->message);
	fall_short(p->w, failed);
	return TRUE;
}

/* In the commit that adds the row. */
static gboolean note_uidl(const struct state_message *msg, void *tag, void *data, GError **error)
{
	struct popping *p = data;
	struct state_uidl u = {.uidl = key_of(p, tag),
			       .lid = msg->lid,
			       .first_seen = g_get_real_time() / G_USEC_PER_SEC};

	return state_put_uidl(store_state(hub_store(p->w->hub)), p->w->name, &u, error);
}

static gboolean fetch(struct popping *p, const GPtrArray *list, GError **error)
{
	static const struct pop_message_ops ops = {on_begin, on_bytes, on_end, on_refused};
	g_autoptr(GPtrArray) fresh = g_ptr_array_new();

	/* Newest first, as everywhere. */
	for (guint i = list->len; i-- > 0;) {
		struct pop_message *m = g_ptr_array_index(list, i);
		struct seen *s = m->uidl ? g_hash_table_lookup(p->seen, m->uidl) : NULL;

		if (s)
			s->there = TRUE;
		else
			g_ptr_array_add(fresh, m);
	}
	if (hub_forecast(p->w->hub))
		forecast_note(hub_forecast(p->w->hub), p->inbox, FORECAST_FETCH, fresh->len);
	if (!fresh->len || hub_forecast(p->w->hub))
		return TRUE;
	if (!load_unclaimed(p, error))
		return FALSE;
	p->n_all = fresh->len;
	p->in = incoming_open(hub_store(p->w->hub), p->inbox,
			      (const char *const *)p->w->settings.assumed, error);
	if (!p->in)
		return FALSE;
	incoming_on_row(p->in, note_uidl, p);
	incoming_on_twin(p->in, find_twin, p);
	/* P77: what came whole is kept, whatever broke after it. */
	if (!pop_fetch(p->pop, fresh, &ops, p, error)) {
		incoming_commit(p->in, NULL);
		return FALSE;
	}
	if (!incoming_commit(p->in, error))
		return FALSE;
	if (incoming_n_done(p->in))
		hub_tell(p->w->hub, WIRE_NEWMAIL,
			 g_variant_new("(uu)", p->inbox->number, incoming_n_done(p->in)));
	return TRUE;
}

/* ---- deleting at the server ---------------------------------------------------------------- */

static gboolean is_here(struct popping *p, guint32 lid)
{
	struct store *store = hub_store(p->w->hub);
	g_autofree struct state_message *msg = NULL;

	store_lock(store);
	msg = lid ? state_message(store_state(store), p->inbox->number, lid) : NULL;
	store_unlock(store);
	return msg != NULL;
}

static gboolean may_go(struct popping *p, const struct pop_message *m, const struct seen *s)
{
	gint64 age = g_get_real_time() / G_USEC_PER_SEC - s->first_seen;

	if (!m->uidl)
		return FALSE;
	if (!is_here(p, s->lid))
		return TRUE; /* the user deleted it */
	if (p->w->settings.pop_keep_days > 0)
		return age >= p->w->settings.pop_keep_days * DAY_S;
	return !p->w->settings.pop_leave;
}

static GPtrArray *choose_old(struct popping *p, const GPtrArray *list)
{
	GPtrArray *old = g_ptr_array_new();

	for (guint i = 0; i < list->len; i++) {
		struct pop_message *m = g_ptr_array_index(list, i);
		struct seen *s = m->uidl ? g_hash_table_lookup(p->seen, m->uidl) : NULL;

		if (s && may_go(p, m, s))
			g_ptr_array_add(old, m);
	}
	return old;
}

/* P76: only those that this very session listed and removed are forgotten. */
static gboolean forget(struct popping *p, const GPtrArray *gone, GError **error)
{
	struct store *store = hub_store(p->w->hub);
	gboolean ok = store_begin(store, error);

	if (!ok)
		return FALSE;
	for (guint i = 0; ok && i < gone->len; i++) {
		const struct pop_message *m = g_ptr_array_index(gone, i);

		ok = state_drop_uidl(store_state(store), p->w->name, m->uidl, error);
	}
	if (ok && !store_commit(store, error))
		return FALSE;
	if (!ok)
		store_rollback(store);
	step_point("pop-forgotten");
	return ok;
}

static gboolean finish(struct popping *p, const GPtrArray *list, GError **error)
{
	g_autoptr(GPtrArray) old = NULL;

	g_hash_table_remove_all(p->seen);
	if (!load_seen(p, error))
		return FALSE;
	old = choose_old(p, list);
	if (hub_forecast(p->w->hub)) {
		forecast_note(hub_forecast(p->w->hub), p->inbox, FORECAST_DELETE_THERE, old->len);
		return pop_quit(p->pop, error);
	}
	if (old->len && !pop_delete(p->pop, old, error))
		return FALSE;
	if (!pop_quit(p->pop, error))
		return FALSE;
	step_point("pop-quit");
	return !old->len || forget(p, old, error);
}

/* ---- a round ----------------------------------------------------- */

static struct state_mailbox *inbox_of(struct worker *w, GError **error)
{
	g_autofree char *name = g_strconcat(w->account->url, "/INBOX", NULL);
	struct store *store = hub_store(w->hub);
	struct state_mailbox *mb;

	store_lock(store);
	mb = state_mailbox_by_name(store_state(store), name);
	store_unlock(store);
	if (mb)
		return mb;
	if (!store_begin(store, error))
		return NULL;
	mb = folder_make(store, w->account, "INBOX", error);
	if (!mb)
		store_rollback(store);
	else if (!store_commit(store, error))
		g_clear_pointer(&mb, g_free);
	return mb;
}

static gboolean talk(struct popping *p, GError **error)
{
	g_autoptr(GPtrArray) list = pop_list(p->pop, error);
	gboolean ok =
	    list && load_seen(p, error) && fetch(p, list, error) && finish(p, list, error);

	g_clear_pointer(&p->in, incoming_close);
	return ok;
}

static gboolean look_here(struct worker *w, guint32 mailbox, GError **error)
{
	g_autoptr(GError) failed = NULL;
	struct harvest h = {0};
	gboolean ok = harvest(w->hub, mailbox, (const char *const *)w->settings.assumed, &h, error);

	if (h.unsettled)
		worker_look_again(w);
	if (h.stopped) {
		error_set(&failed, CUR_ERROR_REFUSED, "%s", h.stopped);
		fall_short(w, failed);
	}
	harvest_clear(&h);
	return ok;
}

static gboolean round_pop(struct worker *w, const struct wishes *wishes, GError **error)
{
	struct popping p = {.w = w, .inbox = inbox_of(w, error)};
	gboolean ok = FALSE;

	if (!p.inbox)
		return FALSE;
	p.seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
	p.unclaimed = g_hash_table_new(g_direct_hash, g_direct_equal);
	p.hashes = g_hash_table_new_full(g_direct_hash, g_direct_equal, NULL, g_free);
	p.in_session = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	p.sum = g_checksum_new(G_CHECKSUM_SHA256);
	if (look_here(w, p.inbox->number, error) && (p.pop = w->session)) {
		ok = talk(&p, error);
		g_clear_pointer(&p.pop, pop_close);
		w->session = NULL;
	}
	g_checksum_free(p.sum);
	g_hash_table_unref(p.in_session);
	g_hash_table_unref(p.hashes);
	g_hash_table_unref(p.unclaimed);
	g_hash_table_unref(p.seen);
	g_free(p.inbox);
	return ok;
}

/* A POP3 session lasts one round: while it is open, others could not log in. */
static gboolean connect_pop(struct worker *w, GError **error)
{
	struct pop_account account = {0};

	if (!login_prepare(&w->login, w->hub, w->account, w->settings.connect_s, &account.server,
			   &account.auth, error))
		return FALSE;
	w->session = pop_open(&account, w->waker, error);
	return w->session != NULL;
}

static void disconnect_pop(struct worker *w)
{
	struct pop *pop = g_steal_pointer(&w->session);

	if (pop)
		pop_close(pop);
}

static gboolean rest_pop(struct worker *w, gint64 milliseconds, GError **error)
{
	waker_sleep(w->waker, milliseconds);
	return TRUE;
}

const struct worker_ops worker_pop_ops = {
    .connect = connect_pop,
    .round = round_pop,
    .rest = rest_pop,
    .disconnect = disconnect_pop,
};
