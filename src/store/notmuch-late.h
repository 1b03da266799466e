/* SPDX-License-Identifier: GPL-3.0-or-later */
/* libnotmuch, and Xapian with it, loaded by the first who looks for words or indexes them. */
#ifndef CUR_STORE_NOTMUCH_LATE_H
#define CUR_STORE_NOTMUCH_LATE_H

#include <glib.h>
#include <notmuch.h>

#include "cur/base/library.h"

/* clang-format off */
#define NOTMUCH_FUNCTIONS(X)                                                                       \
	X(notmuch, database_begin_atomic) \
	X(notmuch, database_close) \
	X(notmuch, database_create_with_config) \
	X(notmuch, database_destroy) \
	X(notmuch, database_end_atomic) \
	X(notmuch, database_find_message_by_filename) \
	X(notmuch, database_index_file) \
	X(notmuch, database_needs_upgrade) \
	X(notmuch, database_open_with_config) \
	X(notmuch, database_remove_message) \
	X(notmuch, database_reopen) \
	X(notmuch, database_status_string) \
	X(notmuch, database_upgrade) \
	X(notmuch, filenames_destroy) \
	X(notmuch, filenames_get) \
	X(notmuch, filenames_move_to_next) \
	X(notmuch, filenames_valid) \
	X(notmuch, message_add_tag) \
	X(notmuch, message_destroy) \
	X(notmuch, message_get_filenames) \
	X(notmuch, message_get_tags) \
	X(notmuch, message_reindex) \
	X(notmuch, message_remove_tag) \
	X(notmuch, messages_get) \
	X(notmuch, messages_move_to_next) \
	X(notmuch, messages_valid) \
	X(notmuch, query_add_tag_exclude) \
	X(notmuch, query_create_with_syntax) \
	X(notmuch, query_destroy) \
	X(notmuch, query_search_messages) \
	X(notmuch, query_search_threads) \
	X(notmuch, query_set_sort) \
	X(notmuch, status_to_string) \
	X(notmuch, tags_destroy) \
	X(notmuch, tags_get) \
	X(notmuch, tags_move_to_next) \
	X(notmuch, tags_valid) \
	X(notmuch, thread_destroy) \
	X(notmuch, thread_get_messages) \
	X(notmuch, threads_get) \
	X(notmuch, threads_move_to_next) \
	X(notmuch, threads_valid)
/* clang-format on */

struct notmuch {
	NOTMUCH_FUNCTIONS(LIBRARY_POINTER)
};

/* FALSE with IO: it is not there. From any thread. */
gboolean notmuch_load(GError **error);
/* After notmuch_load() was TRUE. */
const struct notmuch *notmuch(void);

#endif
