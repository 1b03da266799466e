/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files of a POP3 session share. */
#ifndef CUR_IMAP_POP_PRIVATE_H
#define CUR_IMAP_POP_PRIVATE_H

#include <glib.h>

#include "cur/imap/pop.h"

enum { POP_COMMAND_S = 120, POP_QUIT_S = 30, POP_CAPA_LINES_MAX = 1000 };

struct pop {
	struct link *link;
	gboolean alive;
	gboolean has_pipelining, has_stls;
	char *mechanisms; /* of SASL, blank between */
};

/* The connection is of no more use. */
gboolean pop_lost(struct pop *p);

/* Write a line. */
gboolean pop_say(struct pop *p, GError **error, const char *format, ...) G_GNUC_PRINTF(3, 4);
/*
 * The status line: *ok tells +OK from -ERR, *words (yours, safe; may be NULL) is what follows.
 * FALSE when the connection is gone or the line is neither.
 */
gboolean pop_hear(struct pop *p, gboolean *ok, char **words, GError **error);
/* say and hear; -ERR gives REFUSED, "what: the server says: words". */
gboolean pop_run(struct pop *p, const char *what, GError **error, const char *command);

/* A line of a list; NULL with *over at the single dot. Borrowed. */
const char *pop_list_line(struct pop *p, gboolean *over, GError **error);

#endif
