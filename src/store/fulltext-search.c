/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Queries, to our index and to the database of the user's own notmuch. */
#include <stdlib.h>

#include "cur/base/error.h"
#include "fulltext-private.h"

static void hit_free(void *data)
{
	struct fulltext_hit *hit = data;

	g_free(hit->path);
	g_free(hit->tags);
	g_free(hit);
}

static char *tags_of(notmuch_message_t *message)
{
	notmuch_tags_t *tags = notmuch()->message_get_tags(message);
	GString *text = g_string_new(NULL);

	for (; notmuch()->tags_valid(tags); notmuch()->tags_move_to_next(tags))
		g_string_append_printf(text, "%s%s", text->len ? " " : "",
				       notmuch()->tags_get(tags));
	notmuch()->tags_destroy(tags);
	return g_string_free(text, FALSE);
}

/* A file for each name of the message. */
static void add_hits(GPtrArray *hits, notmuch_message_t *message)
{
	notmuch_filenames_t *names = notmuch()->message_get_filenames(message);
	g_autofree char *tags = tags_of(message);

	for (; notmuch()->filenames_valid(names); notmuch()->filenames_move_to_next(names)) {
		struct fulltext_hit *hit = g_new0(struct fulltext_hit, 1);

		hit->path = g_strdup(notmuch()->filenames_get(names));
		hit->tags = g_strdup(tags);
		g_ptr_array_add(hits, hit);
	}
	notmuch()->filenames_destroy(names);
}

static guint add_messages(GPtrArray *hits, notmuch_messages_t *messages, guint limit)
{
	guint n = 0;

	for (; notmuch()->messages_valid(messages) && (!limit || n < limit);
	     notmuch()->messages_move_to_next(messages), n++) {
		notmuch_message_t *message = notmuch()->messages_get(messages);

		add_hits(hits, message);
		notmuch()->message_destroy(message);
	}
	return n;
}

static notmuch_status_t find_messages(notmuch_query_t *query, guint limit, GPtrArray *hits)
{
	notmuch_messages_t *messages = NULL;
	notmuch_status_t status = notmuch()->query_search_messages(query, &messages);

	if (status == NOTMUCH_STATUS_SUCCESS)
		add_messages(hits, messages, limit);
	return status;
}

static notmuch_status_t find_threads(notmuch_query_t *query, guint limit, GPtrArray *hits)
{
	notmuch_threads_t *threads = NULL;
	notmuch_status_t status = notmuch()->query_search_threads(query, &threads);
	guint n = 0;

	for (; status == NOTMUCH_STATUS_SUCCESS && notmuch()->threads_valid(threads) &&
	       (!limit || n < limit);
	     notmuch()->threads_move_to_next(threads), n++) {
		notmuch_thread_t *thread = notmuch()->threads_get(threads);

		add_messages(hits, notmuch()->thread_get_messages(thread), 0);
		notmuch()->thread_destroy(thread);
	}
	return status;
}

static void exclude_tags(notmuch_query_t *query, const char *names)
{
	g_auto(GStrv) tags = g_strsplit(names, " ", -1);

	for (char **tag = tags; *tag; tag++)
		if (**tag)
			notmuch()->query_add_tag_exclude(query, *tag);
}

static gboolean run_query(notmuch_database_t *db, const struct fulltext_query *q, GPtrArray *hits,
			  const char *dir, GError **error)
{
	notmuch_query_t *query = NULL;
	notmuch_status_t status =
	    notmuch()->query_create_with_syntax(db, q->text, NOTMUCH_QUERY_SYNTAX_XAPIAN, &query);

	if (status == NOTMUCH_STATUS_SUCCESS) {
		notmuch()->query_set_sort(query, NOTMUCH_SORT_NEWEST_FIRST);
		exclude_tags(query, q->exclude ? q->exclude : "");
		status = q->threads ? find_threads(query, q->limit, hits)
				    : find_messages(query, q->limit, hits);
	}
	if (query)
		notmuch()->query_destroy(query);
	if (status == NOTMUCH_STATUS_SUCCESS)
		return TRUE;
	/* With a readable database, what Xapian dislikes is the query. */
	if (status == NOTMUCH_STATUS_XAPIAN_EXCEPTION)
		status = NOTMUCH_STATUS_BAD_QUERY_SYNTAX;
	return fulltext_fail(error, status, notmuch()->database_status_string(db), dir);
}

static GPtrArray *hits_new(void)
{
	return g_ptr_array_new_with_free_func(hit_free);
}

GPtrArray *fulltext_search(const char *index_dir, const char *mail_dir,
			   const struct fulltext_query *query, GError **error)
{
	g_autoptr(GPtrArray) hits = hits_new();
	struct fulltext *ft;
	char *words = NULL;
	notmuch_status_t status;
	gboolean done;

	if (!notmuch_load(error))
		return NULL;
	ft = fulltext_new(index_dir, mail_dir);
	status = fulltext_open_db(ft, NOTMUCH_DATABASE_MODE_READ_ONLY, &words);
	if (status == NOTMUCH_STATUS_SUCCESS)
		done = run_query(ft->db, query, hits, index_dir, error);
	else if (status == NOTMUCH_STATUS_NO_DATABASE)
		done = error_set(error, CUR_ERROR_GONE, "no message is in the full-text index yet");
	else
		done = fulltext_fail(error, status, words, index_dir);
	free(words);
	fulltext_free(ft);
	return done ? g_steal_pointer(&hits) : NULL;
}

/* ---- theirs ------------------------------------------------------------------------------ */

/* NULL for "" and "auto": as notmuch itself looks for it. */
static const char *given(const char *text)
{
	return *text && !g_str_equal(text, "auto") ? text : NULL;
}

static notmuch_status_t open_theirs(const struct fulltext_theirs *theirs,
				    notmuch_database_mode_t mode, notmuch_database_t **db,
				    char **words)
{
	const char *folder = given(theirs->folder);
	notmuch_status_t status = notmuch()->database_open_with_config(
	    folder, mode, given(theirs->config), given(theirs->profile), db, words);

	if (status != NOTMUCH_STATUS_NO_CONFIG || !folder)
		return status;
	/* A folder says enough: "" is to read no configuration. */
	g_clear_pointer(words, free);
	return notmuch()->database_open_with_config(folder, mode, "", NULL, db, words);
}

/* There is none, which is no fault: most have no notmuch. */
static gboolean is_none(notmuch_status_t status)
{
	return status == NOTMUCH_STATUS_NO_CONFIG || status == NOTMUCH_STATUS_NO_DATABASE ||
	       status == NOTMUCH_STATUS_NULL_POINTER || status == NOTMUCH_STATUS_PATH_ERROR ||
	       status == NOTMUCH_STATUS_FILE_ERROR;
}

GPtrArray *fulltext_search_theirs(const struct fulltext_theirs *theirs,
				  const struct fulltext_query *query, GError **error)
{
	g_autoptr(GPtrArray) hits = hits_new();
	notmuch_database_t *db = NULL;
	char *words = NULL;
	notmuch_status_t status;
	gboolean done;

	if (!notmuch_load(error))
		return NULL;
	status = open_theirs(theirs, NOTMUCH_DATABASE_MODE_READ_ONLY, &db, &words);
	if (status == NOTMUCH_STATUS_SUCCESS)
		done = run_query(db, query, hits, theirs->folder, error);
	else if (is_none(status))
		done = error_set(error, CUR_ERROR_GONE, "no notmuch database '%s'", theirs->folder);
	else
		done = fulltext_fail(error, status, words, theirs->folder);
	free(words);
	if (db)
		notmuch()->database_destroy(db);
	return done ? g_steal_pointer(&hits) : NULL;
}
