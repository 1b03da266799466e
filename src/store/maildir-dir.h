/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files of the Maildir module share: an open folder and where a message lies. */
#ifndef STORE_MAILDIR_DIR_H
#define STORE_MAILDIR_DIR_H

#include <dirent.h>

#include "cur/store/maildir.h"

struct maildir {
	char *path;
	int cur_fd, new_fd, tmp_fd;
	/* File names by base name, as the last search found them; NULL before the first. */
	struct maildir_scan *found;
	struct timespec found_cur, found_new; /* mtimes at that time */
};

/* A file of the folder. */
struct maildir_place {
	gboolean in_new;
	char *file; /* yours */
};

int maildir_fd(const struct maildir *md, gboolean in_new);

/* The file name an entry was seen under; borrowed from its scan. */
const char *maildir_entry_file(const struct maildir_entry *entry);

/* Rename and never replace; -1 and errno as renameat2(2). */
int maildir_rename(int from_fd, const char *from, int to_fd, const char *to);

/* A file of tmp/ takes the name of a message and the message's file that in tmp/. */
gboolean maildir_exchange(struct maildir *md, const char *base, mark_t mark, const char *tmp_name,
			  GError **error);

char *maildir_name_with_uid(const char *base, guint32 uid);

#endif
