/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Searches, on threads of their own: in our index, or in the database that the user's notmuch
 * keeps. What is found is a file; it is told as a message of a mailbox that we know.
 */
#include <glib/gstdio.h>
#include <string.h>

#include "cur/base/error.h"
#include "cur/store/fulltext.h"
#include "index-private.h"
#include "reach.h"

enum { STRANGERS_MAX = 1000 };

struct search {
	struct index_query query;
	struct index_found found;
	GHashTable *strangers; /* set of the paths in found.strangers */
	GStringChunk *tags;
	index_found_fn tell;
	void *data;
	GError *error;
};

static char *copy(const char *text)
{
	return g_strdup(text ? text : "");
}

static void search_free(struct search *s)
{
	g_free((char *)s->query.text);
	g_free((char *)s->query.exclude);
	g_free((char *)s->query.database);
	g_free((char *)s->query.config);
	g_free((char *)s->query.profile);
	g_array_unref(s->found.hits);
	g_ptr_array_unref(s->found.strangers);
	g_hash_table_unref(s->strangers);
	g_string_chunk_free(s->tags);
	g_clear_error(&s->error);
	g_free(s);
}

static void tell(void *data)
{
	struct search *s = data;

	s->tell(&s->found, s->error, s->data);
	search_free(s);
}

/* ---- looking ------------------------------------------------------------------------- */

/* Ours where they have none. *theirs: it was theirs. */
static GPtrArray *ask(struct index *ix, struct search *s, gboolean *theirs)
{
	const struct index_query *q = &s->query;
	const struct fulltext_query query = {q->text, q->exclude, q->threads, q->limit};
	const struct fulltext_theirs place = {q->database, q->config, q->profile};
	GPtrArray *hits = NULL;

	*theirs = q->theirs;
	if (*theirs)
		hits = fulltext_search_theirs(&place, &query, &s->error);
	if (*theirs && !error_is(s->error, CUR_ERROR_GONE))
		return hits;
	*theirs = FALSE;
	g_clear_error(&s->error);
	return fulltext_search(store_index_dir(ix->store), store_mail_dir(ix->store), &query,
			       &s->error);
}

/* A Maildir that nobody has opened yet, and that has something of what was asked for. */
static void note_stranger(struct index *ix, struct search *s, const char *path)
{
	g_autofree char *part = g_path_get_dirname(path);
	g_autofree char *maildir = g_path_get_dirname(part);
	g_autofree char *cur = g_build_filename(maildir, "cur", NULL);

	if (s->found.strangers->len >= STRANGERS_MAX ||
	    g_str_has_prefix(maildir, store_mail_dir(ix->store)) ||
	    g_hash_table_contains(s->strangers, maildir) || !g_file_test(cur, G_FILE_TEST_IS_DIR))
		return;
	g_ptr_array_add(s->found.strangers, maildir);
	g_hash_table_add(s->strangers, g_steal_pointer(&maildir));
}

static void take_theirs(struct index *ix, struct search *s, const struct fulltext_hit *file)
{
	struct index_hit hit;

	if (store_find_path(ix->store, file->path, &hit.mailbox, &hit.lid)) {
		hit.tags = g_string_chunk_insert_const(s->tags, file->tags);
		g_array_append_val(s->found.hits, hit);
	} else {
		note_stranger(ix, s, file->path);
	}
}

static gboolean note_stale(struct index *ix, const char *path)
{
	if (g_access(path, F_OK) == 0)
		return FALSE;
	g_async_queue_push(ix->stale, g_strdup(path));
	return TRUE;
}

static gboolean take_ours(struct index *ix, struct search *s, const struct fulltext_hit *file,
			  gboolean look)
{
	g_autofree char *real = reach_out(ix->store, file->path);
	struct index_hit hit = {.tags = ""};

	if (store_find_path(ix->store, real, &hit.mailbox, &hit.lid))
		g_array_append_val(s->found.hits, hit);
	return look && note_stale(ix, file->path);
}

void index_run_search(void *data, void *user_data)
{
	struct search *s = data;
	struct index *ix = user_data;
	gboolean theirs;
	g_autoptr(GPtrArray) files = ask(ix, s, &theirs);
	/* What an earlier search found waits for the worker: no need to wake it again. */
	gboolean look = g_async_queue_length(ix->stale) <= 0, wake = FALSE;

	for (guint i = 0; files && i < files->len; i++) {
		const struct fulltext_hit *file = g_ptr_array_index(files, i);

		if (theirs)
			take_theirs(ix, s, file);
		else if (take_ours(ix, s, file, look))
			wake = TRUE;
	}
	if (!theirs && error_is(s->error, CUR_ERROR_CORRUPT))
		wake = g_atomic_int_compare_and_exchange(&ix->suspect, FALSE, TRUE);
	if (wake)
		index_wake(ix);
	hub_call(ix->hub, tell, s);
}

void index_search(struct index *ix, const struct index_query *query, index_found_fn found,
		  void *data)
{
	struct search *s = g_new0(struct search, 1);

	s->query = *query;
	s->query.text = copy(query->text);
	s->query.exclude = copy(query->exclude);
	s->query.database = copy(query->database);
	s->query.config = copy(query->config);
	s->query.profile = copy(query->profile);
	s->tell = found;
	s->data = data;
	s->found.hits = g_array_new(FALSE, FALSE, sizeof(struct index_hit));
	s->found.strangers = g_ptr_array_new();
	s->strangers = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	s->tags = g_string_chunk_new(1024);
	g_thread_pool_push(ix->searches, s, NULL);
}
