/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files of a harvest share: one comparison of a folder with its rows. */
#ifndef CUR_SYNC_HARVEST_JOB_H
#define CUR_SYNC_HARVEST_JOB_H

#include "harvest.h"

/* A file that differs from its row, or has none; or a row without a file. */
struct finding {
	char *base;
	guint32 lid; /* 0: no row */
	guint32 uid; /* of the name */
	mark_t was, is;
};

struct job {
	struct hub *hub;
	struct store *store;
	struct state_mailbox *mb;
	struct maildir *md;
	const char *const *assumed;
	struct harvest *out;
	GPtrArray *fresh, *changed, *missing, *seen_again; /* struct finding * */
	mark_t shared;					   /* bits that the server can hear of */
	GHashTable *doomed;				   /* steps_doomed */
	guint n_rows;
	guint n_asked, n_confirmed; /* D06: missing when it was told, and when it was meant */
	gboolean confirmed;	    /* the user means what is missing now */
};

void finding_free(void *finding);
/* Its messages have UIDs at a server: not a local folder, and none of POP3. */
gboolean job_has_server(const struct job *j);

/*
 * Read the folder and the rows, fill the lists of findings. *complete: the scan is one moment, long
 * enough ago. *is_void: the rows changed meanwhile, nothing was found.
 */
gboolean job_compare(struct job *j, gboolean *complete, gboolean *is_void, GError **error);

/* Make rows, marks and steps of what was found. */
gboolean job_apply(struct job *j, gboolean complete, GError **error);
/* Only of what is missing. */
gboolean job_apply_absences(struct job *j, GError **error);
/* Only of what is new. */
gboolean job_apply_new(struct job *j, GError **error);
/* What is new in all other folders. */
gboolean harvest_others(const struct job *j, GError **error);

#endif
