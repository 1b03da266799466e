/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files of a POP3 session share. */
#ifndef CUR_IMAP_POP_PRIVATE_H
#define CUR_IMAP_POP_PRIVATE_H

#include <glib.h>

#include "cur/base/error.h"
#include "cur/imap/pop.h"

enum { POP_COMMAND_S = 120, POP_QUIT_S = 30, POP_CAPA_LINES_MAX = 1000 };

struct pop {
	struct link *link;
	gboolean alive, greeted;
	gboolean has_pipelining, has_stls, has_top, has_utf8;
	guint login_delay_s;
	guint64 max_text;
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
/* The server's -ERR as an error: its code (RFC 2449 8, RFC 3206) says which, else `otherwise`. */
gboolean pop_refused(struct pop *p, const char *what, const char *words, enum cur_error otherwise,
		     GError **error);

/* A line of a list; NULL with *over at the single dot. Borrowed. */
const char *pop_list_line(struct pop *p, gboolean *over, GError **error);

/* From the greeting on, until the server has let us in. */
gboolean pop_begin(struct pop *p, const struct pop_account *account, GError **error);

#endif
