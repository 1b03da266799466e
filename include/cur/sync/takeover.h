/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The Maildirs that another program (mbsync, OfflineIMAP, mutt) kept for an account become ours:
 * each message gets a second name below mail/, a hard link or, on another file system, a copy.
 * The old tree stays as it is. Nothing is recorded: the next sync finds the files and matches
 * them with the server's messages (adopt.c), so that none is fetched again.
 */
#ifndef CUR_SYNC_TAKEOVER_H
#define CUR_SYNC_TAKEOVER_H

#include <glib.h>
#include <stdio.h>

#include "cur/sync/engine.h"

struct takeover {
	const char *dir;
	const char *account; /* its name, or NULL: the only IMAP account */
	const char
	    *separator; /* between levels in one folder's name, besides '/'; NULL: find out */
};

/*
 * Takes the data folder's lock: BUSY while an engine runs. A folder that holds messages here
 * is left alone. A line each to `out`: folder, "taken", "left" or "odd" (its name cannot be one
 * here), how many messages; TAB between.
 */
gboolean takeover_run(const struct takeover *t, const struct engine_options *options, FILE *out,
		      GError **error);

#endif
