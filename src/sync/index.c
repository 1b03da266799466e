/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Which messages are in the index is one number a mailbox, the highest lid,
 * kept in state.db and moved on after the index has committed.
 */
#include "index.h"

#include <string.h>

#include "cur/base/error.h"
#include "cur/base/log.h"
#include "cur/net/waker.h"
#include "cur/store/fulltext.h"
#include "cur/store/maildir.h"

enum { SLICE = 500, SETTLE_MS = 1000, SETTLE_MAX_S = 60, RETRY_MS = 60 * 1000 };

struct index {
	struct hub *hub;
	struct store *store;
	struct waker *waker;
	GThread *thread;
	gint busy; /* atomic */
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

static gboolean collect(const struct state_mailbox *mb, void *data)
{
	struct todo *t;

	/* Plain local Maildirs lie where the user wants them, out of the index's reach. */
	if (!*mb->account)
		return TRUE;
	t = g_new0(struct todo, 1);
	t->number = mb->number;
	t->last = mb->next_lid;
	t->path = g_strdup(mb->path);
	g_ptr_array_add(data, t);
	return TRUE;
}

static GPtrArray *load(struct index *ix)
{
	GPtrArray *todo = g_ptr_array_new_with_free_func(todo_free);

	store_lock(ix->store);
	state_mailboxes(store_state(ix->store), NULL, collect, todo, NULL);
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
	if (!state_set(store_state(ix->store), key, value, error)) {
		store_rollback(ix->store);
		return FALSE;
	}
	return store_commit(ix->store, error);
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

		if (!path || fulltext_add(ft, path, &failed) || error_is(failed, CUR_ERROR_GONE))
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

static gboolean index_all(struct index *ix, GPtrArray *todo, GError **error)
{
	struct fulltext *ft = NULL;
	gboolean ok = TRUE;

	for (guint i = 0; ok && i < todo->len; i++) {
		struct todo *t = g_ptr_array_index(todo, i);
		gboolean more = t->indexed + 1 < t->last;

		if (more && !ft) {
			ft = fulltext_open(store_index_dir(ix->store), store_mail_dir(ix->store),
					   error);
			ok = ft != NULL;
		}
		while (ok && more && !waker_is_stopped(ix->waker))
			ok = index_slice(ix, ft, t, &more, error);
	}
	return fulltext_close(ft, ok ? error : NULL) && ok;
}

/* What comes together is indexed together, and a first sync has the machine for itself. */
static void settle(struct index *ix)
{
	gint64 end = g_get_monotonic_time() + SETTLE_MAX_S * G_USEC_PER_SEC;

	while (waker_was_poked(ix->waker) && !waker_is_stopped(ix->waker) &&
	       g_get_monotonic_time() < end)
		waker_sleep(ix->waker, SETTLE_MS);
}

static void *run(void *data)
{
	struct index *ix = data;

	while (!waker_is_stopped(ix->waker)) {
		g_autoptr(GPtrArray) todo = NULL;
		g_autoptr(GError) error = NULL;
		gboolean ok;

		settle(ix);
		todo = load(ix);
		ok = index_all(ix, todo, &error);
		if (!ok)
			log_event(LOG_LEVEL_WARN, "index: %s", error->message);
		g_atomic_int_set(&ix->busy, 0);
		waker_sleep(ix->waker, ok ? G_MAXINT32 : RETRY_MS);
	}
	return NULL;
}

struct index *index_start(struct hub *hub)
{
	struct index *ix = g_new0(struct index, 1);

	ix->hub = hub;
	ix->store = hub_store(hub);
	ix->waker = waker_new();
	index_wake(ix);
	ix->thread = g_thread_new("index", run, ix);
	return ix;
}

void index_free(struct index *ix)
{
	waker_stop(ix->waker);
	g_thread_join(ix->thread);
	waker_free(ix->waker);
	g_free(ix);
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

/* ---- searching ------------------------------------------------------------------------ */

struct search {
	struct hub *hub;
	char *query;
	guint limit;
	index_found_fn found;
	void *data;
	GArray *hits;
	GError *error;
};

static void tell(void *data)
{
	struct search *s = data;

	s->found(s->hits, s->error, s->data);
	g_array_unref(s->hits);
	g_clear_error(&s->error);
	g_free(s->query);
	g_free(s);
}

static void *search(void *data)
{
	struct search *s = data;
	struct store *store = hub_store(s->hub);
	g_autoptr(GPtrArray) paths = fulltext_search(store_index_dir(store), store_mail_dir(store),
						     s->query, s->limit, &s->error);

	for (guint i = 0; paths && i < paths->len; i++) {
		guint32 hit[2];

		if (store_find_path(store, g_ptr_array_index(paths, i), &hit[0], &hit[1]))
			g_array_append_vals(s->hits, hit, 2);
	}
	hub_call(s->hub, tell, s);
	return NULL;
}

void index_search(struct hub *hub, const char *query, guint limit, index_found_fn found, void *data)
{
	struct search *s = g_new0(struct search, 1);

	s->hub = hub;
	s->query = g_strdup(query);
	s->limit = limit;
	s->found = found;
	s->data = data;
	s->hits = g_array_new(FALSE, FALSE, sizeof(guint32));
	g_thread_unref(g_thread_new("search", search, s));
}
