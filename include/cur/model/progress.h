/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the engine is busy with, for the message line: the last word of each
 * account or mailbox, dropped when it is done or old.
 */
#ifndef CUR_MODEL_PROGRESS_H
#define CUR_MODEL_PROGRESS_H

#include <glib.h>

#include "cur/base/auto.h"

struct progress;

/* With nothing to show yet. Yours. */
struct progress *progress_new(void);
void progress_free(struct progress *progress);
DEFINE_AUTO(progress, progress_free)

/*
 * A PROGRESS came; `bytes` as there, 0: not known. done == total != 0 ends the job. `now` in
 * microseconds (g_get_monotonic_time).
 */
void progress_note(struct progress *progress, const char *what, const char *doing, guint64 done,
		   guint64 total, guint64 bytes, gint64 now);

/* How fast a job goes, on the average since it began. */
struct progress_pace {
	guint64 bytes;	 /* received since it began */
	guint64 bytes_s; /* a second; 0: not known */
	gint64 left_s;	 /* until it is done; -1: not known */
};
struct progress_pace progress_pace(struct progress *progress, const char *what, gint64 now);
/* "3,200/10,000  1.8 MB/s  12 s left", as much of it as is known; "" for nothing. Yours. */
char *progress_figures(struct progress *progress, const char *what, gint64 now);

/*
 * One line for the newest job that is younger than ten seconds, and how far it
 * is: permille 0..1000, -1 when not known. NULL when nothing runs. Yours.
 */
char *progress_text(struct progress *progress, gint64 now, int *permille);

#endif
