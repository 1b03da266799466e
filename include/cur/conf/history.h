/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What was typed at prompts before: $history entries a kind, $save_history kept in $history_file.
 */
#ifndef CUR_CONF_HISTORY_H
#define CUR_CONF_HISTORY_H

#include <glib.h>

#include "cur/base/auto.h"
#include "cur/conf/conf.h"

/* As mutt's file numbers them. */
enum history_kind {
	HISTORY_COMMAND,
	HISTORY_ALIAS,
	HISTORY_SHELL,
	HISTORY_FILE,
	HISTORY_PATTERN,
	HISTORY_OTHER,
	HISTORY_MAILBOX,
	HISTORY_N
};

struct history;
/* Reads $history_file; one that is not there or not ours is empty. */
struct history *history_new(const struct conf *conf);
void history_free(struct history *history);
DEFINE_AUTO(history, history_free)

/* Newest last; a repeated entry moves to the end with $history_remove_dups. Saved at once. */
void history_add(struct history *history, enum history_kind kind, const char *text);
guint history_count(const struct history *history, enum history_kind kind);
/* 0 is the newest. NULL when there is no such entry. Borrowed until history_add. */
const char *history_entry(const struct history *history, enum history_kind kind, guint back);

#endif
