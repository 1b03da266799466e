/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What pager.c (the view) and pager-fn.c (its functions) share. */
#ifndef PAGER_PRIVATE_H
#define PAGER_PRIVATE_H

#include "cur/mail/message.h"
#include "cur/model/showing.h"
#include "cur/ui/app.h"
#include "cur/ui/functions.h"
#include "pager-text.h"

/* One of four: the index's current message, a part, a program's output, or a text. */
struct pager {
	struct view *view;
	struct message *message;   /* owned; of the current message */
	guint32 lid;		   /* 0: not the current message */
	struct unsealed *unsealed; /* owned; what its sealed parts hold, NULL: it has none */
	struct opener *opener;	   /* is at it, or NULL */
	gboolean partial;	   /* its text is not here (yet) */
	struct part *part;	   /* borrowed */
	char *output;		   /* of a program */
	GPtrArray *lines;	   /* char *, of a plain text */
	gboolean stripes;	   /* of a plain text: in two colours by turns */
	char *title;
	GHashTable *alias_names; /* $reverse_alias; NULL: off */

	struct showing showing;
	struct display *display;
	int display_cols; /* width the display was made for */
	struct pager_text *text;
	struct text_pos top;

	struct regex *search;
	gboolean search_backward;
	gboolean show_hits;
	gboolean hide_quoted;
	guint read_timer; /* $pager_read_delay: 0 when none runs */
};

/* The pager behind a view; NULL when it is another kind. */
struct pager *pager_of(struct view *view);
/*
 * Look for sealed parts of the message and open them behind the screen; `verify`: of signatures,
 * too. What was found before is shown until then.
 */
void pager_unseal(struct pager *pager);
void pager_unseal_drop(struct pager *pager);
/* It is known by now what to look for. */
void pager_check_again(struct pager *pager);
/* The message whose parts are shown. */
struct message *pager_shown(const struct pager *pager);

/* Before what the lines are made of goes. */
void pager_drop_display(struct pager *pager);
/* Make the lines anew ($weed, colours, width …), the place kept as well as can be. */
void pager_reload(struct pager *pager);
/* $wrap and so on for the present area. */
void pager_layout(struct pager *pager);
/* Is the last row on the screen? */
gboolean pager_at_end(struct pager *pager);

extern const struct fn_handler pager_handlers[]; /* for any text */

/* ---- for pager-external.c ---- */
/* The message at `pos`, message-hooks run; NULL with a word about it. *pos may change. Yours. */
struct message *pager_next_message(struct app *app, guint *pos);
void pager_mark_seen(struct app *app, guint pos);
/* A message as the pager would show it, $display_filter and all. Yours. */
char *pager_message_text(struct app *app, struct message *message);
/* $pager_format of a message of the open mailbox. Yours. */
char *pager_status_of(struct app *app, guint32 lid, const char *progress, int cols);

/* Is $pager another program? */
gboolean pager_is_external(struct app *app);
/* Show the index's current message with it. */
void pager_external_open(struct app *app);

#endif
