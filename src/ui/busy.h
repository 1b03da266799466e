/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Work that may take long, done while the user waits: the bottom line says what
 * and how far, ^G or ^C ends it (U19). Short work shows nothing.
 */
#ifndef UI_BUSY_H
#define UI_BUSY_H

#include "cur/base/patience.h"

struct app;

struct busy {
	struct app *app;
	char *what;		     /* "Searching" */
	gint64 began, looked, shown; /* monotonic us; 0: not yet */
	gboolean stopped;	     /* by the user */
	struct patience patience;
};

/* `busy` must stay where it is until busy_end(); give &busy->patience to the work. */
void busy_begin(struct busy *busy, struct app *app, const char *format, ...) G_GNUC_PRINTF(3, 4);
/* FALSE, and it is told, when the user stopped it. */
gboolean busy_end(struct busy *busy);

#endif
