/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What folders.c (the list), folders-choose.c and folders-mailbox.c share. */
#ifndef UI_FOLDERS_PRIVATE_H
#define UI_FOLDERS_PRIVATE_H

#include <sys/stat.h>

#include "cur/ui/functions.h"
#include "cur/ui/prompt.h"

struct item {
	char *name; /* canonical name or absolute path: what is chosen */
	char *shown;
	char *label;	 /* of `mailboxes -label` or named-mailboxes, or NULL */
	gboolean is_dir; /* a folder on the disk that is no Maildir */
	struct stat st;	 /* all 0 for what is no file here */
	guint messages, unread;
	gboolean has_new, remote, poll, notify;
};

struct browser {
	GPtrArray *items; /* struct item * */
	gboolean mailboxes;
	gboolean labels;    /* $folder_format is for mailboxes, with the label as the name */
	char *dir;	    /* of the files */
	char *mask_text;    /* as $mask or enter-mask wrote it */
	struct regex *mask; /* NULL: every file */
	gboolean mask_negated;
	struct expando *format;
	GHashTable *tagged; /* names of items: files that are to be chosen together */
	prompt_text_fn done;
	prompt_many_fn many; /* instead of `done`: several may be tagged */
	void *data;
};

/* Fill b->items anew, by $sort_browser and its like. */
void folders_list(struct app *app, struct browser *b);
void folders_item_free(void *item);

/* The entry under the cursor; NULL in an empty list. */
struct item *folders_current(struct view *view);

/* List the files of another folder. */
void folders_go_to(struct view *view, const char *dir);

extern const struct fn_handler folders_mailbox_handlers[];
extern const struct fn_handler folders_choose_handlers[];

#endif
