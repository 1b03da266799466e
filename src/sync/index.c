/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Which messages are in the index is one number a mailbox, the highest lid,
 * kept in state.db and moved on after the index has committed. That files got other
 * names or went is noticed when a search finds them, and put right after it.
 */
#include <glib/gstdio.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "cur/base/error.h"
#include "cur/base/log.h"
#include "cur/mail/flags.h"
#include "cur/net/waker.h"
#include "cur/store/fulltext.h"
#include "cur/store/keywords.h"
#include "cur/store/maildir.h"
#include "index-private.h"
#include "reach.h"

enum {
	SLICE = 500,
	SETTLE_MS = 1000,
	SETTLE_MAX_S = 60,
	RETRY_MS = 60 * 1000,
	SEARCHES = 4,
	NICENESS = 10
};

struct todo {
	guint32 number, indexed, last;
	char *path;
};

static void todo_free(void *data)
{
	g_free(((struct todo *)data)->path);
	g_free(data);
}

static char *key_of(guint32 mailbox)
{
	return g_strdup_printf("index %u", mailbox);
}

struct loading {
	struct store *store;
	GPtrArray *todo;
};

static gboolean collect(const struct state_mailbox *mb, void *data)
{
	struct loading *l = data;
	g_autoptr(GError) error = NULL;
	char *path = reach_into(l->store, mb, &error);
	struct todo *t;

	if (!path) {
		log_event(LOG_LEVEL_WARN, "index: %s", error->message);
		return TRUE;
	}
	t = g_new0(struct todo, 1);
	t->number = mb->number;
	t->last = mb->next_lid;
	t->path = path;
	g_ptr_array_add(l->todo, t);
	return TRUE;
}

static GPtrArray *load(struct index *ix)
{
	GPtrArray *todo = g_ptr_array_new_with_free_func(todo_free);
	struct loading loading = {ix->store, todo};

	store_lock(ix->store);
	state_mailboxes(store_state(ix->store), NULL, collect, &loading, NULL);
	for (guint i = 0; i < todo->len; i++) {
		struct todo *t = g_ptr_array_index(todo, i);
		g_autofree char *key = key_of(t->number);
		g_autofree char *value = state_get(store_state(ix->store), key);

		t->indexed = value ? (guint32)g_ascii_strtoull(value, NULL, 10) : 0;
	}
	store_unlock(ix->store);
	return todo;
}

struct file {
	guint32 lid;
	mark_t mark;
	char base[];
};

static gboolean collect_file(const struct state_message *msg, void *data)
{
	gsize n = strlen(msg->base) + 1;
	struct file *f = g_malloc(sizeof *f + n);

	f->lid = msg->lid;
	f->mark = msg->mark;
	memcpy(f->base, msg->base, n);
	g_ptr_array_add(data, f);
	return TRUE;
}

static gboolean note(struct index *ix, const struct todo *t, GError **error)
{
	g_autofree char *key = key_of(t->number);
	g_autofree char *value = g_strdup_printf("%u", t->indexed);

	if (!store_begin(ix->store, error))
		return FALSE;
	return store_end(ix->store, state_set(store_state(ix->store), key, value, error), error);
}

/* Without an index nothing is in it, whatever was noted. */
static gboolean forget(struct index *ix, GPtrArray *todo, GError **error)
{
	for (guint i = 0; i < todo->len; i++) {
		struct todo *t = g_ptr_array_index(todo, i);

		if (!t->indexed)
			continue;
		t->indexed = 0;
		if (!note(ix, t, error))
			return FALSE;
	}
	return TRUE;
}

/* Opens the index for writing when it is not yet. */
static gboolean ensure(struct index *ix, struct fulltext **ft, GError **error)
{
	if (!*ft)
		*ft = fulltext_open(store_index_dir(ix->store), store_mail_dir(ix->store), error);
	return *ft != NULL;
}

/* ---- keywords are tags ----------------------------------------------------------------- */

struct copy {
	guint32 mailbox;
	mark_t mark;
};

static gboolean collect_copy(const struct state_message *msg, void *data)
{
	struct copy copy = {msg->mailbox, msg->mark};

	g_array_append_val(data, copy);
	return TRUE;
}

/* What notmuch calls by a tag and we by a flag; the first is the lack of one. */
static const guint32 tagged_flags[] = {FLAG_SEEN, FLAG_FLAGGED, FLAG_ANSWERED};

static void add_flag_tags(const struct index *ix, mark_t mark, GString *has, GString *lacks)
{
	for (guint i = 0; i < G_N_ELEMENTS(tagged_flags); i++) {
		gboolean set = !(mark & tagged_flags[i]) == (tagged_flags[i] == FLAG_SEEN);

		g_string_append_printf(set ? has : lacks, " %s", ix->tags[i]);
	}
}

static gboolean has_tags(mark_t mark)
{
	return !(mark & FLAG_SEEN) || mark & (KEYWORD_BITS | FLAG_FLAGGED | FLAG_ANSWERED);
}

/* The index has one entry for all copies of a message: it gets what any of them has. */
static void names_of(struct index *ix, const struct state_message *msg, GString *has,
		     GString *lacks)
{
	g_autoptr(GArray) copies = g_array_new(FALSE, FALSE, sizeof(struct copy));
	struct state *st = store_state(ix->store);

	state_messages_by_id(st, msg->id_hash, collect_copy, copies, NULL);
	for (guint i = 0; i < copies->len; i++) {
		const struct copy *copy = &g_array_index(copies, struct copy, i);
		g_autofree struct state_mailbox *mb = state_mailbox(st, copy->mailbox);
		auto_ptr(keywords) kw = keywords_parse(mb ? mb->keywords : "");
		g_autofree char *set = keywords_names(kw, copy->mark);
		g_autofree char *unset = keywords_names(kw, ~copy->mark);

		g_string_append_printf(has, " %s", set);
		g_string_append_printf(lacks, " %s", unset);
		add_flag_tags(ix, copy->mark, has, lacks);
	}
}

/* `text`: what the file says, too. */
static gboolean tag_message(struct index *ix, struct fulltext *ft, guint32 mailbox, guint32 lid,
			    gboolean text, GError **error)
{
	g_autofree struct state_message *msg = NULL;
	g_autofree struct state_mailbox *mb = NULL;
	g_autofree char *folder = NULL, *path = NULL;
	g_autoptr(GString) has = g_string_new(NULL);
	g_autoptr(GString) lacks = g_string_new(NULL);
	g_autoptr(GError) failed = NULL;

	store_lock(ix->store);
	mb = state_mailbox(store_state(ix->store), mailbox);
	msg = mb ? state_message(store_state(ix->store), mailbox, lid) : NULL;
	if (msg)
		names_of(ix, msg, has, lacks);
	store_unlock(ix->store);
	folder = msg ? reach_into(ix->store, mb, NULL) : NULL;
	path = folder ? maildir_find_at(folder, msg->base, msg->mark, NULL) : NULL;
	/* Taken away first: what one copy lacks another may have. */
	if (!path ||
	    ((!text || fulltext_reread(ft, path, &failed)) &&
	     fulltext_tag(ft, path, "", lacks->str, &failed) &&
	     fulltext_tag(ft, path, has->str, "", &failed)) ||
	    error_is(failed, CUR_ERROR_GONE))
		return TRUE;
	g_propagate_error(error, g_steal_pointer(&failed));
	return FALSE;
}

static GArray *load_retags(struct index *ix)
{
	GArray *all;

	store_lock(ix->store);
	all = state_retags(store_state(ix->store), SLICE);
	store_unlock(ix->store);
	return all;
}

static gboolean drop_retags(struct index *ix, gint64 last, GError **error)
{
	if (!store_begin(ix->store, error))
		return FALSE;
	return store_end(ix->store, state_drop_retags(store_state(ix->store), last, error), error);
}

/* Messages whose keywords or texts changed. Dropped from the list once the index has committed. */
static gboolean retag(struct index *ix, struct fulltext **ft, GError **error)
{
	for (;;) {
		g_autoptr(GArray) all = load_retags(ix);
		const struct state_retag *r = (const struct state_retag *)all->data;

		if (!all->len || waker_is_stopped(ix->waker))
			return TRUE;
		if (!ensure(ix, ft, error))
			return FALSE;
		for (guint i = 0; i < all->len; i++)
			if (!tag_message(ix, *ft, r[i].mailbox, r[i].lid, r[i].text, error))
				return FALSE;
		if (!fulltext_commit(*ft, error) || !drop_retags(ix, r[all->len - 1].id, error))
			return FALSE;
	}
}

/* *more: the slice was full. */
static gboolean index_slice(struct index *ix, struct fulltext *ft, struct todo *t, gboolean *more,
			    GError **error)
{
	g_autoptr(GPtrArray) files = g_ptr_array_new_with_free_func(g_free);
	gboolean ok;

	store_lock(ix->store);
	ok = state_messages(store_state(ix->store), t->number, t->indexed, SLICE, collect_file,
			    files, error);
	store_unlock(ix->store);
	*more = files->len == SLICE;
	for (guint i = 0; ok && i < files->len && !waker_is_stopped(ix->waker); i++) {
		struct file *f = g_ptr_array_index(files, i);
		g_autofree char *path = maildir_find_at(t->path, f->base, f->mark, NULL);
		g_autoptr(GError) failed = NULL;

		if (!path ||
		    (fulltext_add(ft, path, &failed) &&
		     (!has_tags(f->mark) ||
		      tag_message(ix, ft, t->number, f->lid, FALSE, &failed))) ||
		    error_is(failed, CUR_ERROR_GONE))
			t->indexed = f->lid;
		else
			ok = FALSE;
		if (failed && !ok)
			g_propagate_error(error, g_steal_pointer(&failed));
	}
	if (!ok || !files->len)
		return ok;
	return fulltext_commit(ft, error) && note(ix, t, error);
}

/* The file behind a path of the index: its new name, NULL when the message is gone. */
static char *path_now(struct index *ix, const char *path)
{
	g_autofree struct state_message *msg = NULL;
	g_autofree struct state_mailbox *mb = NULL;
	g_autofree char *real = reach_out(ix->store, path), *folder = NULL;
	guint32 mailbox, lid;

	if (!store_find_path(ix->store, real, &mailbox, &lid))
		return NULL;
	store_lock(ix->store);
	mb = state_mailbox(store_state(ix->store), mailbox);
	msg = state_message(store_state(ix->store), mailbox, lid);
	store_unlock(ix->store);
	folder = mb ? reach_into(ix->store, mb, NULL) : NULL;
	return folder && msg ? maildir_find_at(folder, msg->base, msg->mark, NULL) : NULL;
}

/* After what is new: a message that moved then never is without a file, which would cost its tags.
 */
static gboolean mend_stale(struct index *ix, struct fulltext *ft, GError **error)
{
	char *stale;
	gboolean ok = TRUE;

	while (ok && (stale = g_async_queue_try_pop(ix->stale))) {
		g_autofree char *now = path_now(ix, stale);

		ok = now && strcmp(now, stale) != 0 ? fulltext_rename(ft, stale, now, error)
		     : now			    ? TRUE
						    : fulltext_remove(ft, stale, error);
		g_free(stale);
	}
	return ok;
}

static gboolean index_all(struct index *ix, GPtrArray *todo, GError **error)
{
	struct fulltext *ft = NULL;
	gboolean ok = fulltext_exists(store_index_dir(ix->store)) || forget(ix, todo, error);

	for (guint i = 0; ok && i < todo->len; i++) {
		struct todo *t = g_ptr_array_index(todo, i);
		gboolean more = t->indexed + 1 < t->last;

		while (ok && more && !waker_is_stopped(ix->waker))
			ok = ensure(ix, &ft, error) && index_slice(ix, ft, t, &more, error);
	}
	ok = ok && retag(ix, &ft, error);
	if (ok && (g_async_queue_length(ix->stale) > 0 || g_atomic_int_get(&ix->suspect)))
		ok = ensure(ix, &ft, error) && mend_stale(ix, ft, error);
	g_atomic_int_set(&ix->suspect, 0);
	ok = fulltext_close(ft, ok ? error : NULL) && ok;
	if (ft && ok)
		hub_tell(ix->hub, WIRE_INDEXED, NULL);
	return ok;
}

/* D30: one that cannot be read is made anew; mail is read meanwhile. */
static gboolean start_over(struct index *ix, const GError *failed)
{
	g_autoptr(GError) error = NULL;

	if (!error_is(failed, CUR_ERROR_CORRUPT))
		return FALSE;
	if (fulltext_destroy(store_index_dir(ix->store), &error))
		return TRUE;
	log_event(LOG_LEVEL_WARN, "index: %s", error->message);
	return FALSE;
}

/* What comes together is indexed together, and a first sync has the machine for itself. */
static void settle(struct index *ix)
{
	gint64 end = g_get_monotonic_time() + SETTLE_MAX_S * G_USEC_PER_SEC;

	while (waker_was_poked(ix->waker) && !waker_is_stopped(ix->waker) &&
	       g_get_monotonic_time() < end)
		waker_sleep(ix->waker, SETTLE_MS);
}

/* Other names for flags than at the last start, or none then: all are tagged again. */
static gboolean follow_tags(struct index *ix, GError **error)
{
	g_autofree char *now = g_strjoin(" ", ix->tags[0], ix->tags[1], ix->tags[2], NULL);
	struct state *st = store_state(ix->store);
	g_autofree char *before = NULL;

	store_lock(ix->store);
	before = state_get(st, "index tags");
	store_unlock(ix->store);
	if (g_strcmp0(before, now) == 0)
		return TRUE;
	if (!store_begin(ix->store, error))
		return FALSE;
	return store_end(ix->store,
			 state_retag_all(st, error) && state_set(st, "index tags", now, error),
			 error);
}

static void *run(void *data)
{
	struct index *ix = data;
	g_autoptr(GError) failed = NULL;
	gboolean started_over = FALSE;

	/* Keys, syncs and sending go first. */
	setpriority(PRIO_PROCESS, (id_t)gettid(), NICENESS);
	if (!follow_tags(ix, &failed))
		log_event(LOG_LEVEL_WARN, "index: %s", failed->message);
	while (!waker_is_stopped(ix->waker)) {
		g_autoptr(GPtrArray) todo = NULL;
		g_autoptr(GError) error = NULL;
		gboolean ok;

		settle(ix);
		todo = load(ix);
		ok = index_all(ix, todo, &error);
		if (!ok)
			log_event(LOG_LEVEL_WARN, "index: %s", error->message);
		/* Once at once: a disk that spoils every index is not to be kept busy. */
		if (!ok && !started_over && (started_over = start_over(ix, error)))
			continue;
		g_atomic_int_set(&ix->busy, 0);
		waker_sleep(ix->waker, ok ? G_MAXINT32 : RETRY_MS);
	}
	return NULL;
}

void index_wake(struct index *ix)
{
	g_atomic_int_set(&ix->busy, 1);
	waker_poke(ix->waker);
}

gboolean index_is_busy(struct index *ix)
{
	return g_atomic_int_get(&ix->busy);
}

/* ---- life ------------------------------------------------------------------------------ */

struct index *index_start(struct hub *hub, const struct index_tags *tags)
{
	struct index *ix = g_new0(struct index, 1);

	ix->hub = hub;
	ix->store = hub_store(hub);
	ix->tags[0] = g_strdup(tags->unread);
	ix->tags[1] = g_strdup(tags->flagged);
	ix->tags[2] = g_strdup(tags->replied);
	ix->waker = waker_new();
	ix->stale = g_async_queue_new_full(g_free);
	ix->searches = g_thread_pool_new(index_run_search, ix, SEARCHES, FALSE, NULL);
	index_wake(ix);
	ix->thread = g_thread_new("index", run, ix);
	return ix;
}

void index_free(struct index *ix)
{
	g_thread_pool_free(ix->searches, FALSE, TRUE);
	waker_stop(ix->waker);
	g_thread_join(ix->thread);
	waker_free(ix->waker);
	g_async_queue_unref(ix->stale);
	for (guint i = 0; i < G_N_ELEMENTS(ix->tags); i++)
		g_free(ix->tags[i]);
	g_free(ix);
}
